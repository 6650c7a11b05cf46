"""A classifier of character n-grams that has learnt our lists: scikit-learn's logistic regression.

One for each language, on its own phrases and the English ones, every meaning weighing as much.
"""

from __future__ import annotations

from collections.abc import Iterator

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.readers.wire import Phrase, Reply, Scores, serve

FROM_ONE_PATTERN = 12
"""More phrases of one pattern take longer and change little: they share their words."""


def read(phrases: list[Phrase], replies: list[Reply]) -> Iterator[Scores]:
    """Learn a language's phrases and read its replies."""
    learnt = [phrase for phrase in phrases if phrase.rank < FROM_ONE_PATTERN]
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True),
        LogisticRegression(C=10, class_weight="balanced", max_iter=200),
    )
    model.fit([phrase.words for phrase in learnt], [phrase.meaning for phrase in learnt])
    for chances in model.predict_proba([reply.words for reply in replies]):
        yield dict(zip(model.classes_, map(float, chances), strict=True))


if __name__ == "__main__":
    serve(read)
