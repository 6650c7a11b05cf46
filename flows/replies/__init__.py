"""What a reply means: yes, no, stop, start, help, or unclear.

A false yes is the worst mistake this project can make and a missed stop the second worst, so the
two are read by opposite rules: a yes only from words that are all known (`answers`), a stop from
any language and out of almost any surroundings (`stops`). A tap counts before text (`taps`).
The words are data: `flows/words/*.toml`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from flows.replies.answers import explain, hear_answer, recognise
from flows.replies.lexicon import lexicon_for
from flows.replies.meaning import Heard, Meaning, Reading
from flows.replies.normalise import PAUSE, tokens
from flows.replies.slips import hear_slipped_stop
from flows.replies.spelling import hear_misspelt_stop
from flows.replies.stops import hear_stop
from flows.replies.surroundings import hear_surrounded_stop
from flows.replies.taps import tapped

__all__ = ["Heard", "Meaning", "Reading", "read"]

# WhatsApp's longest text. What is longer is not looked at: its end might take back its beginning.
LONGEST = 4096
# A campaign is answered by thousands in the same few words: a short text is read once.
SHORT = 40
MOST_REMEMBERED = 4096
# Why a reply may be unclear only because a comma stands inside a phrase; longer ones are stories.
JOINABLE = frozenset({
    "words on no list", "negation", "said in more than one way", "no answer in it",
    "more than one answer", "condition",
})  # fmt: skip
MOST_PAUSED = 14
# What a comma may not make a yes of.
BARRING = frozenset({"condition", "more than one answer"})


def read(heard: Heard, language: str = "en", offered: Collection[str] = ()) -> Reading:
    """Read what a contact sent, in the contact's language and English, and say why it is read so.

    `language` is any language tag. `offered` holds the numbers the last text of ours offered,
    "1" for yes and "2" for no; numbers mean nothing otherwise. Never raises, whatever is sent.
    """
    if heard.payload or heard.button:
        return _tap(heard, language)
    return _without_media(heard, _text(heard.text, language, offered))


def _tap(heard: Heard, language: str) -> Reading:
    title = _text(heard.button or heard.text, language, ())
    meaning = tapped(heard.payload or "")
    if meaning is None:
        return _without_media(heard, replace(title, tap=True))
    if meaning == "yes" and title.meaning in ("no", "stop"):
        # A template whose buttons were mixed up: the contact saw the title, not the id.
        return Reading("unclear", True, "tap and title disagree", title.words)
    return _without_media(heard, Reading(meaning, True, "tap", ""))


def _without_media(heard: Heard, reading: Reading) -> Reading:
    """Let a file never mean anything but stop, whatever its name or caption.

    `STOP.pdf` is a name, so a caption has to be a stop as a whole or hold a stop phrase.
    """
    if heard.media and (reading.meaning != "stop" or reading.rule == "stop sentence"):
        return Reading("unclear", reading.tap, "media", "")
    return reading


def _text(text: str, language: str, offered: Collection[str]) -> Reading:
    text = text.strip()
    read_it = _short if len(text) <= SHORT else _explained
    return read_it(text, language, frozenset(offered))


@lru_cache(MOST_REMEMBERED)
def _short(text: str, language: str, offered: frozenset[str]) -> Reading:
    return _explained(text, language, offered)


def _explained(text: str, language: str, offered: frozenset[str]) -> Reading:
    if len(text) > LONGEST:
        return Reading("unclear", False, "too long for an answer", "")
    words = lexicon_for(language)
    said = tokens(text)
    reply = recognise(said, words)
    spans = explain(reply, words, offered)
    heard = hear_stop(reply, spans, len(text)) or hear_answer(reply, spans)
    if heard.rule in JOINABLE and PAUSE in reply and len(reply) <= MOST_PAUSED:
        # "Ja, kein Problem" is one phrase, however it is punctuated.
        joined = tuple(token for token in reply if token != PAUSE)
        again = hear_answer(joined, explain(joined, words, offered))
        # "But" before a comma is a condition still, though "mais oui" is a plain yes.
        barred = ("unclear", "yes", "start") if heard.rule in BARRING else ("unclear",)
        heard = heard if again.meaning in barred else again
    if heard.meaning != "unclear":
        return heard
    return (
        hear_surrounded_stop(reply, words)
        or hear_misspelt_stop(reply, words, language)
        or hear_slipped_stop(said, words, language, len(text))
        or heard
    )
