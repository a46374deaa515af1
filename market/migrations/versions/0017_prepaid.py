"""Tables of prepaid buying."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0017"
down_revision: str | None = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prepaid_pool",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shares_per_pack", sa.BigInteger(), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("min_packs", sa.BigInteger(), nullable=False),
        sa.Column("max_packs", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=False),
        sa.Column("refund_by_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_role", sa.String(length=20), nullable=False),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_role", sa.String(length=20), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state = 'proposed' OR state = 'rejected' OR approved_by IS NOT NULL",
            name=op.f("ck_prepaid_pool_approved"),
        ),
        sa.CheckConstraint(
            "state IN ('closed', 'fired', 'open', 'proposed', 'ready', 'refunding', 'rejected')",
            name=op.f("ck_prepaid_pool_state_known"),
        ),
        sa.CheckConstraint("approved_by <> opened_by", name=op.f("ck_prepaid_pool_two_people")),
        sa.CheckConstraint("min_packs > 0 AND max_packs >= min_packs", name=op.f("ck_prepaid_pool_packs")),
        sa.CheckConstraint("price_rp > 0 AND shares_per_pack > 0", name=op.f("ck_prepaid_pool_something")),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_prepaid_pool_approved_by")),
        sa.ForeignKeyConstraint(
            ["need_id", "organization_id"],
            ["need.id", "need.organization_id"],
            name=op.f("fk_prepaid_pool_need_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_prepaid_pool_opened_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_prepaid_pool_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_prepaid_pool_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepaid_pool")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_prepaid_pool_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_prepaid_pool_organization_id_number")),
    )
    op.create_index("ix_prepaid_pool_due", "prepaid_pool", ["state", "closes_at"], unique=False)
    op.create_index(op.f("ix_prepaid_pool_need_id"), "prepaid_pool", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_prepaid_pool_organization_id"), "prepaid_pool", ["organization_id"], unique=False
    )
    op.create_table(
        "prepaid_share",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("token", sa.String(length=60), nullable=False),
        sa.Column("pickup_code", sa.String(length=8), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("buyer_name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("member", sa.Boolean(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("refund_account", sa.String(length=10), nullable=False),
        sa.Column("reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'refunded') = (refund_account <> '')", name=op.f("ck_prepaid_share_refunded_from")
        ),
        sa.CheckConstraint("account IN ('1-1100', '1-1200')", name=op.f("ck_prepaid_share_account_known")),
        sa.CheckConstraint(
            "refund_account IN ('', '1-1100', '1-1200')", name=op.f("ck_prepaid_share_refund_account_known")
        ),
        sa.CheckConstraint(
            "state IN ('awaiting_payment', 'cancelled', 'collected', 'paid', 'ready', 'refund_pending', 'refunded')",
            name=op.f("ck_prepaid_share_state_known"),
        ),
        sa.CheckConstraint("shares > 0 AND amount_rp > 0", name=op.f("ck_prepaid_share_something")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_prepaid_share_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "organization_id"],
            ["prepaid_pool.id", "prepaid_pool.organization_id"],
            name=op.f("fk_prepaid_share_pool_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id", "organization_id"],
            ["reservation.id", "reservation.organization_id"],
            name=op.f("fk_prepaid_share_reservation_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepaid_share")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_prepaid_share_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_prepaid_share_organization_id_number")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_prepaid_share_token")),
    )
    op.create_index(
        op.f("ix_prepaid_share_organization_id"), "prepaid_share", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_prepaid_share_pool_id"), "prepaid_share", ["pool_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
