"""Refusals in Twilio's shape: `{"code", "message", "more_info", "status"}`.

https://www.twilio.com/docs/usage/twilios-response#errors
"""

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from bot.simulator.codes import REFUSALS, words

_CODES_BY_STATUS = {401: 20003, 404: 20404, 405: 20004, 429: 20429, 500: 20500}


class Refused(Exception):
    """Twilio refuses the request, with one of its error codes."""

    def __init__(self, code: int, message: str | None = None, retry_after: float = 0) -> None:
        """Refuse with a code, in other words than the usual if given."""
        super().__init__(code, message)
        self.code = code
        self.status = REFUSALS.get(code, (400, ""))[0]
        self.message = message or words(code)
        self.retry_after = retry_after


def absent() -> Refused:
    """Refuse because there is no such thing (20404)."""
    return Refused(20404, f"The requested resource {request.path} was not found")


def refusal(refused: Refused) -> Response:
    """Answer a refused request."""
    answer = jsonify(
        code=refused.code,
        message=refused.message,
        more_info=f"https://www.twilio.com/docs/errors/{refused.code}",
        status=refused.status,
    )
    answer.status_code = refused.status
    if refused.retry_after:
        answer.headers["Retry-After"] = str(int(refused.retry_after))
    if refused.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return answer


def http_refusal(error: HTTPException) -> Response:
    """Answer what Flask itself refuses: no such page, no such method, a malformed request."""
    code = _CODES_BY_STATUS.get(error.code or 500, 20001)
    if code == 20404:
        return refusal(absent())
    answer = refusal(Refused(code, error.description))
    answer.status_code = error.code or 500
    return answer
