"""Reading a reply: how much is heard and how many false yeses, beside simpler readers.

The texts are those of five sets in `tests/flows/unseen` (`texts.SETS`). Our lists have been mended
by them, so every row of those who know our lists says what is held, not what a stranger's text
would find; `docs/replies.md` has the figures at first sight.

Readers that need packages of their own run in an environment of their own (`.venv/readers`, made
by `make bench`). Where there is none, the table says so and goes without them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ground import Ground
from benchmarks.machine import ROOT
from benchmarks.readers.wire import Scores
from benchmarks.tables import Table
from benchmarks.texts import Text, all_texts, as_lines
from benchmarks.thresholds import NO_YES, by_the_other_half, heard, with_hindsight
from flows.replies import Heard, read

PYTHON = Path(sys.executable).parents[1] / "readers" / "bin" / "python"
SECONDS = 300
"""What a reader may take before it is given up."""

COLUMNS = (
    "reader", "yes heard", "no heard", "stop heard", "false yes", "false stop",
    "yes heard at no false yes",
)  # fmt: skip
WORDS = (
    "The ninth to thirteenth set of texts in twelve languages, whose writers had seen neither "
    "word lists nor each other's texts. **Our lists have been mended by them since, and are tested "
    "by them, and fuzzy search, classifier and encoder learn from these lists**: only the "
    "keywords, the bare words and the assistant read them as strangers. What is dropped from the "
    "ninth set because we do not hear it is not asked here. [replies.md](replies.md) has the "
    "figures at first sight.\n\n"
    "What is not under yes or start may be a false yes; what is under yes, start or talk, a false "
    "stop. Fuzzy search takes the nearest phrase of our lists by its letters, the encoder by what "
    "it means; the classifier has learnt them by groups of one to four letters. They get the "
    "contact's language and English, texts cut as ours cuts them, and as unclear what our lists "
    "know as courtesy, doubt or condition. Our rules they lack: punctuation, and that every word "
    "must be known. Each language has its threshold for a yes: the lowest without a false yes in "
    "the half of the texts that is not being read; in the last column, in those that are, which "
    "nobody could know beforehand."
)
MISSING = (
    "\n\n**Not measured:** the assistant, fuzzy search, classifier and encoder. `.venv/readers` is "
    "not there; `make bench` makes it, or says why it cannot."
)
# What a long code matches, as a whole message:
# https://support.twilio.com/hc/en-us/articles/223134027
_TWILIO = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"), "stop"
    ),
    **dict.fromkeys(("start", "yes", "unstop"), "yes"),
}

Reader = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Peer:
    """A program of `benchmarks/readers`, and what it may be asked."""

    name: str
    program: str
    threshold: bool = True
    """Whether it says how certain it is, having learnt our lists."""
    languages: frozenset[str] = frozenset()
    """Those that it knows, where it does not learn them from our lists."""


_SEVEN = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})
PEERS = (
    Peer("ovos-yes-no-plugin, its seven languages", "assistant", False, _SEVEN),
    Peer("fuzzy search (rapidfuzz)", "fuzzy"),
    Peer("classifier (scikit-learn)", "classifier"),
    Peer("sentence encoder, its ten languages", "encoder", True, _SEVEN | {"ar", "ja", "zh"}),
)


def measure(ground: Ground) -> list[Table]:
    """Read every text with every reader."""
    ground.say("reading: every reader reads every text")
    texts = all_texts()
    table = Table("Replies read", WORDS + ("" if PYTHON.exists() else MISSING), COLUMNS)
    for name, reader in READERS.items():
        _add(table, name, texts, [reader(text.text, text.language) for text in texts])
    for peer in PEERS if PYTHON.exists() else ():
        ground.say(f"reading: {peer.name}")
        _add_peer(table, peer, texts)
    return [table]


def _add_peer(table: Table, peer: Peer, texts: Sequence[Text]) -> None:
    known = [text for text in texts if not peer.languages or text.language in peer.languages]
    if peer.languages:
        ours = [_ours(text.text, text.language) for text in known]
        _add(table, f"ours, those {len(peer.languages)} languages", known, ours)
    scores = ask(peer.program, known, taught=peer.threshold)
    plain = [heard(said) for said in scores]
    if not peer.threshold:
        _add(table, peer.name, known, plain)
        return
    best = _share(known, with_hindsight(known, scores), "yes")
    _add(table, f"{peer.name}, no threshold", known, plain, best)
    _add(table, f"{peer.name}, threshold", known, by_the_other_half(known, scores), best)


def ask(
    program: str, texts: Sequence[Text], python: Path = PYTHON, *, taught: bool = True
) -> list[Scores]:
    """Let a program of `benchmarks/readers` read texts. Raises `RuntimeError` when it fails."""
    given = "".join(json.dumps(line) + "\n" for line in as_lines(texts, taught))
    done = subprocess.run(
        [python, "-m", f"benchmarks.readers.{program}"],
        cwd=ROOT,
        # Threads of BLAS that wait for each other on a busy machine take minutes.
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"},
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    answers: list[Scores] = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or len(answers) != len(texts):
        raise RuntimeError(
            f"the reader {program} answered {len(answers)} of {len(texts)} texts; `make bench` "
            f"builds its environment anew once .venv/.readers is deleted:\n{done.stderr[-2000:]}"
        )
    return answers


def _add(
    table: Table, name: str, texts: Sequence[Text], meanings: Sequence[str], best: str = ""
) -> None:
    false_yes, might_agree = _counted(texts, meanings, "yes", NO_YES)
    false_stop, might_stop = _counted(texts, meanings, "stop", {"yes", "start", "talk"})
    shares = [_share(texts, meanings, meaning) for meaning in ("yes", "no", "stop")]
    table.add(
        name, *shares, f"{false_yes:,} of {might_agree:,}", f"{false_stop:,} of {might_stop:,}",
        best or ("none" if false_yes else shares[0]),
    )  # fmt: skip


def _counted(
    texts: Sequence[Text], meanings: Sequence[str], meaning: str, meant: set[str] | frozenset[str]
) -> tuple[int, int]:
    found = [said == meaning for text, said in zip(texts, meanings, strict=True)
             if text.meant in meant]  # fmt: skip
    return sum(found), len(found)


def _share(texts: Sequence[Text], meanings: Sequence[str], meaning: str) -> str:
    right, asked = _counted(texts, meanings, meaning, {meaning})
    return f"{right / asked:.1%}"


def _ours(text: str, language: str) -> str:
    return read(Heard(text), language).meaning


def _twilio(text: str, _: str) -> str:
    return _TWILIO.get(text.strip().casefold(), "unclear")


def _contains(text: str, _: str) -> str:
    said = text.casefold()
    return next((word for word in ("stop", "yes", "no") if word in said), "unclear")


READERS: dict[str, Reader] = {
    "ours": _ours,
    "Twilio's own keywords": _twilio,
    "`stop`, `yes`, `no` anywhere": _contains,
}
