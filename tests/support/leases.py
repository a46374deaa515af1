"""Databases that are used again: after a test a PostgreSQL is put back to what its template holds.

A clone costs the server about 0.1 s of processor time, and its first connection reads the whole catalogue
anew; most tests write a few rows. So the statistics of the server itself say which tables a test wrote to:
rows of ordinary tables are deleted, those of the template are put back, every sequence starts where the
template's does. A test that wrote to the catalogue (tables, triggers, rights), wrote much, or left a state
that cannot be told, loses its database: the next one gets a fresh clone.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import make_url

from tests.support import postgres

MANY_ROWS = 3_000
"""Written rows from which on a clone is cheaper than deleting them and living with what they leave behind."""
MANY_TESTS = 100
"""Tests after which a database is thrown away: deleted rows are never vacuumed."""
PATIENCE_S = 5.0

_OTHERS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_WRITTEN = """
    SELECT * FROM (
        SELECT c.relname, c.relnamespace = 'public'::regnamespace AS ours,
            pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)
            + pg_stat_get_tuples_deleted(c.oid) AS rows
        FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND NOT c.relisshared
    ) AS counted WHERE rows > 0
"""
_EPOCH = """
    SELECT stats_reset::text, (SELECT count(*) FROM pg_db_role_setting)
    FROM pg_stat_database WHERE datname = current_database()
"""
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_SEQUENCES = "SELECT sequencename, last_value, start_value FROM pg_sequences WHERE schemaname = 'public'"


@dataclass
class Contents:
    """What a template holds: its rows in COPY's own format, and one statement that sets its sequences."""

    rows: dict[str, bytes]
    sequences: str


@dataclass
class Lease:
    """One database on loan to one test after the other."""

    url: str
    contents: Contents
    connection: psycopg.Connection[Any]
    epoch: Any = None
    uses: int = 0


@dataclass
class Library:
    """The databases of this process that are at home, by template."""

    contents: dict[str, Contents] = field(default_factory=dict)
    home: dict[str, Lease] = field(default_factory=dict)
    lent: dict[str, tuple[str, Lease]] = field(default_factory=dict)
    cloned: int = 0

    def lend(self, template: str) -> str:
        """The address of a database that holds what the template holds, nothing else; bring it back."""
        lease = self.home.pop(template, None) or self._clone(template)
        lease.uses += 1
        self.lent[lease.url] = (template, lease)
        return lease.url

    def bring_back(self, url: str) -> None:
        """Disconnects whoever is still in it and cleans it, or throws it away."""
        template, lease = self.lent.pop(url)
        with contextlib.suppress(psycopg.Error, TimeoutError):
            if lease.uses < MANY_TESTS and template not in self.home and clean(lease):
                self.home[template] = lease
                return
        lease.connection.close()
        postgres.drop(url)

    def _clone(self, template: str) -> Lease:
        url = postgres.clone(template)
        connection = connect(url)
        if template not in self.contents:
            self.contents[template] = read(connection)
        lease = Lease(url, self.contents[template], connection)
        _begin(lease)
        self.cloned += 1
        return lease


def connect(url: str) -> psycopg.Connection[Any]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True, application_name="lumbung-tests")


def read(connection: psycopg.Connection[Any]) -> Contents:
    """What a fresh clone holds."""
    rows = {}
    for (table,) in connection.execute(_TABLES).fetchall():
        with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
            data = b"".join(copy)
        if data:
            rows[table] = data
    sequences = [
        f"setval('\"{name}\"', {start if last is None else last}, {last is not None})"
        for name, last, start in connection.execute(_SEQUENCES).fetchall()
    ]
    return Contents(rows, f"SELECT {', '.join(sequences)}" if sequences else "SELECT 1")


def clean(lease: Lease) -> bool:
    """Puts the database back to its template; False where a clone is cheaper, or surer."""
    connection = lease.connection
    _empty_of_others(connection)
    if connection.execute(_EPOCH).fetchone() != lease.epoch:
        return False  # the server crashed and forgot its statistics, or somebody changed settings
    written = connection.execute(_WRITTEN).fetchall()
    if any(not ours for _name, ours, _rows in written) or sum(rows for *_x, rows in written) >= MANY_ROWS:
        return False
    _restore(connection, lease.contents, [name for name, *_rest in written])
    _begin(lease)
    return True


def _empty_of_others(connection: psycopg.Connection[Any]) -> None:
    """Waits until nobody else is connected: a backend that is gone has delivered its statistics."""
    deadline = time.monotonic() + PATIENCE_S
    while connection.execute(_OTHERS).fetchone() != (0,):
        if time.monotonic() > deadline:
            raise TimeoutError("somebody stays connected")
        time.sleep(0.001)


def _restore(connection: psycopg.Connection[Any], contents: Contents, written: list[str]) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
        if written:
            connection.execute("; ".join(f'DELETE FROM "{name}"' for name in written))
        for name in written:
            if name in contents.rows:
                with connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(contents.rows[name])
        connection.execute(contents.sequences)
        connection.execute("SELECT pg_stat_force_next_flush()")


def _begin(lease: Lease) -> None:
    """From here on the statistics count what the next test writes."""
    lease.connection.execute("SELECT pg_stat_force_next_flush()")
    lease.connection.execute("SELECT pg_stat_reset()")
    lease.epoch = lease.connection.execute(_EPOCH).fetchone()


shared = Library()
