"""Reading a reply: how much is heard and how many false yeses, beside simpler readers.

The texts are those of `tests/flows/unseen`. Ours has been mended by them, so its row says what is
held, not what a stranger's text would find; `docs/replies.md` has the figures at first sight.

The yes/no reader of a voice assistant (https://pypi.org/project/ovos-yes-no-plugin/, 0.3.0, with
lists for seven of the twelve languages) joins in where it is installed. It is not among the pinned
requirements: it wants an older `rich` than those it would stand beside.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from benchmarks.ground import Ground
from benchmarks.tables import Table
from flows.replies import Heard, read

TEXTS = Path(__file__).parents[1] / "tests" / "flows" / "unseen"
COLUMNS = ("reader", "yes heard", "no heard", "stop heard", "false yes")
WORDS = (
    "Texts in twelve languages, written without the word lists at hand; ours was mended by them."
)
# What a long code matches, as a whole message:
# https://support.twilio.com/hc/en-us/articles/223134027
_TWILIO = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"), "stop"
    ),
    **dict.fromkeys(("start", "yes", "unstop"), "yes"),
}

_ASSISTANT_LANGUAGES = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})

Reader = Callable[[str, str], str]


def measure(ground: Ground) -> list[Table]:
    """Read every text with every reader."""
    ground.say("reading: every reader reads every text")
    table = Table("Replies read", WORDS, COLUMNS)
    everybody = sorted(TEXTS.rglob("*.toml"))
    for name, reader in READERS.items():
        table.add(name, *_figures(reader, everybody))
    if find_spec("ovos_yes_no"):
        known = [path for path in everybody if path.stem in _ASSISTANT_LANGUAGES]
        table.add("ours, its seven languages", *_figures(_ours, known))
        table.add("ovos-yes-no-plugin, its seven languages", *_figures(_assistant(), known))
    return [table]


def _figures(reader: Reader, paths: list[Path]) -> list[str]:
    heard: dict[str, list[bool]] = {"yes": [], "no": [], "stop": []}
    false: list[bool] = []
    for path in paths:
        for meant, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            read_as = [reader(text, path.stem) for text in texts]
            if meant in heard:
                heard[meant] += [meaning == meant for meaning in read_as]
            if meant not in ("yes", "start"):
                false += [meaning == "yes" for meaning in read_as]
    shares = [f"{sum(found) / len(found):.1%}" for found in heard.values()]
    return [*shares, f"{sum(false)} of {len(false):,}"]


def _ours(text: str, language: str) -> str:
    return read(Heard(text), language).meaning


def _twilio(text: str, _: str) -> str:
    return _TWILIO.get(text.strip().casefold(), "unclear")


def _contains(text: str, _: str) -> str:
    said = text.casefold()
    return next((word for word in ("stop", "yes", "no") if word in said), "unclear")


def _assistant() -> Reader:
    engine = import_module("ovos_yes_no").HeuristicYesNoEngine()
    said = {True: "yes", False: "no", None: "unclear"}

    def reader(text: str, language: str) -> str:
        return said[engine.yes_or_no("May we write to you here?", text, language)]

    return reader


READERS: dict[str, Reader] = {
    "ours": _ours,
    "Twilio's own keywords": _twilio,
    "`stop`, `yes`, `no` anywhere": _contains,
}
