"""The words that flows are written in, and what `Flow` refuses."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import flows
from flows import FLOWS, serving
from flows.flow import (
    DAY,
    Action,
    Flow,
    Row,
    State,
    fails,
    hears,
    on,
    record,
    refuse,
    request,
    request_fails,
    say,
    taps,
    tell,
)
from flows.replies import Reading
from flows.turn import Failure, Record, Say, Tell, Turn

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STATES = (State("new", "at first"), State("asked", "a question is out", lasts=DAY))
ROWS = (
    on("start", "new", to="asked", do=(request("ask"), record("asked"))),
    on("start", "asked", do=(refuse("already_asked"),)),
    on("expire", "asked", to="new", do=(record("silent"),)),
)


def make(
    states: Sequence[State] = STATES, rows: Sequence[Row] = ROWS, initial: str = "new"
) -> Flow:
    """Make a small flow, sound unless told otherwise."""
    return Flow("small", "sms", "consent", initial, tuple(states), tuple(rows))


def hear(meaning: str, *, tap: bool = False) -> Turn:
    return Turn("new", NOON, heard=Reading(meaning, tap, "", ""))  # type: ignore[arg-type]


def lose(kind: str, *, of_request: bool) -> Turn:
    return Turn("new", NOON, failure=Failure(kind, of_request))  # type: ignore[arg-type]


# What a flow refuses


def test_a_sound_flow_is_made() -> None:
    flow = make()
    assert flow.state("asked").lasts == DAY
    assert flow.knows("asked")
    assert not flow.knows("elsewhere")
    with pytest.raises(KeyError):
        flow.state("elsewhere")


def test_agents_may_write_in_open_states_alone() -> None:
    flow = FLOWS["opt_in"]
    assert [name for name in ("new", "opted_in", "elsewhere") if flow.is_open(name)] == ["opted_in"]


@pytest.mark.parametrize(
    ("states", "rows", "initial", "words"),
    [
        ((*STATES, State("new", "again")), ROWS, "new", "state 'new' stands twice"),
        (STATES, ROWS, "begin", "no state is called 'begin'"),
        (STATES, (*ROWS, on("receive", "askt")), "new", "no state is called 'askt'"),
        (
            STATES,
            (*ROWS, on("receive", "asked", to="over", do=(record("over"),))),
            "new",
            "no state is called 'over'",
        ),
        (
            (*STATES, State("alone", "nobody comes here")),
            (*ROWS, on("start", "alone", do=(refuse("alone"),))),
            "new",
            "nothing leads to 'alone'",
        ),
        (STATES, ROWS[:2], "new", "'asked' ends after 1 day, 0:00:00, but no row says how"),
        (
            STATES,
            (*ROWS, on("expire", "new")),
            "new",
            "'new' has a row for expire, but lasts for ever",
        ),
        (STATES, (*ROWS, on("expire")), "new", "'new' has a row for expire, but lasts for ever"),
        (STATES, (ROWS[0], ROWS[2]), "new", "'asked' does not answer start"),
        (
            STATES,
            (*ROWS, on("receive", "asked", to="new", do=(tell("back"),))),
            "new",
            "a row leads to 'new' and leaves no entry in the ledger",
        ),
        (
            STATES,
            (*ROWS, on("receive", "asked", do=(request("ask"),))),
            "new",
            "a row of receive sends a request and stays where it is",
        ),
    ],
)
def test_a_flow_that_contradicts_itself_is_refused(
    states: Sequence[State], rows: Sequence[Row], initial: str, words: str
) -> None:
    with pytest.raises(ValueError, match=r"^flow small: ") as refused:
        make(states, rows, initial)
    assert words in str(refused.value)


def test_every_contradiction_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="'new' does not answer start") as refused:
        make(rows=[on("receive", "askt")])
    assert str(refused.value).count(";") == 4


def test_a_row_from_anywhere_answers_for_every_state() -> None:
    rows = (
        on("start", "new", to="asked", do=(record("asked"),)),
        on("start", do=(refuse("already_asked"),)),
        on("expire", to="new", do=(record("silent"),)),
    )
    flow = make((STATES[0], STATES[1]), (*rows[:2], ROWS[2]))
    turn = Turn("asked", NOON)
    assert flow.take("start", turn)
    assert turn.refusal == "already_asked"
    lasting = (State("new", "at first", lasts=DAY), STATES[1])
    assert make(lasting, rows).take("expire", Turn("asked", NOON))


# Turns


def test_actions_are_done_in_order() -> None:
    do = (say("hello"), tell("greeted"), record("greeted"))
    flow = make(rows=(*ROWS, on("receive", "new", to="asked", do=do)))
    turn = hear("unclear")
    assert flow.take("receive", turn)
    assert turn.state == "asked"
    assert turn.effects == [Say("hello"), Tell("greeted"), Record("greeted")]
    assert turn.said == {"hello": NOON}


def test_the_first_row_that_fits_is_taken() -> None:
    rows = (
        *ROWS,
        on("receive", when=hears("yes"), do=(say("first"),)),
        on("receive", when=hears("yes", "no"), do=(say("second"),)),
        on("receive", do=(say("third"),)),
    )
    said = []
    for meaning in ("yes", "no", "unclear"):
        turn = hear(meaning)
        make(rows=rows).take("receive", turn)
        said += turn.effects
    assert said == [Say("first"), Say("second"), Say("third")]


def test_a_trigger_that_no_row_answers_does_nothing() -> None:
    for turn in (hear("yes"), Turn("asked", NOON)):
        before = turn.state
        assert not make().take("receive", turn)
        assert (turn.state, turn.effects, turn.refusal) == (before, [], None)


def test_a_refusal_is_an_answer() -> None:
    turn = Turn("asked", NOON)
    assert make().take("start", turn)
    assert (turn.state, turn.effects, turn.refusal) == ("asked", [], "already_asked")


def test_a_request_is_marked_and_a_saying_is_not() -> None:
    turn = Turn("new", NOON)
    request("ask").act(turn)
    say("hello").act(turn)
    assert turn.effects == [Say("ask", request=True), Say("hello", request=False)]


# Guards


def test_hears_hears_what_is_typed_and_what_is_tapped() -> None:
    assert hears("yes", "start").test(hear("yes"))
    assert hears("yes", "start").test(hear("start", tap=True))
    assert not hears("yes", "start").test(hear("no"))
    assert not hears("yes").test(Turn("new", NOON))
    assert hears("yes", "start").label == "YES or START"


def test_taps_wants_a_tap() -> None:
    assert taps("no").test(hear("no", tap=True))
    assert not taps("no").test(hear("no"))
    assert not taps("no").test(hear("yes", tap=True))
    assert not taps("no").test(Turn("new", NOON))
    assert taps("no").label == "a tap on No"


def test_either_guard_will_do() -> None:
    either = hears("stop") | taps("no")
    assert either.test(hear("stop"))
    assert either.test(hear("no", tap=True))
    assert not either.test(hear("no"))
    assert either.label == "STOP or a tap on No"


def test_fails_asks_how() -> None:
    assert fails("blocked").test(lose("blocked", of_request=False))
    assert not fails("blocked").test(lose("final", of_request=True))
    assert fails().test(lose("final", of_request=False))
    assert not fails().test(hear("stop"))


def test_request_fails_asks_what() -> None:
    assert request_fails().test(lose("final", of_request=True))
    assert not request_fails().test(lose("final", of_request=False))
    assert request_fails("unreachable").test(lose("unreachable", of_request=True))
    assert not request_fails("unreachable").test(lose("final", of_request=True))
    assert not request_fails().test(Turn("new", NOON))


# How often


def says(action: Action, said: dict[str, datetime], now: datetime = NOON) -> bool:
    """Whether the action says anything, after all this was said."""
    turn = Turn("new", now, said=dict(said))
    action.act(turn)
    assert bool(turn.effects) == (turn.said != said)
    return bool(turn.effects)


def test_say_every_keeps_the_distance_to_the_second() -> None:
    remind = say("remind", every=DAY)
    assert says(remind, {})
    assert not says(remind, {"remind": NOON - timedelta(seconds=1)})
    assert not says(remind, {"remind": NOON - DAY + timedelta(seconds=1)})
    assert says(remind, {"remind": NOON - DAY})
    assert not says(remind, {"remind": NOON - timedelta(seconds=1), "ask": NOON})


def test_say_once_after_waits_for_the_other_text() -> None:
    guide = say("guide", once_after="ask")
    hour = timedelta(hours=1)
    assert says(guide, {})
    assert says(guide, {"ask": NOON - hour})
    assert not says(guide, {"guide": NOON - hour})
    assert not says(guide, {"ask": NOON - 2 * hour, "guide": NOON - hour})
    assert says(guide, {"guide": NOON - 2 * hour, "ask": NOON - hour})
    assert not says(guide, {"guide": NOON - 99 * DAY, "ask": NOON - 99 * DAY})


def test_say_without_a_limit_always_speaks() -> None:
    assert says(say("help"), {"help": NOON - timedelta(seconds=1)})


# Flows made from flows


def test_without_leaves_a_state_out_and_nothing_else() -> None:
    lost = on("fail", "asked", to="lost", when=request_fails(), do=(record("lost"),))
    refused = on("start", "asked", "lost", do=(refuse("already_asked"),))
    alone = on("receive", "lost", do=(say("sorry"),))
    anywhere = on("receive", when=hears("help"), do=(say("help"),))
    whole = make(
        (*STATES, State("lost", "did not arrive")),
        (ROWS[0], refused, ROWS[2], lost, alone, anywhere),
    )
    left = whole.without("lost", name="smaller", channel="whatsapp")
    assert (left.name, left.channel, left.policy) == ("smaller", "whatsapp", "consent")
    assert left.states == STATES
    assert left.rows == (ROWS[0], on("start", "asked", do=refused.do), ROWS[2], anywhere)
    assert whole.knows("lost")
    assert not left.take("fail", lose("final", of_request=True))


def test_without_the_beginning_there_is_no_flow() -> None:
    with pytest.raises(ValueError, match="no state is called 'new'"):
        make().without("new", name="headless", channel="sms")


# Every flow


def test_every_file_with_a_flow_is_found() -> None:
    modules = {module.name for module in pkgutil.iter_modules(flows.__path__)}
    assert set(FLOWS) >= {"opt_in", "sms_consent", "sms_disclaimer"}
    assert set(FLOWS) <= modules, "a flow is called like its file"
    assert all(flow.name == name for name, flow in FLOWS.items())


def test_a_new_file_is_found_without_being_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "from flows.opt_in import flow as opt_in\n"
    source += "flow = opt_in.without('unreachable', name='fresh', channel='sms')\n"
    (tmp_path / "fresh.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(flows, "__path__", [*flows.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "flows.fresh", raising=False)
    found = flows._found()
    monkeypatch.delitem(sys.modules, "flows.fresh")
    assert found.keys() == {*FLOWS, "fresh"}
    assert found["fresh"].channel == "sms"


def test_one_flow_serves_each_channel_and_policy() -> None:
    for flow in FLOWS.values():
        assert serving(flow.channel, flow.policy) is flow
    assert serving("whatsapp", "consent").name == "opt_in"
    assert serving("sms", "disclaimer").name == "sms_disclaimer"


def test_nothing_serves_an_unknown_policy() -> None:
    with pytest.raises(LookupError, match="no flow serves whatsapp with the policy 'disclaimer'"):
        serving("whatsapp", "disclaimer")
