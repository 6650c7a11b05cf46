"""Another person at a number that somebody else had: what was agreed with the one is not theirs."""

from __future__ import annotations

from bot.conversations.arrivals import Placed
from bot.conversations.changes import Changes
from bot.conversations.families import Families, follow, has_stopped, is_stopped
from bot.conversations.held import Held
from bot.conversations.take import enter, turn_of
from flows.replies import Reading

FIRST_WORDS = "written by another person than the one who was asked"
REFUSED = "a no to what was asked at their number"

RECYCLED, GIVEN_AWAY = TOLD = ("number_recycled", "number_given_away")
"""What agents are told: where the number is written to, and where its former owner is met."""


def greet(changes: Changes, families: Families, placed: Placed, reading: Reading) -> Reading:
    """Let all conversations at a number begin anew, and say how the first message is to be read."""
    reading = _read(changes, placed.conversation, reading)
    theirs = {one.id: one for one in families.of(placed.conversation)}
    for key in sorted(placed.anew & theirs.keys()):
        _begin_anew(changes, theirs[key], placed)
    for former, at in placed.left:
        changes.tell(former, GIVEN_AWAY)
        if has_stopped(theirs[at]):
            follow(changes, former, theirs[at])
    return reading


def _read(changes: Changes, conversation: Held, reading: Reading) -> Reading:
    """A yes answers nothing that they were asked; a no to what reached their number is a stop."""
    if reading.meaning in ("yes", "start"):
        return Reading("unclear", reading.tap, FIRST_WORDS, reading.words)
    if reading.meaning == "no" and not has_stopped(conversation):
        turn = turn_of(conversation, changes, heard=reading)
        conversation.flow.take("receive", turn)
        if is_stopped(conversation.flow.name, turn.state):
            return Reading("stop", reading.tap, REFUSED, reading.words)
    return reading


def _begin_anew(changes: Changes, one: Held, placed: Placed) -> None:
    """Forget what was agreed, a stop apart: nobody is asked again at a number that said no."""
    before, known_as = one.state, one.known_as
    if not has_stopped(one):
        enter(one, one.flow.initial, changes.now)
    one.request_id = one.asked_by = one.basis = one.window_until = None
    one.said, one.unanswered, one.known_as = {}, 0, placed.inbound.user_id
    names = {"user_id_before": known_as, "user_id": one.known_as, "sid": placed.inbound.sid}
    facts = {"via": placed.inbound.via, "rule": "another user id behind the number"}
    personal = {name: value for name, value in names.items() if value}
    changes.prove(one, "number.recycled", before, facts, personal)
    changes.tell(one, RECYCLED)
