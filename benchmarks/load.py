"""Requests over many connections from one thread that does little more than wait.

It sends bytes made beforehand and looks only at the first line and the length of each answer, so
that the machine is left to the server.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

GIVE_UP = 30.0
"""Seconds after which an answer is no longer waited for."""


@dataclass(slots=True)
class Run:
    """What came of a run: good answers, others, how long it took and how long each one took."""

    good: int = 0
    bad: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.good / self.seconds

    def percentile(self, part: float) -> float:
        """Milliseconds within which this part of the answers had come."""
        ordered = sorted(self.waits)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class _Line:
    """One connection: what it has asked, since when, and what it has heard so far."""

    __slots__ = ("asked_at", "heard", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked_at = 0.0
        self.heard = b""

    def ask(self, request: bytes) -> None:
        self.asked_at = perf_counter()
        self.heard = b""
        self.socket.sendall(request)

    def hear(self) -> bytes | None:
        """The answer when it is whole; empty when the other side has hung up."""
        part = self.socket.recv(65536)
        self.heard += part
        return self.heard if not part or _is_whole(self.heard) else None


def drive(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Run:
    """Send these requests, each once, over so many connections for at most so many seconds."""
    run, waiting = Run(), select.epoll()
    queue = iter(requests)
    lines: dict[int, _Line] = {}
    begun = perf_counter()
    for request in (next(queue, None) for _ in range(connections)):
        if request is not None:
            _open(port, request, lines, waiting)
    while lines and perf_counter() - begun < seconds + GIVE_UP:
        for number, _ in waiting.poll(1.0):
            line = lines[number]
            answer = line.hear()
            if answer is None:
                continue
            now = perf_counter()
            _count(run, answer, now - line.asked_at)
            request = next(queue, None) if now - begun < seconds else None
            _go_on(port, line, answer, request, lines, waiting)
    run.seconds = perf_counter() - begun
    run.bad += len(lines)
    for line in lines.values():
        line.socket.close()
    waiting.close()
    return run


def _open(port: int, request: bytes, lines: dict[int, _Line], waiting: select.epoll) -> None:
    line = _Line(port)
    lines[line.socket.fileno()] = line
    waiting.register(line.socket.fileno(), select.EPOLLIN)
    line.ask(request)


def _go_on(
    port: int, line: _Line, answer: bytes, request: bytes | None, lines: dict[int, _Line],
    waiting: select.epoll,
) -> None:  # fmt: skip
    hung_up = not answer or b"\nconnection: close" in answer.lower()
    if request is not None and not hung_up:
        line.ask(request)
        return
    waiting.unregister(line.socket.fileno())
    del lines[line.socket.fileno()]
    line.socket.close()
    if request is not None:
        _open(port, request, lines, waiting)


def _count(run: Run, answer: bytes, wait: float) -> None:
    if answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 204")):
        run.good += 1
    else:
        run.bad += 1
    run.waits.append(wait)


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    lowered = head.lower()
    place = lowered.find(b"\ncontent-length:")
    if place < 0:
        return lowered.find(b"chunked") < 0 or body.endswith(b"0\r\n\r\n")
    return len(body) >= int(lowered[place + 16 :].split(b"\r", 1)[0])
