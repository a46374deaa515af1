"""What is asked of sellers' parts: whom to ask, what to pack, what comes on which day, who was silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, String, func, literal, select

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_parts import LIVE, RetailPart
from market.retail.queries import MAX_ID, OPEN

PACKING = ("accepted", "packed")
LATE_DAYS = 30


def part_for(actor: Actor, part_id: int) -> RetailPart:
    """A part whose seller the actor is, or in the actor's cooperative; raises NotFound."""
    mine = (RetailPart.seller_id == actor.organization_id) & (RetailPart.place == "away")
    query = (
        select(RetailPart)
        .join(RetailOrder, RetailOrder.id == RetailPart.order_id)
        .where(
            RetailPart.id == min(part_id, MAX_ID),
            RetailOrder.released_at.is_not(None),
            mine | (RetailPart.organization_id == actor.organization_id),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return found


def parts_of(order_id: int, lock: bool = False) -> list[RetailPart]:
    """The parts of an order, in the order of their days; `lock` reads them as they are now."""
    query = select(RetailPart).where(RetailPart.order_id == order_id)
    query = query.order_by(RetailPart.ready_on, RetailPart.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def parts_by_order(order_ids: Iterable[int]) -> dict[int, list[RetailPart]]:
    """Parts of several orders by order id, in one query."""
    found: dict[int, list[RetailPart]] = {order_id: [] for order_id in order_ids}
    query = select(RetailPart).where(RetailPart.order_id.in_(found))
    for part in db.session.scalars(query.order_by(RetailPart.ready_on, RetailPart.id)) if found else ():
        found[part.order_id].append(part)
    return found


def packable(order_ids: Iterable[int]) -> set[int]:
    """Those of the orders of which something waits on the shop's own shelf to be packed."""
    query = select(RetailPart.order_id).where(
        RetailPart.order_id.in_(list(order_ids)),
        RetailPart.place == "here",
        RetailPart.state.in_(PACKING),
    )
    return set(db.session.scalars(query))


def lines_of_part(part_id: int) -> list[RetailOrderLine]:
    """What was ordered in this part."""
    query = select(RetailOrderLine).where(RetailOrderLine.part_id == part_id)
    return list(db.session.scalars(query.order_by(RetailOrderLine.id)))


@dataclass(frozen=True)
class PartCard:
    """A part as its packer sees it: with the buyer's name and note, never the phone or the pickup code."""

    part: RetailPart
    number: str
    buyer: str
    note: str
    seller: str
    lines: tuple[RetailOrderLine, ...]

    @property
    def share_rp(self) -> int:
        """What the seller gets for it when it is handed over."""
        return sum(line.kept_amount_rp - line.kept_commission_rp for line in self.lines)

    @property
    def pieces(self) -> int:
        return sum(line.kept for line in self.lines)


def _cards(query: Select[RetailPart, str, str, str, str]) -> list[PartCard]:
    rows = db.session.execute(query).all()
    lines: dict[int, list[RetailOrderLine]] = {row[0].id: [] for row in rows}
    found = select(RetailOrderLine).where(RetailOrderLine.part_id.in_(lines)).order_by(RetailOrderLine.id)
    for line in db.session.scalars(found) if lines else ():
        lines[line.part_id].append(line)
    return [
        PartCard(p, number, buyer, note, seller, tuple(lines[p.id]))
        for p, number, buyer, note, seller in rows
    ]


_FACTS = (RetailOrder.number, RetailOrder.buyer_name, RetailOrder.note, Organization.name)


def _asked() -> Select[RetailPart, str, str, str, str]:
    return (
        select(RetailPart, *_FACTS)
        .join(RetailOrder, RetailOrder.id == RetailPart.order_id)
        .join(Organization, Organization.id == RetailPart.seller_id)
        .where(RetailOrder.released_at.is_not(None))
    )


def parts_of_seller(
    seller_id: int, states: tuple[str, ...] = LIVE, limit: int = 200, newest: bool = False
) -> list[PartCard]:
    """What a maker is asked for or has to pack, the most urgent first; ended ones the newest first."""
    query = _asked().where(
        RetailPart.seller_id == seller_id, RetailPart.place == "away", RetailPart.state.in_(states)
    )
    order = (RetailPart.state_at.desc(),) if newest else (RetailPart.ready_on, RetailPart.answer_by)
    return _cards(query.order_by(*order, RetailPart.id).limit(limit))


def card_of(part: RetailPart) -> PartCard:
    """One part as its packer sees it; raises NotFound while it is not asked for."""
    found = _cards(_asked().where(RetailPart.id == part.id))
    if not found:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return found[0]


def parts_of_day(organization_id: int, on: date) -> list[PartCard]:
    """Everything that an open order of the shop waits for until this day, by seller."""
    query = _asked().where(
        RetailPart.organization_id == organization_id,
        RetailPart.ready_on <= on,
        RetailPart.state.in_(LIVE),
        RetailOrder.state.in_(OPEN),
    )
    return _cards(query.order_by(Organization.name, RetailPart.ready_on, RetailPart.id))


@dataclass(frozen=True)
class PickupDay:
    """How much a shop hands out on a day: orders whose last goods come on it."""

    on: date
    orders: int
    ready: int


def pickup_days(organization_id: int) -> list[PickupDay]:
    """The days on which open orders can be collected, the nearest first; what is over counts as today."""
    last = (
        select(RetailPart.order_id, func.max(RetailPart.ready_on).label("last_on"))
        .where(RetailPart.organization_id == organization_id, RetailPart.state.in_(LIVE))
        .group_by(RetailPart.order_id)
        .subquery()
    )
    query = (
        select(last.c.last_on, RetailOrder.state)
        .join(last, last.c.order_id == RetailOrder.id)
        .where(RetailOrder.state.in_(OPEN), RetailOrder.released_at.is_not(None))
    )
    today_on = clock.today()
    found: dict[date, list[int]] = {}
    for row in db.session.execute(query):
        counts = found.setdefault(max(row.last_on, today_on), [0, 0])
        counts[0] += 1
        counts[1] += row.state == "ready"
    return [PickupDay(on, *found[on]) for on in sorted(found)]


def orders_of_day(organization_id: int, on: date) -> list[RetailOrder]:
    """Open orders that can be collected on a day, by buyer's name; today has the earlier ones, too."""
    last = (
        select(func.max(RetailPart.ready_on))
        .where(RetailPart.order_id == RetailOrder.id, RetailPart.state.in_(LIVE))
        .scalar_subquery()
    )
    query = select(RetailOrder).where(
        RetailOrder.organization_id == organization_id,
        RetailOrder.state.in_(OPEN),
        RetailOrder.released_at.is_not(None),
        last <= on if on == clock.today() else last == on,
    )
    return list(db.session.scalars(query.order_by(RetailOrder.buyer_name, RetailOrder.id)))


def late_parts() -> list[tuple[int, int]]:
    """(order id, part id) of parts whose seller has been silent until the deadline, the oldest first."""
    query = select(RetailPart.order_id, RetailPart.id).where(
        RetailPart.state == "waiting", RetailPart.answer_by <= clock.now()
    )
    return [
        (row.order_id, row.id) for row in db.session.execute(query.order_by(RetailPart.answer_by).limit(100))
    ]


def answers(organization_id: int, days: int = LATE_DAYS) -> list[Row[Any]]:
    """How each seller of a shop answered lately: asked, accepted, refused, silent; the most silent first."""
    since = clock.now() - timedelta(days=days)

    def count(*states: str) -> Any:
        return func.count().filter(RetailPart.state.in_(states))

    silent = count("lapsed")
    query = (
        select(
            Organization.name.label("seller"),
            func.count().label("asked"),
            count("accepted", "packed", "ready", "handed_over").label("accepted"),
            count("refused").label("refused"),
            count("waiting").label("waiting"),
            silent.label("silent"),
        )
        .join(Organization, Organization.id == RetailPart.seller_id)
        .where(
            RetailPart.organization_id == organization_id,
            RetailPart.place == "away",
            RetailPart.answer_by.is_not(None),
            RetailPart.state_at >= since,
        )
        .group_by(Organization.id, Organization.name)
        .order_by(silent.desc(), count("waiting").desc(), Organization.name)
    )
    return list(db.session.execute(query))


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Orders that the seller has to answer or to pack."""
    if actor.organization_kind != "seller" or not actor.may(Permission.RETAIL_ANSWER):
        return []
    amount = (
        select(func.sum(RetailOrderLine.quantity - RetailOrderLine.refused_pcs))
        .where(RetailOrderLine.part_id == RetailPart.id)
        .scalar_subquery()
    )
    columns = (
        RetailPart.id.label("subject_id"),
        RetailPart.state_at.label("since"),
        RetailOrder.number.label("detail"),
        amount.label("amount"),
    )

    def task(kind: str, *states: str) -> Select[Any]:
        return (
            select(literal(kind, String).label("kind"), *columns)
            .join(RetailOrder, RetailOrder.id == RetailPart.order_id)
            .where(
                RetailPart.seller_id == actor.organization_id,
                RetailPart.place == "away",
                RetailPart.state.in_(states),
                RetailOrder.released_at.is_not(None),
            )
        )

    return [task("part_to_answer", "waiting"), task("part_to_pack", "accepted")]
