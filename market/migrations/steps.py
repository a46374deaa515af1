"""Steps that several migrations take. What one of them does may never change: others have run it already."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

ACCOUNT = """
    INSERT INTO ledger_account (organization_id, code, name, kind, side, non_negative, balance_rp)
    SELECT h.organization_id, :code, :name, :kind, :side, :non_negative, 0 FROM ledger_head AS h
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger_account AS a WHERE a.organization_id = h.organization_id AND a.code = :code)
"""


def add_accounts(rows: Iterable[tuple[str, str, str, str]], *, non_negative: bool = False) -> None:
    """Books that are open get the accounts (code, name, kind, side), unless they made one of that code."""
    for code, name, kind, side in rows:
        values = {"code": code, "name": name, "kind": kind, "side": side, "non_negative": non_negative}
        op.execute(sa.text(ACCOUNT).bindparams(**values))


def append_only(*tables: str) -> None:
    """The database itself refuses to change or delete a row; SQLite loses this when a table is rewritten."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in tables:
        for statement in _on_sqlite(table) if sqlite else _on_postgresql(table):
            op.execute(statement)


def _on_sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]


def _on_postgresql(table: str) -> list[str]:
    """`ledger_refuse` came with the ledger."""
    return [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
    ]
