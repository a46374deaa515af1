"""Where an account stands in the statements from a day on, and what people wrote into the notes of a year."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db


class StatementPlace(db.Tenant, db.Base):
    """One account's line from `valid_from_on` on; the newest row that is valid wins, none is ever changed.

    Until the first row the rules of the chart of statements apply. `cash_line` is empty where the cash
    flow keeps following them.
    """

    __tablename__ = "statement_place"
    __table_args__ = db.tenant_args(
        Index("ix_statement_place_account", "organization_id", "code", "valid_from_on"),
    )

    id: Mapped[int] = db.pk()
    code: Mapped[str] = mapped_column(String(10))
    line: Mapped[str] = mapped_column(String(40))
    cash_line: Mapped[str] = mapped_column(String(40), default="")
    valid_from_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    entered_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class StatementNote(db.Tenant, db.Base):
    """What the cooperative says in its own words under one heading of the notes of a book year."""

    __tablename__ = "statement_note"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "year", "key"),
        CheckConstraint("year BETWEEN 2000 AND 2200", name="year"),
    )

    id: Mapped[int] = db.pk()
    year: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
