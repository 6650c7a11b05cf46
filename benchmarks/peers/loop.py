"""The SDK's own client in a loop of threads: it sends, and keeps nothing.

Lost on `kill -9`: which messages had been sent. Starting again means sending some of them twice or
some of them never.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from twilio.rest import Client

from benchmarks.peers.silence import tell
from benchmarks.programs import ACCOUNT, TOKEN
from benchmarks.town import QUESTION, SENDER, phone

THREADS = 64


def main() -> None:
    """Send so many messages to a stand-in."""
    address, count = sys.argv[1], int(sys.argv[2])
    client = Client(ACCOUNT, TOKEN)
    client.api.base_url = address

    def send(number: int) -> str:
        to = f"whatsapp:{phone(number)}"
        return str(client.messages.create(to=to, from_=SENDER, body=QUESTION).sid)

    begun = perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        sids = set(threads.map(send, range(count)))
    if len(sids) != count:
        raise RuntimeError(f"{len(sids)} of {count} were sent")
    tell(sent=count / (perf_counter() - begun))


if __name__ == "__main__":
    main()
