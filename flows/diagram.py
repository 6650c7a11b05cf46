"""Any flow to look at: as a picture in Mermaid and as a table in Markdown.

https://mermaid.js.org/syntax/stateDiagram.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from textwrap import wrap

from flows.flow import Flow, Row

CROWD = 3
"""So many states with the same arrow are drawn as one."""

NARROW = 16
"""Letters in a line of a label."""

SPACE = "__"
"""Between the words of a crowd's name, where Mermaid allows no space."""

_COLUMNS = (
    "trigger", "from", "when", "to", "contact hears", "agent is told", "ledger",
)  # fmt: skip


def mermaid(flow: Flow) -> str:
    """Draw a flow as a Mermaid state diagram. Rows that stay where they are, are left out."""
    arrows = _arrows(flow)
    opened = [state.name for state in flow.states if state.open]
    crowds = list(dict.fromkeys(source for source, _ in arrows if not flow.knows(source)))
    lines = [
        "direction LR",
        f"[*] --> {flow.initial}",
        *(f"{name} : {name}<br/>agent may write" for name in opened),
        *(f"{crowd} : {_narrow(crowd.replace(SPACE, ' '))}" for crowd in crowds),
        *(f"{one} --> {other} : {label}" for (one, other), label in arrows.items()),
        *_styled("open", "stroke-width:4px", opened),
        *_styled("crowd", "stroke-dasharray:4", crowds),
    ]
    return "\n    ".join(["stateDiagram-v2", *lines]) + "\n"


def table(flow: Flow) -> str:
    """Write a flow's rows as a Markdown table, in the order in which they are tried."""
    rows = (_cells(flow, row) for row in flow.rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (_COLUMNS, ["---"] * 7, *rows))


def _arrows(flow: Flow) -> dict[tuple[str, str], str]:
    """The labels of arrows by the states they join, which have one arrow for all their rows."""
    labels: dict[tuple[str, str], list[str]] = {}
    for (label, to), sources in _alike(flow).items():
        for source in _crowded(flow, to, sources):
            labels.setdefault((source, to), []).append(_narrow(label))
    return {joined: "<br/>".join(lines) for joined, lines in labels.items()}


def _alike(flow: Flow) -> dict[tuple[str, str], list[str]]:
    """The states from which the same cause leads to the same end."""
    alike: dict[tuple[str, str], list[str]] = {}
    for row in flow.rows:
        for source in _sources(flow, row):
            if row.to and source != row.to:
                alike.setdefault((_label(flow, row, source), row.to), []).append(source)
    return alike


def _crowded(flow: Flow, to: str, sources: list[str]) -> list[str]:
    """Draw arrows from all other states, or all but one, as a single one from their crowd."""
    others = [state.name for state in flow.states if state.name != to]
    left_out = [name for name in others if name not in sources]
    if len(sources) < CROWD or len(left_out) > 1:
        return list(dict.fromkeys(sources))
    words = ["from", "anywhere", *(["but", *left_out] if left_out else [])]
    return [SPACE.join(words)]


def _styled(name: str, style: str, states: Sequence[str]) -> Iterator[str]:
    if states:
        yield f"classDef {name} {style}"
        yield f"class {','.join(states)} {name}"


def _narrow(label: str) -> str:
    """Break a label into lines, so that a picture with many arrows fits the width of a page."""
    return "<br/>".join(wrap(label, NARROW))


def _sources(flow: Flow, row: Row) -> tuple[str, ...]:
    return row.sources or tuple(state.name for state in flow.states)


def _label(flow: Flow, row: Row, source: str) -> str:
    if row.trigger == "expire":
        return _when(flow, row, source)
    when = _when(flow, row, source)
    return f"{row.trigger} [{when}]" if when else row.trigger


def _when(flow: Flow, row: Row, source: str) -> str:
    lasts = flow.state(source).lasts
    conditions = [f"after {_spelled(lasts)}"] if row.trigger == "expire" and lasts else []
    if row.when:
        conditions.append(row.when.label)
    elif _falls_through_to(flow, row, source):
        conditions.append("else")
    return ", ".join(conditions)


def _falls_through_to(flow: Flow, row: Row, source: str) -> bool:
    """Whether other rows have been tried in this state before `row` is."""
    return any(
        earlier.trigger == row.trigger and source in _sources(flow, earlier)
        for earlier in flow.rows[: flow.rows.index(row)]
    )


def _spelled(lasts: timedelta) -> str:
    for unit, seconds in (("h", 3600), ("min", 60)):
        if lasts.total_seconds() % seconds == 0:
            return f"{lasts.total_seconds() / seconds:.0f} {unit}"
    return f"{lasts.total_seconds():g} s"


def _cells(flow: Flow, row: Row) -> list[str]:
    when = dict.fromkeys(_when(flow, row, source) for source in _sources(flow, row))
    refused = _named(row, "refuse")
    return [
        row.trigger,
        _from(flow, row),
        " / ".join(filter(None, when)).replace("|", "\\|"),
        f"refused: {refused}" if refused else row.to or "stay",
        _named(row, "request", "say"),
        _named(row, "tell"),
        _named(row, "record"),
    ]


def _from(flow: Flow, row: Row) -> str:
    left_out = [state.name for state in flow.states if state.name not in _sources(flow, row)]
    if 2 * len(left_out) > len(row.sources):
        return ", ".join(row.sources)
    return " but ".join(filter(None, ["any", ", ".join(left_out)]))


def _named(row: Row, *kinds: str) -> str:
    return ", ".join(
        f"`{action.name}` {action.limit}".rstrip() for action in row.do if action.kind in kinds
    )
