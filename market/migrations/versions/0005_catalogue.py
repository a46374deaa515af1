"""Tables of catalogue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("unit_label", sa.String(length=30), nullable=False),
        sa.Column("net_weight_g", sa.Integer(), nullable=True),
        sa.Column("net_volume_ml", sa.Integer(), nullable=True),
        sa.Column("ingredients", sa.Text(), nullable=False),
        sa.Column("pirt", sa.String(length=20), nullable=False),
        sa.Column("halal", sa.String(length=15), nullable=False),
        sa.Column("photo", sa.String(length=80), nullable=True),
        sa.Column("commission_bp", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "halal IN ('certified', 'in_process', 'not_applicable', 'not_halal', 'unstated')",
            name=op.f("ck_product_halal_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'rejected', 'submitted', 'withdrawn')",
            name=op.f("ck_product_state_known"),
        ),
        sa.CheckConstraint("commission_bp BETWEEN 0 AND 10000", name=op.f("ck_product_commission")),
        sa.CheckConstraint(
            "net_weight_g IS NULL OR net_volume_ml IS NULL", name=op.f("ck_product_one_measure")
        ),
        sa.CheckConstraint(
            "pack_id IS NULL OR organization_id = cooperative_id", name=op.f("ck_product_own_pack")
        ),
        sa.CheckConstraint("price_rp > 0", name=op.f("ck_product_price")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["organization.id"], name=op.f("fk_product_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_product_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_product_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("cooperative_id", "pack_id", name=op.f("uq_product_cooperative_id_pack_id")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_product_id_organization_id")),
    )
    op.create_index(op.f("ix_product_cooperative_id"), "product", ["cooperative_id"], unique=False)
    op.create_index(op.f("ix_product_organization_id"), "product", ["organization_id"], unique=False)


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
