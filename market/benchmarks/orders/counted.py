"""What the database says afterwards: promises against stock, chains, and the last pieces of a product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import text

from market.benchmarks.orders import journals, shelf
from market.benchmarks.orders.shelf import Good, Shelf
from market.core import db
from market.core.errors import Refused

WRONG = """
SELECT coalesce(sum(abs(stock.reserved_base - stock.promised) + stock.beyond), 0) FROM (
  SELECT s.reserved_base, coalesce(sum(r.quantity_base), 0) AS promised,
         CASE WHEN s.reserved_base > s.on_hand_base THEN s.reserved_base - s.on_hand_base ELSE 0 END AS beyond
  FROM stock_item s LEFT JOIN reservation r ON r.item_id = s.id AND 'held' = r.state
  GROUP BY s.id, s.reserved_base, s.on_hand_base) AS stock
"""
"""Pieces that are promised without being counted, counted without a promise, or promised and not there."""


def _asked(market: Shelf, question: Callable[[], Any]) -> Any:
    shelf.settle(market.settings)
    try:
        with db.transaction():
            return question()
    finally:
        db.dispose()


def wrong_pieces(market: Shelf) -> int:
    """Pieces of all goods with which something is wrong; 0 where every promise holds."""
    return int(_asked(market, lambda: db.session.scalar(text(WRONG))))


def leave(market: Shelf, good: Good, pieces: int) -> None:
    """Have so many of a product that nobody was promised."""
    change = text("UPDATE stock_item SET on_hand_base = reserved_base + :pieces WHERE id = :id")
    _asked(market, lambda: db.session.execute(change, {"pieces": pieces, "id": good.item_id}))


def free(market: Shelf, good: Good) -> int:
    """How many of a product nobody was promised."""
    query = text("SELECT on_hand_base - reserved_base FROM stock_item WHERE id = :id")
    return int(_asked(market, lambda: db.session.scalar(query, {"id": good.item_id})))


def broken_links(market: Shelf, shops: Sequence[int]) -> int:
    """Links of the shops' chains that do not hold."""
    shelf.settle(market.settings)
    try:
        return journals.broken(shops)
    finally:
        db.dispose()


def unless_sold_out(piece: Callable[[int], object]) -> Callable[[int], object]:
    """The piece, for a product that may have come to its end."""

    def tried(number: int) -> None:
        try:
            piece(number)
        except Refused:
            return

    return tried
