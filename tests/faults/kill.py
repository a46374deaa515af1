"""The harness: a child process that kills itself before its k-th write or commit, for every k.

Exhaustive instead of random: the action is run again and again on the same database, dying one write
later each time, until it passes untouched. Statements that only read are passed over: dying before one
leaves what dying before the next write leaves.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import event, text

from market import app as application
from market.config import Settings
from market.core import db

KILLED = 137
MOST_STATEMENTS = 400

Act = Callable[[], Any]


def run_killed(settings: Settings, act: Act, before_statement: int) -> int:
    """Run `act` in a forked child that dies before its k-th statement; returns its exit status."""
    db.dispose()
    child = os.fork()
    if child == 0:
        _in_child(settings, act, before_statement)
    _pid, status = os.waitpid(child, 0)
    application.configure(settings)
    return os.waitstatus_to_exitcode(status)


def _in_child(settings: Settings, act: Act, before_statement: int) -> None:
    """Never returns: 0 when the action passed, KILLED when it died on purpose, 1 for anything else."""
    try:
        application.configure(settings)
        left = [before_statement]

        def count(*_: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                os._exit(KILLED)

        def count_write(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.lstrip().upper().startswith("SELECT"):
                count()

        event.listen(db.engine(), "before_cursor_execute", count_write)
        event.listen(db.engine(), "commit", count)
        act()
        os._exit(0)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as it is committed now."""
    content = {}
    with db.engine().connect() as connection:
        for table in sorted(db.Base.metadata.tables.values(), key=lambda t: t.name):
            rows = connection.execute(text(f'SELECT * FROM "{table.name}"'))
            content[table.name] = sorted((tuple(row) for row in rows), key=repr)
        connection.rollback()
    return content


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names of the tables that differ."""
    return [name for name in before if before[name] != after[name]]


def kill_everywhere(settings: Settings, act: Act) -> int:
    """Kill the action before each write and commit; returns how many there were.

    Raises AssertionError when a killed run left anything behind.
    """
    before = snapshot()
    for k in range(1, MOST_STATEMENTS):
        status = run_killed(settings, act, k)
        if status == 0:
            return k - 1
        assert status == KILLED, f"the action itself failed before write {k}"
        left = changed(before, snapshot())
        assert left == [], f"killed before write {k}, something stayed in {left}"
    raise AssertionError("the action does not end")
