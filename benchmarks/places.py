"""Databases to measure on: made, filled and copied, of both kinds."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bot.store.db import open_database
from bot.store.migrate import upgrade

KINDS = ("postgresql", "sqlite")

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """One database: where it is, for the application and for a raw driver."""

    kind: str
    url: str
    server: str = ""

    @property
    def raw(self) -> str:
        """The address as the driver itself wants it: a connection string, or a path."""
        if self.kind == "sqlite":
            return self.url.removeprefix("sqlite:///")
        return self.url.replace("postgresql+psycopg://", "postgresql://")


@dataclass(frozen=True, slots=True)
class Places:
    """Makes databases in a folder and on a PostgreSQL server."""

    folder: Path
    server: str
    made: list[Place] = field(default_factory=list)

    def new(self, kind: str) -> Place:
        """A migrated database without a row."""
        place = self._named(kind)
        if kind == "postgresql":
            administer(self.server, f'CREATE DATABASE "{_name(place)}"')
        database = open_database(place.url)
        upgrade(database)
        database.close()
        return place

    def empty(self, kind: str) -> Place:
        """A database without a table, for those who bring their own."""
        place = self._named(kind)
        if kind == "postgresql":
            administer(self.server, f'CREATE DATABASE "{_name(place)}"')
        return place

    def copy(self, place: Place) -> Place:
        """A copy of a database to which nobody is connected."""
        twin = self._named(place.kind)
        if place.kind == "postgresql":
            command = (
                f'CREATE DATABASE "{_name(twin)}" TEMPLATE "{_name(place)}" STRATEGY file_copy'
            )
            administer(self.server, command)
            return twin
        with sqlite3.connect(place.raw) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copy(place.raw, twin.raw)
        return twin

    def drop(self, *places: Place) -> None:
        """Throw databases away, whoever is still connected."""
        for place in places:
            if place.kind == "postgresql":
                administer(self.server, f'DROP DATABASE IF EXISTS "{_name(place)}" WITH (FORCE)')
            else:
                for end in ("", "-wal", "-shm"):
                    Path(place.raw + end).unlink(missing_ok=True)

    def _named(self, kind: str) -> Place:
        name = f"assent_{next(_numbers)}"
        if kind == "sqlite":
            return Place(kind, f"sqlite:///{self.folder / name}.db")
        address = make_url(self.server).set(drivername="postgresql+psycopg", database=name)
        return Place(kind, address.render_as_string(hide_password=False), self.server)


def administer(server: str, *commands: str) -> None:
    """Run commands outside any transaction."""
    with psycopg.connect(server, autocommit=True) as connection:
        for command in commands:
            connection.execute(command.encode())


def _name(place: Place) -> str:
    return str(make_url(place.url).database)
