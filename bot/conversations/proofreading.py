"""What is wrong with a text before anybody reads it, in words. Pure: nothing is looked up.

What a text must do is taken from our own English one of that name: name the business if that one
does, offer an answer if that one does. So a new flow brings its rules with its texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from bot.conversations.wording import FALLBACK, PLACE, fill, reader_of, unfilled
from flows import FLOWS
from flows.replies import Heard, Meaning, read

LONGEST = 1600
"""Characters of a message: https://www.twilio.com/docs/messaging/api/message-resource"""

LONGEST_TEMPLATE = 1024
"""Characters of a body with buttons: https://www.twilio.com/docs/content/twilio-quick-reply"""

MOST_SPACES, MOST_EMOJI = 4, 10

SERVES: dict[Meaning, tuple[Meaning, ...]] = {
    "yes": ("yes", "start"), "no": ("no", "stop"), "stop": ("stop",), "help": ("help",),
}  # fmt: skip
"""What a text must offer a word for, and how that word may be read."""

_MEANT = {
    "business": "It does not name the business: write {business} where its name goes.",
    "reason": "It does not say why: write {reason} where the reason goes.",
}
_QUOTED = re.compile(r"[\"“”„«»「『]\s*([^\"“”„«»「」『』]{1,40}?)\s*[\"”“»«」』]")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITALS = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,})*")
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")


class Needs(NamedTuple):
    """What a text must do: the names it fills in, and the answers it offers words for."""

    places: tuple[str, ...]
    answers: tuple[Meaning, ...]


@cache
def needs(name: str) -> Needs:
    """What the text of that name must do. Raises `KeyError` if there is no such."""
    ours = unfilled(name, reader_of(name), FALLBACK).text
    found = {read(Heard(word), FALLBACK).meaning for word in offered(ours)}
    return Needs(_places(ours), tuple(answer for answer in SERVES if answer in found))


def offered(text: str) -> list[str]:
    """The words that a text asks people to answer: in capitals, or in quotation marks."""
    plain = PLACE.sub("\n", text)
    runs = [run for run in _capitals(plain) if run.isupper()]
    single = (word for run in runs for word in run.split())
    return list(dict.fromkeys([*_QUOTED.findall(plain), *runs, *single]))


@cache
def is_template(name: str) -> bool:
    """Whether the text also goes out as a template, which WhatsApp has to approve."""
    return any(
        action.kind == "request" and action.name == name
        for flow in FLOWS.values() if flow.channel == "whatsapp"
        for row in flow.rows
        for action in row.do
    )  # fmt: skip


def faults(name: str, language: str, text: str, business: str) -> list[str]:
    """Everything that is wrong with a text in a language, a sentence each; nothing means it is fit.

    Raises `KeyError` if there is no text of that name.
    """
    if not text.strip():
        return ["It is empty."]
    found = [*_of_places(name, text), *_of_answers(name, language, text)]
    found += _of_shape(text, fill(text, business=business), is_template(name))
    return found + list(_of_template(text)) if is_template(name) else found


def example(answer: Meaning, name: str, language: str) -> str:
    """The word that our own text offers for an answer in that language, or in English."""
    ours = unfilled(name, reader_of(name), language)
    words = (word for word in offered(ours.text) if _serves(answer, word, ours.language))
    return next(words, answer.upper())


def _capitals(text: str) -> Iterator[str]:
    """Words in capitals, those that stand together as one: `NO GRACIAS`."""
    marked = _WORD.sub(lambda word: word[0] if word[0].isupper() else "\n", text)
    return (found[0] for found in _CAPITALS.finditer(marked))


def _serves(answer: Meaning, word: str, language: str) -> bool:
    return read(Heard(word), language).meaning in SERVES[answer]


def _places(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(PLACE.findall(text)))


def _of_places(name: str, text: str) -> Iterator[str]:
    wanted, there = needs(name).places, _places(text)
    known = {*wanted, "business"}
    for place in there:
        if place not in known:
            may = " or ".join(f"{{{one}}}" for one in sorted(known))
            yield f"{{{place}}} is never filled in. Only {may} can stand here."
    if re.search(r"[{}]", PLACE.sub("", text)):
        yield "A brace { or } stands alone. Braces only go around a name, like {business}."
    yield from (_MEANT[place] for place in wanted if place not in there)


def _of_answers(name: str, language: str, text: str) -> Iterator[str]:
    words = offered(text)
    for answer in needs(name).answers:
        if not any(_serves(answer, word, language) for word in words):
            yield (
                f"It offers no word that we read as {answer.upper()} in this language. Write one "
                f"in capitals or in quotation marks, like {example(answer, name, language)}."
            )


def _of_shape(text: str, filled: str, template: bool) -> Iterator[str]:
    most = LONGEST_TEMPLATE if template else LONGEST
    if len(filled) > most:
        yield f"It has {len(filled)} characters; at most {most} can be sent."
    if " " * (MOST_SPACES + 1) in text:
        yield f"It has more than {MOST_SPACES} spaces in a row."
    if any(not sign.isprintable() and sign != "\n" for sign in text):
        yield "It has a character that cannot be printed, like a tab."


def _of_template(text: str) -> Iterator[str]:
    """What WhatsApp's reviewers turn down in a template."""
    parts = PLACE.split(text)[::2]
    if len(parts) > 1 and not (_WORD.search(parts[0]) and _WORD.search(parts[-1])):
        yield "WhatsApp takes no template that begins or ends with a name. Write words around it."
    if any(not part.strip() for part in parts[1:-1]):
        yield "WhatsApp takes no template with two names side by side. Write words between them."
    if "wa.me" in text.casefold():
        yield "WhatsApp takes no template with a wa.me link."
    if len(_EMOJI.findall(text)) > MOST_EMOJI:
        yield f"WhatsApp takes no template with more than {MOST_EMOJI} emoji."
