"""The promised goods of an order: taken in one order by everybody who holds several."""

from __future__ import annotations

from sqlalchemy import select

from market.core import db
from market.stock.models import Reservation, StockItem


def lock_goods(reservation_ids: list[int]) -> None:
    """Take the stock rows of several reservations in one order, as ordering does."""
    held = select(Reservation.item_id).where(Reservation.id.in_(reservation_ids))
    query = select(StockItem.id).where(StockItem.id.in_(held)).order_by(StockItem.id)
    db.session.execute(query.with_for_update()).all()
