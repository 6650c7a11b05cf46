"""How certain a reader must be of a yes before it is taken for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from math import inf, nextafter

from benchmarks.readers.wire import MEANINGS, Scores
from benchmarks.texts import Text

NO_YES = frozenset({"no", "stop", "help", "not_yes", "talk"})
"""Under these headings a yes is a false one; a start agrees too."""


def heard(scores: Scores, threshold: float = -inf) -> str:
    """What has the most for it; a yes with less than the threshold is unclear."""
    meaning = max(MEANINGS, key=lambda meaning: scores.get(meaning, -inf))
    return "unclear" if meaning == "yes" and scores["yes"] < threshold else meaning


def lowest_without_false_yes(read: Iterable[tuple[Text, Scores]]) -> float:
    """The lowest threshold at which none of these texts is a false yes."""
    wrong = (
        scores["yes"] for text, scores in read if text.meant in NO_YES and heard(scores) == "yes"
    )
    return nextafter(max(wrong, default=-inf), inf)


def by_the_other_half(texts: Sequence[Text], scores: Sequence[Scores]) -> list[str]:
    """Read each half of a language with the threshold that spares the other half false yeses."""
    needed = _needed(texts, scores, lambda text: (text.language, text.half))
    return [
        heard(said, needed[text.language, 1 - text.half])
        for text, said in zip(texts, scores, strict=True)
    ]


def with_hindsight(texts: Sequence[Text], scores: Sequence[Scores]) -> list[str]:
    """Read each language with the lowest threshold that leaves no false yes in these very texts."""
    needed = _needed(texts, scores, lambda text: text.language)
    return [heard(said, needed[text.language]) for text, said in zip(texts, scores, strict=True)]


def _needed(
    texts: Sequence[Text], scores: Sequence[Scores], part: Callable[[Text], Hashable]
) -> dict[Hashable, float]:
    parts: dict[Hashable, list[tuple[Text, Scores]]] = defaultdict(list)
    for text, said in zip(texts, scores, strict=True):
        parts[part(text)].append((text, said))
    thresholds = {name: lowest_without_false_yes(read) for name, read in parts.items()}
    return defaultdict(lambda: inf, thresholds)
