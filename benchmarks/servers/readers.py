"""Agents who keep conversations open: each page asks every 1.5 seconds whether anything changed.

`python -m benchmarks.servers.readers PORT COOKIE PATH…` asks until its input ends, then tells how
many answers there were by status.
"""

from __future__ import annotations

import json
import select
import sys
from collections import Counter
from http.client import HTTPConnection
from itertools import cycle
from time import monotonic

EVERY = 1.5
"""Seconds between two questions of one page, as in the console's own `live.js`."""


def main() -> None:
    """Ask for all pages in turn, evenly spread over the time."""
    port, cookie, *paths = sys.argv[1:]
    line = HTTPConnection("127.0.0.1", int(port))
    marks: dict[str, str] = {}
    answers: Counter[int] = Counter()
    begun = monotonic()
    for number, path in enumerate(cycle(paths)):
        wait = begun + number * EVERY / len(paths) - monotonic()
        if select.select([sys.stdin], [], [], max(0.0, wait))[0]:
            break
        headers = {"Cookie": f"session={cookie}", "X-Part": "live"}
        if path in marks:
            headers["If-None-Match"] = marks[path]
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        answer.read()
        answers[answer.status] += 1
        marks[path] = answer.headers.get("ETag", marks.get(path, ""))
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
