"""`flask demo`: the four outcomes and the way back, played through real processes."""

from __future__ import annotations

import click
from rich.console import Console

from bot.cli.scenes import SCENES
from bot.cli.stage import Stage
from bot.cli.words import in_words


@click.command()
@click.option("--keep-logs", is_flag=True, help="Say where the logs of the processes lie.")
def demo(keep_logs: bool) -> None:
    """Play the four outcomes of an opt-in request, and the return by "yes".

    Web, worker and a stand-in for Twilio run as real processes on a database of their own, and the
    clock is moved where a day must go by. Nothing of it is kept.
    """
    console = Console(highlight=False)
    waiting = console.status("Starting web, worker and a stand-in for Twilio …")
    with in_words(), waiting as status, Stage.set() as stage:
        for scene in SCENES:
            status.update(f"{scene.title} …")
            console.print(scene.play(stage))
        if keep_logs:
            console.print(f"The logs lie in {stage.keep_logs()}")
