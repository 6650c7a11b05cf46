"""The filters of a message list: To, From, DateSent, DateSent<, DateSent>."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta

from bot.simulator.message import Message
from bot.simulator.rest.errors import Refused

Wanted = Callable[[Message], bool]


def wanted(arguments: Mapping[str, str]) -> Wanted:
    """Combine the filters of a query; raise Refused (20001) for a date that is none.

    Dates are in GMT. DateSent means the whole day even of a moment, as clients write a day;
    `<` and `>` include the day or moment they name. A message that has not been sent yet
    counts by the time it was created.
    """
    tests = [*_address_tests(arguments), *_date_tests(arguments)]
    return lambda message: all(test(message) for test in tests)


def _address_tests(arguments: Mapping[str, str]) -> list[Wanted]:
    tests: list[Wanted] = []
    if to := arguments.get("To"):
        tests.append(lambda message: str(message.recipient) == to)
    if sender := arguments.get("From"):
        tests.append(lambda message: str(message.sender) == sender)
    return tests


def _date_tests(arguments: Mapping[str, str]) -> list[Wanted]:
    tests: list[Wanted] = []
    if on := arguments.get("DateSent"):
        first, last = _span(on[:10])
        tests.append(lambda message: first <= _moment(message) <= last)
    if since := arguments.get("DateSent>"):
        earliest = _span(since)[0]
        tests.append(lambda message: _moment(message) >= earliest)
    if until := arguments.get("DateSent<"):
        latest = _span(until)[1]
        tests.append(lambda message: _moment(message) <= latest)
    return tests


def _moment(message: Message) -> datetime:
    # Twilio's dates have whole seconds, and so have its filters.
    return (message.sent or message.created).replace(microsecond=0)


def _span(text: str) -> tuple[datetime, datetime]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(20001, f"Invalid DateSent: {text}") from None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    if "T" in text or " " in text:
        return moment, moment
    day = datetime.combine(moment.date(), time(), UTC)
    return day, day + timedelta(days=1, microseconds=-1)
