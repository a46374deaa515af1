"""What a comparison with the provider found: its own lines, each run, each difference, what was booked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

RUNNING = "state = 'running'"
KEPT = "state <> 'discarded'"


class Reconciliation(db.Tenant, db.Base):
    """One run over a merchant account: each payment asked about, then the provider's total held to ours.

    `cursor` is the last attempt that was asked about, so that a run that died goes on behind it. The
    figures are those at `compared_at`, ours those of the books up to entry `ledger_seq`:
    provider_rp = ledger_rp + all items + unexplained_rp. `totals` says whether the provider has any.
    """

    TRIGGERS = ("daily", "asked", "command")
    STATES: ClassVar[StateTable] = StateTable("running", {"running": {"equal", "differs", "unanswered"}})

    __tablename__ = "reconciliation"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("trigger", TRIGGERS),
        db.tenant_fk("merchant_account", "account_id"),
        CheckConstraint("state <> 'equal' OR unexplained_rp = 0", name="equal"),
        Index(
            "uq_reconciliation_running",
            "account_id",
            unique=True,
            sqlite_where=text(RUNNING),
            postgresql_where=text(RUNNING),
        ),
    )

    id: Mapped[int] = db.pk()
    account_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    trigger: Mapped[str] = mapped_column(String(10))
    started_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    started_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    cursor: Mapped[int] = mapped_column(db.BigKey, default=0)
    silences: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    applied: Mapped[int] = mapped_column(default=0)
    totals: Mapped[bool] = mapped_column(default=False)
    provider_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    ledger_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    ledger_seq: Mapped[int] = mapped_column(db.BigKey, default=0)
    unexplained_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    compared_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="running")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class ReconciliationItem(db.Tenant, db.Base):
    """A part of the difference that has a name: `amount_rp` is what the provider has more than the books."""

    NAMES = (
        "fees_waiting",
        "fee_difference",
        "in_flight",
        "refunds_under_way",
        "withdrawals_waiting",
        "payments_differ",
        "unknown_money",
        "report_only",
        "other_accounts",
        "explained",
    )

    __tablename__ = "reconciliation_item"
    __table_args__ = db.tenant_args(
        db.one_of("name", NAMES),
        db.tenant_fk("reconciliation", "run_id"),
        UniqueConstraint("run_id", "name"),
    )

    id: Mapped[int] = db.pk()
    run_id: Mapped[int] = mapped_column(db.BigKey)
    name: Mapped[str] = mapped_column(String(20))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)


class SettlementFile(db.Tenant, db.Base):
    """The provider's report, read without a fault; its rows are kept as moves when a person confirms.

    `digest` (SHA-256 of the file) recognises the same file when it is uploaded again.
    """

    STATES: ClassVar[StateTable] = StateTable("preview", {"preview": {"booked", "discarded"}})

    __tablename__ = "settlement_file"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("merchant_account", "account_id"),
        Index(
            "uq_settlement_file_digest",
            "organization_id",
            "digest",
            unique=True,
            sqlite_where=text(KEPT),
            postgresql_where=text(KEPT),
        ),
    )

    id: Mapped[int] = db.pk()
    account_id: Mapped[int] = mapped_column(db.BigKey)
    digest: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(120))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(db.JsonText)
    ignored: Mapped[list[str]] = mapped_column(db.JsonText)
    summary: Mapped[dict[str, int]] = mapped_column(db.JsonText)
    """What confirming it would do, as it looked when it was read."""
    created_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="preview")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class ProviderMove(db.Tenant, db.Base):
    """One line of the provider's own books, kept once, whether a question or a file brought it.

    `key` names the fact itself (kind and order, or withdrawal number), never where it was read; `listed`:
    the provider's own answer about its balance has named it, too.
    """

    KINDS = ("payment", "refund", "reversal", "chargeback", "fee", "withdrawal", "other")
    OF_AN_ORDER = ("payment", "refund", "reversal", "chargeback")

    __tablename__ = "provider_move"
    __table_args__ = db.tenant_args(
        db.one_of("kind", KINDS),
        db.tenant_fk("merchant_account", "account_id"),
        db.tenant_fk("settlement_file", "file_id"),
        UniqueConstraint("account_id", "key"),
        CheckConstraint("amount_rp <> 0", name="something"),
        Index("ix_provider_move_reference", "account_id", "reference"),
    )

    id: Mapped[int] = db.pk()
    account_id: Mapped[int] = mapped_column(db.BigKey)
    file_id: Mapped[int | None] = mapped_column(db.BigKey)
    key: Mapped[str] = mapped_column(String(140))
    kind: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str] = mapped_column(String(80), default="")
    method: Mapped[str] = mapped_column(String(20), default="")
    listed: Mapped[bool] = mapped_column(default=False)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class ReconciliationCase(db.Tenant, db.Base):
    """A difference that a person looks at: `key` names it once for ever, `gone` means it healed itself.

    `theirs_rp` and `ours_rp` are the provider's figure and ours. `applied`: the provider was asked again
    and believed; `booked`: a posting made it equal; `explained`: two people say why it may stay.
    """

    KINDS = (
        "behind",
        "ahead",
        "missing_there",
        "missing_here",
        "amount",
        "refund",
        "unclear",
        "withdrawal",
        "fee",
        "balance",
    )
    TASKS = ("withdrawal", "fee")
    """Known and explained; they only wait to be booked."""
    STATES: ClassVar[StateTable] = StateTable(
        "open",
        {"open": {"applied", "booked", "explained", "gone"}, "gone": {"open"}, "applied": {"open"}},
    )

    __tablename__ = "reconciliation_case"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("kind", KINDS),
        db.tenant_fk("merchant_account", "account_id"),
        db.tenant_fk("payment_attempt", "attempt_id"),
        db.tenant_fk("provider_move", "move_id"),
        UniqueConstraint("account_id", "key"),
        Index("ix_reconciliation_case_state", "organization_id", "state"),
    )

    id: Mapped[int] = db.pk()
    account_id: Mapped[int] = mapped_column(db.BigKey)
    kind: Mapped[str] = mapped_column(String(15))
    key: Mapped[str] = mapped_column(String(140))
    attempt_id: Mapped[int | None] = mapped_column(db.BigKey)
    move_id: Mapped[int | None] = mapped_column(db.BigKey)
    theirs_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    ours_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    detail: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class MerchantWithdrawal(db.Tenant, db.Base):
    """Money that the provider has sent to the cooperative's bank; its entry is `merchant_withdrawal:<id>`."""

    __tablename__ = "merchant_withdrawal"
    __table_args__ = db.tenant_args(
        db.tenant_fk("merchant_account", "account_id"),
        db.tenant_fk("provider_move", "move_id"),
        UniqueConstraint("move_id"),
        CheckConstraint("amount_rp > 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    account_id: Mapped[int] = mapped_column(db.BigKey)
    move_id: Mapped[int] = mapped_column(db.BigKey)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    on: Mapped[date] = mapped_column("withdrawn_on", Date)
    booked_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    booked_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class FeeCorrection(db.Tenant, db.Base):
    """What the provider kept beyond what had been accrued (or less, then negative): `fee_correction:<id>`."""

    __tablename__ = "fee_correction"
    __table_args__ = db.tenant_args(
        db.tenant_fk("merchant_account", "account_id"),
        CheckConstraint("amount_rp <> 0", name="something"),
    )

    id: Mapped[int] = db.pk()
    account_id: Mapped[int] = mapped_column(db.BigKey)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    booked_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    booked_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
