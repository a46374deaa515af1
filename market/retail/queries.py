"""What is asked of residents' orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.payments.models import LIVE, Payment
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_parts import RetailPart

PURPOSE = "retail_order"
"""What a payment for an order is for, in the words of `wiring.PAYMENT_PURPOSES`."""
OPEN = ("placed", "ready")
CLOSED = ("collected", "cancelled", "expired")
MAX_ID = 2**63 - 1


def _one(query: Select[RetailOrder], lock: bool) -> RetailOrder:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return found


def order_for(actor: Actor, order_id: int, lock: bool = False) -> RetailOrder:
    """An order of the actor's own shop; raises NotFound."""
    query = select(RetailOrder).where(
        RetailOrder.id == min(order_id, MAX_ID), RetailOrder.organization_id == actor.organization_id
    )
    return _one(query, lock)


def order_by_id(order_id: int, lock: bool = False) -> RetailOrder:
    """For what payments ask of the order behind a payment; raises NotFound."""
    return _one(select(RetailOrder).where(RetailOrder.id == order_id), lock)


_BY_TOKEN = select(RetailOrder).where(RetailOrder.token == bindparam("token"))
_BY_TOKEN_HELD = _BY_TOKEN.with_for_update().execution_options(populate_existing=True)


def order_by_token(token: str, lock: bool = False) -> RetailOrder:
    """The order behind a secret link; raises NotFound."""
    found = db.session.scalar(_BY_TOKEN_HELD if lock else _BY_TOKEN, {"token": token})
    if found is None:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return found


def orders_of_user(user_id: int, limit: int = 20) -> list[RetailOrder]:
    """What a signed-in person has ordered, at any shop, the newest first."""
    query = select(RetailOrder).where(RetailOrder.user_id == user_id).order_by(RetailOrder.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def lines_of(order_id: int) -> list[RetailOrderLine]:
    """What was ordered."""
    query = select(RetailOrderLine).where(RetailOrderLine.order_id == order_id).order_by(RetailOrderLine.id)
    return list(db.session.scalars(query))


def orders_of(
    organization_id: int, states: tuple[str, ...] = OPEN, words: str = "", limit: int = 100
) -> list[RetailOrder]:
    """Orders of a shop in the given states, oldest first; ended ones the newest first.

    `words` finds by number, name or phone, never by pickup code: that one the buyer shows.
    """
    query = select(RetailOrder).where(
        RetailOrder.organization_id == organization_id, RetailOrder.state.in_(states)
    )
    if words:
        digits = "".join(char for char in words if char.isdecimal()).removeprefix("0")
        found = [RetailOrder.buyer_name.icontains(words, autoescape=True)]
        found.append(RetailOrder.number.icontains(words, autoescape=True))
        if len(digits) >= 3:
            found.append(RetailOrder.phone.contains(digits, autoescape=True))
        query = query.where(or_(*found))
    order = RetailOrder.id.asc() if states == OPEN else RetailOrder.id.desc()
    return list(db.session.scalars(query.order_by(order).limit(limit)))


@dataclass(frozen=True)
class ToPack:
    """How many of one product the open orders of a shop ask for, and how many orders."""

    name: str
    unit_label: str
    quantity: int
    orders: int


def to_pack(organization_id: int) -> list[ToPack]:
    """What has to come from the shelf for the orders that are not packed yet, by name."""
    query = (
        select(
            RetailOrderLine.name,
            RetailOrderLine.unit_label,
            cast(func.sum(RetailOrderLine.quantity - RetailOrderLine.refused_pcs), BigInteger).label(
                "quantity"
            ),
            func.count().label("orders"),
        )
        .join(RetailOrder, RetailOrder.id == RetailOrderLine.order_id)
        .join(RetailPart, RetailPart.id == RetailOrderLine.part_id)
        .where(
            RetailOrder.organization_id == organization_id,
            RetailOrder.released_at.is_not(None),
            RetailPart.place == "here",
            RetailPart.state.in_(("accepted", "packed")),
        )
        .group_by(RetailOrderLine.product_id, RetailOrderLine.name, RetailOrderLine.unit_label)
        .order_by(RetailOrderLine.name)
    )
    return [ToPack(**row._mapping) for row in db.session.execute(query)]


def lines_by_order(orders: list[RetailOrder]) -> dict[int, list[RetailOrderLine]]:
    """Lines of several orders by order id, in one query."""
    found: dict[int, list[RetailOrderLine]] = {order.id: [] for order in orders}
    query = select(RetailOrderLine).where(RetailOrderLine.order_id.in_(found))
    for line in db.session.scalars(query.order_by(RetailOrderLine.id)) if found else ():
        found[line.order_id].append(line)
    return found


def taken_rp(organization_id: int, on: date) -> int:
    """Cash taken at the counter for orders handed over on a day (Jakarta)."""
    query = select(func.sum(RetailOrder.total_rp - RetailOrder.refused_rp - RetailOrder.online_rp)).where(
        RetailOrder.organization_id == organization_id,
        RetailOrder.collected_at >= clock.start_of(on),
        RetailOrder.collected_at < clock.start_of(on + timedelta(days=1)),
    )
    return int(db.session.scalar(query) or 0)


def ordered_from_rp(organization_id: int, seller_id: int, since: date) -> int:
    """What stands of one seller's orders in a shop since a day, placed or handed over."""
    net = RetailOrderLine.amount_rp - RetailOrderLine.discount_rp - RetailOrderLine.refused_rp
    query = (
        select(func.sum(net))
        .join(RetailOrder, RetailOrder.id == RetailOrderLine.order_id)
        .where(
            RetailOrder.organization_id == organization_id,
            RetailOrderLine.seller_id == seller_id,
            RetailOrder.placed_at >= clock.start_of(since),
            RetailOrder.state.not_in(("cancelled", "expired")),
        )
    )
    return int(db.session.scalar(query) or 0)


def states_of(order_ids: Iterable[int]) -> dict[int, str]:
    """States of several orders, for a part whose rows lead to them."""
    query = select(RetailOrder.id, RetailOrder.state).where(RetailOrder.id.in_(list(order_ids)))
    return {row.id: row.state for row in db.session.execute(query)}


_OPEN_OF_PHONE = select(func.count()).where(
    RetailOrder.organization_id == bindparam("organization"),
    RetailOrder.phone == bindparam("phone"),
    RetailOrder.state.in_(OPEN),
)


def open_orders_of_phone(organization_id: int, phone: str) -> int:
    """How many orders of this number are not yet collected."""
    return db.session.scalar(_OPEN_OF_PHONE, {"organization": organization_id, "phone": phone}) or 0


def ordered_by_phone(organization_id: int, phone: str, product_id: int, since: datetime) -> int:
    """Pieces of a product that a number ordered since then and got or may still get."""
    kept = func.sum(RetailOrderLine.quantity - RetailOrderLine.refused_pcs)
    query = (
        select(kept)
        .join(RetailOrder, RetailOrder.id == RetailOrderLine.order_id)
        .where(
            RetailOrder.organization_id == organization_id,
            RetailOrder.phone == phone,
            RetailOrder.state.in_((*OPEN, "collected")),
            RetailOrder.placed_at >= since,
            RetailOrderLine.product_id == product_id,
        )
    )
    return int(db.session.scalar(query) or 0)


def nobody_pays_online() -> ColumnElement[bool]:
    """A condition on orders: no payment over the internet runs or is done for them."""
    return ~exists().where(
        Payment.purpose == PURPOSE, Payment.purpose_id == RetailOrder.id, Payment.state.in_(LIVE)
    )


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Orders to pack and to hand over."""
    if not actor.may(Permission.RETAIL_HAND_OVER):
        return []
    columns = (
        RetailOrder.id.label("subject_id"),
        RetailOrder.placed_at.label("since"),
        RetailOrder.number.label("detail"),
        (RetailOrder.total_rp - RetailOrder.refused_rp).label("amount"),
    )
    mine = RetailOrder.organization_id == actor.organization_id
    return [
        select(literal("retail_to_pack", String).label("kind"), *columns).where(
            mine, RetailOrder.state == "placed", RetailOrder.released_at.is_not(None)
        ),
        select(literal("retail_to_collect", String).label("kind"), *columns).where(
            mine, RetailOrder.state == "ready"
        ),
    ]
