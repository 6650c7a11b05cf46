"""What becomes of a message after it was created: sent, delivered, read, or failed."""

from functools import partial

from bot.simulator.callbacks import Callbacks
from bot.simulator.codes import FAILED, failure
from bot.simulator.customers import Customer
from bot.simulator.mailbox import FINAL
from bot.simulator.message import Message
from bot.simulator.obstacles import obstacle
from bot.simulator.scripts import answer_by_script
from bot.simulator.stand_in import StandIn

Step = tuple[str, int | None]


def begin(stand_in: StandIn, message: Message) -> None:
    """Send a new message on its way: its steps follow at the stand-in's pace."""
    customer = stand_in.customers.named(message.recipient.name)
    steps = journey(message, customer, obstacle(stand_in, message, customer))
    _next(stand_in, message, Callbacks(stand_in, message), steps)


def resume(stand_in: StandIn, customer: Customer) -> None:
    """Deliver what was waiting for a phone that has been switched on again."""
    for message in stand_in.mailbox.everything():
        waits = message.status == "sent" and not message.is_inbound
        if waits and stand_in.customers.named(message.recipient.name).key == customer.key:
            _next(stand_in, message, Callbacks(stand_in, message), _arrival(message, customer))


def force(stand_in: StandIn, message: Message, status: str, code: int | None = None) -> None:
    """Give a message a status out of turn, however absurd, and post the callback at once."""
    stand_in.mailbox.move(message, status, stand_in.clock.now(), code)
    Callbacks(stand_in, message).tell(is_last=True)


def journey(message: Message, customer: Customer, code: int | None) -> list[Step]:
    """List the statuses a message will have, the last one with the code it fails with, if any."""
    first: list[Step] = [("queued", None)] if message.status == "accepted" else []
    if code:
        ending = failure(code)[0]
        return [*first, *_before(ending), (ending, code)]
    if customer.stays_silent_on(message.recipient):
        return [*first, ("sent", None)]
    return [*first, ("sent", None), *_arrival(message, customer)]


def _before(ending: str) -> list[Step]:
    return [] if ending == FAILED else [("sent", None)]


def _arrival(message: Message, customer: Customer) -> list[Step]:
    if message.recipient.is_whatsapp and customer.read_receipts:
        return [("delivered", None), ("read", None)]
    return [("delivered", None)]


def _next(stand_in: StandIn, message: Message, callbacks: Callbacks, steps: list[Step]) -> None:
    if not steps:
        return
    seconds = stand_in.settings.pace.before(steps[0][0])
    stand_in.timetable.after(seconds, partial(_take, stand_in, message, callbacks, steps))


def _take(stand_in: StandIn, message: Message, callbacks: Callbacks, steps: list[Step]) -> None:
    (status, code), *rest = steps
    overtaken = message.status in FINAL and status != "read"
    if overtaken or not stand_in.mailbox.holds(message):
        return
    stand_in.mailbox.move(message, status, stand_in.clock.now(), code)
    if status == "delivered":
        answer_by_script(stand_in, message)
    callbacks.tell(is_last=not rest)
    _next(stand_in, message, callbacks, rest)
