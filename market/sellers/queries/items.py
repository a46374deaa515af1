"""Which stock items hold a product: pieces in the shop, at home, or of a day."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select

from market.core import db
from market.stock.models import StockItem


def items_of(cooperative_id: int, product_ids: Iterable[int]) -> dict[int, int]:
    """Stock item id -> product id, for goods that a member keeps in the shop, at home, or makes for a day."""
    ids = set(product_ids)
    if not ids:
        return {}
    codes = [f"{kind}:{product_id}" for product_id in ids for kind in ("product", "home")]
    days = [StockItem.code.startswith(f"day:{product_id}:") for product_id in ids]
    query = select(StockItem.id, StockItem.code).where(
        StockItem.organization_id == cooperative_id, or_(StockItem.code.in_(codes), *days)
    )
    return {row.id: int(row.code.split(":")[1]) for row in db.session.execute(query)}
