"""A stand-in for Twilio's API that takes every message, after a while, and notes when it came.

`python -m benchmarks.servers.stand_in PORT`; `/control/wait/SECONDS` sets the while,
`/control/clear` forgets, `/control/arrivals` gives the moments at which messages came.
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count
from time import time

_numbers = count(1)


class Desk:
    """What all connections share: how long an answer takes, and what came when."""

    def __init__(self) -> None:
        self.wait = 0.0
        self.arrivals: list[float] = []

    def answer(self, method: str, target: str) -> tuple[int, object, float]:
        """The status, the body and the pause before them."""
        if target.startswith("/control/"):
            return 200, self._control(target), 0.0
        if method == "POST":
            self.arrivals.append(time())
            sid = f"SM{next(_numbers):032x}"
            return 201, {"sid": sid, "status": "queued", "error_code": None}, self.wait
        return 200, {"messages": [], "next_page_uri": None}, self.wait

    def _control(self, target: str) -> object:
        what, _, value = target.removeprefix("/control/").partition("/")
        if what == "wait":
            self.wait = float(value)
        elif what == "clear":
            self.arrivals.clear()
        return self.arrivals


class Line(asyncio.Protocol):
    """One connection, request after request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody calls."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that has come whole."""
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, rest = self._heard.partition(b"\r\n\r\n")
            length = _length(head)
            if len(rest) < length:
                return
            self._heard = rest[length:]
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
            status, body, wait = self._desk.answer(method, target)
            asyncio.get_running_loop().call_later(wait, self._say, status, body)

    def _say(self, status: int, body: object) -> None:
        said = json.dumps(body).encode()
        head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(said)}\r\n\r\n"
        if isinstance(self._transport, asyncio.WriteTransport) and not self._transport.is_closing():
            self._transport.write(head.encode() + said)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def serve(port: int) -> None:
    """Answer until the process is ended."""
    desk = Desk()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(desk), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
