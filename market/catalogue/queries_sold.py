"""What was sold of a member's products, in the shop, from her home and to order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, or_, select

from market.core import db
from market.stock.models import StockItem, StockMove


@dataclass(frozen=True)
class Sold:
    """Pieces of a member's product: sold wherever they lay; brought to the shop, taken back, lying there,
    promised to buyers; and free at the maker's home."""

    brought: int = 0
    sold: int = 0
    taken_back: int = 0
    on_hand: int = 0
    promised: int = 0
    at_home: int = 0

    def with_item(self, row: Any) -> Sold:
        """The same with what one stock item of the product tells."""
        if row.code.startswith("product:"):
            here = {"brought": row.brought, "taken_back": row.taken_back, "on_hand": row.on_hand}
            return replace(self, sold=self.sold + row.sold, promised=row.promised, **here)
        free = row.on_hand - row.promised if row.code.startswith("home:") else self.at_home
        return replace(self, sold=self.sold + row.sold, at_home=free)


def sold(products: Iterable[Any]) -> dict[int, Sold]:
    """Figures of members' products by product id; a product that nothing is counted of yet is missing."""
    products = list(products)
    codes = [f"{where}:{product.id}" for product in products for where in ("product", "home")]
    days = [StockItem.code.startswith(f"day:{each.id}:") for each in products if each.supply == "order"]

    def moved(*kinds: str) -> ColumnElement[Any]:
        moves = func.sum(StockMove.quantity_base).filter(StockMove.kind.in_(kinds))
        return cast(func.abs(func.coalesce(moves, 0)), BigInteger)

    query = (
        select(
            StockItem.code,
            moved("consign_in").label("brought"),
            moved("sale", "return_in").label("sold"),
            moved("consign_out").label("taken_back"),
            StockItem.on_hand_base.label("on_hand"),
            StockItem.reserved_base.label("promised"),
        )
        .outerjoin(StockMove, StockMove.item_id == StockItem.id)
        .where(or_(StockItem.code.in_(codes), *days))
        .group_by(StockItem.id)
    )
    found: dict[int, Sold] = {}
    for row in db.session.execute(query) if codes else ():
        product_id = int(row.code.split(":")[1])
        found[product_id] = found.get(product_id, Sold()).with_item(row)
    return found
