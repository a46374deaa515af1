"""Tables of retail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retail_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("token", sa.String(length=60), nullable=False),
        sa.Column("pickup_code", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("buyer_name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("total_rp", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("collect_by", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("member_sale", sa.Boolean(), nullable=False),
        sa.Column("collected_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('cancelled', 'collected', 'expired', 'placed', 'ready')",
            name=op.f("ck_retail_order_state_known"),
        ),
        sa.CheckConstraint("total_rp > 0", name=op.f("ck_retail_order_something")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retail_order_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_order")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_retail_order_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_retail_order_organization_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_retail_order_token")),
    )
    op.create_index(
        "ix_retail_order_open", "retail_order", ["organization_id", "state", "phone"], unique=False
    )
    op.create_index(
        op.f("ix_retail_order_organization_id"), "retail_order", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_retail_order_placed_at"), "retail_order", ["placed_at"], unique=False)
    op.create_table(
        "retail_order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit_label", sa.String(length=30), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_rp", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("commission_rp", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "commission_rp BETWEEN 0 AND amount_rp", name=op.f("ck_retail_order_line_commission")
        ),
        sa.CheckConstraint(
            "quantity > 0 AND amount_rp = quantity * unit_price_rp", name=op.f("ck_retail_order_line_amount")
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["retail_order.id", "retail_order.organization_id"],
            name=op.f("fk_retail_order_line_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retail_order_line_organization_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_retail_order_line_product_id")),
        sa.ForeignKeyConstraint(
            ["reservation_id", "organization_id"],
            ["reservation.id", "reservation.organization_id"],
            name=op.f("fk_retail_order_line_reservation_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_retail_order_line_seller_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_order_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_retail_order_line_id_organization_id")),
        sa.UniqueConstraint("order_id", "product_id", name=op.f("uq_retail_order_line_order_id_product_id")),
    )
    op.create_index(op.f("ix_retail_order_line_order_id"), "retail_order_line", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_retail_order_line_organization_id"), "retail_order_line", ["organization_id"], unique=False
    )


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
