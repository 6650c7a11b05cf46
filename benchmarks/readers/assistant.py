"""The yes/no reader of a voice assistant: https://pypi.org/project/ovos-yes-no-plugin/.

Of our languages it has words for seven; the others it leaves unread. It knows no stop.
"""

from __future__ import annotations

from collections.abc import Iterator

from ovos_yes_no import HeuristicYesNoEngine

from benchmarks.readers.wire import Phrase, Reply, Scores, serve

QUESTION = "May we write to you here?"
_SAID = {True: "yes", False: "no", None: "unclear"}


def main() -> None:
    """Read with its lists; ours are not looked at."""
    engine = HeuristicYesNoEngine()

    def read(_: list[Phrase], replies: list[Reply]) -> Iterator[Scores]:
        for reply in replies:
            yield {_SAID[engine.yes_or_no(QUESTION, reply.text, reply.language)]: 1.0}

    serve(read)


if __name__ == "__main__":
    main()
