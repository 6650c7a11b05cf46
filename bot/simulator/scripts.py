"""Customers who answer by themselves."""

from functools import partial
from typing import Final

from bot.simulator.customers import Customer
from bot.simulator.inbound import Heard, hear
from bot.simulator.message import Button, Message
from bot.simulator.stand_in import StandIn

_YES_AND_NO: Final = {
    "de": ("Ja", "Nein"),
    "en": ("Yes", "No"),
    "es": ("Sí", "No"),
    "fr": ("Oui", "Non"),
    "it": ("Sì", "No"),
    "nl": ("Ja", "Nee"),
    "pt": ("Sim", "Não"),
}


def answer_by_script(stand_in: StandIn, message: Message) -> None:
    """Let the customer answer a message that reached them, once, if their behaviour says so."""
    customer = stand_in.customers.named(message.recipient.name)
    verb, _, word = customer.behaviour.partition(" ")
    if verb not in ("answers", "taps"):
        return
    if not stand_in.correspondence.answers_first_time(customer.key, message.sender):
        return
    heard = _answer(customer, message, agrees=word == "yes", taps=verb == "taps")
    stand_in.timetable.after(stand_in.settings.pace.answer, partial(hear, stand_in, heard))


def _answer(customer: Customer, message: Message, agrees: bool, taps: bool) -> Heard:
    button = _button(message, agrees) if taps else None
    yes, no = _YES_AND_NO.get(customer.language, _YES_AND_NO["en"])
    return Heard(
        sender=message.recipient,
        recipient=message.sender,
        text=yes if agrees else no,
        button=button,
        replies_to=message.sid if button else None,
    )


def _button(message: Message, agrees: bool) -> Button | None:
    """By convention the first button of a request agrees and the last one refuses."""
    buttons = message.shown.buttons
    if not buttons:
        return None
    return buttons[0] if agrees else buttons[-1]
