"""What is asked of buyers' complaints and of what came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, func, literal, or_, select

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_complaints import Complaint, ComplaintMessage, RetailReturn

MAX_ID = 2**63 - 1
LIVE = ("open", "promised")


def _mine(actor: Actor) -> ColumnElement[bool]:
    """A shop's own complaints, or those about a seller's own goods."""
    return or_(
        Complaint.organization_id == actor.organization_id, Complaint.seller_id == actor.organization_id
    )


def _one(query: Select[Complaint], lock: bool) -> Complaint:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Keluhan tidak ditemukan."))
    return found


def complaint_seen(actor: Actor, complaint_id: int, lock: bool = False) -> Complaint:
    """A complaint that the actor's shop decides or the actor's goods caused; raises NotFound."""
    return _one(select(Complaint).where(Complaint.id == min(complaint_id, MAX_ID), _mine(actor)), lock)


def complaint_for(actor: Actor, complaint_id: int, lock: bool = False) -> Complaint:
    """A complaint that came to the actor's own shop; raises NotFound."""
    mine = Complaint.organization_id == actor.organization_id
    return _one(select(Complaint).where(Complaint.id == min(complaint_id, MAX_ID), mine), lock)


def complaint_of(order_id: int, complaint_id: int, lock: bool = False) -> Complaint:
    """A complaint of one order, for its buyer; raises NotFound."""
    query = select(Complaint).where(Complaint.id == min(complaint_id, MAX_ID), Complaint.order_id == order_id)
    return _one(query, lock)


def complaints_of(order_id: int) -> list[Complaint]:
    """Complaints of an order, first one first."""
    query = select(Complaint).where(Complaint.order_id == order_id).order_by(Complaint.id)
    return list(db.session.scalars(query))


def complaints_seen(actor: Actor, live: bool, limit: int = 100) -> Sequence[Any]:
    """(complaint, order, line) that the actor sees: the most urgent first, or the ended ones newest first."""
    query = (
        select(Complaint, RetailOrder, RetailOrderLine)
        .join(RetailOrder, RetailOrder.id == Complaint.order_id)
        .join(RetailOrderLine, RetailOrderLine.id == Complaint.line_id)
        .where(_mine(actor), Complaint.state.in_(LIVE) == live)
        .order_by(*((Complaint.answer_by_at, Complaint.id) if live else (Complaint.id.desc(),)))
        .limit(limit)
    )
    return db.session.execute(query).all()


def messages_of(complaint_id: int) -> list[ComplaintMessage]:
    """What was said of a complaint, first word first."""
    query = select(ComplaintMessage).where(ComplaintMessage.complaint_id == complaint_id)
    return list(db.session.scalars(query.order_by(ComplaintMessage.id)))


def return_of(complaint_id: int, lock: bool = False) -> RetailReturn | None:
    """The money that a complaint gave back."""
    query = select(RetailReturn).where(RetailReturn.complaint_id == complaint_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def return_for(actor: Actor, return_id: int) -> RetailReturn:
    """A return of the actor's own shop; raises NotFound."""
    query = select(RetailReturn).where(
        RetailReturn.id == min(return_id, MAX_ID), RetailReturn.organization_id == actor.organization_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Retur tidak ditemukan."))
    return found


def returns_of_line(line_id: int) -> list[RetailReturn]:
    """Everything that came back of a line, first one first."""
    query = select(RetailReturn).where(RetailReturn.line_id == line_id).order_by(RetailReturn.id)
    return list(db.session.scalars(query))


def returns_of(order_id: int) -> list[RetailReturn]:
    """Everything that came back of an order, first one first."""
    query = select(RetailReturn).where(RetailReturn.order_id == order_id).order_by(RetailReturn.id)
    return list(db.session.scalars(query))


def online_returned_rp(order_id: int) -> int:
    """Rupiah of an order that already went back over the internet for goods."""
    query = select(func.coalesce(func.sum(RetailReturn.refund_rp), 0)).where(
        RetailReturn.order_id == order_id, RetailReturn.way == "online"
    )
    return int(db.session.scalar(query) or 0)


def complained_pieces(line_id: int) -> int:
    """Pieces of a line that complaints were made of, but for those that were taken back."""
    query = select(func.coalesce(func.sum(Complaint.quantity), 0)).where(
        Complaint.line_id == line_id, Complaint.state != "withdrawn"
    )
    return int(db.session.scalar(query) or 0)


def late_complaints(limit: int = 100) -> list[Complaint]:
    """Open complaints whose answer is late and that nobody above has been told of."""
    query = (
        select(Complaint)
        .where(
            Complaint.state == "open",
            Complaint.escalated_at.is_(None),
            Complaint.answer_by_at <= clock.now(),
        )
        .order_by(Complaint.answer_by_at, Complaint.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(query))


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Complaints to decide."""
    if not actor.may(Permission.COMPLAINTS_DECIDE):
        return []
    return [
        select(
            literal("retail_complaint", String).label("kind"),
            Complaint.id.label("subject_id"),
            Complaint.made_at.label("since"),
            RetailOrder.number.label("detail"),
            RetailOrder.total_rp.label("amount"),
        )
        .join(RetailOrder, RetailOrder.id == Complaint.order_id)
        .where(Complaint.organization_id == actor.organization_id, Complaint.state == "open")
    ]


def photos_in_use(names: set[str]) -> set[str]:
    """Which of these photos belong to a complaint."""
    query = select(Complaint.photo).where(Complaint.photo.in_(names))
    return {name for name in db.session.scalars(query) if name}
