"""A cashier's shift, its drawer, and what is sold and taken back in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable
from market.empties.models import RefillSale  # noqa: F401  lines point to refills
from market.members.models import Member  # noqa: F401  sales point to members
from market.stock.models import Reservation  # noqa: F401  lines point to promises

CASH_KINDS = ("deposit", "expense", "float")
IN_USE = text("state IN ('open', 'counted')")


class CounterPrice(db.Tenant, db.Base):
    """What a pack costs that may be sold in the shop only, and is therefore no product of the shelf."""

    __tablename__ = "counter_price"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "pack_id"),
        UniqueConstraint("organization_id", "barcode"),
        CheckConstraint("price_rp > 0", name="price"),
    )

    id: Mapped[int] = db.pk()
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    barcode: Mapped[str | None] = mapped_column(String(20))
    set_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class Shift(db.Tenant, db.Base):
    """One cashier at one drawer from the first count to the last.

    `counts` are notes and coins by value; `expected_rp` and `difference_rp` are known when it was counted
    blind. A difference above the limit waits, counted, for a second person.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "open", {"open": {"counted", "closed"}, "counted": {"closed", "open"}}
    )

    __tablename__ = "counter_shift"
    __table_args__ = db.tenant_args(
        STATES.check(),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("opening_rp >= 0", name="opening"),
        CheckConstraint(
            "(counted_rp IS NULL) = (state = 'open') AND (counted_rp IS NULL) = (expected_rp IS NULL)",
            name="counted_when_over",
        ),
        CheckConstraint(
            "counted_rp IS NULL OR difference_rp = counted_rp - expected_rp", name="difference_adds_up"
        ),
        Index(
            "uq_counter_shift_cashier",
            *("organization_id", "cashier_id"),
            unique=True,
            postgresql_where=IN_USE,
            sqlite_where=IN_USE,
        ),
        Index(
            "uq_counter_shift_till",
            *("organization_id", "till"),
            unique=True,
            postgresql_where=IN_USE,
            sqlite_where=IN_USE,
        ),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    till: Mapped[str] = mapped_column(String(20))
    cashier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    cashier: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    opening_rp: Mapped[int] = mapped_column(db.Rupiah)
    opening_counts: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    counted_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    counts: Mapped[dict[str, Any] | None] = mapped_column(db.JsonText)
    expected_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    difference_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    reason: Mapped[str] = mapped_column(String(300), default="")
    closed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class CashMove(db.Tenant, db.Base):
    """Cash that left or entered the drawer without a sale; `amount_rp` is signed as the drawer sees it."""

    __tablename__ = "counter_cash_move"
    __table_args__ = db.tenant_args(
        db.one_of("kind", CASH_KINDS),
        db.tenant_fk("counter_shift", "shift_id"),
        CheckConstraint(
            "(kind = 'float' AND amount_rp > 0) OR (kind <> 'float' AND amount_rp < 0)", name="sign"
        ),
    )

    id: Mapped[int] = db.pk()
    shift_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class Sale(db.Tenant, db.Base):
    """One buyer at the counter. The number is given when it is sold, so that none is missing.

    `client_key` was made by the page that sold it: the same sale sent twice is one row. `client_at` is what
    the phone's clock said, which nobody trusts; `sold_at` is ours. A sale of a page without signal whose
    goods or price do not fit any more `differs`: money and goods have changed hands, people solve it.
    `buyer_index` is a keyed fingerprint of a NIK, which itself is never kept.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "open",
        {
            "open": {"waiting", "done", "void", "differs"},
            "waiting": {"open", "done"},
            "differs": {"done", "void"},
        },
    )

    __tablename__ = "counter_sale"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("counter_shift", "shift_id"),
        db.tenant_fk("member", "member_id"),
        UniqueConstraint("organization_id", "number"),
        UniqueConstraint("organization_id", "client_key"),
        CheckConstraint("(state = 'done') = (number IS NOT NULL)", name="numbered_when_sold"),
        CheckConstraint("state <> 'done' OR cash_rp + online_rp = total_rp", name="paid"),
        CheckConstraint("cash_rp >= 0 AND online_rp >= 0 AND change_rp >= 0", name="not_negative"),
        CheckConstraint("given_rp = cash_rp + change_rp", name="change"),
        CheckConstraint("(state = 'void') = (void_reason <> '')", name="void_why"),
        Index("ix_counter_sale_shift", "organization_id", "shift_id", "state"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str | None] = mapped_column(String(30))
    token: Mapped[str] = mapped_column(String(60), unique=True)
    shift_id: Mapped[int] = mapped_column(db.BigKey)
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    client_key: Mapped[str] = mapped_column(String(64))
    client_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    offline: Mapped[bool] = mapped_column(Boolean, default=False)
    problem: Mapped[str] = mapped_column(String(300), default="")
    void_reason: Mapped[str] = mapped_column(String(300), default="")
    started_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    sold_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime, index=True)
    member_id: Mapped[int | None] = mapped_column(db.BigKey)
    phone: Mapped[str] = mapped_column(String(20), default="")
    buyer_name: Mapped[str] = mapped_column(String(80), default="")
    buyer_index: Mapped[str] = mapped_column(String(64), default="")
    buyer_last4: Mapped[str] = mapped_column(String(4), default="")
    buyer_category: Mapped[str] = mapped_column(String(10), default="")
    map_reference: Mapped[str] = mapped_column(String(40), default="")
    total_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """Goods and what is left for containers that went along."""
    deposit_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    cash_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    online_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    given_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    change_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)

    @property
    def member_sale(self) -> bool:
        """Whether the cooperative sold to one of its own."""
        return self.member_id is not None


class SaleLine(db.Tenant, db.Base):
    """One good with the price it was sold at. `product_id` lies on the shelf, else `pack_id` names it.

    `empties_in` are the containers that a buyer of refills brought.
    """

    __tablename__ = "counter_sale_line"
    __table_args__ = db.tenant_args(
        db.tenant_fk("counter_sale", "sale_id"),
        db.tenant_fk("reservation", "reservation_id"),
        db.tenant_fk("refill_sale", "refill_id"),
        UniqueConstraint("sale_id", "good"),
        CheckConstraint(
            "quantity > 0 AND amount_rp = quantity * unit_price_rp AND amount_rp > 0", name="amount"
        ),
        CheckConstraint("commission_rp BETWEEN 0 AND amount_rp", name="commission"),
        CheckConstraint("returned BETWEEN 0 AND quantity", name="returned"),
        CheckConstraint("empties_in BETWEEN 0 AND quantity", name="empties"),
        CheckConstraint("product_id IS NOT NULL OR pack_id IS NOT NULL", name="a_good"),
    )

    id: Mapped[int] = db.pk()
    sale_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    good: Mapped[str] = mapped_column(String(20))
    product_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("product.id"))
    pack_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    seller_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(120))
    unit_label: Mapped[str] = mapped_column(String(40))
    quantity: Mapped[int] = mapped_column(db.Count)
    unit_price_rp: Mapped[int] = mapped_column(db.Rupiah)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    commission_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    returned: Mapped[int] = mapped_column(db.Count, default=0)
    empties_in: Mapped[int] = mapped_column(db.Count, default=0)
    reservation_id: Mapped[int | None] = mapped_column(db.BigKey)
    refill_id: Mapped[int | None] = mapped_column(db.BigKey)


class SaleReturn(db.Tenant, db.Base):
    """Sold goods that came back: the money left the drawer of this shift."""

    __tablename__ = "counter_return"
    __table_args__ = db.tenant_args(
        db.tenant_fk("counter_sale", "sale_id"),
        db.tenant_fk("counter_shift", "shift_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("amount_rp > 0 AND deposit_rp BETWEEN 0 AND amount_rp", name="amount"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    sale_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    shift_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    reason: Mapped[str] = mapped_column(String(300))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    deposit_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class SaleReturnLine(db.Tenant, db.Base):
    """How many of one line came back, and its part of what was posted for it."""

    __tablename__ = "counter_return_line"
    __table_args__ = db.tenant_args(
        db.tenant_fk("counter_return", "return_id"),
        db.tenant_fk("counter_sale_line", "line_id"),
        UniqueConstraint("return_id", "line_id"),
        CheckConstraint("quantity > 0 AND amount_rp > 0 AND cost_rp >= 0", name="something"),
        CheckConstraint("commission_rp BETWEEN 0 AND amount_rp", name="commission"),
    )

    id: Mapped[int] = db.pk()
    return_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    line_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    quantity: Mapped[int] = mapped_column(db.Count)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    commission_rp: Mapped[int] = mapped_column(db.Rupiah)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah)
