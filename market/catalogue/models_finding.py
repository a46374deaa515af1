"""What makes products findable: their words, and their turn in today's listing.

`Listing` has a row for every product; queries join the product and leave out what is not published.
Beside it the database keeps a table of its own, `listing_search`, by triggers in the same transaction:
an FTS5 index on SQLite, documents with weights on PostgreSQL (`migrations/finding_triggers.py`).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db

_WORD = String(30).with_variant(String(30, collation="C"), "postgresql")
"""Ordered by bytes, so that a range of an index holds what begins with the same letters."""


class Listing(db.Base):
    """A product's folded words, by where they stand, and its turn: the lower, the nearer to the front."""

    __tablename__ = "listing"
    __table_args__ = (
        Index("ix_listing_turn", "turn", "product_id"),
        Index("ix_listing_shop", "cooperative_id", "turn", "product_id"),
    )

    product_id: Mapped[int] = mapped_column(
        db.BigKey, ForeignKey("product.id"), primary_key=True, autoincrement=False
    )
    cooperative_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    name_words: Mapped[str] = mapped_column(Text)
    seller_words: Mapped[str] = mapped_column(Text)
    rest_words: Mapped[str] = mapped_column(Text)
    turn: Mapped[int] = mapped_column(db.Count)
    drawn_on: Mapped[date] = mapped_column(Date)


class SearchNear(db.Base):
    """Every word of the index without one of its letters, so that a slip of the finger finds it."""

    __tablename__ = "search_near"

    near: Mapped[str] = mapped_column(_WORD, primary_key=True)
    word: Mapped[str] = mapped_column(_WORD, primary_key=True)


class ShelfChange(db.Base):
    """A change that visitors may see, at one cooperative or (0) at all; written by triggers alone.

    The sum of `moves` is the version of the shelf: it grows with each change that is committed. Rows are
    added, never updated, so that nobody waits for it; old ones become one (`services.sum_up_shelf`).
    """

    __tablename__ = "shelf_change"
    __table_args__ = (Index("ix_shelf_change_cooperative_id_moves", "cooperative_id", "moves"),)

    id: Mapped[int] = db.pk()
    cooperative_id: Mapped[int] = mapped_column(db.Count)
    moves: Mapped[int] = mapped_column(db.Count)
