"""Tables of what-ifs of a round, and of what explains and proves its plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need_advice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("day_on", sa.Date(), nullable=True),
        sa.Column("word", sa.String(length=15), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("unit_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('access', 'amount', 'cash', 'ceiling', 'date', 'substitute', 'suppliers', 'terms')",
            name=op.f("ck_need_advice_kind_known"),
        ),
        sa.CheckConstraint("packs > 0", name=op.f("ck_need_advice_more")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_advice_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_need_advice_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_need_advice_pack_id")),
        sa.ForeignKeyConstraint(
            ["plan_id", "organization_id"],
            ["round_plan.id", "round_plan.organization_id"],
            name=op.f("fk_need_advice_plan_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_advice")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_need_advice_id_organization_id")),
        sa.UniqueConstraint("plan_id", "need_id", "kind", name=op.f("uq_need_advice_plan_id_need_id_kind")),
    )
    op.create_index(op.f("ix_need_advice_need_id"), "need_advice", ["need_id"], unique=False)
    op.create_index(op.f("ix_need_advice_organization_id"), "need_advice", ["organization_id"], unique=False)
    op.create_table(
        "offer_advice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=15), nullable=False),
        sa.Column("asked_rp", sa.BigInteger(), nullable=False),
        sa.Column("band_from", sa.Integer(), nullable=True),
        sa.Column("band_to", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('area', 'authorised', 'date', 'minimum', 'other', 'price', 'terms')",
            name=op.f("ck_offer_advice_reason_known"),
        ),
        sa.CheckConstraint(
            "(band_from IS NULL) = (band_to IS NULL) AND (band_from IS NULL OR band_from < band_to)",
            name=op.f("ck_offer_advice_band"),
        ),
        sa.ForeignKeyConstraint(
            ["offer_id", "organization_id"],
            ["offer.id", "offer.organization_id"],
            name=op.f("fk_offer_advice_offer_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_offer_advice_organization_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["round_plan.id"], name=op.f("fk_offer_advice_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_advice")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_offer_advice_id_organization_id")),
        sa.UniqueConstraint("plan_id", "offer_id", name=op.f("uq_offer_advice_plan_id_offer_id")),
    )
    op.create_index(
        op.f("ix_offer_advice_organization_id"), "offer_advice", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_offer_advice_plan_id"), "offer_advice", ["plan_id"], unique=False)
    op.create_table(
        "plan_proof",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verdict", db.JsonText(), nullable=False),
        sa.Column("search", db.JsonText(), nullable=False),
        sa.Column("versions", db.JsonText(), nullable=False),
        sa.Column("entries", db.JsonText(), nullable=False),
        sa.Column("explained_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_plan_proof_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "organization_id"],
            ["round_plan.id", "round_plan.organization_id"],
            name=op.f("fk_plan_proof_plan_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_proof")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_plan_proof_id_organization_id")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_plan_proof_plan_id")),
    )
    op.create_index(op.f("ix_plan_proof_organization_id"), "plan_proof", ["organization_id"], unique=False)
    op.create_table(
        "ration_share",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("households", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("wanted_packs", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("last_packs", sa.BigInteger(), nullable=True),
        sa.Column("last_wanted", sa.BigInteger(), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(last_packs IS NULL) = (last_wanted IS NULL)", name=op.f("ck_ration_share_last_round")
        ),
        sa.CheckConstraint(
            "packs >= 0 AND wanted_packs > 0 AND households > 0", name=op.f("ck_ration_share_counts")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["organization.id"], name=op.f("fk_ration_share_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_ration_share_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_ration_share_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_ration_share_pack_id")),
        sa.ForeignKeyConstraint(
            ["plan_id", "organization_id"],
            ["round_plan.id", "round_plan.organization_id"],
            name=op.f("fk_ration_share_plan_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ration_share")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_ration_share_id_organization_id")),
        sa.UniqueConstraint("plan_id", "need_id", name=op.f("uq_ration_share_plan_id_need_id")),
    )
    op.create_index(op.f("ix_ration_share_cooperative_id"), "ration_share", ["cooperative_id"], unique=False)
    op.create_index(
        op.f("ix_ration_share_organization_id"), "ration_share", ["organization_id"], unique=False
    )
    op.create_table(
        "scenario",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("changes", db.JsonText(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("curve", db.JsonText(), nullable=False),
        sa.Column("problem_json", sa.Text(), nullable=False),
        sa.Column("plan_json", sa.Text(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=True),
        sa.Column("bound_rp", sa.BigInteger(), nullable=True),
        sa.Column("gap_ppm", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('discarded', 'failed', 'queued', 'solved', 'solving')",
            name=op.f("ck_scenario_state_known"),
        ),
        sa.CheckConstraint(
            "bound_rp IS NULL OR bound_rp <= cost_rp", name=op.f("ck_scenario_bound_below_cost")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_scenario_created_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_scenario_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "organization_id"],
            ["round_plan.id", "round_plan.organization_id"],
            name=op.f("fk_scenario_plan_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "organization_id"],
            ["round.id", "round.organization_id"],
            name=op.f("fk_scenario_round_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_scenario_id_organization_id")),
    )
    op.create_index(op.f("ix_scenario_organization_id"), "scenario", ["organization_id"], unique=False)
    op.create_index(op.f("ix_scenario_plan_id"), "scenario", ["plan_id"], unique=False)
    op.create_index(op.f("ix_scenario_round_id"), "scenario", ["round_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
