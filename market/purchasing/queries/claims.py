"""Claims as each side sees them, and those that nobody answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import aliased

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization, User
from market.purchasing.models import Claim, PurchaseOrder, PurchaseOrderLine
from market.purchasing.models_deliveries import ClaimMessage

_Buyer, _Supplier = aliased(Organization), aliased(Organization)


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """Its two sides see a claim, and the office of the buyer's place once it has come there."""
    sides = or_(
        PurchaseOrder.organization_id == actor.organization_id,
        PurchaseOrder.supplier_id == actor.organization_id,
    )
    if actor.organization_kind != "office":
        return sides
    return and_(
        Claim.escalated_at.is_not(None), _Buyer.place_code.startswith(actor.scope_code, autoescape=True)
    )


def _claims() -> Select[Claim, PurchaseOrder]:
    return (
        select(Claim, PurchaseOrder)
        .join(PurchaseOrder, PurchaseOrder.id == Claim.order_id)
        .join(_Buyer, _Buyer.id == PurchaseOrder.organization_id)
    )


def claim_seen(actor: Actor, claim_id: int) -> Row[Claim, PurchaseOrder]:
    """A claim that the actor may read, with its order; raises NotFound."""
    found = db.session.execute(_claims().where(Claim.id == claim_id, _seen_by(actor))).one_or_none()
    if found is None:
        raise NotFound(_("Klaim tidak ditemukan."))
    return found


def claim_to_answer(actor: Actor, claim_id: int) -> tuple[Claim, PurchaseOrder]:
    """A claim against the actor's organization, with its order held, both as they are now."""
    query = (
        select(PurchaseOrder)
        .join(Claim, Claim.order_id == PurchaseOrder.id)
        .where(Claim.id == claim_id, PurchaseOrder.supplier_id == actor.organization_id)
        .with_for_update(of=PurchaseOrder)
        .execution_options(populate_existing=True)
    )
    order = db.session.scalar(query)
    if order is None:
        raise NotFound(_("Klaim tidak ditemukan."))
    claim = select(Claim).where(Claim.id == claim_id).execution_options(populate_existing=True)
    return db.session.execute(claim).scalar_one(), order


ClaimRow = Row[Claim, PurchaseOrder, PurchaseOrderLine, str, str]


def claims_seen(actor: Actor, live: bool) -> Sequence[ClaimRow]:
    """Claims that the actor may read, with good, buyer and supplier: live ones by deadline, or past ones."""
    query = (
        select(Claim, PurchaseOrder, PurchaseOrderLine, _Buyer.name, _Supplier.name)
        .join(PurchaseOrder, PurchaseOrder.id == Claim.order_id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == Claim.order_line_id)
        .join(_Buyer, _Buyer.id == PurchaseOrder.organization_id)
        .join(_Supplier, _Supplier.id == PurchaseOrder.supplier_id)
        .where(_seen_by(actor))
    )
    if live:
        query = query.where(Claim.state.in_(Claim.LIVE)).order_by(Claim.answer_by_at, Claim.id)
    else:
        query = query.where(Claim.state.not_in(Claim.LIVE)).order_by(Claim.id.desc()).limit(50)
    return db.session.execute(query).all()


def messages_of(claim_id: int) -> Sequence[Row[ClaimMessage, str, str | None]]:
    """What was said of a claim, oldest first: message, organization, person."""
    query = (
        select(ClaimMessage, Organization.name, User.name)
        .join(Organization, Organization.id == ClaimMessage.speaker_id)
        .outerjoin(User, User.id == ClaimMessage.written_by)
        .where(ClaimMessage.claim_id == claim_id)
    )
    return db.session.execute(query.order_by(ClaimMessage.id)).all()


def claims_to_escalate(now: datetime, today: date) -> Sequence[Row[Claim, PurchaseOrder]]:
    """Unanswered claims past their deadline and promises whose day is over, held."""
    late = or_(
        and_(Claim.state == "open", Claim.answer_by_at <= now),
        and_(Claim.state == "promised", Claim.promised_on < today),
    )
    query = (
        select(Claim, PurchaseOrder)
        .join(PurchaseOrder, PurchaseOrder.id == Claim.order_id)
        .where(late)
        .order_by(Claim.id)
        .with_for_update(of=Claim, skip_locked=True)
    )
    return db.session.execute(query.execution_options(populate_existing=True)).all()


def offices_of(organization_id: int) -> list[int]:
    """The offices that watch the place of an organization."""
    place = db.session.scalar(select(Organization.place_code).where(Organization.id == organization_id))
    query = select(Organization.id, Organization.scope_code).where(
        Organization.kind == "office", Organization.active.is_(True), Organization.scope_code != ""
    )
    return [row.id for row in db.session.execute(query) if (place or "").startswith(row.scope_code)]
