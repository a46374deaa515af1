"""Tables of commodities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commodity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("handling", sa.String(length=15), nullable=False),
        sa.Column("base_unit", sa.String(length=5), nullable=False),
        sa.Column("rule_unit", sa.String(length=15), nullable=False),
        sa.Column("rule_unit_base", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("resale_allowed", sa.Boolean(), nullable=False),
        sa.Column("online_allowed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("base_unit IN ('g', 'ml', 'pcs')", name=op.f("ck_commodity_base_unit_known")),
        sa.CheckConstraint(
            "handling IN ('administered', 'ceiling', 'free')", name=op.f("ck_commodity_handling_known")
        ),
        sa.CheckConstraint("rule_unit_base > 0", name=op.f("ck_commodity_rule_unit_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commodity")),
        sa.UniqueConstraint("code", name=op.f("uq_commodity_code")),
    )
    op.create_table(
        "pack",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("size_base", sa.BigInteger(), nullable=False),
        sa.Column("gross_g", sa.BigInteger(), nullable=False),
        sa.Column("bulk", sa.Boolean(), nullable=False),
        sa.Column("retail", sa.Boolean(), nullable=False),
        sa.Column("tolerance_g", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("gross_g > 0", name=op.f("ck_pack_weight_positive")),
        sa.CheckConstraint("size_base > 0", name=op.f("ck_pack_size_positive")),
        sa.ForeignKeyConstraint(["commodity_id"], ["commodity.id"], name=op.f("fk_pack_commodity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("code", name=op.f("uq_pack_code")),
    )
    op.create_index(op.f("ix_pack_commodity_id"), "pack", ["commodity_id"], unique=False)
    op.create_table(
        "price_observation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("region_key", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "level IN ('mill', 'retail', 'wholesale')", name=op.f("ck_price_observation_level_known")
        ),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_price_observation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_price_observation_commodity_id")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_price_observation_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_observation")),
        sa.UniqueConstraint(
            "commodity_id",
            "region_key",
            "level",
            "observed_on",
            "source",
            name=op.f("uq_price_observation_commodity_id_region_key_level_observed_on_source"),
        ),
    )
    op.create_index(
        op.f("ix_price_observation_commodity_id"), "price_observation", ["commodity_id"], unique=False
    )
    op.create_table(
        "price_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=15), nullable=False),
        sa.Column("region_key", sa.String(length=20), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("legal_ref", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel IN ('consumer', 'd1', 'd2', 'outlet', 'pangkalan', 'producer', 'retailer')",
            name=op.f("ck_price_rule_channel_known"),
        ),
        sa.CheckConstraint("kind IN ('ADMIN_BUY', 'HAP', 'HET')", name=op.f("ck_price_rule_kind_known")),
        sa.CheckConstraint(
            "state IN ('in_force', 'proposed', 'rejected')", name=op.f("ck_price_rule_state_known")
        ),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_price_rule_amount_positive")),
        sa.CheckConstraint(
            "valid_until_on IS NULL OR valid_until_on >= valid_from_on",
            name=op.f("ck_price_rule_dates_in_order"),
        ),
        sa.ForeignKeyConstraint(["commodity_id"], ["commodity.id"], name=op.f("fk_price_rule_commodity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_rule")),
    )
    op.create_index(op.f("ix_price_rule_commodity_id"), "price_rule", ["commodity_id"], unique=False)
    op.create_index(
        "uq_price_rule_in_force",
        "price_rule",
        ["commodity_id", "kind", "channel", "region_key", "valid_from_on"],
        unique=True,
        postgresql_where=sa.text("state = 'in_force'"),
        sqlite_where=sa.text("state = 'in_force'"),
    )
    op.create_table(
        "quota",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("amount_base", sa.BigInteger(), nullable=False),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.Column("region_key", sa.String(length=20), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("legal_ref", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("scope IN ('consumer', 'outlet')", name=op.f("ck_quota_scope_known")),
        sa.CheckConstraint("amount_base > 0", name=op.f("ck_quota_amount_positive")),
        sa.CheckConstraint("period_days > 0", name=op.f("ck_quota_period_positive")),
        sa.ForeignKeyConstraint(["commodity_id"], ["commodity.id"], name=op.f("fk_quota_commodity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint(
            "commodity_id",
            "kind",
            "region_key",
            "valid_from_on",
            name=op.f("uq_quota_commodity_id_kind_region_key_valid_from_on"),
        ),
    )
    op.create_index(op.f("ix_quota_commodity_id"), "quota", ["commodity_id"], unique=False)


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
