"""A long stop word with one slip of the thumb in it: `unsubcrbe`, `desabonement`.

Looked for only when nothing else explains a short message, and only for the contact's language and
English: one letter away from a stop there may be its opposite elsewhere, as `anmelden` is to
`abmelden`. A stop that is guessed wrongly is seen and mended; a yes is never guessed, so its common
misspellings stand in the lists one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from flows.replies.answers import explain
from flows.replies.index import Index
from flows.replies.lexicon import Lexicon, language_of
from flows.replies.lists import lists
from flows.replies.meaning import Reading
from flows.replies.normalise import PUNCTUATION, Tokens
from flows.replies.stops import hear_stop

# Shorter words have too many neighbours that mean something else: "parar", "passar".
SHORTEST = 8
# A stop word with a courtesy or two.
MOST_TOKENS = 4
# Beside a no it may be "don't cancel".
_HARMLESS = ("stop", "polite")


def hear_misspelt_stop(reply: Tokens, lexicon: Lexicon, language: str) -> Reading | None:
    """Read a short message as a stop when one letter put right makes one of it."""
    if len(reply) > MOST_TOKENS:
        return None
    spelling = _spelling(language_of(language))
    mended = tuple(_nearest(token, spelling, lexicon) for token in reply)
    if mended == reply:
        return None
    spans = explain(mended, lexicon, ())
    if not all(span.role in _HARMLESS for span in spans if mended[span.start] not in PUNCTUATION):
        return None
    heard = hear_stop(mended, spans, 0)
    return Reading("stop", False, "misspelt stop word", heard.words) if heard else None


def _nearest(token: str, spelling: dict[str, str], lexicon: Lexicon) -> str:
    if len(token) < SHORTEST or token in lexicon.vocabulary or token in lexicon.strangers:
        return token
    near = (spelling.get(rest, "") for rest in _remains(token))
    return next((word for word in near if word[:1] == token[0]), token)


@cache
def _spelling(language: str) -> dict[str, str]:
    """Map what is left of a long stop word without one of its letters to the word."""
    own = {language: lists()[language], "en": lists()["en"]}
    stops = Index(found for words in own.values() for found in words.under("stop", "stop"))
    return {rest: word for word in _long(stops) for rest in _remains(word)}


def _long(stops: Index) -> Iterable[str]:
    return (word for word, _ in stops.singles() if len(word) >= SHORTEST and word.isalpha())


def _remains(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
