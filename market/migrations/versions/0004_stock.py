"""Tables of stock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("base_unit", sa.String(length=3), nullable=False),
        sa.Column("pack_base", sa.BigInteger(), nullable=False),
        sa.Column("owned", sa.Boolean(), nullable=False),
        sa.Column("on_hand_base", sa.BigInteger(), nullable=False),
        sa.Column("reserved_base", sa.BigInteger(), nullable=False),
        sa.Column("value_rp", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "on_hand_base > 0 OR value_rp = 0", name=op.f("ck_stock_item_nothing_is_worth_nothing")
        ),
        sa.CheckConstraint("on_hand_base >= 0", name=op.f("ck_stock_item_on_hand")),
        sa.CheckConstraint("owned OR value_rp = 0", name=op.f("ck_stock_item_consigned_has_no_value")),
        sa.CheckConstraint("reserved_base <= on_hand_base", name=op.f("ck_stock_item_free")),
        sa.CheckConstraint("reserved_base >= 0", name=op.f("ck_stock_item_reserved")),
        sa.CheckConstraint("value_rp >= 0", name=op.f("ck_stock_item_worth")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_stock_item_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_stock_item_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_item")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_stock_item_id_organization_id")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_stock_item_organization_id_code")),
    )
    op.create_index(op.f("ix_stock_item_organization_id"), "stock_item", ["organization_id"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity_base", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('held', 'posted', 'released', 'releasing')", name=op.f("ck_reservation_state_known")
        ),
        sa.CheckConstraint("quantity_base > 0", name=op.f("ck_reservation_something")),
        sa.ForeignKeyConstraint(
            ["item_id", "organization_id"],
            ["stock_item.id", "stock_item.organization_id"],
            name=op.f("fk_reservation_item_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_reservation_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_reservation_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "item_id", "source", name=op.f("uq_reservation_organization_id_item_id_source")
        ),
    )
    op.create_index(op.f("ix_reservation_expires_at"), "reservation", ["expires_at"], unique=False)
    op.create_index(op.f("ix_reservation_item_id"), "reservation", ["item_id"], unique=False)
    op.create_index(op.f("ix_reservation_organization_id"), "reservation", ["organization_id"], unique=False)
    op.create_table(
        "stock_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("quantity_base", sa.BigInteger(), nullable=False),
        sa.Column("value_rp", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('consign_in', 'consign_out', 'count', 'opening', 'receipt', 'repack', 'return_in', 'sale', 'write_off')",
            name=op.f("ck_stock_move_kind_known"),
        ),
        sa.CheckConstraint(
            "(quantity_base > 0 AND value_rp >= 0) OR (quantity_base < 0 AND value_rp <= 0)",
            name=op.f("ck_stock_move_signs"),
        ),
        sa.CheckConstraint("quantity_base <> 0", name=op.f("ck_stock_move_something")),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_stock_move_actor_id")),
        sa.ForeignKeyConstraint(
            ["item_id", "organization_id"],
            ["stock_item.id", "stock_item.organization_id"],
            name=op.f("fk_stock_move_item_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_stock_move_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_stock_move_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "item_id", "source", name=op.f("uq_stock_move_organization_id_item_id_source")
        ),
    )
    op.create_index(op.f("ix_stock_move_item_id"), "stock_move", ["item_id"], unique=False)
    op.create_index(op.f("ix_stock_move_occurred_on"), "stock_move", ["occurred_on"], unique=False)
    op.create_index(op.f("ix_stock_move_organization_id"), "stock_move", ["organization_id"], unique=False)
    op.create_table(
        "write_off",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity_base", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('done', 'lapsed', 'proposed', 'rejected')", name=op.f("ck_write_off_state_known")
        ),
        sa.CheckConstraint("quantity_base > 0", name=op.f("ck_write_off_something")),
        sa.ForeignKeyConstraint(
            ["item_id", "organization_id"],
            ["stock_item.id", "stock_item.organization_id"],
            name=op.f("fk_write_off_item_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_write_off_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_off")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_write_off_id_organization_id")),
    )
    op.create_index(op.f("ix_write_off_item_id"), "write_off", ["item_id"], unique=False)
    op.create_index(op.f("ix_write_off_organization_id"), "write_off", ["organization_id"], unique=False)


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
