"""Tables of payouts to sellers and of money that goes back by transfer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0024"
down_revision: str | None = "0023"
branch_labels = None
depends_on = None

NEW_ACCOUNTS = (
    ("1-1260", "Saldo uang keluar di penyedia", "asset", "debit"),
    ("2-1420", "Uang keluar dalam perjalanan", "liability", "credit"),
    ("6-1710", "Biaya uang keluar", "expense", "debit"),
)


def upgrade() -> None:
    steps.add_accounts(NEW_ACCOUNTS)
    with op.batch_alter_table("payment_refund") as batch:
        batch.add_column(sa.Column("way", sa.String(length=10), nullable=False, server_default="provider"))
        batch.create_check_constraint(op.f("ck_payment_refund_way_known"), "way IN ('hand', 'provider')")
    _tables()


def _tables() -> None:
    op.create_table(
        "payee_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank", sa.String(length=20), nullable=False),
        sa.Column("number_sealed", sa.Text(), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("bank <> '' AND holder <> ''", name=op.f("ck_payee_account_whole")),
        sa.CheckConstraint(
            "state IN ('active', 'ended', 'proposed', 'rejected')", name=op.f("ck_payee_account_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'ended') OR confirmed_by IS NOT NULL",
            name=op.f("ck_payee_account_confirmed"),
        ),
        sa.CheckConstraint("confirmed_by <> entered_by", name=op.f("ck_payee_account_two_people")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user.id"], name=op.f("fk_payee_account_confirmed_by")),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_payee_account_entered_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payee_account_organization_id")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["organization.id"], name=op.f("fk_payee_account_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_account")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payee_account_id_organization_id")),
    )
    op.create_index(
        op.f("ix_payee_account_organization_id"), "payee_account", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_payee_account_seller_id"), "payee_account", ["seller_id"], unique=False)
    op.create_index(
        "uq_payee_account_current",
        "payee_account",
        ["organization_id", "seller_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "payout_top_up",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_rp > 0 AND reference <> ''", name=op.f("ck_payout_top_up_something")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payout_top_up_organization_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_payout_top_up_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_top_up")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payout_top_up_id_organization_id")),
    )
    op.create_index(
        op.f("ix_payout_top_up_organization_id"), "payout_top_up", ["organization_id"], unique=False
    )
    op.create_table(
        "hold_release",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("released_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("released_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hold_release_reason")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_hold_release_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id", "organization_id"],
            ["payment.id", "payment.organization_id"],
            name=op.f("fk_hold_release_payment_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["released_by"], ["user.id"], name=op.f("fk_hold_release_released_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_release")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_hold_release_id_organization_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_hold_release_payment_id")),
    )
    op.create_index(
        op.f("ix_hold_release_organization_id"), "hold_release", ["organization_id"], unique=False
    )
    op.create_table(
        "payout",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("merchant_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("fee_rp", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.String(length=140), nullable=False),
        sa.Column("payout_id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("provider_status", sa.String(length=40), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("called_off", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("proposed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ask_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(kind = 'refund') = (refund_id IS NOT NULL)", name=op.f("ck_payout_refund")),
        sa.CheckConstraint("(kind = 'seller') = (seller_id IS NOT NULL)", name=op.f("ck_payout_seller")),
        sa.CheckConstraint(
            "(way = 'iris') = (merchant_account_id IS NOT NULL)", name=op.f("ck_payout_from_where")
        ),
        sa.CheckConstraint(
            "approved_by IS NOT NULL OR state NOT IN ('approved', 'sending', 'completed', 'failed')",
            name=op.f("ck_payout_approved"),
        ),
        sa.CheckConstraint("kind IN ('refund', 'seller')", name=op.f("ck_payout_kind_known")),
        sa.CheckConstraint(
            "state <> 'completed' OR way = 'iris' OR reference <> ''", name=op.f("ck_payout_proved")
        ),
        sa.CheckConstraint(
            "state IN ('approved', 'completed', 'failed', 'lapsed', 'proposed', 'rejected', 'sending', 'withdrawn')",
            name=op.f("ck_payout_state_known"),
        ),
        sa.CheckConstraint("way IN ('cash', 'iris', 'transfer')", name=op.f("ck_payout_way_known")),
        sa.CheckConstraint("amount_rp > 0 AND fee_rp >= 0", name=op.f("ck_payout_something")),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_payout_two_people")),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["payee_account.id", "payee_account.organization_id"],
            name=op.f("fk_payout_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_payout_approved_by")),
        sa.ForeignKeyConstraint(
            ["merchant_account_id", "organization_id"],
            ["merchant_account.id", "merchant_account.organization_id"],
            name=op.f("fk_payout_merchant_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payout_organization_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["user.id"], name=op.f("fk_payout_proposed_by")),
        sa.ForeignKeyConstraint(
            ["refund_id", "organization_id"],
            ["payment_refund.id", "payment_refund.organization_id"],
            name=op.f("fk_payout_refund_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["organization.id"], name=op.f("fk_payout_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payout_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_payout_organization_id_number")),
        sa.UniqueConstraint("payout_id", name=op.f("uq_payout_payout_id")),
    )
    op.create_index("ix_payout_ask", "payout", ["state", "ask_at"], unique=False)
    op.create_index(op.f("ix_payout_organization_id"), "payout", ["organization_id"], unique=False)
    op.create_index(op.f("ix_payout_provider_id"), "payout", ["provider_id"], unique=False)
    op.create_index(op.f("ix_payout_refund_id"), "payout", ["refund_id"], unique=False)
    op.create_index(op.f("ix_payout_seller_id"), "payout", ["seller_id"], unique=False)
    op.create_index(
        "uq_payout_refund_live",
        "payout",
        ["refund_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'approved', 'sending')"),
        postgresql_where=sa.text("state IN ('proposed', 'approved', 'sending')"),
    )
    op.create_index(
        "uq_payout_seller_live",
        "payout",
        ["organization_id", "seller_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'approved', 'sending')"),
        postgresql_where=sa.text("state IN ('proposed', 'approved', 'sending')"),
    )
    op.create_table(
        "refund_destination",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("refund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("bank", sa.String(length=20), nullable=False),
        sa.Column("number_sealed", sa.Text(), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("named_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(way = 'bank') = (bank <> '' AND holder <> '')", name=op.f("ck_refund_destination_whole")
        ),
        sa.CheckConstraint("(way = 'cash') = (code <> '')", name=op.f("ck_refund_destination_code")),
        sa.CheckConstraint("way IN ('bank', 'cash')", name=op.f("ck_refund_destination_way_known")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_refund_destination_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id", "organization_id"],
            ["payment_refund.id", "payment_refund.organization_id"],
            name=op.f("fk_refund_destination_refund_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_destination")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_refund_destination_id_organization_id")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_refund_destination_refund_id")),
    )
    op.create_index(
        op.f("ix_refund_destination_organization_id"), "refund_destination", ["organization_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
