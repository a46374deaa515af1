"""The books: accounts, entries, postings, heads of chains, periods; and the triggers that keep them.

Both databases refuse to change or remove an entry or a posting, to add a posting to a sealed entry,
to seal an unbalanced one, to write into a closed period and to date an entry back. PostgreSQL also
looks once more at commit. Later migrations that rebuild one of these tables on SQLite (batch mode)
must create its triggers again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import ledger_guards as guards

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tables()
    for statement in guards.SQLITE if op.get_bind().dialect.name == "sqlite" else guards.POSTGRESQL:
        op.execute(statement)


def _tables() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at",
            db.UtcDateTime(timezone=True),
            server_default=sa.text("(ledger_now())"),
            nullable=False,
        ),
        sa.Column("description", sa.String(length=300), nullable=True),
        sa.Column("description_hash", sa.String(length=64), nullable=False),
        sa.Column("posted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "length(hash) = 64 AND length(prev_hash) = 64", name=op.f("ck_journal_entry_hash")
        ),
        sa.CheckConstraint(
            "reverses_id IS NULL OR reverses_id <> id", name=op.f("ck_journal_entry_not_itself")
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_journal_entry_seq")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_journal_entry_organization_id")
        ),
        sa.ForeignKeyConstraint(["posted_by"], ["user.id"], name=op.f("fk_journal_entry_posted_by")),
        sa.ForeignKeyConstraint(
            ["reverses_id", "organization_id"],
            ["journal_entry.id", "journal_entry.organization_id"],
            name=op.f("fk_journal_entry_reverses_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_journal_entry_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_journal_entry_organization_id_number")
        ),
        sa.UniqueConstraint("organization_id", "seq", name=op.f("uq_journal_entry_organization_id_seq")),
        sa.UniqueConstraint(
            "organization_id", "source", name=op.f("uq_journal_entry_organization_id_source")
        ),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_journal_entry_reverses_id")),
    )
    op.create_index(
        "ix_journal_entry_effective", "journal_entry", ["organization_id", "effective_on"], unique=False
    )
    op.create_index(
        op.f("ix_journal_entry_organization_id"), "journal_entry", ["organization_id"], unique=False
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("non_negative", sa.Boolean(), nullable=False),
        sa.Column("balance_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "NOT non_negative OR (side = 'debit' AND balance_rp >= 0) OR (side = 'credit' AND balance_rp <= 0)",
            name=op.f("ck_ledger_account_non_negative"),
        ),
        sa.CheckConstraint(
            "kind IN ('asset', 'equity', 'expense', 'income', 'liability')",
            name=op.f("ck_ledger_account_kind_known"),
        ),
        sa.CheckConstraint("side IN ('credit', 'debit')", name=op.f("ck_ledger_account_side_known")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_ledger_account_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_ledger_account_id_organization_id")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_ledger_account_organization_id_code")),
    )
    op.create_index(
        op.f("ix_ledger_account_organization_id"), "ledger_account", ["organization_id"], unique=False
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_ledger_head_seq")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_ledger_head_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_ledger_head_id_organization_id")),
        sa.UniqueConstraint("organization_id", name="uq_ledger_head_one_per_organization"),
    )
    op.create_index(op.f("ix_ledger_head_organization_id"), "ledger_head", ["organization_id"], unique=False)
    op.create_table(
        "ledger_period",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("balances", db.JsonText(), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('closed', 'open')", name=op.f("ck_ledger_period_state_known")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_ledger_period_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_period")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_ledger_period_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "ends_on", name=op.f("uq_ledger_period_organization_id_ends_on")
        ),
    )
    op.create_index(
        op.f("ix_ledger_period_organization_id"), "ledger_period", ["organization_id"], unique=False
    )
    op.create_table(
        "journal_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("lines", db.JsonText(), nullable=False),
        sa.Column("total_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state <> 'posted' OR entry_id IS NOT NULL", name=op.f("ck_journal_draft_posted")),
        sa.CheckConstraint(
            "state IN ('posted', 'proposed', 'rejected', 'withdrawn')",
            name=op.f("ck_journal_draft_state_known"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_journal_draft_created_by")),
        sa.ForeignKeyConstraint(
            ["entry_id", "organization_id"],
            ["journal_entry.id", "journal_entry.organization_id"],
            name=op.f("fk_journal_draft_entry_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_journal_draft_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_draft")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_journal_draft_id_organization_id")),
    )
    op.create_index(
        op.f("ix_journal_draft_organization_id"), "journal_draft", ["organization_id"], unique=False
    )
    op.create_table(
        "opening_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=80), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("rows", db.JsonText(), nullable=False),
        sa.Column("faults", db.JsonText(), nullable=False),
        sa.Column("difference_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state <> 'posted' OR entry_id IS NOT NULL", name=op.f("ck_opening_import_posted")
        ),
        sa.CheckConstraint("state IN ('posted', 'staged')", name=op.f("ck_opening_import_state_known")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_opening_import_created_by")),
        sa.ForeignKeyConstraint(
            ["entry_id", "organization_id"],
            ["journal_entry.id", "journal_entry.organization_id"],
            name=op.f("fk_opening_import_entry_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_opening_import_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_import")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_opening_import_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "digest", name=op.f("uq_opening_import_organization_id_digest")
        ),
    )
    op.create_index(
        op.f("ix_opening_import_organization_id"), "opening_import", ["organization_id"], unique=False
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.String(length=200), nullable=True),
        sa.Column("memo_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("counterparty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "amount_rp <> 0 AND amount_rp BETWEEN -1000000000000 AND 1000000000000",
            name=op.f("ck_posting_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["ledger_account.id", "ledger_account.organization_id"],
            name=op.f("fk_posting_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["counterparty_id"], ["organization.id"], name=op.f("fk_posting_counterparty_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id", "organization_id"],
            ["journal_entry.id", "journal_entry.organization_id"],
            name=op.f("fk_posting_entry_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_posting_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("entry_id", "line", name=op.f("uq_posting_entry_id_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_posting_id_organization_id")),
    )
    op.create_index("ix_posting_account", "posting", ["account_id", "entry_id"], unique=False)
    op.create_index(op.f("ix_posting_counterparty_id"), "posting", ["counterparty_id"], unique=False)
    op.create_index(op.f("ix_posting_organization_id"), "posting", ["organization_id"], unique=False)


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
