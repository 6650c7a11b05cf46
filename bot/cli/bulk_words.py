"""What is printed about bulk requests: what would come of one, and how far one has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from time import sleep
from typing import Any

import click

from bot.campaigns import course, forecast
from bot.campaigns.forecast import Prospect
from bot.campaigns.progress import Progress
from bot.cli.printing import as_text
from bot.console.words import reason_word

SHOWN = 20
ENDED = ("done", "cancelled", "paused")

Look = Callable[[], tuple[Any, Progress, datetime]]


def show_forecast(prospects: Sequence[Prospect], *, as_json: bool) -> None:
    """Print what would come of a bulk request."""
    counted = forecast.counts(prospects)
    if as_json:
        click.echo(as_text({**counted, "rows": [asdict(one) for one in prospects]}))
        return
    click.echo(
        f"{counted['asked']} would be asked at once, {counted['later']} later, "
        f"{counted['refused']} not."
    )
    show_reasons(counted["reasons"])
    kept = [one for one in prospects if one.outcome != "asked"]
    for one in kept[:SHOWN]:
        who = " ".join(filter(None, (one.name, one.address)))
        click.echo(f"  line {one.line}: {who or 'nobody'}: {one.words or one.reason}")
    if len(kept) > SHOWN:
        click.echo(f"  … and {len(kept) - SHOWN} more; --json lists all.")


def show_campaign(campaign: Any, progress: Progress) -> None:
    """Print how far a bulk request has come."""
    click.echo(f"{campaign.id}  {campaign.source}, from {campaign.sender}")
    click.echo(line_of(campaign, progress))
    show_reasons(progress.reasons)
    if progress.states:
        states = ", ".join(f"{count} {state}" for state, count in sorted(progress.states.items()))
        click.echo(f"  of those asked by now: {states}")


def show_rows(rows: Iterable[Any]) -> None:
    """Print every contact of a bulk request, a line each with tabs."""
    for row in rows:
        cells = (row.place, row.name, row.address or "", row.status, row.reason or "", row.state)
        click.echo("\t".join(str(cell or "") for cell in cells))


def figures(progress: Progress) -> dict[str, Any]:
    """How far a bulk request has come, for programs."""
    return {
        "total": progress.total,
        "statuses": progress.statuses,
        "reasons": progress.reasons,
        "states": progress.states,
        "next_at": progress.next_at,
    }


def line_of(campaign: Any, progress: Progress) -> str:
    """How far a bulk request has come, in a line."""
    known = [one for one in course.STATUSES if one in progress.statuses]
    counts = [f"{progress.statuses[one]} {one}" for one in known]
    line = f"{campaign.status}: {', '.join(counts) or 'nobody'} of {progress.total}"
    if campaign.status != "running" or not campaign.obstacle:
        return line
    until = f" until {campaign.due_at:%Y-%m-%d %H:%M} UTC"
    return f"{line}; waits{until}: {reason_word(campaign.obstacle).says}"


def watch(look: Look) -> None:
    """Print how far a bulk request has come whenever that changes, until it rests."""
    said = ""
    while True:
        campaign, progress, _ = look()
        line = line_of(campaign, progress)
        if line != said:
            click.echo(line)
        said = line
        if campaign.status in ENDED:
            return
        sleep(1.0)


def show_reasons(reasons: dict[str, int]) -> None:
    """Print how many there were for each reason, in words."""
    for reason, count in reasons.items():
        click.echo(f"  {count} {reason}: {reason_word(reason).says}")
