"""Tables of rounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("scope_code", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.Column("answers_due_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("rematches", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('cancelled', 'closed', 'failed', 'finished', 'open', 'published', 'rematching', 'solved', 'solving')",
            name=op.f("ck_round_state_known"),
        ),
        sa.CheckConstraint("answer_hours > 0", name=op.f("ck_round_time_to_answer")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_round_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_round_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_round_organization_id_number")),
    )
    op.create_index(op.f("ix_round_organization_id"), "round", ["organization_id"], unique=False)
    op.create_index(op.f("ix_round_scope_code"), "round", ["scope_code"], unique=False)
    op.create_index(
        "uq_round_one_active",
        "round",
        ["organization_id", "scope_code"],
        unique=True,
        postgresql_where=sa.text("state IN ('closed', 'solving', 'solved')"),
        sqlite_where=sa.text("state IN ('closed', 'solving', 'solved')"),
    )
    op.create_table(
        "round_need",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted_packs", sa.BigInteger(), nullable=False),
        sa.Column("at_most_packs", sa.BigInteger(), nullable=False),
        sa.Column("planned_packs", sa.BigInteger(), nullable=False),
        sa.Column("accepted_packs", sa.BigInteger(), nullable=False),
        sa.Column("alone_rp", sa.BigInteger(), nullable=True),
        sa.Column("alone_packs", sa.BigInteger(), nullable=False),
        sa.Column("planned_rp", sa.BigInteger(), nullable=False),
        sa.Column("market_rp", sa.BigInteger(), nullable=True),
        sa.Column("unmet_reason", sa.String(length=15), nullable=False),
        sa.Column("unmet_detail", db.JsonText(), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "accepted_packs >= 0 AND planned_packs >= 0 AND alone_packs >= 0",
            name=op.f("ck_round_need_counts"),
        ),
        sa.CheckConstraint(
            "alone_rp IS NULL OR alone_packs > 0", name=op.f("ck_round_need_alone_buys_something")
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["organization.id"], name=op.f("fk_round_need_buyer_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_round_need_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_round_need_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_round_need_pack_id")),
        sa.ForeignKeyConstraint(
            ["round_id", "organization_id"],
            ["round.id", "round.organization_id"],
            name=op.f("fk_round_need_round_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_need")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_round_need_id_organization_id")),
        sa.UniqueConstraint("round_id", "need_id", name=op.f("uq_round_need_round_id_need_id")),
    )
    op.create_index(op.f("ix_round_need_buyer_id"), "round_need", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_round_need_need_id"), "round_need", ["need_id"], unique=False)
    op.create_index(op.f("ix_round_need_organization_id"), "round_need", ["organization_id"], unique=False)
    op.create_index(op.f("ix_round_need_round_id"), "round_need", ["round_id"], unique=False)
    op.create_table(
        "round_plan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("problem_json", sa.Text(), nullable=False),
        sa.Column("plan_json", sa.Text(), nullable=False),
        sa.Column("problem_sha256", sa.String(length=64), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("bound_rp", sa.BigInteger(), nullable=True),
        sa.Column("certified_bound_rp", sa.BigInteger(), nullable=True),
        sa.Column("gap_ppm", sa.Integer(), nullable=True),
        sa.Column("greedy_cost_rp", sa.BigInteger(), nullable=True),
        sa.Column("greedy_paid_rp", sa.BigInteger(), nullable=True),
        sa.Column("greedy_packs", sa.BigInteger(), nullable=True),
        sa.Column("goods_rp", sa.BigInteger(), nullable=False),
        sa.Column("delivery_rp", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("solver", sa.String(length=60), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("lanes", sa.Integer(), nullable=False),
        sa.Column("made_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "bound_rp IS NULL OR bound_rp <= cost_rp", name=op.f("ck_round_plan_bound_below_cost")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_round_plan_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "organization_id"],
            ["round.id", "round.organization_id"],
            name=op.f("fk_round_plan_round_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_plan")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_round_plan_id_organization_id")),
        sa.UniqueConstraint("round_id", "attempt", name=op.f("uq_round_plan_round_id_attempt")),
    )
    op.create_index(op.f("ix_round_plan_organization_id"), "round_plan", ["organization_id"], unique=False)
    op.create_index(op.f("ix_round_plan_round_id"), "round_plan", ["round_id"], unique=False)
    op.create_table(
        "round_progress",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("bound_rp", sa.BigInteger(), nullable=True),
        sa.Column("cost_rp", sa.BigInteger(), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_round_progress_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "organization_id"],
            ["round.id", "round.organization_id"],
            name=op.f("fk_round_progress_round_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_progress")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_round_progress_id_organization_id")),
    )
    op.create_index(
        op.f("ix_round_progress_organization_id"), "round_progress", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_round_progress_round_id"), "round_progress", ["round_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("tier_from", sa.BigInteger(), nullable=False),
        sa.Column("goods_rp", sa.BigInteger(), nullable=False),
        sa.Column("delivery_rp", sa.BigInteger(), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.String(length=10), nullable=False),
        sa.Column("credit_days", sa.Integer(), nullable=False),
        sa.Column("due_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.String(length=15), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "decline_reason IN ('', 'date', 'no_stock', 'no_truck', 'other', 'price_rose', 'too_small')",
            name=op.f("ck_assignment_decline_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'declined', 'dropped', 'lapsed', 'offered', 'partly', 'proposed')",
            name=op.f("ck_assignment_state_known"),
        ),
        sa.CheckConstraint("terms IN ('cod', 'prepaid', 'tempo')", name=op.f("ck_assignment_terms_known")),
        sa.CheckConstraint("packs > 0", name=op.f("ck_assignment_something")),
        sa.ForeignKeyConstraint(
            ["offer_id", "organization_id"],
            ["offer.id", "offer.organization_id"],
            name=op.f("fk_assignment_offer_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_assignment_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_assignment_pack_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["round_plan.id"], name=op.f("fk_assignment_plan_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_assignment_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_assignment_id_organization_id")),
        sa.UniqueConstraint("plan_id", "offer_id", name=op.f("uq_assignment_plan_id_offer_id")),
    )
    op.create_index(op.f("ix_assignment_organization_id"), "assignment", ["organization_id"], unique=False)
    op.create_index(op.f("ix_assignment_round_id"), "assignment", ["round_id"], unique=False)
    op.create_table(
        "assignment_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("freight_rp", sa.BigInteger(), nullable=False),
        sa.Column("drop_rp", sa.BigInteger(), nullable=False),
        sa.Column("truck_rp", sa.BigInteger(), nullable=False),
        sa.Column("fixed_rp", sa.BigInteger(), nullable=False),
        sa.Column("accepted_packs", sa.BigInteger(), nullable=True),
        sa.Column("delivery_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=15), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('', 'date', 'no_stock', 'no_truck', 'other', 'price_rose', 'too_small')",
            name=op.f("ck_assignment_line_reason_known"),
        ),
        sa.CheckConstraint(
            "accepted_packs IS NULL OR accepted_packs BETWEEN 0 AND packs",
            name=op.f("ck_assignment_line_not_more"),
        ),
        sa.CheckConstraint("packs > 0", name=op.f("ck_assignment_line_something")),
        sa.CheckConstraint(
            "price_rp >= 0 AND freight_rp >= 0 AND drop_rp >= 0 AND truck_rp >= 0 AND fixed_rp >= 0",
            name=op.f("ck_assignment_line_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id", "organization_id"],
            ["assignment.id", "assignment.organization_id"],
            name=op.f("fk_assignment_line_assignment_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["organization.id"], name=op.f("fk_assignment_line_buyer_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_assignment_line_need_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_assignment_line_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_assignment_line_organization_id")
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_assignment_line_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_line")),
        sa.UniqueConstraint(
            "assignment_id", "need_id", name=op.f("uq_assignment_line_assignment_id_need_id")
        ),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_assignment_line_id_organization_id")),
    )
    op.create_index(
        op.f("ix_assignment_line_assignment_id"), "assignment_line", ["assignment_id"], unique=False
    )
    op.create_index(op.f("ix_assignment_line_buyer_id"), "assignment_line", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_assignment_line_need_id"), "assignment_line", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_assignment_line_organization_id"), "assignment_line", ["organization_id"], unique=False
    )


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
