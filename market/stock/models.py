"""Stock items, the moves that explain them, and reservations.

On hand is the sum of the moves. The counters on the item hold the same numbers, because two buyers
of the last sack are told apart by a compare-and-set on them; `lumbung verify` holds both together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

MOVE_KINDS = (
    "opening",
    "receipt",
    "sale",
    "count",
    "write_off",
    "repack",
    "consign_in",
    "consign_out",
    "return_in",
    "return_out",
    "transfer_out",
    "transfer_in",
    "transfer_back",
)
KEPT = ("here", "home", "day")


class StockItem(db.Tenant, db.Base):
    """One good in one organization's stock; quantities in base units (g, ml or pieces).

    `kept` is "here" for what lies in the shop, "home" for what a maker keeps at home for it, "day" for
    what a maker can make for one day: the last two are promises of goods, counted in the same way so
    that the last one is promised once. `owned` is False for goods held on consignment: they have a
    quantity here but no value in the books of the organization that holds them.
    """

    __tablename__ = "stock_item"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "code"),
        db.one_of("kept", KEPT),
        CheckConstraint("kept = 'here' OR NOT owned", name="elsewhere_is_not_ours"),
        CheckConstraint("on_hand_base >= 0", name="on_hand"),
        CheckConstraint("reserved_base >= 0", name="reserved"),
        CheckConstraint("reserved_base <= on_hand_base", name="free"),
        CheckConstraint("value_rp >= 0", name="worth"),
        CheckConstraint("on_hand_base > 0 OR value_rp = 0", name="nothing_is_worth_nothing"),
        CheckConstraint("owned OR value_rp = 0", name="consigned_has_no_value"),
    )

    id: Mapped[int] = db.pk()
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    pack_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    base_unit: Mapped[str] = mapped_column(String(3))
    pack_base: Mapped[int] = mapped_column(db.Count, default=1)
    owned: Mapped[bool] = mapped_column(Boolean, default=True)
    kept: Mapped[str] = mapped_column(String(4), default="here")
    on_hand_base: Mapped[int] = mapped_column(db.Count, default=0)
    reserved_base: Mapped[int] = mapped_column(db.Count, default=0)
    value_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    moved_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class StockMove(db.Tenant, db.Base):
    """Something came or went: quantity and cost, both signed; never changed afterwards."""

    __tablename__ = "stock_move"
    __table_args__ = db.tenant_args(
        db.tenant_fk("stock_item", "item_id"),
        UniqueConstraint("organization_id", "item_id", "source"),
        CheckConstraint("quantity_base <> 0", name="something"),
        CheckConstraint(
            "(quantity_base > 0 AND value_rp >= 0) OR (quantity_base < 0 AND value_rp <= 0)", name="signs"
        ),
        db.one_of("kind", MOVE_KINDS),
    )

    id: Mapped[int] = db.pk()
    item_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    kind: Mapped[str] = mapped_column(String(15))
    quantity_base: Mapped[int] = mapped_column(db.Count)
    value_rp: Mapped[int] = mapped_column(db.Rupiah)
    source: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text, default="")
    occurred_on: Mapped[date] = mapped_column(Date, index=True)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires_on: Mapped[date | None] = mapped_column(Date)
    actor_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class Reservation(db.Tenant, db.Base):
    """Goods promised to somebody: they end exactly once, posted or released."""

    STATES: ClassVar[StateTable] = StateTable(
        "held", {"held": {"releasing", "released", "posted"}, "releasing": {"released", "posted"}}
    )

    __tablename__ = "reservation"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("stock_item", "item_id"),
        UniqueConstraint("organization_id", "item_id", "source"),
        CheckConstraint("quantity_base > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    item_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    quantity_base: Mapped[int] = mapped_column(db.Count)
    source: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="held")
    expires_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class WriteOff(db.Tenant, db.Base):
    """Goods that are lost, spoiled or broken: proposed by one person, approved by another."""

    STATES: ClassVar[StateTable] = StateTable("proposed", {"proposed": {"done", "rejected", "lapsed"}})

    __tablename__ = "write_off"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("stock_item", "item_id"),
        CheckConstraint("quantity_base > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    item_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    quantity_base: Mapped[int] = mapped_column(db.Count)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
