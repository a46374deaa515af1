"""What buying asks of a person today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select

from market.core import clock
from market.core.approvals import LAPSES_AFTER_H, Approval
from market.core.permissions import Actor, Permission
from market.identity.models import Organization
from market.purchasing.models import Claim, PurchaseOrder, PurchaseOrderLine, SupplierBill, SupplierPayment
from market.purchasing.models_bills import BillCase, PaymentRun, SupplierAccount, SupplierReturn
from market.purchasing.models_trips import DeliveryTrip, TripOrder, TripStop
from market.purchasing.queries.payments import ADVANCE, PAYMENT, decidable

Today = Select[str, int, Any, str, int]
_Maker = Callable[[Actor], Today]

_WAITING_GOODS = exists().where(
    PurchaseOrderLine.order_id == PurchaseOrder.id,
    PurchaseOrderLine.kind == "goods",
    PurchaseOrderLine.ordered_packs > PurchaseOrderLine.received_packs + PurchaseOrderLine.cancelled_packs,
)
_UNBILLED = exists().where(
    PurchaseOrderLine.order_id == PurchaseOrder.id,
    PurchaseOrderLine.received_packs > PurchaseOrderLine.billed_packs,
)
_UNPAID = exists().where(SupplierBill.order_id == PurchaseOrder.id, SupplierBill.state.in_(SupplierBill.OPEN))
_LIVE_ADVANCE = exists().where(
    SupplierPayment.order_id == PurchaseOrder.id,
    SupplierPayment.bill_id.is_(None),
    SupplierPayment.state.in_(("proposed", "paid")),
)


def _task(kind: str, subject: Any, since: Any, detail: Any, amount: Any) -> Today:
    return select(
        literal(kind).label("kind"),
        subject.label("subject_id"),
        since.label("since"),
        detail.label("detail"),
        amount.label("amount"),
    )


def _orders(kind: str, *conditions: ColumnElement[bool]) -> Today:
    task = _task(
        kind, PurchaseOrder.id, PurchaseOrder.issued_at, PurchaseOrder.number, PurchaseOrder.total_rp
    )
    return task.where(PurchaseOrder.state == "issued", *conditions)


_RIDES = exists().where(
    TripOrder.order_id == PurchaseOrder.id,
    TripOrder.live,
    TripOrder.stop_id == TripStop.id,
    TripStop.trip_id == DeliveryTrip.id,
    DeliveryTrip.state == "departed",
)
"""On the road with others: one visit, one task."""


def _mine(actor: Actor) -> ColumnElement[bool]:
    return PurchaseOrder.organization_id == actor.organization_id


def _order_arrives(actor: Actor) -> Today:
    """Goods that come within a week, or that are late."""
    soon = clock.today() + timedelta(days=7)
    return _orders("order_arrives", _mine(actor), _WAITING_GOODS, PurchaseOrder.delivery_on <= soon, ~_RIDES)


def _stop_arrives(actor: Actor) -> Today:
    """A truck with several orders is on its way to the own door."""
    waiting = select(TripOrder.id).where(TripOrder.stop_id == TripStop.id, TripOrder.live)
    count = (
        select(func.count())
        .select_from(TripOrder)
        .where(TripOrder.stop_id == TripStop.id, TripOrder.live)
        .scalar_subquery()
    )
    task = _task("stop_arrives", TripStop.id, DeliveryTrip.departed_at, Organization.name, count)
    return (
        task.join(DeliveryTrip, DeliveryTrip.id == TripStop.trip_id)
        .join(Organization, Organization.id == DeliveryTrip.organization_id)
        .where(TripStop.buyer_id == actor.organization_id, DeliveryTrip.state == "departed", waiting.exists())
    )


def _trip_to_depart(actor: Actor) -> Today:
    """A planned truck whose day is tomorrow, today, or over."""
    soon = clock.today() + timedelta(days=1)
    task = _task(
        "trip_to_depart", DeliveryTrip.id, DeliveryTrip.planned_at, DeliveryTrip.number, DeliveryTrip.weight_g
    )
    return task.where(
        DeliveryTrip.organization_id == actor.organization_id,
        DeliveryTrip.state == "planned",
        DeliveryTrip.delivery_on <= soon,
    )


def _claim_open(actor: Actor) -> Today:
    task = _task("claim_open", Claim.order_id, Claim.opened_at, PurchaseOrder.number, Claim.packs)
    return task.join(PurchaseOrder, PurchaseOrder.id == Claim.order_id).where(
        _mine(actor), Claim.state.in_(Claim.LIVE)
    )


def _claim_to_answer(actor: Actor) -> Today:
    """A cooperative's claim that waits for the supplier's word."""
    task = _task("claim_to_answer", Claim.id, Claim.opened_at, PurchaseOrder.number, Claim.packs)
    return task.join(PurchaseOrder, PurchaseOrder.id == Claim.order_id).where(
        PurchaseOrder.supplier_id == actor.organization_id, Claim.state.in_(("open", "escalated"))
    )


def _claim_escalated(actor: Actor) -> Today:
    """What a supplier left unanswered came to the office of the buyer's place."""
    task = _task("claim_escalated", Claim.id, Claim.escalated_at, PurchaseOrder.number, Claim.packs)
    return (
        task.join(PurchaseOrder, PurchaseOrder.id == Claim.order_id)
        .join(Organization, Organization.id == PurchaseOrder.organization_id)
        .where(
            Claim.state == "escalated",
            Organization.place_code.startswith(actor.scope_code, autoescape=True),
        )
    )


def _bill_missing(actor: Actor) -> Today:
    return _orders("bill_missing", _mine(actor), _UNBILLED)


def _bill_unpaid(actor: Actor) -> Today:
    fresh = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    approved = exists().where(PaymentRun.id == SupplierPayment.run_id, PaymentRun.state == "approved")
    waits = (SupplierPayment.state == "proposed") & ((SupplierPayment.proposed_at > fresh) | approved)
    proposed = exists().where(
        SupplierPayment.bill_id == SupplierBill.id, waits | (SupplierPayment.state == "approved")
    )
    owed = SupplierBill.amount_rp - SupplierBill.paid_rp
    task = _task("bill_unpaid", SupplierBill.id, SupplierBill.recorded_at, SupplierBill.reference, owed)
    return task.where(
        SupplierBill.organization_id == actor.organization_id, SupplierBill.state == "recorded", ~proposed
    )


def _advance_due(actor: Actor) -> Today:
    return _orders(
        "advance_due", _mine(actor), PurchaseOrder.terms == "prepaid", ~_LIVE_ADVANCE, _WAITING_GOODS
    )


def _advance_back(actor: Actor) -> Today:
    """Paid in advance for goods that will not come any more."""
    left = SupplierPayment.amount_rp - SupplierPayment.used_rp - SupplierPayment.returned_rp
    task = _task(
        "advance_back", PurchaseOrder.id, SupplierPayment.proposed_at, PurchaseOrder.number, left
    ).join(PurchaseOrder, PurchaseOrder.id == SupplierPayment.order_id)
    over = (PurchaseOrder.state == "cancelled") | ~(_WAITING_GOODS | _UNBILLED)
    paid = (SupplierPayment.state == "paid") & SupplierPayment.bill_id.is_(None)
    return task.where(_mine(actor), paid, left > 0, over, ~_UNPAID)


def _payment_waits(actor: Actor) -> Today:
    task = _task(
        "payment_waits",
        SupplierPayment.id,
        SupplierPayment.proposed_at,
        SupplierPayment.number,
        SupplierPayment.amount_rp,
    ).join(Approval, Approval.subject_id == SupplierPayment.id)
    return task.where(
        SupplierPayment.organization_id == actor.organization_id,
        SupplierPayment.state == "proposed",
        Approval.kind.in_((PAYMENT, ADVANCE)),
        Approval.proposed_by != actor.user_id,
        decidable(),
    )


def _online_to_pay(actor: Actor) -> Today:
    """Two people said yes; now somebody opens the page and pays."""
    task = _task(
        "online_to_pay",
        SupplierPayment.id,
        SupplierPayment.proposed_at,
        SupplierPayment.number,
        SupplierPayment.amount_rp,
    )
    return task.where(
        SupplierPayment.organization_id == actor.organization_id, SupplierPayment.state == "approved"
    )


def _order_to_deliver(actor: Actor) -> Today:
    return _orders("order_to_deliver", PurchaseOrder.supplier_id == actor.organization_id, _WAITING_GOODS)


def _cases(kind: str, *conditions: ColumnElement[bool]) -> Today:
    difference = func.abs(BillCase.difference_rp)
    task = _task(kind, BillCase.id, BillCase.opened_at, SupplierBill.reference, difference)
    return task.join(SupplierBill, SupplierBill.id == BillCase.bill_id).where(
        BillCase.state == "open", *conditions
    )


def _case_to_answer(actor: Actor) -> Today:
    return _cases(
        "case_to_answer", BillCase.supplier_id == actor.organization_id, BillCase.answered_at.is_(None)
    )


def _case_to_settle(actor: Actor) -> Today:
    """The supplier has spoken, or its time is over: the buyer's word is next."""
    ripe = BillCase.answered_at.is_not(None) | (BillCase.answer_by_at <= clock.now())
    return _cases("case_to_settle", BillCase.organization_id == actor.organization_id, ripe)


def _return_to_credit(actor: Actor) -> Today:
    """Goods came back and a bill that holds them was written."""
    sent = SupplierReturn
    billed = exists().where(SupplierBill.order_id == sent.order_id, SupplierBill.state != "void")
    task = _task("return_to_credit", sent.id, sent.returned_at, sent.number, sent.amount_rp)
    return task.where(sent.supplier_id == actor.organization_id, sent.state == "sent", billed)


def _account_missing(actor: Actor) -> Today:
    """Somebody owes money and does not know where to send it."""
    named = exists().where(
        SupplierAccount.organization_id == actor.organization_id, SupplierAccount.ended_at.is_(None)
    )
    owed = func.sum(SupplierBill.amount_rp - SupplierBill.paid_rp)
    task = _task(
        "account_missing",
        func.min(SupplierBill.supplier_id),
        func.min(SupplierBill.recorded_at),
        literal(""),
        owed,
    )
    return task.where(
        SupplierBill.supplier_id == actor.organization_id, SupplierBill.state.in_(SupplierBill.OPEN), ~named
    ).having(func.count() > 0)


def _run_waits(actor: Actor) -> Today:
    run = PaymentRun
    task = _task("run_waits", run.id, run.proposed_at, run.number, run.total_rp)
    fresh = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    return task.where(
        run.organization_id == actor.organization_id,
        run.state == "proposed",
        run.proposed_by != actor.user_id,
        run.proposed_at > fresh,
    )


def _run_to_transfer(actor: Actor) -> Today:
    run = PaymentRun
    task = _task("run_to_transfer", run.id, run.proposed_at, run.number, run.total_rp)
    return task.where(run.organization_id == actor.organization_id, run.state == "approved")


_TASKS: tuple[tuple[Permission, str, _Maker], ...] = (
    (Permission.GOODS_RECEIVE, "cooperative", _order_arrives),
    (Permission.GOODS_RECEIVE, "cooperative", _stop_arrives),
    (Permission.GOODS_RECEIVE, "cooperative", _claim_open),
    (Permission.BILLS_RECORD, "cooperative", _bill_missing),
    (Permission.PAYMENT_PROPOSE, "cooperative", _bill_unpaid),
    (Permission.PAYMENT_PROPOSE, "cooperative", _advance_due),
    (Permission.PAYMENT_PROPOSE, "cooperative", _advance_back),
    (Permission.PAYMENT_APPROVE, "cooperative", _payment_waits),
    (Permission.PAYMENT_APPROVE, "cooperative", _run_waits),
    (Permission.PAYMENT_PROPOSE, "cooperative", _run_to_transfer),
    (Permission.PAYMENT_PROPOSE, "cooperative", _online_to_pay),
    (Permission.BILLS_RECORD, "cooperative", _case_to_settle),
    (Permission.CASE_ACCEPT, "cooperative", _case_to_settle),
    (Permission.CREDIT_ISSUE, "supplier", _case_to_answer),
    (Permission.CREDIT_ISSUE, "supplier", _return_to_credit),
    (Permission.ACCOUNT_KEEP, "supplier", _account_missing),
    (Permission.ORDERS_VIEW, "supplier", _order_to_deliver),
    (Permission.ASSIGNMENTS_ANSWER, "supplier", _trip_to_depart),
    (Permission.ASSIGNMENTS_ANSWER, "supplier", _claim_to_answer),
    (Permission.CLAIMS_VIEW, "office", _claim_escalated),
)


def today(actor: Actor) -> list[Today]:
    """Goods to receive or deliver, claims, bills to record, to settle and to pay, payments to approve."""
    return [
        make(actor)
        for permission, kind, make in _TASKS
        if actor.organization_kind == kind and actor.may(permission)
    ]
