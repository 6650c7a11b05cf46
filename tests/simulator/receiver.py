"""A small real HTTP server that takes webhooks, as the business's server would."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from twilio.request_validator import RequestValidator


@dataclass
class Taken:
    """One webhook as it arrived."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class Receiver:
    """Takes webhooks and answers what it is told to, in order, then 200."""

    token: str
    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    answers: list[tuple[int, float]] = field(default_factory=list)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        form = parse_qs(handler.rfile.read(length).decode(), keep_blank_values=True)
        params = {name: values[0] for name, values in form.items()}
        self.taken.append(Taken(handler.path, params, dict(handler.headers)))
        status, seconds = self.answers.pop(0) if self.answers else (200, 0.0)
        time.sleep(seconds)
        handler.send_response(status)
        handler.send_header("Content-Type", "text/xml")
        handler.send_header("Content-Length", "11")
        handler.end_headers()
        handler.wfile.write(b"<Response/>")

    def is_signed(self, taken: Taken) -> bool:
        signature = taken.headers.get("X-Twilio-Signature", "")
        whole = self.url + taken.path
        return bool(RequestValidator(self.token).validate(whole, taken.params, signature))

    def statuses(self) -> list[str]:
        return [one.params["MessageStatus"] for one in list(self.taken)]

    def wait_for(self, count: int, seconds: float = 30.0) -> list[Taken]:
        deadline = time.monotonic() + seconds
        while len(self.taken) < count and time.monotonic() < deadline:
            time.sleep(0.005)
        return list(self.taken)


class Patient(ThreadingHTTPServer):
    """Says nothing of clients that hung up, which is what some tests are about."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        return


@contextmanager
def receiving(token: str) -> Iterator[Receiver]:
    receiver = Receiver(token)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            receiver.take(self)

        def log_message(self, *_: object) -> None:
            return

    server = Patient(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
