"""Schema history: numbered Alembic migrations, run by `lumbung migrate` on both databases."""

from __future__ import annotations

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
    command.upgrade(_config(connection), "head")


def head() -> str:
    """The newest revision in this checkout."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(connection: Connection) -> str:
    """The revision that the connected database is on; empty where it has no schema yet."""
    return MigrationContext.configure(connection).get_current_revision() or ""
