"""A stand-in on a real port, in a thread: for tests, in this project and in others."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server

from bot.simulator.account import Account
from bot.simulator.app import create_stand_in
from bot.simulator.stand_in import EXTENSION, StandIn


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Say nothing: the wire log has it all."""


@contextmanager
def served(account: Account, port: int = 0) -> Iterator[str]:
    """Serve a stand-in until the end of the block; gives its address."""
    app = create_stand_in(account)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        stand_in: StandIn = app.extensions[EXTENSION]
        stand_in.close()
