"""Reading an answer from a closed vocabulary: what is not wholly understood is no answer.

Every word of a yes must be known to be harmless and one of them must be a yes, so a yes cannot be
wrong by way of a word nobody thought of. Rules 2, 4, 5 and 8 of section 6.3 of the reply study.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

from flows.replies.letters import signed
from flows.replies.lexicon import Lexicon
from flows.replies.meaning import Reading
from flows.replies.normalise import PUNCTUATION, QUESTION, Tokens, stands_alone
from flows.replies.patterns import Entry, Role, Span

# Longer than any plain answer with its courtesies, in words; two Han or kana make one.
MOST_WORDS = 40
# A no with its reason; what is longer tells of something else.
MOST_AFTER_NO = 12

_ANSWERS: tuple[Literal["no", "yes", "start", "help"], ...] = ("no", "yes", "start", "help")
_WHY_UNCLEAR: dict[Role, str] = {
    "stop": "stop word among others",
    "negation": "negation",
    "condition": "condition",
    "doubt": "said in more than one way",
    "unknown": "words on no list",
    "foreign": "words on no list",
}
_TAKES_BACK: frozenset[Role] = frozenset(
    {"yes", "with_yes", "start", "help", "stop", "doubt", "condition"}
)
_BELONGS: dict[Role, tuple[str, str]] = {
    "with_no": ("no", "regret beside another answer"),
    "with_yes": ("yes", "permission beside another answer"),
}
_NUMBERS = {"1": Entry("yes", ""), "2": Entry("no", "")}
_PLAIN_NO: frozenset[Role] = frozenset({"no", "doubt", "polite", "with_yes", "with_no"})
# What only another language explains is better than nothing and worse than any word of one's own.
_UNKNOWN, _FOREIGN = 100, 1
_REPEATED = re.compile(r"(.)\1{2,}")


def recognise(reply: Tokens, lexicon: Lexicon) -> Tokens:
    """Give drawn-out and spelled-out words their usual form: `yesss`, `Y E S`."""
    words = [token for token in reply if token not in PUNCTUATION]
    if len(words) > 1 and all(len(word) == 1 and "a" <= word <= "z" for word in words):
        joined = "".join(words)
        return (joined,) if QUESTION not in reply else (joined, QUESTION)
    return tuple(_usual(token, lexicon) for token in reply)


def _usual(token: str, lexicon: Lexicon) -> str:
    if token in lexicon.vocabulary or len(token) < 2:
        return token
    single, double = _REPEATED.sub(r"\1", token), _REPEATED.sub(r"\1\1", token)
    if single == token and token[-1] != token[-2]:
        return token
    for known in (lexicon.vocabulary, lexicon.strangers):
        for form in (double, single):
            if form in known:
                return form
    undoubled = single[:-1] if single[-1] == single[-2:-1] else single
    return undoubled if undoubled in lexicon.drawn_out else token


def explain(reply: Tokens, lexicon: Lexicon, offered: Collection[str]) -> list[Span]:
    """Explain a reply by the phrases that leave the fewest words unknown, the longest first."""
    end = len(reply)
    costs, chosen = [0] * (end + 1), []
    for at in reversed(range(end)):
        best, least = Span("unknown", "", at, at + 1), costs[at + 1] + _UNKNOWN
        for span in _candidates(reply, at, lexicon, offered):
            cost = costs[span.end] + (_FOREIGN if span.role == "foreign" else 0)
            if cost < least:
                best, least = span, cost
        costs[at] = least
        chosen.append(best)
    return signed(reply, _walk(chosen[::-1]))


def _walk(chosen: Sequence[Span]) -> list[Span]:
    spans, at = [], 0
    while at < len(chosen):
        spans.append(chosen[at])
        at = chosen[at].end
    return spans


def _candidates(
    reply: Tokens, at: int, lexicon: Lexicon, offered: Collection[str]
) -> Sequence[Span]:
    number = _NUMBERS.get(reply[at])
    if number and reply[at] in offered:
        return [Span(number.role, number.words, at, at + 1)]
    own, stops = lexicon.own(reply, at), lexicon.stops.at(reply, at)
    if not own and not stops:
        return lexicon.company.at(reply, at)
    found = sorted(stops + own, key=_length, reverse=True) if stops else own
    # A doubtful phrase must not be explained away by a cut through its middle.
    return found[:1] if found[0].role == "doubt" else found


def _length(span: Span) -> int:
    return span.end - span.start


def hear_answer(reply: Tokens, spans: Sequence[Span]) -> Reading:
    """Read a reply that is no stop as yes, no, start, help, or unclear with the reason."""
    said = [span for span in spans if reply[span.start] not in PUNCTUATION]
    roles = {span.role for span in said}
    last = next((span.role for span in reversed(said) if span.role != "polite"), None)
    if last == "no" and roles <= _PLAIN_NO:
        # What could be meant in two ways is settled by the no that follows it.
        roles -= {"doubt", "with_yes"}
    if not roles.isdisjoint(_WHY_UNCLEAR):
        if no := _no_first(reply, spans):
            return Reading("no", False, "no sentence", no.words)
        return _unclear(next(why for role, why in _WHY_UNCLEAR.items() if role in roles))
    meant = [answer for answer in _ANSWERS if answer in roles]
    if meant == ["yes", "start"]:
        meant = ["yes"]
    if len(meant) != 1:
        return _unclear("more than one answer" if meant else "no answer in it")
    if why := _why_not(meant[0], roles, reply):
        return _unclear(why)
    decisive = next(span for span in said if span.role == meant[0])
    return Reading(meant[0], False, _rule(decisive, said), decisive.words)


def _no_first(reply: Tokens, spans: Sequence[Span]) -> Span | None:
    """Find the no that is a sentence of its own before words that do not take it back."""
    at = next((at for at, span in enumerate(spans) if reply[span.start] in PUNCTUATION), 0)
    first, rest = spans[:at], {span.role for span in spans[at:]}
    if len(reply) > MOST_AFTER_NO or QUESTION in reply or not rest.isdisjoint(_TAKES_BACK):
        return None
    if not {span.role for span in first} <= {"no", "polite"}:
        return None
    return next((span for span in first if span.role == "no"), None)


def _why_not(meant: str, roles: set[Role], reply: Tokens) -> str | None:
    for company, (answer, why) in _BELONGS.items():
        if company in roles and meant != answer:
            return why
    if QUESTION in reply and meant != "help":
        return "question"
    return "too long for an answer" if _words_in(reply) > MOST_WORDS else None


def _words_in(reply: Tokens) -> float:
    return len(reply) - sum(map(stands_alone, reply)) / 2


def _rule(decisive: Span, said: Sequence[Span]) -> str:
    if not decisive.words:
        return "number offered"
    company = " and politeness" if len(said) > 1 else ""
    return f"{decisive.role} word{company}"


def _unclear(reason: str) -> Reading:
    return Reading("unclear", False, reason, "")
