"""Runs that pay several bills, what is due for the next one, and where suppliers are paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row, func, select

from market.core import clock, db
from market.core.approvals import LAPSES_AFTER_H
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization, User
from market.purchasing.models import PurchaseOrder, SupplierBill, SupplierPayment
from market.purchasing.models_bills import PaymentRun, SupplierAccount

RUN = "payment_run"
"""The kind of two-person act that pays several bills."""


@dataclass(frozen=True)
class Due:
    """A bill that a run may pay; without `account` the supplier has named none yet."""

    bill: SupplierBill
    supplier_name: str
    order: PurchaseOrder
    account: SupplierAccount | None

    def days_late(self, on: date) -> int:
        """Days past due; negative while there is time."""
        return (on - self.bill.due_on).days


def due_bills(organization_id: int) -> list[Due]:
    """Bills that may be paid (no case, no payment that waits), the earliest due first."""
    waits = (
        select(SupplierPayment.id)
        .where(SupplierPayment.bill_id == SupplierBill.id, SupplierPayment.state.in_(SupplierPayment.WAITS))
        .exists()
    )
    query = (
        select(SupplierBill, Organization.name, PurchaseOrder, SupplierAccount)
        .join(Organization, Organization.id == SupplierBill.supplier_id)
        .join(PurchaseOrder, PurchaseOrder.id == SupplierBill.order_id)
        .outerjoin(
            SupplierAccount,
            (SupplierAccount.organization_id == SupplierBill.supplier_id)
            & SupplierAccount.ended_at.is_(None),
        )
        .where(SupplierBill.organization_id == organization_id, SupplierBill.state == "recorded", ~waits)
        .order_by(SupplierBill.due_on, SupplierBill.id)
    )
    return [Due(*row) for row in db.session.execute(query)]


def account_of(supplier_id: int) -> SupplierAccount | None:
    """Where a supplier is paid now."""
    query = select(SupplierAccount).where(
        SupplierAccount.organization_id == supplier_id, SupplierAccount.ended_at.is_(None)
    )
    return db.session.scalar(query)


def past_accounts(supplier_id: int) -> list[SupplierAccount]:
    """Every account that a supplier has named, newest first."""
    query = select(SupplierAccount).where(SupplierAccount.organization_id == supplier_id)
    return list(db.session.scalars(query.order_by(SupplierAccount.id.desc())))


def buyers_owing(supplier_id: int) -> list[int]:
    """Cooperatives with an unpaid bill of a supplier."""
    query = select(SupplierBill.organization_id).where(
        SupplierBill.supplier_id == supplier_id, SupplierBill.state.in_(SupplierBill.OPEN)
    )
    return sorted(set(db.session.scalars(query)))


def run_for(actor: Actor, run_id: int, lock: bool = False) -> PaymentRun:
    """A run of the actor's own organization; with `lock` as it is now, held. Raises NotFound."""
    query = select(PaymentRun).where(
        PaymentRun.id == run_id, PaymentRun.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Daftar bayar tidak ditemukan."))
    return found


def runs(organization_id: int, limit: int = 30) -> Sequence[Row[PaymentRun, str | None, int]]:
    """Runs with who proposed them and how many bills they pay, newest first."""
    bills = select(func.count()).where(SupplierPayment.run_id == PaymentRun.id).scalar_subquery()
    query = (
        select(PaymentRun, User.name, bills)
        .outerjoin(User, User.id == PaymentRun.proposed_by)
        .where(PaymentRun.organization_id == organization_id)
    )
    return db.session.execute(query.order_by(PaymentRun.id.desc()).limit(limit)).all()


RunRow = Row[SupplierPayment, SupplierBill, str, SupplierAccount]


def run_payments(run_id: int, lock: bool = False) -> Sequence[RunRow]:
    """What a run pays: payment, bill, supplier and account; with `lock` payments and bills held."""
    query = (
        select(SupplierPayment, SupplierBill, Organization.name, SupplierAccount)
        .join(SupplierBill, SupplierBill.id == SupplierPayment.bill_id)
        .join(Organization, Organization.id == SupplierPayment.supplier_id)
        .join(SupplierAccount, SupplierAccount.id == SupplierPayment.to_account_id)
        .where(SupplierPayment.run_id == run_id)
        .order_by(SupplierPayment.bill_id)
    )
    if lock:
        query = query.with_for_update(of=(SupplierPayment, SupplierBill))
        query = query.execution_options(populate_existing=True)
    return db.session.execute(query).all()


def promised_rp(bill_id: int) -> int:
    """What an approved run, or an approved payment over the internet, is about to pay of a bill: the money
    may be on its way already.
    """
    in_run = (SupplierPayment.state == "proposed") & (PaymentRun.state == "approved")
    query = (
        select(func.coalesce(func.sum(SupplierPayment.amount_rp), 0))
        .outerjoin(PaymentRun, PaymentRun.id == SupplierPayment.run_id)
        .where(SupplierPayment.bill_id == bill_id, in_run | (SupplierPayment.state == "approved"))
    )
    return int(db.session.scalar(query) or 0)


def stale_runs() -> list[PaymentRun]:
    """Runs that nobody decided in time, held unless somebody is deciding them now."""
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    query = select(PaymentRun).where(PaymentRun.state == "proposed", PaymentRun.proposed_at <= oldest)
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


def paid_to_supplier(bill_id: int) -> list[SupplierPayment]:
    """Money that left for a bill, oldest first: what both sides may see."""
    query = select(SupplierPayment).where(SupplierPayment.bill_id == bill_id, SupplierPayment.state == "paid")
    return list(db.session.scalars(query.order_by(SupplierPayment.id)))
