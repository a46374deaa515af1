"""Tables of the comparison with the provider's own books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0025"
down_revision: str | None = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trigger", sa.String(length=10), nullable=False),
        sa.Column("started_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("moved_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("totals", sa.Boolean(), nullable=False),
        sa.Column("provider_rp", sa.BigInteger(), nullable=False),
        sa.Column("ledger_rp", sa.BigInteger(), nullable=False),
        sa.Column("ledger_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unexplained_rp", sa.BigInteger(), nullable=False),
        sa.Column("compared_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state <> 'equal' OR unexplained_rp = 0", name=op.f("ck_reconciliation_equal")),
        sa.CheckConstraint(
            "state IN ('differs', 'equal', 'running', 'unanswered')",
            name=op.f("ck_reconciliation_state_known"),
        ),
        sa.CheckConstraint(
            "trigger IN ('asked', 'command', 'daily')", name=op.f("ck_reconciliation_trigger_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["merchant_account.id", "merchant_account.organization_id"],
            name=op.f("fk_reconciliation_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_reconciliation_organization_id")
        ),
        sa.ForeignKeyConstraint(["started_by"], ["user.id"], name=op.f("fk_reconciliation_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_reconciliation_id_organization_id")),
    )
    op.create_index(op.f("ix_reconciliation_account_id"), "reconciliation", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_reconciliation_organization_id"), "reconciliation", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_reconciliation_running",
        "reconciliation",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "reconciliation_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "name IN ('explained', 'fee_difference', 'fees_waiting', 'in_flight', 'other_accounts', 'payments_differ', 'refunds_under_way', 'report_only', 'unknown_money', 'withdrawals_waiting')",
            name=op.f("ck_reconciliation_item_name_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_reconciliation_item_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id", "organization_id"],
            ["reconciliation.id", "reconciliation.organization_id"],
            name=op.f("fk_reconciliation_item_run_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_item")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_reconciliation_item_id_organization_id")),
        sa.UniqueConstraint("run_id", "name", name=op.f("uq_reconciliation_item_run_id_name")),
    )
    op.create_index(
        op.f("ix_reconciliation_item_organization_id"),
        "reconciliation_item",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "settlement_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("rows", db.JsonText(), nullable=False),
        sa.Column("ignored", db.JsonText(), nullable=False),
        sa.Column("summary", db.JsonText(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('booked', 'discarded', 'preview')", name=op.f("ck_settlement_file_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["merchant_account.id", "merchant_account.organization_id"],
            name=op.f("fk_settlement_file_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_settlement_file_created_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_settlement_file_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_file")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_settlement_file_id_organization_id")),
    )
    op.create_index(
        op.f("ix_settlement_file_organization_id"), "settlement_file", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_settlement_file_digest",
        "settlement_file",
        ["organization_id", "digest"],
        unique=True,
        sqlite_where=sa.text("state <> 'discarded'"),
        postgresql_where=sa.text("state <> 'discarded'"),
    )
    op.create_table(
        "provider_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(length=140), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('chargeback', 'fee', 'other', 'payment', 'refund', 'reversal', 'withdrawal')",
            name=op.f("ck_provider_move_kind_known"),
        ),
        sa.CheckConstraint("amount_rp <> 0", name=op.f("ck_provider_move_something")),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["merchant_account.id", "merchant_account.organization_id"],
            name=op.f("fk_provider_move_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id", "organization_id"],
            ["settlement_file.id", "settlement_file.organization_id"],
            name=op.f("fk_provider_move_file_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_provider_move_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_move")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_provider_move_account_id_key")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_provider_move_id_organization_id")),
    )
    op.create_index(
        op.f("ix_provider_move_organization_id"), "provider_move", ["organization_id"], unique=False
    )
    op.create_index("ix_provider_move_reference", "provider_move", ["account_id", "reference"], unique=False)
    op.create_table(
        "reconciliation_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("key", sa.String(length=140), nullable=False),
        sa.Column("attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("move_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("theirs_rp", sa.BigInteger(), nullable=False),
        sa.Column("ours_rp", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("found_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ahead', 'amount', 'balance', 'behind', 'fee', 'missing_here', 'missing_there', 'refund', 'unclear', 'withdrawal')",
            name=op.f("ck_reconciliation_case_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'booked', 'explained', 'gone', 'open')",
            name=op.f("ck_reconciliation_case_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["merchant_account.id", "merchant_account.organization_id"],
            name=op.f("fk_reconciliation_case_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id", "organization_id"],
            ["payment_attempt.id", "payment_attempt.organization_id"],
            name=op.f("fk_reconciliation_case_attempt_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["move_id", "organization_id"],
            ["provider_move.id", "provider_move.organization_id"],
            name=op.f("fk_reconciliation_case_move_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_reconciliation_case_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_case")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_reconciliation_case_account_id_key")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_reconciliation_case_id_organization_id")),
    )
    op.create_index(
        op.f("ix_reconciliation_case_organization_id"),
        "reconciliation_case",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        "ix_reconciliation_case_state", "reconciliation_case", ["organization_id", "state"], unique=False
    )
    op.create_table(
        "merchant_withdrawal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("move_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("booked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("booked_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_merchant_withdrawal_something")),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["merchant_account.id", "merchant_account.organization_id"],
            name=op.f("fk_merchant_withdrawal_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["booked_by"], ["user.id"], name=op.f("fk_merchant_withdrawal_booked_by")),
        sa.ForeignKeyConstraint(
            ["move_id", "organization_id"],
            ["provider_move.id", "provider_move.organization_id"],
            name=op.f("fk_merchant_withdrawal_move_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_merchant_withdrawal_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_withdrawal")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_merchant_withdrawal_id_organization_id")),
        sa.UniqueConstraint("move_id", name=op.f("uq_merchant_withdrawal_move_id")),
    )
    op.create_index(
        op.f("ix_merchant_withdrawal_organization_id"),
        "merchant_withdrawal",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "fee_correction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("booked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("booked_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_rp <> 0", name=op.f("ck_fee_correction_something")),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["merchant_account.id", "merchant_account.organization_id"],
            name=op.f("fk_fee_correction_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["booked_by"], ["user.id"], name=op.f("fk_fee_correction_booked_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_fee_correction_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_correction")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_fee_correction_id_organization_id")),
    )
    op.create_index(
        op.f("ix_fee_correction_organization_id"), "fee_correction", ["organization_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
