"""The nearest phrase of our lists by its letters: rapidfuzz, up to a thousand phrases a pattern."""

from __future__ import annotations

from collections.abc import Iterator

import numpy
from rapidfuzz import fuzz, process

from benchmarks.readers.nearest import nearest
from benchmarks.readers.wire import Phrase, Reply, Scores, serve

LEAST = 70.0
"""Of 100: what is less like any phrase is unclear."""


def read(phrases: list[Phrase], replies: list[Reply]) -> Iterator[Scores]:
    """Compare a language's replies with its phrases and the English ones."""
    likeness = process.cdist(
        [reply.words for reply in replies],
        [phrase.words for phrase in phrases],
        scorer=fuzz.ratio,
        score_cutoff=LEAST,
        dtype=numpy.float32,
        workers=-1,
    )
    for scores in nearest(phrases, likeness):
        yield scores if max(scores.values()) else {"unclear": 1.0}


if __name__ == "__main__":
    serve(read)
