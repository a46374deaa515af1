"""Tables of offers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("capacity_packs", sa.BigInteger(), nullable=False),
        sa.Column("lot_packs", sa.BigInteger(), nullable=False),
        sa.Column("min_per_drop_packs", sa.BigInteger(), nullable=False),
        sa.Column("pooled_min_packs", sa.BigInteger(), nullable=False),
        sa.Column("fixed_rp", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.String(length=10), nullable=False),
        sa.Column("credit_days", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(terms = 'tempo') = (credit_days > 0)", name=op.f("ck_offer_credit_with_tempo")),
        sa.CheckConstraint(
            "state IN ('draft', 'expired', 'live', 'withdrawn')", name=op.f("ck_offer_state_known")
        ),
        sa.CheckConstraint("terms IN ('cod', 'prepaid', 'tempo')", name=op.f("ck_offer_terms_known")),
        sa.CheckConstraint("capacity_packs > 0", name=op.f("ck_offer_capacity_positive")),
        sa.CheckConstraint("fixed_rp >= 0", name=op.f("ck_offer_fixed_not_negative")),
        sa.CheckConstraint("lead_days >= 0", name=op.f("ck_offer_lead_not_negative")),
        sa.CheckConstraint("lot_packs BETWEEN 1 AND capacity_packs", name=op.f("ck_offer_lot_in_bounds")),
        sa.CheckConstraint(
            "min_per_drop_packs BETWEEN lot_packs AND capacity_packs", name=op.f("ck_offer_drop_in_bounds")
        ),
        sa.CheckConstraint(
            "pooled_min_packs BETWEEN 0 AND capacity_packs", name=op.f("ck_offer_pool_in_bounds")
        ),
        sa.CheckConstraint("valid_until_on >= valid_from_on", name=op.f("ck_offer_dates_in_order")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_offer_created_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_offer_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_offer_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_offer_id_organization_id")),
    )
    op.create_index(op.f("ix_offer_organization_id"), "offer", ["organization_id"], unique=False)
    op.create_index(op.f("ix_offer_pack_id"), "offer", ["pack_id"], unique=False)
    op.create_index("ix_offer_state_until", "offer", ["state", "valid_until_on"], unique=False)
    op.create_table(
        "offer_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("rows", db.JsonText(), nullable=False),
        sa.Column("ignored", db.JsonText(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('discarded', 'imported', 'preview')", name=op.f("ck_offer_import_state_known")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_offer_import_created_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_offer_import_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_import")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_offer_import_id_organization_id")),
    )
    op.create_index(
        op.f("ix_offer_import_organization_id"), "offer_import", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_offer_import_digest",
        "offer_import",
        ["organization_id", "digest"],
        unique=True,
        postgresql_where=sa.text("state <> 'discarded'"),
        sqlite_where=sa.text("state <> 'discarded'"),
    )
    op.create_table(
        "supplier_authorisation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entered_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "valid_until_on IS NULL OR valid_until_on >= valid_from_on",
            name=op.f("ck_supplier_authorisation_dates_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_supplier_authorisation_commodity_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user.id"], name=op.f("fk_supplier_authorisation_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_supplier_authorisation_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_authorisation")),
    )
    op.create_index(
        "ix_supplier_authorisation_supplier",
        "supplier_authorisation",
        ["supplier_id", "commodity_id"],
        unique=False,
    )
    op.create_table(
        "supplier_limit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("max_weight_g", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("max_weight_g > 0", name=op.f("ck_supplier_limit_weight_positive")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_supplier_limit_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_limit")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_supplier_limit_id_organization_id")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_supplier_limit_organization_id")),
    )
    op.create_index(
        op.f("ix_supplier_limit_organization_id"), "supplier_limit", ["organization_id"], unique=False
    )
    op.create_table(
        "trip_rate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=False),
        sa.Column("vehicle", sa.String(length=20), nullable=False),
        sa.Column("capacity_g", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("max_trips", sa.Integer(), nullable=True),
        sa.Column("min_load_g", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("capacity_g > 0", name=op.f("ck_trip_rate_capacity_positive")),
        sa.CheckConstraint("cost_rp >= 0", name=op.f("ck_trip_rate_cost_not_negative")),
        sa.CheckConstraint("max_trips > 0", name=op.f("ck_trip_rate_trips_positive")),
        sa.CheckConstraint("min_load_g BETWEEN 0 AND capacity_g", name=op.f("ck_trip_rate_load_in_bounds")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_trip_rate_organization_id")
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_trip_rate_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_rate")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_trip_rate_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "place_code", name=op.f("uq_trip_rate_organization_id_place_code")
        ),
    )
    op.create_index(op.f("ix_trip_rate_organization_id"), "trip_rate", ["organization_id"], unique=False)
    op.create_table(
        "offer_tier",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_packs", sa.BigInteger(), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("from_packs > 0", name=op.f("ck_offer_tier_from_positive")),
        sa.CheckConstraint("price_rp > 0", name=op.f("ck_offer_tier_price_positive")),
        sa.ForeignKeyConstraint(
            ["offer_id", "organization_id"],
            ["offer.id", "offer.organization_id"],
            name=op.f("fk_offer_tier_offer_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_offer_tier_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_tier")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_offer_tier_id_organization_id")),
        sa.UniqueConstraint("offer_id", "from_packs", name=op.f("uq_offer_tier_offer_id_from_packs")),
    )
    op.create_index(op.f("ix_offer_tier_offer_id"), "offer_tier", ["offer_id"], unique=False)
    op.create_index(op.f("ix_offer_tier_organization_id"), "offer_tier", ["organization_id"], unique=False)
    op.create_table(
        "offer_zone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=False),
        sa.Column("freight_rp", sa.BigInteger(), nullable=False),
        sa.Column("drop_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("drop_rp >= 0", name=op.f("ck_offer_zone_drop_not_negative")),
        sa.CheckConstraint("freight_rp >= 0", name=op.f("ck_offer_zone_freight_not_negative")),
        sa.ForeignKeyConstraint(
            ["offer_id", "organization_id"],
            ["offer.id", "offer.organization_id"],
            name=op.f("fk_offer_zone_offer_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_offer_zone_organization_id")
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_offer_zone_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_zone")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_offer_zone_id_organization_id")),
        sa.UniqueConstraint("offer_id", "place_code", name=op.f("uq_offer_zone_offer_id_place_code")),
    )
    op.create_index(op.f("ix_offer_zone_offer_id"), "offer_zone", ["offer_id"], unique=False)
    op.create_index(op.f("ix_offer_zone_organization_id"), "offer_zone", ["organization_id"], unique=False)
    op.create_index(op.f("ix_offer_zone_place_code"), "offer_zone", ["place_code"], unique=False)


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
