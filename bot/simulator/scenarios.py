"""The ways an opt-in can end, each played from a fresh contact to the end, over public doors only.

Our side of the phone is the stand-in's own; the server is driven over its HTTP API, as any other
system would drive it. One is played after the other: the clocks that one of them moves by a day are
everybody's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.simulator.play import Play, Stuck
from bot.simulator.runs import DONE, FAILED, Run
from bot.simulator.server import ServerTrouble
from bot.simulator.stand_in import StandIn


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story: what the button says, what happens, and how it is played."""

    title: str
    story: str
    script: Callable[[Play], None]


def _opted_in(play: Play) -> None:
    play.ask()
    play.answer("yes")
    play.expect("opted_in")
    play.hear_back()


def _opted_out(play: Play) -> None:
    play.ask()
    play.answer("no")
    play.expect("opted_out")
    play.hear_back()


def _no_answer(play: Play) -> None:
    play.ask()
    play.stay_silent()
    play.expect("no_answer")


def _unreachable(play: Play) -> None:
    play.leave_whatsapp()
    play.ask(arrives=False)
    play.expect("unreachable")
    play.offer_sms()


def _opted_in_again(play: Play) -> None:
    _opted_out(play)
    play.say("yes")
    play.expect("opted_in")
    play.hear_back()


SCENARIOS: Final[dict[str, Scenario]] = {
    "opted_in": Scenario("Accepts", "taps Yes and is welcomed", _opted_in),
    "opted_out": Scenario("Refuses", "taps No and is told how to come back", _opted_out),
    "no_answer": Scenario("Stays silent", "24 hours pass; asking again is possible", _no_answer),
    "unreachable": Scenario("Has no WhatsApp", "the request fails; SMS is offered", _unreachable),
    "opted_in_again": Scenario("Changes their mind", "taps No, later writes yes", _opted_in_again),
}


def start(stand_in: StandIn, name: str) -> Run:
    """Play a scenario in the background, after those before it; the run tells how far it is."""
    play = Play(stand_in, name)
    if stand_in.stage.unfinished:
        play.run.tell("Waits until the scenario before has ended.")
    stand_in.stage.after(0.0, lambda: _perform(play, SCENARIOS[name]))
    return play.run


def _perform(play: Play, scenario: Scenario) -> None:
    if play.is_forgotten:
        return
    try:
        scenario.script(play)
    except (ServerTrouble, Stuck) as trouble:
        play.run.end(FAILED, str(trouble))
    except Exception as error:
        play.run.end(FAILED, f"{type(error).__name__}: {error}")
        raise
    else:
        play.run.end(DONE, "As it should be.")
