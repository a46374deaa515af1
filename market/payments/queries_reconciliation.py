"""What is asked of reconciliation: whose turn it is, what the two books say, what is open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.types import String

from market.core import clock, db
from market.core.approvals import Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.payments.models import (
    MerchantAccount,
    Payment,
    PaymentAttempt,
    PaymentEffect,
    PaymentRefund,
    SuspenseCase,
)
from market.payments.models_reconciliation import (
    FeeCorrection,
    MerchantWithdrawal,
    ProviderMove,
    Reconciliation,
    ReconciliationCase,
    ReconciliationItem,
    SettlementFile,
)
from market.payments.queries import WATCHED

EXPLAIN = "reconciliation_case"
"""Kind of the approval with which a second person accepts an explanation."""
Asked = Select[*tuple[Any, ...]]
Row = TypeVar("Row", bound=db.Base)


def merchants(organization_id: int | None = None) -> list[MerchantAccount]:
    """The accounts that are reconciled: the first row of each account at a provider, oldest first."""
    used = MerchantAccount.state.in_(("active", "ended"))
    firsts = select(func.min(MerchantAccount.id)).where(used)
    firsts = firsts.group_by(
        MerchantAccount.organization_id, MerchantAccount.provider, MerchantAccount.merchant_id
    )
    query = select(MerchantAccount).where(MerchantAccount.id.in_(firsts)).order_by(MerchantAccount.id)
    if organization_id is not None:
        query = query.where(MerchantAccount.organization_id == organization_id)
    return list(db.session.scalars(query))


def rows_of(account: MerchantAccount) -> list[MerchantAccount]:
    """All rows that ever were the same account at a provider, also those whose keys have ended."""
    query = select(MerchantAccount).where(
        MerchantAccount.organization_id == account.organization_id,
        MerchantAccount.provider == account.provider,
        MerchantAccount.merchant_id == account.merchant_id,
        MerchantAccount.state.in_(("active", "ended")),
    )
    return list(db.session.scalars(query.order_by(MerchantAccount.id)))


def run(run_id: int, lock: bool = False) -> Reconciliation:
    """A run by id, for jobs; raises NotFound."""
    return _found(select(Reconciliation).where(Reconciliation.id == run_id), lock)


def running(account_id: int) -> Reconciliation | None:
    """The run over an account that has not ended."""
    query = select(Reconciliation).where(
        Reconciliation.account_id == account_id, Reconciliation.state == "running"
    )
    return db.session.scalar(query)


def forgotten_runs(before: datetime) -> list[Reconciliation]:
    """Runs that nobody has carried on since `before`."""
    query = select(Reconciliation).where(Reconciliation.state == "running", Reconciliation.moved_at <= before)
    return list(db.session.scalars(query.order_by(Reconciliation.id)))


def runs_of(organization_id: int, limit: int = 10) -> list[Reconciliation]:
    """Runs over an organization's accounts, newest first."""
    query = select(Reconciliation).where(Reconciliation.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(Reconciliation.id.desc()).limit(limit)))


def last_compared(account_id: int) -> Reconciliation | None:
    """The newest run that held the provider's total to ours."""
    query = select(Reconciliation).where(
        Reconciliation.account_id == account_id,
        Reconciliation.totals.is_(True),
        Reconciliation.state.in_(("equal", "differs")),
    )
    return db.session.scalar(query.order_by(Reconciliation.id.desc()).limit(1))


def items_of(run_id: int) -> list[ReconciliationItem]:
    """The named parts of a run's difference."""
    query = select(ReconciliationItem).where(ReconciliationItem.run_id == run_id)
    return list(db.session.scalars(query.order_by(ReconciliationItem.id)))


def attempts_to_ask(account_ids: Collection[int], begun_by: datetime, after: int, limit: int) -> list[int]:
    """Attempts behind `after` that are unsettled, young, just ended, or with money on its way.

    Those begun after `begun_by` wait for the next run, or a busy shop's run would never end.
    """
    since = clock.now() - WATCHED
    moving = exists().where(
        PaymentRefund.attempt_id == PaymentAttempt.id, PaymentRefund.state.in_(PaymentRefund.UNDER_WAY)
    )
    in_suspense = exists().where(
        PaymentEffect.attempt_id == PaymentAttempt.id,
        SuspenseCase.effect_id == PaymentEffect.id,
        SuspenseCase.state.in_(("open", "refunding")),
    )
    told = exists().where(
        ReconciliationCase.attempt_id == PaymentAttempt.id, ReconciliationCase.state == "open"
    )
    query = select(PaymentAttempt.id).where(
        PaymentAttempt.account_id.in_(account_ids),
        PaymentAttempt.id > after,
        PaymentAttempt.created_at <= begun_by,
        or_(
            PaymentAttempt.state.in_(PaymentAttempt.UNSETTLED),
            PaymentAttempt.created_at > since,
            PaymentAttempt.state_at > since,
            moving,
            in_suspense,
            told,
        ),
    )
    return list(db.session.scalars(query.order_by(PaymentAttempt.id).limit(limit)))


# --- cases and files -----------------------------------------------------------------------------


def _found(query: Select[Row], lock: bool = False) -> Row:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Data pencocokan tidak ditemukan."))
    return found


def case_for(actor: Actor, case_id: int, lock: bool = False) -> ReconciliationCase:
    """A difference of the actor's organization; raises NotFound."""
    query = select(ReconciliationCase).where(
        ReconciliationCase.id == case_id, ReconciliationCase.organization_id == actor.organization_id
    )
    return _found(query, lock)


def case_by_id(case_id: int) -> ReconciliationCase:
    """A difference, for jobs; raises NotFound."""
    return _found(select(ReconciliationCase).where(ReconciliationCase.id == case_id))


def case_by_key(account_id: int, key: str) -> ReconciliationCase | None:
    """The difference of this name."""
    query = select(ReconciliationCase).where(
        ReconciliationCase.account_id == account_id, ReconciliationCase.key == key
    )
    return db.session.scalar(query)


def open_cases(account_id: int, prefix: str = "", attempt_id: int | None = None) -> list[ReconciliationCase]:
    """Open differences of an account, by the beginning of their key and by attempt, oldest first."""
    query = select(ReconciliationCase).where(
        ReconciliationCase.account_id == account_id,
        ReconciliationCase.state == "open",
        ReconciliationCase.key.startswith(prefix, autoescape=True),
    )
    if attempt_id is not None:
        query = query.where(ReconciliationCase.attempt_id == attempt_id)
    return list(db.session.scalars(query.order_by(ReconciliationCase.id)))


def cases_of(organization_id: int, states: Collection[str] = ("open",), limit: int = 100) -> list[Any]:
    """(difference, its attempt, its payment, the provider's line) of an organization, oldest first."""
    query = (
        select(ReconciliationCase, PaymentAttempt, Payment, ProviderMove)
        .outerjoin(PaymentAttempt, PaymentAttempt.id == ReconciliationCase.attempt_id)
        .outerjoin(Payment, Payment.id == PaymentAttempt.payment_id)
        .outerjoin(ProviderMove, ProviderMove.id == ReconciliationCase.move_id)
        .where(ReconciliationCase.organization_id == organization_id, ReconciliationCase.state.in_(states))
    )
    newest_last = ReconciliationCase.id if states == ("open",) else ReconciliationCase.id.desc()
    return [tuple(row) for row in db.session.execute(query.order_by(newest_last).limit(limit))]


def number_of_cases(account_id: int) -> dict[str, int]:
    """How many open differences of each kind."""
    query = (
        select(ReconciliationCase.kind, func.count())
        .where(ReconciliationCase.account_id == account_id, ReconciliationCase.state == "open")
        .group_by(ReconciliationCase.kind)
    )
    return {kind: int(n) for kind, n in db.session.execute(query)}


def found_since(account_id: int, since: datetime) -> int:
    """How many open differences were found from `since` on."""
    query = select(func.count()).where(
        ReconciliationCase.account_id == account_id,
        ReconciliationCase.state == "open",
        ReconciliationCase.found_at >= since,
    )
    return int(db.session.scalar(query) or 0)


def move(move_id: int) -> ProviderMove:
    """A line of the provider's books; raises NotFound."""
    return _found(select(ProviderMove).where(ProviderMove.id == move_id))


def file_for(actor: Actor, file_id: int) -> SettlementFile:
    """An uploaded report of the actor's organization; raises NotFound."""
    query = select(SettlementFile).where(
        SettlementFile.id == file_id, SettlementFile.organization_id == actor.organization_id
    )
    return _found(query)


def file_of(organization_id: int | None, digest: str) -> SettlementFile | None:
    """The earlier upload of the same report, unless it was thrown away."""
    query = select(SettlementFile).where(
        SettlementFile.organization_id == organization_id,
        SettlementFile.digest == digest,
        SettlementFile.state != "discarded",
    )
    return db.session.scalar(query)


def known_keys(account_id: int, keys: Collection[str]) -> set[str]:
    """Those of the keys whose lines are kept already."""
    query = select(ProviderMove.key).where(
        ProviderMove.account_id == account_id, ProviderMove.key.in_(list(keys))
    )
    return set(db.session.scalars(query))


def withdrawal_for(actor: Actor, withdrawal_id: int) -> MerchantWithdrawal:
    """A booked withdrawal of the actor's organization; raises NotFound."""
    query = select(MerchantWithdrawal).where(
        MerchantWithdrawal.id == withdrawal_id, MerchantWithdrawal.organization_id == actor.organization_id
    )
    return _found(query)


def correction_for(actor: Actor, correction_id: int) -> FeeCorrection:
    """A booked difference of fees of the actor's organization; raises NotFound."""
    query = select(FeeCorrection).where(
        FeeCorrection.id == correction_id, FeeCorrection.organization_id == actor.organization_id
    )
    return _found(query)


def explanations(organization_id: int) -> dict[int, Approval]:
    """Differences whose explanation waits for a second person, by id."""
    query = select(Approval).where(
        Approval.organization_id == organization_id, Approval.kind == EXPLAIN, Approval.state == "proposed"
    )
    waiting = [each for each in db.session.scalars(query) if each.lapses_at > clock.now()]
    return {each.subject_id: each for each in waiting}


# --- home ----------------------------------------------------------------------------------------


def today(actor: Actor) -> list[Asked]:
    """What waits: open differences for the treasurer, explanations for the second person."""
    if actor.organization_kind != "cooperative":
        return []
    asked = []
    mine = and_(
        ReconciliationCase.organization_id == actor.organization_id, ReconciliationCase.state == "open"
    )
    explaining = exists().where(
        Approval.kind == EXPLAIN,
        Approval.subject_table == ReconciliationCase.__tablename__,
        Approval.subject_id == ReconciliationCase.id,
        Approval.state == "proposed",
    )
    if actor.may(Permission.BOOKS_POST):
        asked.append(_counted("provider_differs", mine, ~explaining))
    if actor.may(Permission.BOOKS_APPROVE):
        asked.append(_counted("difference_explained", mine, explaining))
    return asked


def _counted(kind: str, *conditions: ColumnElement[bool]) -> Asked:
    """One task for all of them, with their number as its amount."""
    return (
        select(
            literal(kind, String).label("kind"),
            func.min(ReconciliationCase.id).label("subject_id"),
            func.min(ReconciliationCase.found_at).label("since"),
            literal("", String).label("detail"),
            func.count().label("amount"),
        )
        .where(*conditions)
        .having(func.count() > 0)
    )
