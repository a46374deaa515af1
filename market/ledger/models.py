"""Accounts, entries, postings, the head of each organization's chain, periods and two kinds of papers.

The database itself keeps the promises (migration 0002): entries and postings are never changed or
removed, an entry is sealed when the head moves onto it, and only a balanced one can be sealed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.money import MAX_RP
from market.core.states import StateTable
from market.ledger.chart import KINDS, SIDES
from market.ledger.types import MAX_DESCRIPTION, MAX_MEMO, MAX_SOURCE

GENESIS = "0" * 64
"""What the first entry of a chain names as its predecessor."""


class LedgerAccount(db.Tenant, db.Base):
    """An account in one organization's books; `balance_rp` is the sum of its postings, debit positive.

    The balance is kept here so that the rule "never below zero" is a constraint of the row.
    """

    __tablename__ = "ledger_account"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "code"),
        db.one_of("kind", KINDS),
        db.one_of("side", SIDES),
        CheckConstraint(
            "NOT non_negative OR (side = 'debit' AND balance_rp >= 0)"
            " OR (side = 'credit' AND balance_rp <= 0)",
            name="non_negative",
        ),
    )

    id: Mapped[int] = db.pk()
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    side: Mapped[str] = mapped_column(String(6))
    non_negative: Mapped[bool] = mapped_column(Boolean, default=False)
    balance_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)


class LedgerHead(db.Tenant, db.Base):
    """The end of an organization's chain: whoever posts holds this row until the transaction ends."""

    __tablename__ = "ledger_head"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", name="uq_ledger_head_one_per_organization"),
        CheckConstraint("seq >= 0", name="seq"),
    )

    id: Mapped[int] = db.pk()
    seq: Mapped[int] = mapped_column(db.BigKey, default=0)
    hash: Mapped[str] = mapped_column(String(64), default=GENESIS)
    recorded_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class JournalEntry(db.Tenant, db.Base):
    """One entry: a fact of business (`source`), on a day (`effective_on`), written down at an instant.

    `description_hash` is sha256(salt + description) and stands for the text in the chain.
    """

    __tablename__ = "journal_entry"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "seq"),
        UniqueConstraint("organization_id", "number"),
        UniqueConstraint("organization_id", "source"),
        UniqueConstraint("reverses_id"),
        db.tenant_fk("journal_entry", "reverses_id"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("length(hash) = 64 AND length(prev_hash) = 64", name="hash"),
        CheckConstraint("reverses_id IS NULL OR reverses_id <> id", name="not_itself"),
        Index("ix_journal_entry_effective", "organization_id", "effective_on"),
    )

    id: Mapped[int] = db.pk()
    seq: Mapped[int] = mapped_column(db.BigKey)
    number: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(MAX_SOURCE))
    effective_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(db.UtcDateTime, server_default=text("(ledger_now())"))
    description: Mapped[str | None] = mapped_column(String(MAX_DESCRIPTION))
    description_hash: Mapped[str] = mapped_column(String(64))
    posted_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    reverses_id: Mapped[int | None] = mapped_column(db.BigKey)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(32))


class Posting(db.Tenant, db.Base):
    """One line of an entry: debit positive, credit negative, never zero."""

    __tablename__ = "posting"
    __table_args__ = db.tenant_args(
        UniqueConstraint("entry_id", "line"),
        db.tenant_fk("journal_entry", "entry_id"),
        db.tenant_fk("ledger_account", "account_id"),
        CheckConstraint(f"amount_rp <> 0 AND amount_rp BETWEEN -{MAX_RP} AND {MAX_RP}", name="amount"),
        Index("ix_posting_account", "account_id", "entry_id"),
    )

    id: Mapped[int] = db.pk()
    entry_id: Mapped[int] = mapped_column(db.BigKey)
    line: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int] = mapped_column(db.BigKey)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    memo: Mapped[str | None] = mapped_column(String(MAX_MEMO))
    memo_hash: Mapped[str] = mapped_column(String(64), default="")
    salt: Mapped[str | None] = mapped_column(String(32))
    counterparty_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)


class LedgerPeriod(db.Tenant, db.Base):
    """Everything up to `ends_on` is closed while the state says so.

    `closed_seq` is the last entry that counts, `balances` what each account then held on that day,
    so that anybody can see later that nothing was slipped in.
    """

    STATES: ClassVar[StateTable] = StateTable("open", {"open": {"closed"}, "closed": {"open"}})

    __tablename__ = "ledger_period"
    __table_args__ = db.tenant_args(UniqueConstraint("organization_id", "ends_on"), STATES.check())

    id: Mapped[int] = db.pk()
    ends_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default="open")
    closed_seq: Mapped[int | None] = mapped_column(db.BigKey)
    balances: Mapped[dict[str, int] | None] = mapped_column(db.JsonText)


class JournalDraft(db.Tenant, db.Base):
    """An entry written by hand that waits for a second person; `lines` as [code, rp, memo]."""

    STATES: ClassVar[StateTable] = StateTable("proposed", {"proposed": {"posted", "rejected", "withdrawn"}})

    __tablename__ = "journal_draft"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("journal_entry", "entry_id"),
        CheckConstraint("state <> 'posted' OR entry_id IS NOT NULL", name="posted"),
    )

    id: Mapped[int] = db.pk()
    effective_on: Mapped[date] = mapped_column(Date)
    description: Mapped[str] = mapped_column(String(MAX_DESCRIPTION))
    lines: Mapped[list[list[Any]]] = mapped_column(db.JsonText)
    total_rp: Mapped[int] = mapped_column(db.Rupiah)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    entry_id: Mapped[int | None] = mapped_column(db.BigKey)
    created_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    created_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class OpeningImport(db.Tenant, db.Base):
    """An uploaded sheet of opening balances: read, shown, and posted only when somebody confirms it."""

    STATES: ClassVar[StateTable] = StateTable("staged", {"staged": {"posted"}})

    __tablename__ = "opening_import"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "digest"),
        STATES.check(),
        db.tenant_fk("journal_entry", "entry_id"),
        CheckConstraint("state <> 'posted' OR entry_id IS NOT NULL", name="posted"),
    )

    id: Mapped[int] = db.pk()
    digest: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(80))
    effective_on: Mapped[date] = mapped_column(Date)
    rows: Mapped[list[list[Any]]] = mapped_column(db.JsonText)
    faults: Mapped[list[list[Any]]] = mapped_column(db.JsonText)
    difference_rp: Mapped[int] = mapped_column(db.Rupiah)
    state: Mapped[str] = mapped_column(String(10), default="staged")
    entry_id: Mapped[int | None] = mapped_column(db.BigKey)
    created_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
