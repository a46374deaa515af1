"""What is asked of residents' orders."""

from __future__ import annotations

from sqlalchemy import Select, func, literal, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.retail.models import RetailOrder, RetailOrderLine

OPEN = ("placed", "ready")


def _one(query: Select[tuple[RetailOrder]], lock: bool) -> RetailOrder:
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return found


def order_for(actor: Actor, order_id: int, lock: bool = False) -> RetailOrder:
    """An order of the actor's own shop; raises NotFound."""
    query = select(RetailOrder).where(
        RetailOrder.id == order_id, RetailOrder.organization_id == actor.organization_id
    )
    return _one(query, lock)


def order_by_token(token: str, lock: bool = False) -> RetailOrder:
    """The order behind a secret link; raises NotFound."""
    return _one(select(RetailOrder).where(RetailOrder.token == token), lock)


def lines_of(order_id: int) -> list[RetailOrderLine]:
    """What was ordered."""
    query = select(RetailOrderLine).where(RetailOrderLine.order_id == order_id).order_by(RetailOrderLine.id)
    return list(db.session.scalars(query))


def orders_of(organization_id: int, states: tuple[str, ...] = OPEN, limit: int = 100) -> list[RetailOrder]:
    """Orders of a shop in the given states, oldest first."""
    query = select(RetailOrder).where(
        RetailOrder.organization_id == organization_id, RetailOrder.state.in_(states)
    )
    return list(db.session.scalars(query.order_by(RetailOrder.id).limit(limit)))


def open_orders_of_phone(organization_id: int, phone: str) -> int:
    """How many orders of this number are not yet collected."""
    query = select(func.count()).where(
        RetailOrder.organization_id == organization_id,
        RetailOrder.phone == phone,
        RetailOrder.state.in_(OPEN),
    )
    return db.session.scalar(query) or 0


def today(actor: Actor) -> list[Select[tuple[str, int, object, str, int]]]:
    """Orders to pack and to hand over."""
    if not actor.may(Permission.RETAIL_HAND_OVER):
        return []
    columns = (
        RetailOrder.id.label("subject_id"),
        RetailOrder.placed_at.label("since"),
        RetailOrder.number.label("detail"),
        RetailOrder.total_rp.label("amount"),
    )
    mine = RetailOrder.organization_id == actor.organization_id
    return [
        select(literal("retail_to_pack").label("kind"), *columns).where(mine, RetailOrder.state == "placed"),
        select(literal("retail_to_collect").label("kind"), *columns).where(
            mine, RetailOrder.state == "ready"
        ),
    ]
