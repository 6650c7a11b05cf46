"""Replies compared with all phrases at once: how near the nearest one of each meaning is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy

from benchmarks.readers.wire import MEANINGS, Phrase, Scores


def nearest(phrases: list[Phrase], likeness: numpy.ndarray) -> Iterator[Scores]:
    """Score each row of a table of replies by phrases."""
    meanings = numpy.array([phrase.meaning for phrase in phrases])
    best = {
        meaning: likeness[:, meanings == meaning].max(axis=1)
        for meaning in MEANINGS
        if meaning in meanings
    }
    for at in range(len(likeness)):
        yield {meaning: float(scores[at]) for meaning, scores in best.items()}
