"""What the owner of a database could do: write past triggers, foreign keys and checks.

A test that plants a violation must do so by a way that the product itself does not have.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sqlalchemy import make_url

from market.core import clock, db


def tamper(*statements: str, without: Sequence[tuple[str, str]] = ()) -> None:
    """Run SQL as the owner of the database, and commit.

    `without` names the CHECKs and UNIQUEs (table, constraint) to drop first: PostgreSQL cannot
    look away from them, SQLite can from CHECKs; a UNIQUE it keeps.
    """
    if db.is_sqlite():
        _sqlite(statements)
    else:
        _postgresql(statements, without)


def _sqlite(statements: Sequence[str]) -> None:
    path = make_url(str(db.engine().url)).database
    assert path is not None
    connection = sqlite3.connect(path, isolation_level=None)
    connection.create_function("ledger_now", 0, lambda: clock.now().strftime("%Y-%m-%d %H:%M:%S.%f"))
    connection.execute("PRAGMA ignore_check_constraints=ON")
    connection.execute("BEGIN IMMEDIATE")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        connection.execute(statement)
    for _name, sql in triggers:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.close()


def _postgresql(statements: Sequence[str], without: Sequence[tuple[str, str]]) -> None:
    with db.engine().connect() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table, constraint in without:
            connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT {constraint}')
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))
        connection.commit()
