"""Flows to look at."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from flows import FLOWS
from flows.diagram import mermaid, table
from flows.flow import Flow, State, hears, on, record, refuse, say

ARROW = re.compile(r"^    (\S+) --> (\S+) : ([^:;\n]+)$", re.MULTILINE)
SMALL = Flow(
    "small",
    "sms",
    "consent",
    "new",
    (
        State("new", "at first", lasts=timedelta(minutes=90)),
        State("open", "may write", open=True),
        State("over", "the end", closed_because="opted_out"),
    ),
    (
        on("start", "new", to="open", do=(record("begun"),)),
        on("start", do=(refuse("too_late"),)),
        on("receive", when=hears("stop"), to="over", do=(say("bye"), record("stopped"))),
        on("receive", "new", to="open", do=(record("begun"),)),
        on("receive", do=(say("hello"),)),
        on("expire", "new", to="over", do=(record("silent"),)),
    ),
)


@pytest.fixture(params=list(FLOWS.values()), ids=list(FLOWS))
def flow(request: pytest.FixtureRequest) -> Flow:
    found: Flow = request.param
    return found


def test_a_small_flow_as_a_picture() -> None:
    assert mermaid(SMALL) == (
        "stateDiagram-v2\n"
        "    direction LR\n"
        "    [*] --> new\n"
        "    open : open<br/>agent may write\n"
        "    new --> open : start<br/>receive [else]\n"
        "    new --> over : receive [STOP]<br/>after 90 min\n"
        "    open --> over : receive [STOP]\n"
        "    classDef open stroke-width:4px\n"
        "    class open open\n"
    )


def test_a_small_flow_as_a_table() -> None:
    assert table(SMALL) == (
        "| trigger | from | when | to | contact hears | agent is told | ledger |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| start | new |  | open |  |  | `begun` |\n"
        "| start | any | else | refused: `too_late` |  |  |  |\n"
        "| receive | any | STOP | over | `bye` |  | `stopped` |\n"
        "| receive | new | else | open |  |  | `begun` |\n"
        "| receive | any | else | stay | `hello` |  |  |\n"
        "| expire | new | after 90 min | over |  |  | `silent` |\n"
    )


def test_opt_in_shows_what_matters() -> None:
    picture = mermaid(FLOWS["opt_in"])
    assert "[*] --> new\n" in picture
    assert "requested --> no_answer : after 24 h\n" in picture
    assert "opted_in : opted_in<br/>agent may write\n" in picture
    stop = "receive [STOP or<br/>a tap on No]<br/>fail [blocked]"
    assert f"from__anywhere --> opted_out : {stop}\n" in picture
    assert "from__anywhere__but__new --> opted_in : receive [YES or<br/>START]\n" in picture


def test_every_pair_of_states_has_one_arrow(flow: Flow) -> None:
    arrows = [match[:2] for match in ARROW.findall(mermaid(flow))]
    assert len(arrows) == len(set(arrows))


def test_every_state_is_in_the_picture(flow: Flow) -> None:
    shown = set(re.findall(r"\w+", mermaid(flow)))
    assert shown.issuperset(state.name for state in flow.states)


def test_every_way_that_the_table_knows_is_in_the_picture(flow: Flow) -> None:
    arrows = {(one, other) for one, other, _ in ARROW.findall(mermaid(flow))}
    everybody = [state.name for state in flow.states]
    drawn = set()
    for one, other in arrows:
        if flow.knows(one):
            drawn.add((one, other))
        else:
            left_out = one.split("__")[2:]
            drawn.update((name, other) for name in everybody if name not in (other, *left_out))
    ways = {
        (source, row.to)
        for row in flow.rows
        for source in row.sources or everybody
        if row.to and row.to != source
    }
    assert drawn == ways


def test_every_line_can_be_read_at_the_width_of_a_page(flow: Flow) -> None:
    picture = mermaid(flow)
    for _, _, label in ARROW.findall(picture):
        assert all(len(line) <= 16 for line in label.split("<br/>"))
    assert picture.count(" --> ") <= 16


def test_every_row_is_in_the_table(flow: Flow) -> None:
    lines = table(flow).splitlines()
    assert len(lines) == len(flow.rows) + 2
    assert {line.count("|") for line in lines} == {8}
    for row, line in zip(flow.rows, lines[2:], strict=True):
        assert line.startswith(f"| {row.trigger} |")
        assert all(f"`{action.name}`" in line for action in row.do)
