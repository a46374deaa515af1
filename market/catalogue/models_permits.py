"""Permits of sellers and products, and the dated rules that ask for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from market.catalogue.duties import DUTIES, PERMIT_DUTIES
from market.core import db
from market.core.states import StateTable


class Permit(db.Tenant, db.Base):
    """A number that an authority gave to a seller, for one product or (product_id None) for all.

    The seller states it, the cooperative compares it with the document or the register; only a checked
    one keeps a product on the shelf. `example` marks the made-up numbers of a demonstration.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "stated",
        {
            "stated": {"checked", "refused", "ended"},
            "checked": {"refused", "ended"},
            "refused": {"ended"},
        },
    )

    __tablename__ = "permit"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("kind", PERMIT_DUTIES),
        db.tenant_fk("product", "product_id"),
        CheckConstraint("number <> ''", name="numbered"),
    )

    id: Mapped[int] = db.pk()
    product_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(40))
    valid_until_on: Mapped[date | None] = mapped_column(Date)
    """Its last day; None for one without an end."""
    photo: Mapped[str | None] = mapped_column(String(80))
    example: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(10), default="stated")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class PermitRule(db.Base):
    """What an authority asks of products of some categories or kinds, from a day on, with its source.

    `categories` and `specials` are words joined by "|". A rule that was proposed counts once a second
    person has approved it; one that does not bind is told to the seller and enforced by nobody.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "proposed", {"proposed": {"in_force", "rejected"}, "in_force": {"replaced"}}
    )

    __tablename__ = "permit_rule"
    __table_args__ = (
        STATES.check(),
        db.one_of("duty", DUTIES),
        CheckConstraint("valid_until_on IS NULL OR valid_until_on >= valid_from_on", name="dates_in_order"),
        Index(
            "uq_permit_rule_in_force",
            *("duty", "categories", "specials", "valid_from_on"),
            unique=True,
            postgresql_where=text("state = 'in_force'"),
            sqlite_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[int] = db.pk()
    duty: Mapped[str] = mapped_column(String(15))
    categories: Mapped[str] = mapped_column(String(200), default="")
    specials: Mapped[str] = mapped_column(String(200), default="")
    packed_only: Mapped[bool] = mapped_column(Boolean, default=False)
    shelf_over_days: Mapped[int | None] = mapped_column(Integer)
    valid_from_on: Mapped[date] = mapped_column(Date)
    valid_until_on: Mapped[date | None] = mapped_column(Date)
    binding: Mapped[bool] = mapped_column(Boolean, default=True)
    legal_ref: Mapped[str] = mapped_column(String(200))
    source_url: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
