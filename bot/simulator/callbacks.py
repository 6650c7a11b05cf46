"""Status callbacks: telling the business what became of a message.

https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
"""

from functools import partial

from bot.simulator.faults import Fault
from bot.simulator.message import API_VERSION, Message
from bot.simulator.senders import sender_sid
from bot.simulator.stand_in import StandIn
from bot.simulator.webhooks import Webhook, sign

_CHARSET = "; charset=utf-8"


class Callbacks:
    """The callbacks of one message; remembers one that is held back to come out of order."""

    def __init__(self, stand_in: StandIn, message: Message) -> None:
        """Tell of this message, on this stand-in."""
        self._stand_in = stand_in
        self._message = message
        self._held: list[Webhook] = []

    def tell(self, is_last: bool) -> None:
        """Post the message's present status, unless a fault drops, holds or delays it."""
        if not self._message.status_callback:
            return
        webhook = self._webhook(self._message.status_callback)
        if not is_last and self._struck("callback_out_of_order"):
            self._held.append(webhook)
            return
        if not self._struck("callback_dropped"):
            self._post_or_delay(webhook)
        self._release()

    def _post_or_delay(self, webhook: Webhook) -> None:
        late = self._struck("callback_late")
        if late:
            self._stand_in.timetable.after(late.seconds, partial(self._post, webhook))
        else:
            self._post(webhook)

    def _release(self) -> None:
        while self._held:
            self._post(self._held.pop(0))

    def _post(self, webhook: Webhook) -> None:
        times = 2 if self._struck("callback_doubled") else 1
        for _ in range(times):
            self._stand_in.post(webhook, self._message.sid)

    def _struck(self, fault: str) -> Fault | None:
        return self._stand_in.faults.claim(fault)

    def _webhook(self, url: str) -> Webhook:
        params = parameters(self._stand_in, self._message)
        return sign(self._stand_in.account.auth_token, url, params, _CHARSET)


def parameters(stand_in: StandIn, message: Message) -> dict[str, str]:
    """Build the form of a callback for the status the message has now."""
    return {
        "AccountSid": stand_in.account.sid,
        "ApiVersion": API_VERSION,
        "From": str(message.sender),
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": str(message.recipient),
        **({"MessagingServiceSid": message.service_sid} if message.service_sid else {}),
        **_error(message),
        **(_whatsapp(stand_in, message) if message.recipient.is_whatsapp else _sms(message)),
    }


def _error(message: Message) -> dict[str, str]:
    if not message.error_code:
        return {}
    return {"ErrorCode": str(message.error_code), "ErrorMessage": message.error_message or ""}


def _whatsapp(stand_in: StandIn, message: Message) -> dict[str, str]:
    to = str(message.recipient)
    more = {
        "ChannelPrefix": "whatsapp",
        "ChannelInstallSid": sender_sid(message.sender),
        "ChannelToAddress": to[:-4] + "XXXX",
    }
    if message.status == "sent":
        return more | {"StructuredMessage": "false"}
    if message.error_code:
        return more | {"ChannelStatusMessage": message.error_message or ""}
    if message.status in ("delivered", "read"):
        user_id = stand_in.customers.named(message.recipient.name).user_id
        return more | {"ExternalUserId": f"whatsapp:{user_id}"}
    return more


def _sms(message: Message) -> dict[str, str]:
    if message.status not in ("delivered", "undelivered"):
        return {}
    return {"RawDlrDoneDate": message.history[-1][1].strftime("%y%m%d%H%M")}
