"""What an invariant is, and the few words of SQL that differ between the two databases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text

from market.core import db

Offender = Mapping[str, Any]
Check = str | Callable[[], Iterable[Offender]]
"""One question: SQL that returns offending rows, or a function that does."""

SHOWN = 10
"""Offenders named in a result; one is enough to fail."""


@dataclass(frozen=True)
class Invariant:
    """A promise: `statement` in one sentence, `checks` the questions that must find nothing.

    `note` says what the questions do not cover, and which of them only PostgreSQL can answer.
    """

    id: str
    statement: str
    checks: tuple[Check, ...]
    note: str = ""

    def offenders(self) -> list[dict[str, Any]]:
        """The first offending rows of all questions."""
        found: list[dict[str, Any]] = []
        for check in self.checks:
            rows = select(check) if isinstance(check, str) else check()
            for row in rows:
                found.append(dict(row))
                if len(found) >= SHOWN:
                    return found
        return found


@dataclass(frozen=True)
class Result:
    """What asking one invariant gave."""

    id: str
    title: str
    ok: bool
    offenders: list[dict[str, Any]] = field(default_factory=list)
    ms: int = 0
    note: str = ""


def select(sql: str, **values: Any) -> list[Offender]:
    """Rows of a query as mappings, at most SHOWN."""
    statement = text(f"SELECT * FROM ({sql}) AS offending LIMIT {SHOWN}")
    instants = [name for name, value in values.items() if isinstance(value, datetime)]
    statement = statement.bindparams(*(bindparam(name, type_=db.UtcDateTime) for name in instants))
    return [_plain(dict(row)) for row in db.session.execute(statement, values).mappings()]


def every(sql: str, **values: Any) -> list[Offender]:
    """All rows of a query, for checks that look at them in Python."""
    return [dict(row) for row in db.session.execute(text(sql), values).mappings()]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def number_of(source: str) -> str:
    """SQL for the first number of a source: 42 of "goods_receipt:42", 3 of "advance_used:3:7"."""
    if db.is_sqlite():
        return f"CAST(substr({source}, instr({source}, ':') + 1) AS INTEGER)"
    return f"CAST(substring({source} FROM ':([0-9]+)') AS bigint)"


def wib_date(instant: str) -> str:
    """SQL for the date in Jakarta of an instant."""
    if db.is_sqlite():
        return f"date({instant}, '+7 hours')"
    return f"({instant} AT TIME ZONE 'Asia/Jakarta')::date"


def differs(left: str, right: str) -> str:
    """SQL for "not the same", where nothing equals nothing."""
    return f"{left} IS NOT {right}" if db.is_sqlite() else f"{left} IS DISTINCT FROM {right}"
