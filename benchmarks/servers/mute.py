"""The least that can answer HTTP, to find out how much the load generator itself can do."""

from __future__ import annotations

import asyncio
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 11\r\n\r\n<Response/>"


class Mute(asyncio.Protocol):
    """Answers whatever comes with the same bytes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody calls."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """They ask; our requests are small and come whole."""
        if isinstance(self._transport, asyncio.WriteTransport) and data:
            self._transport.write(ANSWER)


async def serve(port: int) -> None:
    """Answer until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Mute, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
