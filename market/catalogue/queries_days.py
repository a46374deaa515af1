"""When goods that are not on the shelf are ready: the maker's days, less the closed and the full ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy import func, or_, select

from market.catalogue.models import EVERY_DAY, Product
from market.catalogue.models_days import ClosedDay
from market.core import clock, db
from market.identity.models import Organization
from market.stock.models import StockItem, StockMove
from market.stock.services.promising import LIMIT

DAYS_SHOWN = 7
LOOKED_AHEAD = 30
LAST_HOUR = 20
"""From this hour on (Jakarta) nobody begins to make anything today."""


class Made(Protocol):
    """What of a product says when it is ready; products and what the shelf shows of them both do."""

    @property
    def ready_days(self) -> int: ...

    @property
    def lead_days(self) -> int: ...


@dataclass(frozen=True)
class DayOffer:
    """A day on which a product can be had, and how many pieces are still to be promised for it."""

    on: date
    left: int


def first_day() -> date:
    """The first day on which work can begin: today, until the evening."""
    now = clock.wib(clock.now())
    return now.date() + timedelta(days=1 if now.hour >= LAST_HOUR else 0)


def closed_days(seller_ids: Iterable[int]) -> dict[int, set[date]]:
    """The coming closed days of several sellers: days off of each week, and those told one by one."""
    wanted, found = set(seller_ids), defaultdict[int, set[date]](set)
    if not wanted:
        return found
    coming = (ClosedDay.organization_id == Organization.id) & (ClosedDay.closed_on >= clock.today())
    query = (
        select(Organization.id, Organization.open_days, ClosedDay.closed_on)
        .outerjoin(ClosedDay, coming)
        .where(Organization.id.in_(wanted), or_(Organization.open_days != EVERY_DAY, coming))
    )
    ahead = [clock.today() + timedelta(days=n) for n in range(3 * LOOKED_AHEAD)]
    for seller_id, open_days, on in db.session.execute(query):
        if seller_id not in found:
            found[seller_id].update(day for day in ahead if not open_days >> day.weekday() & 1)
        if on is not None:
            found[seller_id].add(on)
    return found


def closed_rows(seller_id: int) -> list[ClosedDay]:
    """A seller's own coming closed days, the nearest first."""
    query = select(ClosedDay).where(
        ClosedDay.organization_id == seller_id, ClosedDay.closed_on >= clock.today()
    )
    return list(db.session.scalars(query.order_by(ClosedDay.closed_on)))


def home_ready_on(product: Made, closed: set[date]) -> date:
    """When a piece that lies at its maker's home can be at the shop: any day that is not closed."""
    day = first_day() + timedelta(days=product.lead_days)
    while day in closed:
        day += timedelta(days=1)
    return day


def making_days(product: Made, closed: set[date], most: int = DAYS_SHOWN) -> list[date]:
    """The next days for which a product can be made; none when the maker is away for a month."""
    start = first_day() + timedelta(days=product.lead_days)
    days = (start + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD))
    fit = [day for day in days if product.ready_days >> day.weekday() & 1 and day not in closed]
    return fit[:most]


def day_offers(products: Iterable[Product]) -> dict[int, list[DayOffer]]:
    """The coming days of each product that is made to order, with what is left of each."""
    made = [product for product in products if product.supply == "order"]
    closed = closed_days(product.organization_id for product in made)
    days = {product.id: making_days(product, closed[product.organization_id]) for product in made}
    taken = _taken(made, days)
    return {
        product.id: [
            DayOffer(on, max(0, (product.day_capacity or 0) - taken.get((product.cooperative_id, code), 0)))
            for on in days[product.id]
            for code in (f"day:{product.id}:{on.isoformat()}",)
        ]
        for product in made
    }


def _taken(made: list[Product], days: dict[int, list[date]]) -> dict[tuple[int, str], int]:
    """What is promised or sold of the days' items, by shop and code."""
    codes = [f"day:{product.id}:{on.isoformat()}" for product in made for on in days[product.id]]
    if not codes:
        return {}
    said = func.coalesce(func.sum(StockMove.quantity_base).filter(StockMove.source.startswith(LIMIT)), 0)
    free = StockItem.on_hand_base - StockItem.reserved_base
    query = (
        select(StockItem.organization_id, StockItem.code, (said - free).label("taken"))
        .outerjoin(StockMove, StockMove.item_id == StockItem.id)
        .where(StockItem.code.in_(codes))
        .group_by(StockItem.id)
    )
    return {(row.organization_id, row.code): int(row.taken) for row in db.session.execute(query)}
