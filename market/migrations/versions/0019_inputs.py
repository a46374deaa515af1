"""Tables of inputs: what UMKM ask of their cooperative, how it was pooled, the money that moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0019"
down_revision: str | None = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "input_pool",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("own_packs", sa.BigInteger(), nullable=False),
        sa.Column("own_at_most_packs", sa.BigInteger(), nullable=False),
        sa.Column("arrived_base", sa.BigInteger(), nullable=True),
        sa.Column("own_base", sa.BigInteger(), nullable=True),
        sa.Column("cost_rp", sa.BigInteger(), nullable=True),
        sa.Column("shared_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("shared_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(shared_at IS NULL) = (arrived_base IS NULL)", name=op.f("ck_input_pool_shared_once")
        ),
        sa.CheckConstraint(
            "arrived_base >= 0 AND own_base BETWEEN 0 AND arrived_base", name=op.f("ck_input_pool_arrived")
        ),
        sa.CheckConstraint(
            "own_packs >= 0 AND own_at_most_packs >= own_packs", name=op.f("ck_input_pool_own")
        ),
        sa.ForeignKeyConstraint(
            ["need_id", "organization_id"],
            ["need.id", "need.organization_id"],
            name=op.f("fk_input_pool_need_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_input_pool_organization_id")
        ),
        sa.ForeignKeyConstraint(["shared_by"], ["user.id"], name=op.f("fk_input_pool_shared_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_input_pool")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_input_pool_id_organization_id")),
        sa.UniqueConstraint("need_id", name=op.f("uq_input_pool_need_id")),
    )
    op.create_index(op.f("ix_input_pool_organization_id"), "input_pool", ["organization_id"], unique=False)
    op.create_table(
        "input_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("token", sa.String(length=60), nullable=False),
        sa.Column("pickup_code", sa.String(length=8), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("buyer_name", sa.String(length=160), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("wants_membership", sa.Boolean(), nullable=False),
        sa.Column("member", sa.Boolean(), nullable=False),
        sa.Column("commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted_base", sa.BigInteger(), nullable=False),
        sa.Column("at_most_base", sa.BigInteger(), nullable=False),
        sa.Column("needed_by_on", sa.Date(), nullable=False),
        sa.Column("ceiling_rp", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("terms", sa.String(length=10), nullable=False),
        sa.Column("margin_bp", sa.Integer(), nullable=False),
        sa.Column("quote_rp", sa.BigInteger(), nullable=True),
        sa.Column("pay_by_on", sa.Date(), nullable=True),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("given_base", sa.BigInteger(), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=True),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("collected_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("refund_by_on", sa.Date(), nullable=True),
        sa.Column("paid_rp", sa.BigInteger(), nullable=False),
        sa.Column("used_rp", sa.BigInteger(), nullable=False),
        sa.Column("returned_rp", sa.BigInteger(), nullable=False),
        sa.Column("passed_rp", sa.BigInteger(), nullable=False),
        sa.Column("settled_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("posted_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('approved', 'collected', 'declined', 'kept', 'lapsed', 'pooled', 'prepaid', 'ready', 'refund_pending', 'refunded', 'settled', 'submitted', 'unmet', 'withdrawn')",
            name=op.f("ck_input_request_state_known"),
        ),
        sa.CheckConstraint("terms IN ('prepaid', 'tempo')", name=op.f("ck_input_request_terms_known")),
        sa.CheckConstraint(
            "(collected_on IS NOT NULL) OR (used_rp = 0 AND settled_rp = 0)",
            name=op.f("ck_input_request_goods_first"),
        ),
        sa.CheckConstraint("amount_rp >= 0 AND cost_rp >= 0", name=op.f("ck_input_request_amounts")),
        sa.CheckConstraint("ceiling_rp > 0", name=op.f("ck_input_request_ceiling")),
        sa.CheckConstraint("given_base BETWEEN 0 AND at_most_base", name=op.f("ck_input_request_given")),
        sa.CheckConstraint("quote_rp <= ceiling_rp", name=op.f("ck_input_request_quote_within_ceiling")),
        sa.CheckConstraint("quote_rp > 0 AND price_rp <= quote_rp", name=op.f("ck_input_request_price")),
        sa.CheckConstraint(
            "settled_rp >= 0 AND used_rp + settled_rp <= amount_rp",
            name=op.f("ck_input_request_not_paid_twice"),
        ),
        sa.CheckConstraint(
            "used_rp >= 0 AND returned_rp >= 0 AND passed_rp >= 0 AND used_rp + returned_rp + passed_rp <= paid_rp",
            name=op.f("ck_input_request_advance"),
        ),
        sa.CheckConstraint(
            "wanted_base > 0 AND at_most_base >= wanted_base", name=op.f("ck_input_request_something")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_input_request_approved_by")),
        sa.ForeignKeyConstraint(["buyer_id"], ["organization.id"], name=op.f("fk_input_request_buyer_id")),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_input_request_commodity_id")
        ),
        sa.ForeignKeyConstraint(
            ["need_id", "organization_id"],
            ["need.id", "need.organization_id"],
            name=op.f("fk_input_request_need_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_input_request_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id", "organization_id"],
            ["reservation.id", "reservation.organization_id"],
            name=op.f("fk_input_request_reservation_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_input_request")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_input_request_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_input_request_organization_id_number")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_input_request_token")),
    )
    op.create_index(op.f("ix_input_request_buyer_id"), "input_request", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_input_request_commodity_id"), "input_request", ["commodity_id"], unique=False)
    op.create_index(op.f("ix_input_request_need_id"), "input_request", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_input_request_organization_id"), "input_request", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_input_request_phone"), "input_request", ["phone"], unique=False)
    op.create_index("ix_input_request_state", "input_request", ["organization_id", "state"], unique=False)
    op.create_table(
        "input_payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("paid_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'passed') = (account = '')", name=op.f("ck_input_payment_through_an_account")
        ),
        sa.CheckConstraint(
            "(kind = 'passed') = (from_request_id IS NOT NULL)", name=op.f("ck_input_payment_from_another")
        ),
        sa.CheckConstraint(
            "account IN ('', '1-1100', '1-1200')", name=op.f("ck_input_payment_account_known")
        ),
        sa.CheckConstraint(
            "kind IN ('advance', 'passed', 'refund', 'settlement')", name=op.f("ck_input_payment_kind_known")
        ),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_input_payment_something")),
        sa.ForeignKeyConstraint(
            ["from_request_id", "organization_id"],
            ["input_request.id", "input_request.organization_id"],
            name=op.f("fk_input_payment_from_request_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_input_payment_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "organization_id"],
            ["input_request.id", "input_request.organization_id"],
            name=op.f("fk_input_payment_request_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_input_payment_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_input_payment")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_input_payment_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_input_payment_organization_id_number")
        ),
    )
    op.create_index(
        op.f("ix_input_payment_from_request_id"), "input_payment", ["from_request_id"], unique=False
    )
    op.create_index(
        op.f("ix_input_payment_organization_id"), "input_payment", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_input_payment_request_id"), "input_payment", ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("input_payment")
    op.drop_table("input_request")
    op.drop_table("input_pool")
