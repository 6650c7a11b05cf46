"""Who calls, and one transaction for each call."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, g, json, request
from sqlalchemy import Connection, select

from bot.api.problem import Problem
from bot.people import accounts
from bot.people.accounts import Caller
from bot.runtime import Runtime
from bot.store.bulk import Overtaken, insert_new, update_all
from bot.store.models import Answered

LONGEST_KEY = 200
TRIES = 3


@dataclass(frozen=True, slots=True)
class Call:
    """A call in its transaction: who calls, and when."""

    connection: Connection
    caller: Caller
    now: datetime


Work = Callable[[Call], Any]


class Calls:
    """Runs the work of a call for whoever the token stands for."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def admit(self) -> None:
        """Note whose token a call brings, before anything else of it is looked at or told.

        By a look that waits for no writer: who has no token holds nobody up. A token that is
        revoked while its call is at work still serves that call. Raises `Problem` (401).
        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Problem(401, "unauthorized")
        with self._runtime.database.reading() as connection:
            g.caller = accounts.caller_of(connection, secret)
        if g.caller is None:
            raise Problem(401, "unauthorized")

    def read(self, work: Work) -> Response:
        """Answer a call that changes nothing."""
        with self._runtime.database.reading() as connection:
            return _json(work(self._call(connection)), 200)

    def write(self, work: Work, status: int) -> Response:
        """Answer a call in one transaction; with an `Idempotency-Key` the same way each time."""
        for left in reversed(range(TRIES)):
            try:
                with self._runtime.database.writing() as connection:
                    return self._once(self._call(connection), work, status)
            except Overtaken:
                if not left:
                    raise
        raise AssertionError("unreachable")

    def _call(self, connection: Connection) -> Call:
        return Call(connection, g.caller, self._runtime.clock.now(connection))

    def _once(self, call: Call, work: Work, status: int) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return _json(work(call), status)
        if len(key) > LONGEST_KEY:
            raise Problem(400, "invalid", f"Idempotency-Key has at most {LONGEST_KEY} characters.")
        earlier = _remember(call, key)
        if earlier is not None:
            return earlier
        answer = _json(work(call), status)
        row = {"organization_id": call.caller.organization_id, "key": key}
        row |= {"status": status, "body": answer.get_data(as_text=True)}
        update_all(call.connection, Answered, [row], keys=("organization_id", "key"))
        return answer


def _remember(call: Call, key: str) -> Response | None:
    """Claim a key for this call; what an earlier call with it was answered, if there was one.

    Two calls at once: the unique key makes the second wait for the first one's commit.
    """
    asked = f"{request.method} {request.path}\n".encode() + request.get_data()
    digest = hashlib.sha256(asked).hexdigest()
    row = {
        "organization_id": call.caller.organization_id,
        "key": key,
        "digest": digest,
        "status": 0,
        "body": "",
        "at": call.now,
    }
    if insert_new(call.connection, Answered, [row], ["organization_id", "key"]):
        return None
    earlier = call.connection.execute(
        select(Answered.digest, Answered.status, Answered.body).where(
            Answered.organization_id == call.caller.organization_id, Answered.key == key
        )
    ).one()
    if earlier.digest != digest:
        raise Problem(422, "idempotency_key_reused")
    return Response(earlier.body, earlier.status, mimetype="application/json")


def _json(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")
