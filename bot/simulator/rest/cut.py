"""Cutting the connection under a request, so that its answer never arrives."""

from flask import Response


def cut(answer: Response) -> Response:
    """Promise more bytes than follow, which makes every server hang up in mid-answer.

    WSGI hides the socket; this is how the client gets a broken connection from any server.
    """
    promised = len(answer.data) + 1000
    answer.data = answer.data[:10]
    answer.headers["Content-Length"] = str(promised)
    return answer
