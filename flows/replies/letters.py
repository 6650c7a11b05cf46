"""A reply written as a letter: what closes it, and the name under it, answer nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from flows.replies.lists import lists
from flows.replies.normalise import END, PUNCTUATION, Tokens, is_word
from flows.replies.patterns import Span

# Words of a name under a letter, not counting initials and the words before a surname.
MOST_NAMES = 3
# Letters of an abbreviated close, such as the German "LG".
LONGEST_ABBREVIATION = 3


def signed(reply: Tokens, spans: list[Span]) -> list[Span]:
    """Take a letter's close as courtesy, and the name after it: `Kind regards, R. Okafor`."""
    at = next((at for at, span in enumerate(spans) if span.role == "sign_off"), None)
    if at is None:
        return spans
    close, after = spans[at], spans[at + 1 :]
    said = [span for span in after if reply[span.start] not in PUNCTUATION]
    strangers = [span for span in said if span.role == "unknown" or _belongs(reply, span)]
    run_on = len(said) == len(after) and not _closes_alone(reply, close, said)
    if strangers and (run_on or not _is_name(reply, said)):
        return [*spans[:at], close._replace(role="unknown"), *after]
    under = (span._replace(role="polite") if span in strangers else span for span in after)
    return [*spans[:at], close._replace(role="polite"), *under]


def _closes_alone(reply: Tokens, close: Span, said: Sequence[Span]) -> bool:
    """Tell a close that needs no pause before the name: "Sincerely doubt it" is none."""
    if close.end - close.start > 1:
        return True
    # "LG Petra": an abbreviation begins no sentence, but two words after it may be one.
    return len(reply[close.start]) <= LONGEST_ABBREVIATION and len(said) == 1


def _is_name(reply: Tokens, spans: Sequence[Span]) -> bool:
    words = [span for span in spans if not _belongs(reply, span)]
    return len(words) <= MOST_NAMES and all(
        span.role in ("unknown", "polite")
        and is_word(reply[span.start])
        and not reply[span.start].isdecimal()
        for span in words
    )


def _belongs(reply: Tokens, span: Span) -> bool:
    """Tell what goes with a name whatever it means elsewhere: "J." in "J. Jansen", or "de"."""
    said, following = reply[span.start], reply[span.end : span.end + 2]
    if said in _before_names():
        return bool(following)
    return len(said) == 1 and "a" <= said <= "z" and len(following) > 1 and following[0] == END


@cache
def _before_names() -> frozenset[str]:
    """Collect what stands before a surname in any language: people keep their names abroad."""
    return frozenset().union(*(words.words("before_names") for words in lists().values()))
