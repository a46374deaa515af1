"""Money that leaves the cooperative to people: sellers' shares of what was sold, and refunds by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

BANKS = {
    "bca": "BCA",
    "bni": "BNI",
    "bri": "BRI",
    "mandiri": "Mandiri",
    "bsi": "BSI",
    "bank_jatim": "Bank Jatim",
    "cimb": "CIMB Niaga",
    "permata": "Permata",
}
"""Banks by the provider's short names."""
WALLETS = {"gopay": "GoPay", "ovo": "OVO", "dana": "DANA", "shopeepay": "ShopeePay"}
"""Wallets are paid by hand: whether the provider's payouts reach them was never verified."""
PLACES = BANKS | WALLETS
_LIVE = "state IN ('proposed', 'approved', 'sending')"


class PayeeAccount(db.Tenant, db.Base):
    """Where the cooperative pays a seller: entered by one person (of either side), confirmed by another.

    A new number is a new row; the old one stays in use until the new one is confirmed. `number_sealed` is
    bound to its row, pages show the last four digits.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "proposed", {"proposed": {"active", "rejected"}, "active": {"ended"}}
    )

    __tablename__ = "payee_account"
    __table_args__ = db.tenant_args(
        STATES.check(),
        CheckConstraint("bank <> '' AND holder <> ''", name="whole"),
        CheckConstraint("confirmed_by <> entered_by", name="two_people"),
        CheckConstraint("state NOT IN ('active', 'ended') OR confirmed_by IS NOT NULL", name="confirmed"),
        Index(
            "uq_payee_account_current",
            "organization_id",
            "seller_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[int] = db.pk()
    seller_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    bank: Mapped[str] = mapped_column(String(20))
    number_sealed: Mapped[str] = mapped_column(Text, default="")
    last4: Mapped[str] = mapped_column(String(4))
    holder: Mapped[str] = mapped_column(String(80))
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    confirmed_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class RefundDestination(db.Tenant, db.Base):
    """Where a buyer wants the money of a refund by hand: a bank or wallet, or cash at the counter by `code`.

    The buyer may name another one until somebody has proposed to pay.
    """

    WAYS = ("bank", "cash")

    __tablename__ = "refund_destination"
    __table_args__ = db.tenant_args(
        db.one_of("way", WAYS),
        db.tenant_fk("payment_refund", "refund_id"),
        UniqueConstraint("refund_id"),
        CheckConstraint("(way = 'bank') = (bank <> '' AND holder <> '')", name="whole"),
        CheckConstraint("(way = 'cash') = (code <> '')", name="code"),
    )

    id: Mapped[int] = db.pk()
    refund_id: Mapped[int] = mapped_column(db.BigKey)
    way: Mapped[str] = mapped_column(String(10))
    bank: Mapped[str] = mapped_column(String(20), default="")
    number_sealed: Mapped[str] = mapped_column(Text, default="")
    last4: Mapped[str] = mapped_column(String(4), default="")
    holder: Mapped[str] = mapped_column(String(80), default="")
    code: Mapped[str] = mapped_column(String(8), default="")
    wrong_codes: Mapped[int] = mapped_column(default=0)
    named_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class Payout(db.Tenant, db.Base):
    """Whole rupiah to one person: proposed by one, approved by another, then sent or handed over.

    `kind` says to whom (a seller, or the buyer of a refund), `way` how (the provider's payouts, a transfer by
    hand, cash). From approval on the money is in transit in the books. `payout_id` is fixed before the
    provider is asked, `provider_id` is the one payout there that may be approved.
    """

    KINDS = ("seller", "refund")
    WAYS = ("iris", "transfer", "cash")
    LIVE: ClassVar[tuple[str, ...]] = ("proposed", "approved", "sending")
    MOVING: ClassVar[tuple[str, ...]] = ("approved", "sending")
    STATES: ClassVar[StateTable] = StateTable(
        "proposed",
        {
            "proposed": {"approved", "rejected", "withdrawn", "lapsed"},
            "approved": {"sending", "completed", "failed", "withdrawn"},
            "sending": {"completed", "failed"},
        },
    )

    __tablename__ = "payout"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("kind", KINDS),
        db.one_of("way", WAYS),
        db.tenant_fk("payee_account", "account_id"),
        db.tenant_fk("payment_refund", "refund_id"),
        db.tenant_fk("merchant_account", "merchant_account_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("amount_rp > 0 AND fee_rp >= 0", name="something"),
        CheckConstraint("(kind = 'seller') = (seller_id IS NOT NULL)", name="seller"),
        CheckConstraint("(kind = 'refund') = (refund_id IS NOT NULL)", name="refund"),
        CheckConstraint("(way = 'iris') = (merchant_account_id IS NOT NULL)", name="from_where"),
        CheckConstraint("approved_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "approved_by IS NOT NULL OR state NOT IN ('approved', 'sending', 'completed', 'failed')",
            name="approved",
        ),
        CheckConstraint("state <> 'completed' OR way = 'iris' OR reference <> ''", name="proved"),
        Index(
            "uq_payout_refund_live",
            "refund_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index(
            "uq_payout_seller_live",
            "organization_id",
            "seller_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index("ix_payout_ask", "state", "ask_at"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(10))
    way: Mapped[str] = mapped_column(String(10))
    seller_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    account_id: Mapped[int | None] = mapped_column(db.BigKey)
    merchant_account_id: Mapped[int | None] = mapped_column(db.BigKey)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    fee_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """What the provider or the bank takes for it: the cooperative's expense, known when it is done."""
    target: Mapped[str] = mapped_column(String(140), default="")
    """Bank, last digits and holder as pages show them."""
    payout_id: Mapped[str] = mapped_column(String(36), unique=True)
    provider_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    provider_status: Mapped[str] = mapped_column(String(40), default="")
    last_error: Mapped[str] = mapped_column(Text, default="")
    called_off: Mapped[bool] = mapped_column(Boolean, default=False)
    """Somebody wants it back while the provider has not released it yet."""
    reference: Mapped[str] = mapped_column(String(80), default="")
    paid_on: Mapped[date | None] = mapped_column(Date)
    proposed_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    ask_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class PayoutTopUp(db.Tenant, db.Base):
    """Money moved from the cooperative's bank into its deposit at the provider, as the bank's slip says."""

    __tablename__ = "payout_top_up"
    __table_args__ = db.tenant_args(CheckConstraint("amount_rp > 0 AND reference <> ''", name="something"))

    id: Mapped[int] = db.pk()
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    reference: Mapped[str] = mapped_column(String(80))
    paid_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class HoldRelease(db.Tenant, db.Base):
    """The cooperative pays its sellers although a bank took this payment back: it bears the loss itself."""

    __tablename__ = "hold_release"
    __table_args__ = db.tenant_args(
        db.tenant_fk("payment", "payment_id"),
        UniqueConstraint("payment_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: Mapped[int] = db.pk()
    payment_id: Mapped[int] = mapped_column(db.BigKey)
    reason: Mapped[str] = mapped_column(String(200))
    released_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    released_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
