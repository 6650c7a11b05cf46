"""Which message a customer taps, and which of its buttons."""

from typing import Final

from bot.simulator.addresses import SMS, WHATSAPP, Address
from bot.simulator.message import Button, Message
from bot.simulator.sandbox import NUMBER
from bot.simulator.stand_in import StandIn

# By convention the first button of a request agrees and the last one refuses.
_FIRST: Final = "yes"
_LAST: Final = "no"
_ARRIVED: Final = ("delivered", "read")

# The number of Twilio's test credentials.
TEST_NUMBER: Final = Address(SMS, "+15005550006")


def button_of(message: Message, wanted: str) -> Button | None:
    """Find a button by its text or payload; `yes` is also the first one, `no` the last one."""
    buttons = message.shown.buttons
    word = wanted.casefold()
    for button in buttons:
        if word in (button.title.casefold(), button.payload.casefold()):
            return button
    if not buttons or word not in (_FIRST, _LAST):
        return None
    return buttons[0] if word == _FIRST else buttons[-1]


def messages_with(stand_in: StandIn, customer: str) -> list[Message]:
    """Return everything said between the business and one customer, oldest first."""
    people = stand_in.customers
    return [
        message
        for message in stand_in.mailbox.everything()
        if people.named(_other_end(message).name).key == customer
    ]


def last_with_buttons(stand_in: StandIn, customer: str) -> Message | None:
    """Return the newest message on the customer's phone that has buttons, or None."""
    for message in reversed(messages_with(stand_in, customer)):
        if message.shown.buttons and message.status in _ARRIVED:
            return message
    return None


def usual_business(stand_in: StandIn, customer: str, channel: str) -> Address:
    """Return whom a customer writes to: who wrote last, else the business's first sender."""
    for message in reversed(messages_with(stand_in, customer)):
        if message.recipient.channel == channel:
            return message.recipient if message.is_inbound else message.sender
    first = next(stand_in.senders.on(channel), None)
    return first.address if first else {WHATSAPP: NUMBER, SMS: TEST_NUMBER}[channel]


def _other_end(message: Message) -> Address:
    return message.sender if message.is_inbound else message.recipient
