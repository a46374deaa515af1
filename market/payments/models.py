"""What is to be paid, each attempt at a provider, and every rupiah that a provider has told us of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable
from market.payments.types import MAX_ORDER_ID, Method, Provider

LIVE = ("open", "paid")
"""States in which a purpose has its payment: a second one would ask for the same money twice."""
_LIVE = "state IN ('open', 'paid')"


class MerchantAccount(db.Tenant, db.Base):
    """An organization's account at a provider. `keys` are sealed; two people enter it.

    `token` names the row inside the seal and stands in the address that the provider sends its notices to.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "proposed", {"proposed": {"active", "rejected"}, "active": {"ended"}}
    )

    __tablename__ = "merchant_account"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("provider", tuple(Provider)),
        CheckConstraint("valid_until_on IS NULL OR valid_until_on >= valid_from_on", name="validity"),
        CheckConstraint("approved_by <> proposed_by", name="two_people"),
        CheckConstraint("state NOT IN ('active', 'ended') OR approved_by IS NOT NULL", name="approved"),
    )

    id: Mapped[int] = db.pk()
    provider: Mapped[str] = mapped_column(String(20))
    merchant_id: Mapped[str] = mapped_column(String(60))
    token: Mapped[str] = mapped_column(String(60), unique=True)
    keys: Mapped[str] = mapped_column(Text)
    production: Mapped[bool] = mapped_column(Boolean, default=False)
    valid_from_on: Mapped[date] = mapped_column(Date)
    valid_until_on: Mapped[date | None] = mapped_column(Date)
    keys_until_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    """Until when its keys are still believed after a change of keys; nothing: for as long as anybody asks."""
    proposed_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    approved_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class Payment(db.Tenant, db.Base):
    """Something to be paid to `organization_id`, once, in one or more attempts.

    `purpose` and `purpose_id` name what it is for, in the part that asked; `token` opens the payer's page.
    `received_rp` and `refunded_rp` are what is proved, `used_rp` what the purpose has given something for;
    what came beside lies in suspense, not here.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "open", {"open": {"paid", "closed"}, "closed": {"paid"}, "paid": {"refunded", "reversed"}}
    )

    __tablename__ = "payment"
    __table_args__ = db.tenant_args(
        STATES.check(),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("amount_rp > 0", name="something"),
        CheckConstraint("refunded_rp BETWEEN 0 AND received_rp", name="refunded"),
        CheckConstraint("used_rp >= 0", name="used"),
        CheckConstraint("received_rp IN (0, amount_rp)", name="received"),
        CheckConstraint("(received_rp = 0) = (state = 'open' OR state = 'closed')", name="paid"),
        Index(
            "uq_payment_live",
            "purpose",
            "purpose_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index("ix_payment_due", "state", "due_at"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    token: Mapped[str] = mapped_column(String(60), unique=True)
    purpose: Mapped[str] = mapped_column(String(30))
    purpose_id: Mapped[int] = mapped_column(db.BigKey)
    title: Mapped[str] = mapped_column(String(120))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    received_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    refunded_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    used_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    payer_name: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    return_path: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class PaymentAttempt(db.Tenant, db.Base):
    """One charge at the provider. `order_id` is fixed before anybody is called, and used once for ever.

    `starting`: nobody knows yet whether the charge exists; `failed`: the provider refused it or the payer's
    bank did. `next_action` is kept, for a later question to the provider does not repeat it.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "starting",
        {
            "starting": {"waiting", "processing", "succeeded", "cancelled", "failed"},
            "waiting": {"processing", "succeeded", "cancelled", "failed"},
            "processing": {"waiting", "succeeded", "cancelled", "failed"},
            "cancelled": {"succeeded"},
            "failed": {"succeeded"},
            "succeeded": {"reversed"},
        },
    )
    UNSETTLED = ("starting", "waiting", "processing")

    __tablename__ = "payment_attempt"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("payment", "payment_id"),
        db.tenant_fk("merchant_account", "account_id"),
        db.one_of("method", tuple(Method)),
        UniqueConstraint("payment_id", "seq"),
        Index("ix_payment_attempt_ask", "state", "ask_at"),
        Index("ix_payment_attempt_provider", "provider_id"),
    )

    id: Mapped[int] = db.pk()
    payment_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    account_id: Mapped[int] = mapped_column(db.BigKey)
    seq: Mapped[int]
    order_id: Mapped[str] = mapped_column(String(MAX_ORDER_ID), unique=True)
    provider_id: Mapped[str] = mapped_column(String(80), default="")
    method: Mapped[str] = mapped_column(String(20))
    next_action: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    last_error: Mapped[str] = mapped_column(Text, default="")
    provider_status: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ask_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="starting")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class PaymentDispute(db.Tenant, db.Base):
    """Money that the payer disputes at their bank: taken when it opens, back when it is won.

    `reference` is the provider's own name of it; where a provider does not say how it ended, a person does.
    """

    STATES: ClassVar[StateTable] = StateTable("open", {"open": {"won", "lost"}})

    __tablename__ = "payment_dispute"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("payment_attempt", "attempt_id"),
        UniqueConstraint("attempt_id", "reference"),
        CheckConstraint("amount_rp > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    attempt_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    reference: Mapped[str] = mapped_column(String(60))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    opened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class PaymentEffect(db.Tenant, db.Base):
    """One movement of money at the provider, believed once: the unique key is what makes it once.

    Its entry in the books is `payment_effect:<id>`; `suspense` says that it is nobody's yet.
    """

    KINDS = ("received", "refunded", "reversed", "disputed")

    __tablename__ = "payment_effect"
    __table_args__ = db.tenant_args(
        db.one_of("kind", KINDS),
        db.tenant_fk("payment_attempt", "attempt_id"),
        UniqueConstraint("attempt_id", "kind", "reference"),
        CheckConstraint("amount_rp > 0 AND fee_rp >= 0", name="something"),
        CheckConstraint("unused_rp BETWEEN 0 AND amount_rp", name="unused"),
        CheckConstraint("(kind = 'disputed') = (dispute_id IS NOT NULL)", name="dispute"),
        CheckConstraint("kind = 'disputed' OR NOT undone", name="undone"),
        db.tenant_fk("payment_dispute", "dispute_id"),
    )

    id: Mapped[int] = db.pk()
    attempt_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str] = mapped_column(String(60), default="")
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    fee_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    suspense: Mapped[bool] = mapped_column(Boolean, default=False)
    unused_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """Of what was taken back: what nothing had been given for; it leaves the advances (or suspense)."""
    dispute_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    undone: Mapped[bool] = mapped_column(Boolean, default=False)
    """Its entry was reversed: what a dispute had taken has come back."""
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class PaymentRefund(db.Tenant, db.Base):
    """Money on its way back. `refund_id` makes it once at the provider; `refused` gave nothing back.

    By `hand` the cooperative pays it out itself, to where the payer says (`RefundDestination`, `Payout`):
    `asked` until a second person has approved that, `pending` while it is in transit.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "asked",
        {
            "asked": {"pending", "done", "refused"},
            "pending": {"asked", "done", "refused"},
            "refused": {"done"},
        },
    )
    UNDER_WAY = ("asked", "pending")
    WAYS = ("provider", "hand")

    __tablename__ = "payment_refund"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("way", WAYS),
        db.tenant_fk("payment_attempt", "attempt_id"),
        UniqueConstraint("attempt_id", "refund_id"),
        CheckConstraint("amount_rp > 0 AND beyond_rp BETWEEN 0 AND amount_rp", name="something"),
    )

    id: Mapped[int] = db.pk()
    attempt_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    refund_id: Mapped[str] = mapped_column(String(36))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    beyond_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """Of one made at the provider itself: what goods had been given for, so that the payer owes it."""
    suspense: Mapped[bool] = mapped_column(Boolean, default=False)
    reason: Mapped[str] = mapped_column(String(200), default="")
    asked_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    last_error: Mapped[str] = mapped_column(Text, default="")
    way: Mapped[str] = mapped_column(String(10), default="provider")
    reopened: Mapped[bool] = mapped_column(Boolean, default=False)
    """Refused here, proved by the bank after all: its money came straight from where it stood again."""
    state: Mapped[str] = mapped_column(String(10), default="asked")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class SuspenseCase(db.Tenant, db.Base):
    """Money that came and belongs to nothing yet: late, double, or not what was asked for.

    Ends by going back to the payer, or by being written to what the treasurer finds it to be.
    """

    REASONS = ("late", "double", "mismatch")
    STATES: ClassVar[StateTable] = StateTable(
        "open",
        {
            "open": {"refunding", "attributed", "refunded", "taken_back"},
            "refunding": {"open", "refunded", "taken_back"},
        },
    )

    __tablename__ = "suspense_case"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("reason", REASONS),
        db.tenant_fk("payment_effect", "effect_id"),
        UniqueConstraint("effect_id"),
        CheckConstraint("amount_rp > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    effect_id: Mapped[int] = mapped_column(db.BigKey)
    reason: Mapped[str] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(Text, default="")
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class PaymentNotification(db.Base):
    """The inbox: a provider's notice whose signature is right, once per account, before anybody acts on it.

    Two cooperatives may share one account at a provider, and then both are told the same.
    """

    __tablename__ = "payment_notification"
    __table_args__ = (
        db.one_of("provider", tuple(Provider)),
        UniqueConstraint("account_id", "dedupe_key"),
        Index("ix_payment_notification_open", "handled_at", "received_at"),
    )

    id: Mapped[int] = db.pk()
    provider: Mapped[str] = mapped_column(String(20))
    dedupe_key: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("merchant_account.id"))
    kind: Mapped[str] = mapped_column(String(60))
    order_id: Mapped[str] = mapped_column(String(80), default="", index=True)
    provider_id: Mapped[str] = mapped_column(String(80), default="")
    claimed_status: Mapped[str] = mapped_column(String(40), default="")
    body: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(60), default="")
