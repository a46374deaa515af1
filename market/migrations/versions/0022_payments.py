"""Tables of payments, and the accounts that money on its way back needs in books that are open already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0022"
down_revision: str | None = "0021"
branch_labels = None
depends_on = None

NEW_ACCOUNTS = (
    ("1-1340", "Piutang pembayaran yang ditarik kembali", "asset", "debit"),
    ("2-1410", "Pengembalian dalam proses", "liability", "credit"),
)


def upgrade() -> None:
    steps.add_accounts(NEW_ACCOUNTS)
    _tables()
    with op.batch_alter_table("retail_order") as batch:
        batch.add_column(sa.Column("online_rp", sa.BigInteger(), nullable=False, server_default="0"))
        batch.create_check_constraint(op.f("ck_retail_order_online"), "online_rp IN (0, total_rp)")


def _tables() -> None:
    op.create_table(
        "merchant_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("merchant_id", sa.String(length=60), nullable=False),
        sa.Column("token", sa.String(length=60), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("production", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("keys_until_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("proposed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "provider IN ('midtrans', 'stripe')", name=op.f("ck_merchant_account_provider_known")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'ended', 'proposed', 'rejected')",
            name=op.f("ck_merchant_account_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'ended') OR approved_by IS NOT NULL",
            name=op.f("ck_merchant_account_approved"),
        ),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_merchant_account_two_people")),
        sa.CheckConstraint(
            "valid_until_on IS NULL OR valid_until_on >= valid_from_on",
            name=op.f("ck_merchant_account_validity"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_merchant_account_approved_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_merchant_account_organization_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["user.id"], name=op.f("fk_merchant_account_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_account")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_merchant_account_id_organization_id")),
        sa.UniqueConstraint("token", name=op.f("uq_merchant_account_token")),
    )
    op.create_index(
        op.f("ix_merchant_account_organization_id"), "merchant_account", ["organization_id"], unique=False
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("token", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("purpose_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("received_rp", sa.BigInteger(), nullable=False),
        sa.Column("refunded_rp", sa.BigInteger(), nullable=False),
        sa.Column("used_rp", sa.BigInteger(), nullable=False),
        sa.Column("payer_name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("return_path", sa.String(length=200), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(received_rp = 0) = (state = 'open' OR state = 'closed')", name=op.f("ck_payment_paid")
        ),
        sa.CheckConstraint(
            "state IN ('closed', 'open', 'paid', 'refunded', 'reversed')", name=op.f("ck_payment_state_known")
        ),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_payment_something")),
        sa.CheckConstraint("received_rp IN (0, amount_rp)", name=op.f("ck_payment_received")),
        sa.CheckConstraint("refunded_rp BETWEEN 0 AND received_rp", name=op.f("ck_payment_refunded")),
        sa.CheckConstraint("used_rp >= 0", name=op.f("ck_payment_used")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payment_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payment_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_payment_organization_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_payment_token")),
    )
    op.create_index("ix_payment_due", "payment", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_payment_organization_id"), "payment", ["organization_id"], unique=False)
    op.create_index(
        "uq_payment_live",
        "payment",
        ["purpose", "purpose_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'paid')"),
        postgresql_where=sa.text("state IN ('open', 'paid')"),
    )
    op.create_table(
        "payment_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("next_action", db.JsonText(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("provider_status", sa.String(length=40), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("paid_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ask_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "method IN ('bill_mandiri', 'gopay', 'otc_alfamart', 'otc_indomaret', 'qris', 'va_bca', 'va_bni', 'va_bri', 'va_cimb', 'va_permata')",
            name=op.f("ck_payment_attempt_method_known"),
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'failed', 'processing', 'reversed', 'starting', 'succeeded', 'waiting')",
            name=op.f("ck_payment_attempt_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["merchant_account.id", "merchant_account.organization_id"],
            name=op.f("fk_payment_attempt_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payment_attempt_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id", "organization_id"],
            ["payment.id", "payment.organization_id"],
            name=op.f("fk_payment_attempt_payment_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempt")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payment_attempt_id_organization_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_payment_attempt_order_id")),
        sa.UniqueConstraint("payment_id", "seq", name=op.f("uq_payment_attempt_payment_id_seq")),
    )
    op.create_index("ix_payment_attempt_ask", "payment_attempt", ["state", "ask_at"], unique=False)
    op.create_index("ix_payment_attempt_provider", "payment_attempt", ["provider_id"], unique=False)
    op.create_index(
        op.f("ix_payment_attempt_organization_id"), "payment_attempt", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_payment_attempt_payment_id"), "payment_attempt", ["payment_id"], unique=False)
    op.create_table(
        "payment_notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("dedupe_key", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("order_id", sa.String(length=80), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("claimed_status", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("handled_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "provider IN ('midtrans', 'stripe')", name=op.f("ck_payment_notification_provider_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["merchant_account.id"], name=op.f("fk_payment_notification_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_notification")),
        sa.UniqueConstraint(
            "account_id", "dedupe_key", name=op.f("uq_payment_notification_account_id_dedupe_key")
        ),
    )
    op.create_index(
        "ix_payment_notification_open", "payment_notification", ["handled_at", "received_at"], unique=False
    )
    op.create_index(
        op.f("ix_payment_notification_order_id"), "payment_notification", ["order_id"], unique=False
    )
    op.create_table(
        "payment_dispute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('lost', 'open', 'won')", name=op.f("ck_payment_dispute_state_known")),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_payment_dispute_something")),
        sa.ForeignKeyConstraint(
            ["attempt_id", "organization_id"],
            ["payment_attempt.id", "payment_attempt.organization_id"],
            name=op.f("fk_payment_dispute_attempt_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payment_dispute_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_dispute")),
        sa.UniqueConstraint("attempt_id", "reference", name=op.f("uq_payment_dispute_attempt_id_reference")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payment_dispute_id_organization_id")),
    )
    op.create_index(op.f("ix_payment_dispute_attempt_id"), "payment_dispute", ["attempt_id"], unique=False)
    op.create_index(
        op.f("ix_payment_dispute_organization_id"), "payment_dispute", ["organization_id"], unique=False
    )
    op.create_table(
        "payment_effect",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("fee_rp", sa.BigInteger(), nullable=False),
        sa.Column("suspense", sa.Boolean(), nullable=False),
        sa.Column("unused_rp", sa.BigInteger(), nullable=False),
        sa.Column("dispute_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('disputed', 'received', 'refunded', 'reversed')",
            name=op.f("ck_payment_effect_kind_known"),
        ),
        sa.CheckConstraint(
            "(kind = 'disputed') = (dispute_id IS NOT NULL)", name=op.f("ck_payment_effect_dispute")
        ),
        sa.CheckConstraint("kind = 'disputed' OR NOT undone", name=op.f("ck_payment_effect_undone")),
        sa.CheckConstraint("amount_rp > 0 AND fee_rp >= 0", name=op.f("ck_payment_effect_something")),
        sa.CheckConstraint("unused_rp BETWEEN 0 AND amount_rp", name=op.f("ck_payment_effect_unused")),
        sa.ForeignKeyConstraint(
            ["attempt_id", "organization_id"],
            ["payment_attempt.id", "payment_attempt.organization_id"],
            name=op.f("fk_payment_effect_attempt_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id", "organization_id"],
            ["payment_dispute.id", "payment_dispute.organization_id"],
            name=op.f("fk_payment_effect_dispute_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payment_effect_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_effect")),
        sa.UniqueConstraint(
            "attempt_id", "kind", "reference", name=op.f("uq_payment_effect_attempt_id_kind_reference")
        ),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payment_effect_id_organization_id")),
    )
    op.create_index(op.f("ix_payment_effect_attempt_id"), "payment_effect", ["attempt_id"], unique=False)
    op.create_index(op.f("ix_payment_effect_dispute_id"), "payment_effect", ["dispute_id"], unique=False)
    op.create_index(
        op.f("ix_payment_effect_organization_id"), "payment_effect", ["organization_id"], unique=False
    )
    op.create_table(
        "payment_refund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("refund_id", sa.String(length=36), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("beyond_rp", sa.BigInteger(), nullable=False),
        sa.Column("suspense", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'done', 'pending', 'refused')", name=op.f("ck_payment_refund_state_known")
        ),
        sa.CheckConstraint(
            "amount_rp > 0 AND beyond_rp BETWEEN 0 AND amount_rp", name=op.f("ck_payment_refund_something")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_payment_refund_asked_by")),
        sa.ForeignKeyConstraint(
            ["attempt_id", "organization_id"],
            ["payment_attempt.id", "payment_attempt.organization_id"],
            name=op.f("fk_payment_refund_attempt_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payment_refund_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_refund")),
        sa.UniqueConstraint("attempt_id", "refund_id", name=op.f("uq_payment_refund_attempt_id_refund_id")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payment_refund_id_organization_id")),
    )
    op.create_index(op.f("ix_payment_refund_attempt_id"), "payment_refund", ["attempt_id"], unique=False)
    op.create_index(
        op.f("ix_payment_refund_organization_id"), "payment_refund", ["organization_id"], unique=False
    )
    op.create_table(
        "suspense_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('double', 'late', 'mismatch')", name=op.f("ck_suspense_case_reason_known")
        ),
        sa.CheckConstraint(
            "state IN ('attributed', 'open', 'refunded', 'refunding', 'taken_back')",
            name=op.f("ck_suspense_case_state_known"),
        ),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_suspense_case_something")),
        sa.ForeignKeyConstraint(
            ["effect_id", "organization_id"],
            ["payment_effect.id", "payment_effect.organization_id"],
            name=op.f("fk_suspense_case_effect_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_suspense_case_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspense_case")),
        sa.UniqueConstraint("effect_id", name=op.f("uq_suspense_case_effect_id")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_suspense_case_id_organization_id")),
    )
    op.create_index(
        op.f("ix_suspense_case_organization_id"), "suspense_case", ["organization_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
