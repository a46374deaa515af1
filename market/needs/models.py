"""A need, and the spreadsheets from which needs were imported."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.commodities.models import Pack
from market.core import db
from market.core.states import StateTable
from market.identity.models import Organization

TERMS = ("prepaid", "cod", "tempo")
"""How a cooperative can pay, the readiest first: who can prepay also pays at the door or later."""
TRUCK_ACCESS = ("any", "small", "pickup")
"""The largest vehicle that reaches the door."""


class Need(db.Tenant, db.Versioned, db.Base):
    """What one cooperative wants of one pack: `wanted_packs`, up to `at_most_packs` for a better price.

    `ceiling_rp` is the most it pays per pack at its door. `weight` (households served) decides who is
    served first when goods are short. `carried_from_id` is the need whose rest this one asks for again.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "draft",
        {
            "draft": {"submitted", "withdrawn"},
            "submitted": {"open", "rejected", "withdrawn"},
            "rejected": {"draft"},
            "open": {"in_round", "withdrawn", "expired"},
            "in_round": {"matched", "open"},
            "matched": {"fulfilled", "open"},
        },
    )

    __tablename__ = "need"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("need", "carried_from_id"),
        db.one_of("terms", TERMS),
        db.one_of("truck_access", TRUCK_ACCESS),
        CheckConstraint("wanted_packs > 0", name="wanted_positive"),
        CheckConstraint("at_most_packs >= wanted_packs", name="at_most_from_wanted"),
        CheckConstraint("matched_packs BETWEEN 0 AND at_most_packs", name="matched_in_bounds"),
        CheckConstraint("ceiling_rp > 0", name="ceiling_positive"),
        CheckConstraint("cash_rp >= 0", name="cash_not_negative"),
        CheckConstraint("weight > 0", name="weight_positive"),
        CheckConstraint("max_suppliers > 0", name="max_suppliers_positive"),
        CheckConstraint("approved_by <> created_by", name="two_people_posted"),
        CheckConstraint("approved_by <> submitted_by", name="two_people_submitted"),
        Index("ix_need_state_place", "state", "place_code"),
        Index("ix_need_organization_state", "organization_id", "state"),
    )

    id: Mapped[int] = db.pk()
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"), index=True)
    wanted_packs: Mapped[int] = mapped_column(db.Count)
    at_most_packs: Mapped[int] = mapped_column(db.Count)
    matched_packs: Mapped[int] = mapped_column(db.Count, default=0)
    ceiling_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    cash_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    terms: Mapped[str] = mapped_column(String(10), default="cod")
    needed_by_on: Mapped[date] = mapped_column(Date)
    place_code: Mapped[str] = mapped_column(String(10), ForeignKey("place.code"), index=True)
    truck_access: Mapped[str] = mapped_column(String(10), default="any")
    max_suppliers: Mapped[int | None]
    weight: Mapped[int] = mapped_column(db.Count)
    carried_from_id: Mapped[int | None] = mapped_column(db.BigKey)
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(15), default="draft")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    submitted_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    approved_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    pack: Mapped[Pack] = relationship(lazy="joined", innerjoin=True)
    organization: Mapped[Organization] = relationship(foreign_keys="Need.organization_id", viewonly=True)

    @property
    def wanted_base(self) -> int:
        return self.wanted_packs * self.pack.size_base

    @property
    def most_rp(self) -> int | None:
        """What it costs at most: everything at the highest price; None without a highest price."""
        return None if self.ceiling_rp is None else self.ceiling_rp * self.at_most_packs

    @property
    def cash_buys_packs(self) -> int | None:
        """How many packs the cash pays for even at the highest price; None without both figures."""
        if self.cash_rp is None or self.ceiling_rp is None or self.terms == "tempo":
            return None
        return self.cash_rp // self.ceiling_rp


class NeedImport(db.Tenant, db.Base):
    """A spreadsheet of needs that was read without a fault; its rows become needs when confirmed.

    `digest` (SHA-256 of the file) recognises the same file when it is uploaded again.
    """

    STATES: ClassVar[StateTable] = StateTable("preview", {"preview": {"imported", "discarded"}})

    __tablename__ = "need_import"
    __table_args__ = db.tenant_args(
        STATES.check(),
        Index(
            "uq_need_import_digest",
            "organization_id",
            "digest",
            unique=True,
            postgresql_where=text("state <> 'discarded'"),
            sqlite_where=text("state <> 'discarded'"),
        ),
    )

    id: Mapped[int] = db.pk()
    digest: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(120))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(db.JsonText)
    ignored: Mapped[list[str]] = mapped_column(db.JsonText)
    state: Mapped[str] = mapped_column(String(10), default="preview")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
