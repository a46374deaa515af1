"""What is owed, what waits to be paid, what was paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Row, Select, func, select

from market.core import clock, db
from market.core.approvals import LAPSES_AFTER_H, Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization, User
from market.purchasing.models import PurchaseOrder, SupplierBill, SupplierPayment
from market.purchasing.models_bills import PaymentRun

PAYMENT = "supplier_payment"
ADVANCE = "supplier_advance"
AGE_STEPS = (0, 7, 30)
"""Days past due at which payables are grouped: not due, a week, a month, older."""


def kind_of(payment: SupplierPayment) -> str:
    """The kind of two-person act that a payment is."""
    return ADVANCE if payment.bill_id is None else PAYMENT


def payments_of(order_id: int) -> list[SupplierPayment]:
    """Payments and advances of an order, oldest first."""
    query = select(SupplierPayment).where(SupplierPayment.order_id == order_id).order_by(SupplierPayment.id)
    return list(db.session.scalars(query))


def payment_for(actor: Actor, payment_id: int, lock: bool = False) -> SupplierPayment:
    """A payment by the actor's own organization; with `lock` as it is now, held. Raises NotFound."""
    query = select(SupplierPayment).where(
        SupplierPayment.id == payment_id, SupplierPayment.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Pembayaran tidak ditemukan."))
    return found


def payment_by_id(payment_id: int, lock: bool = False) -> SupplierPayment:
    """A payment, for news that a job brings; with `lock` as it is now, held."""
    query = select(SupplierPayment).where(SupplierPayment.id == payment_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def advance_of(order_id: int) -> SupplierPayment | None:
    """The advance of a prepaid order that is proposed or paid, if there is one."""
    query = select(SupplierPayment).where(
        SupplierPayment.order_id == order_id,
        SupplierPayment.bill_id.is_(None),
        SupplierPayment.state.in_(("proposed", "paid")),
    )
    return db.session.scalars(query).first()


def unspent_advances(order_id: int) -> list[SupplierPayment]:
    """Advances of which something is neither used by a bill nor returned, held."""
    query = select(SupplierPayment).where(
        SupplierPayment.order_id == order_id,
        SupplierPayment.bill_id.is_(None),
        SupplierPayment.state == "paid",
        SupplierPayment.used_rp + SupplierPayment.returned_rp < SupplierPayment.amount_rp,
    )
    return list(db.session.scalars(query.order_by(SupplierPayment.id).with_for_update()))


def waiting_payment(order_id: int, bill_id: int | None) -> SupplierPayment | None:
    """The payment of a bill that is proposed or on its way, or (without one) the undecided advance."""
    query = select(SupplierPayment).where(
        SupplierPayment.order_id == order_id,
        SupplierPayment.bill_id.is_(None) if bill_id is None else SupplierPayment.bill_id == bill_id,
        SupplierPayment.state.in_(SupplierPayment.WAITS),
    )
    return db.session.scalar(query)


def stale_payments() -> list[SupplierPayment]:
    """Proposals that nobody decided in time, held unless somebody is deciding them now."""
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    query = select(SupplierPayment).where(
        SupplierPayment.state == "proposed",
        SupplierPayment.proposed_at <= oldest,
        SupplierPayment.run_id.is_(None),
    )
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


@dataclass(frozen=True)
class PaymentRow:
    """A payment as approvers see it."""

    payment: SupplierPayment
    supplier_name: str
    order_number: str
    bill_reference: str | None
    proposed_name: str | None
    proposed_by: int | None


def _payment_rows(organization_id: int) -> Select[SupplierPayment, str, str, str, str, int]:
    """Payments with who proposed them: each by itself, or all of a run at once."""
    return (
        select(
            SupplierPayment,
            Organization.name,
            PurchaseOrder.number,
            SupplierBill.reference,
            func.coalesce(Approval.proposed_name, User.name),
            func.coalesce(Approval.proposed_by, PaymentRun.proposed_by),
        )
        .join(Organization, Organization.id == SupplierPayment.supplier_id)
        .join(PurchaseOrder, PurchaseOrder.id == SupplierPayment.order_id)
        .outerjoin(SupplierBill, SupplierBill.id == SupplierPayment.bill_id)
        .outerjoin(
            Approval,
            (Approval.subject_id == SupplierPayment.id)
            & (Approval.subject_table == SupplierPayment.__tablename__)
            & Approval.kind.in_((PAYMENT, ADVANCE)),
        )
        .outerjoin(PaymentRun, PaymentRun.id == SupplierPayment.run_id)
        .outerjoin(User, User.id == PaymentRun.proposed_by)
        .where(SupplierPayment.organization_id == organization_id)
    )


def decidable() -> ColumnElement[bool]:
    """The proposal waits and has not lapsed."""
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    return (Approval.state == "proposed") & (Approval.proposed_at > oldest)


def waiting_payments(organization_id: int) -> list[PaymentRow]:
    """Payments that wait for a second person, oldest first."""
    query = _payment_rows(organization_id).where(SupplierPayment.state == "proposed", decidable())
    return [PaymentRow(*row) for row in db.session.execute(query.order_by(SupplierPayment.id))]


def unpaid_online(organization_id: int) -> list[PaymentRow]:
    """Approved payments that nobody has made over the internet yet, oldest first."""
    query = _payment_rows(organization_id).where(SupplierPayment.state == "approved")
    return [PaymentRow(*row) for row in db.session.execute(query.order_by(SupplierPayment.id))]


def past_payments(organization_id: int, limit: int = 30) -> list[PaymentRow]:
    """Payments that were decided or lapsed, newest first."""
    query = _payment_rows(organization_id).where(SupplierPayment.state.not_in(SupplierPayment.WAITS))
    newest = query.order_by(SupplierPayment.id.desc()).limit(limit)
    return [PaymentRow(*row) for row in db.session.execute(newest)]


# --- payables --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Payable:
    """An unpaid bill in the list of what is owed."""

    bill: SupplierBill
    supplier_name: str
    order_number: str
    waits: bool
    """Whether a payment of it waits for approval."""

    @property
    def open_rp(self) -> int:
        return self.bill.open_rp

    @property
    def payable(self) -> bool:
        """Whether it may be paid now: no case is open, no payment waits."""
        return self.bill.state == "recorded" and not self.waits

    def days_late(self, on: date) -> int:
        """Days past due; negative while there is time."""
        return (on - self.bill.due_on).days


def payables(organization_id: int) -> list[Payable]:
    """Unpaid bills (disputed ones too), the earliest due first."""
    proposed = (
        select(SupplierPayment.id)
        .where(SupplierPayment.bill_id == SupplierBill.id, SupplierPayment.state.in_(SupplierPayment.WAITS))
        .exists()
    )
    query = (
        select(SupplierBill, Organization.name, PurchaseOrder.number, proposed)
        .join(Organization, Organization.id == SupplierBill.supplier_id)
        .join(PurchaseOrder, PurchaseOrder.id == SupplierBill.order_id)
        .where(SupplierBill.organization_id == organization_id, SupplierBill.state.in_(SupplierBill.OPEN))
        .order_by(SupplierBill.due_on, SupplierBill.id)
    )
    return [Payable(*row[:3], waits=bool(row[3])) for row in db.session.execute(query)]


def paid_bills(organization_id: int, limit: int = 20) -> Sequence[Row[SupplierBill, str]]:
    """Bills that are paid, newest first."""
    query = (
        select(SupplierBill, Organization.name)
        .join(Organization, Organization.id == SupplierBill.supplier_id)
        .where(SupplierBill.organization_id == organization_id, SupplierBill.state == "paid")
        .order_by(SupplierBill.id.desc())
        .limit(limit)
    )
    return db.session.execute(query).all()


def ageing(rows: Iterable[Payable], on: date) -> list[int]:
    """What is owed in whole rupiah: not due, and late up to each of AGE_STEPS' days, and older."""
    sums = [0] * (len(AGE_STEPS) + 1)
    for row in rows:
        sums[sum(row.days_late(on) > most for most in AGE_STEPS)] += row.open_rp
    return sums


def payables_by_supplier(organization_id: int) -> list[tuple[str, int]]:
    """What is owed to whom on unpaid bills, largest first."""
    open_rp = func.sum(SupplierBill.amount_rp - SupplierBill.paid_rp)
    query = (
        select(Organization.name, open_rp)
        .join(Organization, Organization.id == SupplierBill.supplier_id)
        .where(SupplierBill.organization_id == organization_id, SupplierBill.state.in_(SupplierBill.OPEN))
        .group_by(Organization.name)
        .order_by(open_rp.desc(), Organization.name)
    )
    return [(name, int(amount)) for name, amount in db.session.execute(query)]
