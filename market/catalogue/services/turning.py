"""Who stands in front today: drawn anew each day, so that no seller is always first.

Every seller draws a lot; whoever is new or has sold nothing for a month draws three and keeps the best.
First comes one product of each seller in the order of the lots, then the second of each, and so on: many
products win no more places in front than one. The draw depends on day and seller alone, so it is the same
for everybody, on every server, and can be checked afterwards.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Table, bindparam, func, select, update

from market.catalogue.models import Product
from market.catalogue.models_finding import Listing
from market.catalogue.services import shelving
from market.core import clock, db
from market.stock.models import StockItem, StockMove

LOTS_OF_OVERLOOKED = 3
DAYS = 30
"""How long a seller is new, and for how long a sale counts."""
_BITS = 32


@dataclass(frozen=True)
class Entrant:
    """A product in the draw."""

    product_id: int
    seller_id: int


def lot(day: date, *who: int | str) -> int:
    """A number below 2**32, the same for the same day and name, as good as random for others."""
    said = ":".join((day.isoformat(), *map(str, who)))
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=4).digest(), "big")


def seller_lot(day: date, seller_id: int, overlooked: bool) -> int:
    """The seller's best lot of the day."""
    return min(lot(day, "seller", seller_id, n) for n in range(LOTS_OF_OVERLOOKED if overlooked else 1))


def turns(day: date, entrants: Iterable[Entrant], overlooked: Collection[int]) -> dict[int, int]:
    """Turn of each product: round first (each seller's first product, second, ...), then the seller's lot."""
    by_seller: dict[int, list[int]] = defaultdict(list)
    for each in entrants:
        by_seller[each.seller_id].append(each.product_id)
    found = {}
    for seller_id, products in by_seller.items():
        drawn = seller_lot(day, seller_id, seller_id in overlooked)
        products.sort(key=lambda product_id: lot(day, "product", product_id))
        for turn, product_id in enumerate(products):
            found[product_id] = (turn << _BITS) | drawn
    return found


def first_turns(connection: Connection, sellers: dict[int, int]) -> dict[int, int]:
    """Turns of products that come in the middle of a day: behind what their seller shows already."""
    shown = (
        select(Product.organization_id, func.count(Listing.product_id))
        .join(Listing, Listing.product_id == Product.id)
        .where(Product.organization_id.in_(set(sellers.values())))
        .group_by(Product.organization_id)
    )
    count = defaultdict(int, {row[0]: row[1] for row in connection.execute(shown)})
    found = {}
    for product_id, seller_id in sorted(sellers.items()):
        drawn = seller_lot(clock.today(), seller_id, overlooked=count[seller_id] == 0)
        found[product_id] = (count[seller_id] << _BITS) | drawn
        count[seller_id] += 1
    return found


def overlooked_sellers() -> set[int]:
    """Sellers who are new or of whose goods nothing was sold for a month."""
    since = clock.start_of(clock.today() - timedelta(days=DAYS))
    moved = (
        select(StockItem.code)
        .join(StockMove, StockMove.item_id == StockItem.id)
        .where(StockMove.kind == "sale", StockMove.at >= since, StockItem.code.contains(":"))
        .distinct()
    )
    pieces = (code.split(":") for code in db.session.scalars(moved))
    sold = {int(p[1]) for p in pieces if p[0] in ("product", "home", "day") and p[1].isdecimal()}
    first = select(Product.id, Product.organization_id, Product.created_at)
    begun: dict[int, datetime] = {}
    selling = set()
    for product_id, seller_id, created_at in db.session.execute(first):
        begun[seller_id] = min(created_at, begun.get(seller_id, created_at))
        if product_id in sold:
            selling.add(seller_id)
    return {seller for seller, at in begun.items() if at >= since or seller not in selling}


def draw_turns() -> int:
    """Draw for today unless it was done; returns how many products got a turn."""
    today = clock.today()
    if db.session.scalar(select(Listing.product_id).where(Listing.drawn_on != today).limit(1)) is None:
        return 0
    # Only what lies on a shelf draws: a withdrawn product must not cost its seller a place.
    shown = select(Product.id, Product.organization_id).where(Product.state == "published")
    drawn = turns(today, (Entrant(*row) for row in db.session.execute(shown)), overlooked_sellers())
    table = cast(Table, Listing.__table__)
    change = update(table).where(table.c.product_id == bindparam("b_id")).values(turn=bindparam("b_turn"))
    rows = [{"b_id": product_id, "b_turn": turn} for product_id, turn in drawn.items()]
    if rows:
        db.session.connection().execute(change, rows)
    db.session.connection().execute(update(table).values(drawn_on=today).where(table.c.drawn_on != today))
    shelving.moved_everywhere()
    return len(rows)
