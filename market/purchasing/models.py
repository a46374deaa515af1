"""Orders and what follows them. Ordered, received and billed stand side by side on each line, so
that delivery and billing progress are derived and never folded into the order's state."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

LINE_KINDS = ("goods", "freight", "drop", "truck")
TERMS = ("cod", "prepaid", "tempo")
REJECT_REASONS = ("short", "broken", "wrong_grade", "underweight", "expired", "other")
"""Why delivered or announced packs were not accepted; `short` means they never came."""


class PurchaseOrder(db.Tenant, db.Base):
    """What one cooperative buys from one supplier; `organization_id` is the buyer."""

    STATES: ClassVar[StateTable] = StateTable("issued", {"issued": {"closed", "cancelled"}})

    __tablename__ = "purchase_order"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("terms", TERMS),
        UniqueConstraint("organization_id", "number"),
        UniqueConstraint("organization_id", "origin"),
    )

    id: Mapped[int] = db.pk()
    supplier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    number: Mapped[str] = mapped_column(String(30))
    origin: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="issued")
    terms: Mapped[str] = mapped_column(String(10))
    credit_days: Mapped[int] = mapped_column(Integer, default=0)
    delivery_on: Mapped[date] = mapped_column(Date, index=True)
    place_code: Mapped[str | None] = mapped_column(String(10), ForeignKey("place.code"))
    issued_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    issued_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    total_rp: Mapped[int] = mapped_column(db.Rupiah)
    lump_received: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the costs per trip (drop, truck) are already in the cost of received goods."""


class PurchaseOrderLine(db.Tenant, db.Base):
    """Goods by the pack, their freight by the pack, or a cost per trip as one amount."""

    __tablename__ = "purchase_order_line"
    __table_args__ = db.tenant_args(
        db.tenant_fk("purchase_order", "order_id"),
        db.one_of("kind", LINE_KINDS),
        CheckConstraint("ordered_packs > 0 AND unit_price_rp >= 0", name="something"),
        CheckConstraint("amount_rp = ordered_packs * unit_price_rp", name="amount"),
        CheckConstraint(
            "received_packs >= 0 AND rejected_packs >= 0 AND cancelled_packs >= 0", name="counts"
        ),
        CheckConstraint("received_packs + cancelled_packs <= ordered_packs", name="not_more_than_ordered"),
        CheckConstraint("billed_packs BETWEEN 0 AND received_packs", name="billed_is_received"),
        CheckConstraint("(kind IN ('goods', 'freight')) = (pack_id IS NOT NULL)", name="pack_of_kind"),
        UniqueConstraint("order_id", "kind", "pack_id"),
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    pack_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    description: Mapped[str] = mapped_column(String(160))
    ordered_packs: Mapped[int] = mapped_column(db.Count)
    unit_price_rp: Mapped[int] = mapped_column(db.Rupiah)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    received_packs: Mapped[int] = mapped_column(db.Count, default=0)
    rejected_packs: Mapped[int] = mapped_column(db.Count, default=0)
    cancelled_packs: Mapped[int] = mapped_column(db.Count, default=0)
    billed_packs: Mapped[int] = mapped_column(db.Count, default=0)

    @property
    def open_packs(self) -> int:
        """Packs that may still come."""
        return self.ordered_packs - self.received_packs - self.cancelled_packs


class GoodsReceipt(db.Tenant, db.Base):
    """One delivery at the door: what came, what was taken, what was not and why."""

    __tablename__ = "goods_receipt"
    __table_args__ = db.tenant_args(
        db.tenant_fk("purchase_order", "order_id"), UniqueConstraint("organization_id", "number")
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    number: Mapped[str] = mapped_column(String(30))
    received_on: Mapped[date] = mapped_column(Date)
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    received_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    value_rp: Mapped[int] = mapped_column(db.Rupiah)
    driver_name: Mapped[str] = mapped_column(String(120), default="")
    """Who handed the goods over and signed for the count, with a finger (`signature`) or by this name."""
    signature: Mapped[str | None] = mapped_column(String(32))
    signed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class GoodsReceiptLine(db.Tenant, db.Base):
    """accepted + rejected = delivered, and every rejection has its reason."""

    __tablename__ = "goods_receipt_line"
    __table_args__ = db.tenant_args(
        db.tenant_fk("goods_receipt", "receipt_id"),
        db.tenant_fk("purchase_order_line", "order_line_id"),
        CheckConstraint("accepted_packs >= 0 AND rejected_packs >= 0", name="counts"),
        CheckConstraint("delivered_packs = accepted_packs + rejected_packs", name="adds_up"),
        CheckConstraint("rejected_packs = 0 OR reason <> ''", name="reason_given"),
        CheckConstraint("extra_packs >= 0", name="extra"),
    )

    id: Mapped[int] = db.pk()
    receipt_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    order_line_id: Mapped[int] = mapped_column(db.BigKey)
    delivered_packs: Mapped[int] = mapped_column(db.Count)
    accepted_packs: Mapped[int] = mapped_column(db.Count)
    rejected_packs: Mapped[int] = mapped_column(db.Count)
    reason: Mapped[str] = mapped_column(String(20), default="")
    cost_rp: Mapped[int] = mapped_column(db.Rupiah)
    """Goods, freight and share of the trip: what the accepted packs cost on the shelf."""
    expires_on: Mapped[date | None] = mapped_column(Date)
    extra_packs: Mapped[int] = mapped_column(db.Count, default=0)
    """Packs beyond the order: they go back, unless a second person takes them."""
    photo: Mapped[str | None] = mapped_column(String(32))
    weights_g: Mapped[list[int]] = mapped_column(db.JsonText, default=list)
    """The weighed sample, pack by pack."""
    limit_g: Mapped[int | None] = mapped_column(db.Count)
    """The least that a pack may weigh by law, as it was on the day."""


class Claim(db.Tenant, db.Base):
    """Something was not as agreed; it ends with an outcome, never by forgetting.

    The supplier answers before `answer_by_at`: a replacement on a day, none, or a refusal with its
    reason. Silence, and a promised day that passes, bring the claim to the office.
    """

    ENDS: ClassVar[frozenset[str]] = frozenset({"replaced", "cancelled_rest", "dropped"})
    LIVE: ClassVar[tuple[str, ...]] = ("open", "promised", "refused", "escalated")
    STATES: ClassVar[StateTable] = StateTable(
        "open",
        {
            "open": {"promised", "refused", "escalated", *ENDS},
            "promised": {"escalated", *ENDS},
            "refused": {"promised", "escalated", *ENDS},
            "escalated": {"promised", "refused", *ENDS},
        },
    )

    __tablename__ = "claim"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("purchase_order", "order_id"),
        db.tenant_fk("purchase_order_line", "order_line_id"),
        db.one_of("reason", REJECT_REASONS),
        CheckConstraint("packs > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    order_line_id: Mapped[int] = mapped_column(db.BigKey)
    reason: Mapped[str] = mapped_column(String(20))
    packs: Mapped[int] = mapped_column(db.Count)
    state: Mapped[str] = mapped_column(String(15), default="open")
    opened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    answer_by_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime, index=True)
    promised_on: Mapped[date | None] = mapped_column(Date)
    escalated_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    @property
    def live(self) -> bool:
        """Whether it has no outcome yet."""
        return self.state in self.LIVE


class SupplierBill(db.Tenant, db.Base):
    """The supplier's invoice against what was ordered and received.

    `amount_rp` is what the paper says: the lines, less goods that went back before it came
    (`returned_rp`), plus a difference. One beyond the tolerance makes it `disputed` until its case ends;
    a bill that was rejected or replaced is `void`. `paid_rp` counts money, advances and credit notes.
    """

    OPEN: ClassVar[tuple[str, ...]] = ("recorded", "disputed")
    STATES: ClassVar[StateTable] = StateTable(
        "recorded", {"recorded": {"paid", "disputed"}, "paid": {"recorded"}, "disputed": {"recorded", "void"}}
    )

    __tablename__ = "supplier_bill"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("purchase_order", "order_id"),
        UniqueConstraint("organization_id", "number"),
        Index(
            "uq_supplier_bill_one_counts",
            "organization_id",
            "supplier_id",
            "reference",
            unique=True,
            sqlite_where=text("state <> 'void'"),
            postgresql_where=text("state <> 'void'"),
        ),
        CheckConstraint("paid_rp BETWEEN 0 AND amount_rp", name="not_paid_twice"),
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    supplier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    number: Mapped[str] = mapped_column(String(30))
    reference: Mapped[str] = mapped_column(String(60))
    billed_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date, index=True)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    difference_rp: Mapped[int] = mapped_column(db.Rupiah, default=0, server_default="0")
    returned_rp: Mapped[int] = mapped_column(db.Rupiah, default=0, server_default="0")
    paid_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    state: Mapped[str] = mapped_column(String(10), default="recorded")
    recorded_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    @property
    def open_rp(self) -> int:
        """What is still owed of it; nothing of a void one."""
        return 0 if self.state == "void" else self.amount_rp - self.paid_rp


class SupplierBillLine(db.Tenant, db.Base):
    """How many packs of which order line are billed at which price."""

    __tablename__ = "supplier_bill_line"
    __table_args__ = db.tenant_args(
        db.tenant_fk("supplier_bill", "bill_id"),
        db.tenant_fk("purchase_order_line", "order_line_id"),
        CheckConstraint("packs > 0 AND amount_rp = packs * unit_price_rp", name="amount"),
    )

    id: Mapped[int] = db.pk()
    bill_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    order_line_id: Mapped[int] = mapped_column(db.BigKey)
    packs: Mapped[int] = mapped_column(db.Count)
    unit_price_rp: Mapped[int] = mapped_column(db.Rupiah)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)


class SupplierPayment(db.Tenant, db.Base):
    """Money to a supplier by hand: one proposes, another approves.

    With `bill_id` it settles a bill; without, it is an advance on the order (prepaid terms), which
    bills use up and of which the supplier returns the rest. With `run_id` it is decided and paid with
    the others of its run, to the account that the run was approved with.

    ONLINE pays a bill into the supplier's own account at a payment provider: `approved` until the provider
    has the money (then `paid`) or its time is over (`lapsed`); `reversed` when the money went back.
    """

    ONLINE: ClassVar[str] = "online"
    WAITS: ClassVar[tuple[str, ...]] = ("proposed", "approved")
    STATES: ClassVar[StateTable] = StateTable(
        "proposed",
        {
            "proposed": {"paid", "approved", "rejected", "lapsed"},
            "approved": {"paid", "lapsed"},
            "lapsed": {"paid"},
            "paid": {"reversed"},
        },
    )

    __tablename__ = "supplier_payment"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("purchase_order", "order_id"),
        db.tenant_fk("supplier_bill", "bill_id"),
        db.tenant_fk("payment_run", "run_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("amount_rp > 0", name="something"),
        CheckConstraint("run_id IS NULL OR bill_id IS NOT NULL", name="run_pays_bills"),
        CheckConstraint("used_rp >= 0 AND returned_rp >= 0", name="spent"),
        CheckConstraint("used_rp + returned_rp <= amount_rp", name="not_spent_twice"),
        CheckConstraint(
            "account <> 'online' OR (bill_id IS NOT NULL AND run_id IS NULL)", name="online_pays_bills"
        ),
        Index(
            "uq_supplier_payment_one_waits",
            "bill_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'approved') AND bill_id IS NOT NULL"),
            postgresql_where=text("state IN ('proposed', 'approved') AND bill_id IS NOT NULL"),
        ),
        Index(
            "uq_supplier_payment_one_advance",
            "order_id",
            unique=True,
            sqlite_where=text("state IN ('paid', 'proposed') AND bill_id IS NULL"),
            postgresql_where=text("state IN ('paid', 'proposed') AND bill_id IS NULL"),
        ),
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    bill_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    run_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    to_account_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("supplier_account.id"))
    supplier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    number: Mapped[str] = mapped_column(String(30))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    account: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    paid_on: Mapped[date | None] = mapped_column(Date)
    used_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """How much of an advance has been set against bills."""
    returned_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """How much of an advance the supplier gave back, because less came than was paid for."""

    @property
    def online(self) -> bool:
        """Whether it is paid over the internet."""
        return self.account == self.ONLINE

    @property
    def unspent_rp(self) -> int:
        """What is left of an advance."""
        return self.amount_rp - self.used_rp - self.returned_rp
