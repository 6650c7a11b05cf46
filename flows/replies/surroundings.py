"""A strong stop word among what people add to it: where, why, to whom: `stop here, I'm busy`.

Only what is a stop at full strength is heard among these words: "end here" is no wish, and beside
a weak stop word they tell of something else. Looked for only when nothing else explains a reply.
"""

from __future__ import annotations

from functools import cache

from flows.replies.answers import explain
from flows.replies.index import Index
from flows.replies.lexicon import Lexicon
from flows.replies.lists import everywhere
from flows.replies.meaning import Reading
from flows.replies.normalise import Tokens
from flows.replies.stops import hear_strong_stop

# A stop with two or three additions, in tokens; a Han or kana character is one. More is a story.
MOST_TOKENS = 24


def hear_surrounded_stop(reply: Tokens, lexicon: Lexicon) -> Reading | None:
    """Read a short message as a stop when nothing but a strong one is left without additions."""
    if len(reply) > MOST_TOKENS:
        return None
    bare = _without_additions(reply)
    if not bare or bare == reply or _says_something_else(reply):
        return None
    return hear_strong_stop(bare, explain(bare, lexicon, ()))


def _without_additions(reply: Tokens) -> Tokens:
    left: list[str] = []
    at = 0
    while at < len(reply):
        if found := _additions().longest(reply, at):
            at = found.end
        else:
            left.append(reply[at])
            at += 1
    return tuple(left)


def _says_something_else(reply: Tokens) -> bool:
    """Find what is no stop although it is one with an addition: `chega aqui` is "come here"."""
    return any(_no_stops().longest(reply, at) for at in range(len(reply)))


@cache
def _no_stops() -> Index:
    return Index(everywhere("no_stop", "foreign"))


@cache
def _additions() -> Index:
    return Index(everywhere("beside_stop", "foreign"))
