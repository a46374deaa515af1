"""Tables of trips: several orders on one truck, and the public address of a prepaid pool."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0021"
down_revision: str | None = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_trip",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=False),
        sa.Column("district_code", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("trucks", sa.Integer(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("before_rp", sa.BigInteger(), nullable=False),
        sa.Column("after_rp", sa.BigInteger(), nullable=False),
        sa.Column("driver_name", sa.String(length=120), nullable=False),
        sa.Column("plate", sa.String(length=20), nullable=False),
        sa.Column("planned_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("departed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(departed_at IS NULL) = (state = 'planned' OR state = 'cancelled')",
            name=op.f("ck_delivery_trip_departure"),
        ),
        sa.CheckConstraint(
            "state IN ('arrived', 'cancelled', 'departed', 'planned')",
            name=op.f("ck_delivery_trip_state_known"),
        ),
        sa.CheckConstraint("after_rp BETWEEN 0 AND before_rp", name=op.f("ck_delivery_trip_never_more")),
        sa.CheckConstraint("weight_g > 0 AND trucks > 0", name=op.f("ck_delivery_trip_something")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_delivery_trip_organization_id")
        ),
        sa.ForeignKeyConstraint(["planned_by"], ["user.id"], name=op.f("fk_delivery_trip_planned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_trip")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_delivery_trip_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_delivery_trip_organization_id_number")
        ),
    )
    op.create_index(op.f("ix_delivery_trip_delivery_on"), "delivery_trip", ["delivery_on"], unique=False)
    op.create_index(
        op.f("ix_delivery_trip_organization_id"), "delivery_trip", ["organization_id"], unique=False
    )
    op.create_table(
        "trip_stop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trip_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_trip_stop_in_order")),
        sa.ForeignKeyConstraint(["buyer_id"], ["organization.id"], name=op.f("fk_trip_stop_buyer_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_trip_stop_organization_id")
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_trip_stop_place_code")),
        sa.ForeignKeyConstraint(
            ["trip_id", "organization_id"],
            ["delivery_trip.id", "delivery_trip.organization_id"],
            name=op.f("fk_trip_stop_trip_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_stop")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_trip_stop_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_trip_stop_organization_id_number")),
        sa.UniqueConstraint("trip_id", "position", name=op.f("uq_trip_stop_trip_id_position")),
    )
    op.create_index(op.f("ix_trip_stop_buyer_id"), "trip_stop", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_trip_stop_organization_id"), "trip_stop", ["organization_id"], unique=False)
    op.create_index(op.f("ix_trip_stop_trip_id"), "trip_stop", ["trip_id"], unique=False)
    op.create_table(
        "trip_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("before_rp", sa.BigInteger(), nullable=False),
        sa.Column("after_rp", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("after_rp BETWEEN 0 AND before_rp", name=op.f("ck_trip_order_never_more")),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_trip_order_weight")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_trip_order_order_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_trip_order_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["stop_id", "organization_id"],
            ["trip_stop.id", "trip_stop.organization_id"],
            name=op.f("fk_trip_order_stop_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_order")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_trip_order_id_organization_id")),
        sa.UniqueConstraint("stop_id", "order_id", name=op.f("uq_trip_order_stop_id_order_id")),
    )
    op.create_index(op.f("ix_trip_order_order_id"), "trip_order", ["order_id"], unique=False)
    op.create_index(op.f("ix_trip_order_organization_id"), "trip_order", ["organization_id"], unique=False)
    op.create_index(op.f("ix_trip_order_stop_id"), "trip_order", ["stop_id"], unique=False)
    op.create_index(
        "uq_trip_order_live",
        "trip_order",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
