"""What the demo plays: each scene with one contact, from the agent's request to the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from bot.cli.stage import Stage
from bot.cli.talk import Talk

TICKS = {"queued": "…", "sending": "…", "sent": "✓", "delivered": "✓✓", "read": "✓✓ read"}


@dataclass(frozen=True)
class Scene:
    """One story: its title, the contact's number, and what happens after the request."""

    title: str
    phone: str
    name: str
    goes_on: Callable[[Talk], None]

    def play(self, stage: Stage) -> Table:
        """Play it, and show what the agent and the contact saw, side by side."""
        talk = Talk.begin(stage, self.name, self.phone)
        talk.is_asked()
        self.goes_on(talk)
        return _side_by_side(self.title, talk)


def _accepts(talk: Talk) -> None:
    talk.becomes("opted_in")
    talk.agent_writes("Wonderful. Your appointment is on Monday at 9.")
    talk.hears("Wonderful. Your appointment is on Monday at 9.")


def _refuses_and_returns(talk: Talk) -> None:
    talk.becomes("opted_out")
    talk.days_pass(3)
    talk.contact_writes("Yes")
    talk.becomes("opted_in")


def _stays_silent(talk: Talk) -> None:
    talk.days_pass(1)
    talk.becomes("no_answer")
    talk.is_asked()
    talk.becomes("requested")


def _has_no_whatsapp(talk: Talk) -> None:
    talk.becomes("unreachable")


SCENES = (
    Scene("1 · The contact is not on WhatsApp", "+12025550105", "Ann", _has_no_whatsapp),
    Scene("2 · The contact accepts", "+12025550101", "Ben", _accepts),
    Scene("3 · The contact refuses, and returns", "+12025550102", "Cleo", _refuses_and_returns),
    Scene("4 · The contact does not answer", "+12025550103", "Dan", _stays_silent),
)


def _side_by_side(title: str, talk: Talk) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", expand=True)
    table.add_column("The agent sees", ratio=1)
    table.add_column("The contact sees", ratio=1)
    for line in talk.timeline():
        table.add_row(_for_agent(line), _for_contact(line, talk))
    table.add_row(Text(f"→ {talk.state}", style="bold"), "")
    return table


def _for_agent(line: dict[str, Any]) -> Text:
    at = line["at"][5:16].replace("T", " ")
    if line["kind"] == "notice":
        return Text(f"{at}  ⓘ {line['text']}", style="italic")
    if line["kind"] == "in":
        return Text(f"{at}  ◂ {line['text']}", style="cyan")
    fate = line["error"] or TICKS.get(line["status"], line["status"])
    return Text(f"{at}  ▸ {line['text']}  {fate}", style="dim" if line["error"] else "")


def _for_contact(line: dict[str, Any], talk: Talk) -> Text:
    if line["kind"] == "in":
        return Text(f"you: {line['text']}", style="cyan")
    if line["kind"] == "notice" or not talk.has_heard(line["text"]):
        return Text("")
    buttons = "  [Yes] [No]" if line["code"] == "ask" else ""
    return Text(f"Demo: {line['text']}{buttons}")
