"""Schema history: numbered Alembic migrations, run by `lumbung migrate` on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER = Path(__file__).resolve().parent


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the connected database to the newest schema."""
    upgrade_to(connection, "head")


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring the connected database, on which no transaction is open, to a revision; commits on SQLite."""
    with references_unchecked(connection):
        command.upgrade(_config(connection), revision)


@contextmanager
def references_unchecked(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by building it anew, and lets no table go that others refer to.

    So references rest meanwhile and are all checked at the end; on PostgreSQL nothing is needed.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    bare = connection.connection.cursor()
    bare.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the new schema breaks references: {broken[:3]}")
        connection.commit()
    finally:
        connection.rollback()
        bare.execute("PRAGMA foreign_keys=ON")


def head() -> str:
    """The newest revision in this checkout."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(connection: Connection) -> str:
    """The revision that the connected database is on; empty where it has no schema yet."""
    return MigrationContext.configure(connection).get_current_revision() or ""
