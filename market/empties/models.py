"""Where each container is, the moves that explain it, and the papers behind them.

Containers are kept by place as money is kept by account: every move takes a count from one place to
another, so none is ever nowhere. What is on loan from a supplier is a negative count there.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable
from market.empties.types import MOVES


class ContainerHolding(db.Tenant, db.Base):
    """How many of one container a cooperative has in each place, and what its own are worth.

    `at_supplier` below zero: the supplier lent so many, and empties or money are still owed for them.
    `owned` is the sum of all places: what is really the cooperative's.
    """

    __tablename__ = "container_holding"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "container"),
        CheckConstraint("full_count >= 0 AND empty_count >= 0 AND lent_count >= 0", name="counts"),
        CheckConstraint("owned = full_count + empty_count + lent_count + at_supplier", name="adds_up"),
        CheckConstraint("value_rp >= 0 AND (owned > 0 OR value_rp = 0)", name="worth"),
    )

    id: Mapped[int] = db.pk()
    container: Mapped[str] = mapped_column(String(20))
    full_count: Mapped[int] = mapped_column(db.Count, default=0)
    empty_count: Mapped[int] = mapped_column(db.Count, default=0)
    lent_count: Mapped[int] = mapped_column(db.Count, default=0)
    at_supplier: Mapped[int] = mapped_column(db.Count, default=0)
    owned: Mapped[int] = mapped_column(db.Count, default=0)
    value_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    moved_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class ContainerMove(db.Tenant, db.Base):
    """So many containers went from one place to another; never changed afterwards.

    `value_rp` is what the cooperative's own containers became worth more or less by it, `booked_rp` the
    debit side of its own journal entry (0 where another document has the entry, or none is needed).
    """

    __tablename__ = "container_move"
    __table_args__ = db.tenant_args(
        db.one_of("kind", tuple(MOVES)),
        CheckConstraint("count > 0 AND booked_rp >= 0", name="something"),
        UniqueConstraint("organization_id", "container", "kind", "source"),
        Index("ix_container_move_supplier", "organization_id", "supplier_id"),
    )

    id: Mapped[int] = db.pk()
    container: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(15))
    count: Mapped[int] = mapped_column(db.Count)
    value_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    booked_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    supplier_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    source: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text, default="")
    occurred_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class RefillSale(db.Tenant, db.Base):
    """Full containers sold at the counter: against empties, and with a deposit for those that lack one."""

    __tablename__ = "refill_sale"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("count > 0 AND empties_in BETWEEN 0 AND count", name="counts"),
        CheckConstraint("amount_rp = count * unit_price_rp AND amount_rp > 0", name="amount"),
        CheckConstraint("deposit_rp >= 0 AND cost_rp >= 0", name="not_negative"),
        CheckConstraint("(undone_at IS NULL) = (undone_reason = '')", name="undone_why"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    container: Mapped[str] = mapped_column(String(20))
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    count: Mapped[int] = mapped_column(db.Count)
    empties_in: Mapped[int] = mapped_column(db.Count)
    unit_price_rp: Mapped[int] = mapped_column(db.Rupiah)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    deposit_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    member_sale: Mapped[bool] = mapped_column(Boolean, default=False)
    buyer_name: Mapped[str] = mapped_column(String(80), default="")
    map_reference: Mapped[str] = mapped_column(String(40), default="")
    sold_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    sold_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    """When the seller took it back as a slip; its entry is reversed."""
    undone_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    receipt: Mapped[str] = mapped_column(String(30), default="", server_default="")
    """The counter's receipt that this is a part of: its entry holds the money; without one it has its own."""


class ContainerDeposit(db.Tenant, db.Base):
    """Containers that a buyer took along against money, until they come back or are kept."""

    STATES: ClassVar[StateTable] = StateTable("open", {"open": {"closed"}})

    __tablename__ = "container_deposit"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("refill_sale", "sale_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("count > 0 AND returned >= 0 AND kept >= 0", name="counts"),
        CheckConstraint("returned + kept <= count", name="not_more_than_lent"),
        CheckConstraint("unit_rp >= 0", name="amount"),
        CheckConstraint("(state = 'closed') = (returned + kept = count)", name="closed_when_all_back"),
        Index("ix_container_deposit_open", "organization_id", "state"),
    )

    id: Mapped[int] = db.pk()
    sale_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    number: Mapped[str] = mapped_column(String(30))
    container: Mapped[str] = mapped_column(String(20))
    holder: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20), default="")
    count: Mapped[int] = mapped_column(db.Count)
    unit_rp: Mapped[int] = mapped_column(db.Rupiah)
    returned: Mapped[int] = mapped_column(db.Count, default=0)
    kept: Mapped[int] = mapped_column(db.Count, default=0)
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    @property
    def still_out(self) -> int:
        """Containers that may still come back."""
        return self.count - self.returned - self.kept


class ContainerPurchase(db.Tenant, db.Base):
    """Containers bought: those owed to a supplier, or loose ones; one proposes, another approves."""

    STATES: ClassVar[StateTable] = StateTable("proposed", {"proposed": {"done", "rejected", "lapsed"}})

    __tablename__ = "container_purchase"
    __table_args__ = db.tenant_args(
        STATES.check(),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("count > 0 AND unit_rp > 0 AND amount_rp = count * unit_rp", name="amount"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    container: Mapped[str] = mapped_column(String(20))
    supplier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    count: Mapped[int] = mapped_column(db.Count)
    unit_rp: Mapped[int] = mapped_column(db.Rupiah)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    account: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
