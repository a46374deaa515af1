"""The treasurer's desk with reconciliation: runs carried to their end, cases by kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from market.core import db, jobs
from market.ledger.models import JournalEntry
from market.payments import jobs as handlers
from market.payments import queries_reconciliation as queries
from market.payments import services
from market.payments.models_reconciliation import Reconciliation, ReconciliationCase
from tests.payments.conftest import HANDLERS, Desk

RECONCILING = {
    **HANDLERS,
    "reconciliation_step": handlers.on_reconciliation_step,
    "reconciliation_apply": handlers.on_reconciliation_apply,
    "reconciliation_done": handlers.on_reconciliation_done,
    "payment_changed": lambda _payload: None,
    "suspense_opened": lambda _payload: None,
    "refund_refused": lambda _payload: None,
}


def begin(desk: Desk) -> int:
    """A run and its first job; the worker has not come by yet."""
    with db.transaction():
        return services.ask_run(desk.cast.budi, desk.account_id).id


def reconcile(desk: Desk) -> Reconciliation:
    """A whole run, as the command makes it."""
    with db.transaction():
        run_id = services.begin_run(desk.cast.budi, queries.merchants()[0], "command").id
    services.run_whole(run_id, lambda _seconds: None)
    jobs.run_all(RECONCILING, "test")
    return run(run_id)


def run(run_id: int) -> Reconciliation:
    with db.transaction(read_only=True):
        return queries.run(run_id)


def items(run_id: int) -> dict[str, int]:
    with db.transaction(read_only=True):
        return {item.name: item.amount_rp for item in queries.items_of(run_id)}


def cases(desk: Desk) -> dict[str, ReconciliationCase]:
    """Open differences by kind."""
    with db.transaction(read_only=True):
        rows: list[Any] = queries.cases_of(desk.cast.makmur.id)
        return {row[0].kind: row[0] for row in rows}


def book(desk: Desk, kind: str) -> None:
    """The one button of the only case of this kind."""
    case = cases(desk)[kind]
    with db.transaction():
        services.book_case(desk.cast.budi, case.id)


def entries(desk: Desk) -> int:
    """How many entries the books have."""
    with db.transaction(read_only=True):
        query = select(func.count()).where(JournalEntry.organization_id == desk.cast.makmur.id)
        return int(db.session.scalar(query) or 0)
