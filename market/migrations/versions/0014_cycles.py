"""Tables of order cycles; a round may pool one family of goods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("family", sa.String(length=40), nullable=False, server_default=""))
    op.create_table(
        "holiday",
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_holiday_entered_by")),
        sa.PrimaryKeyConstraint("day_on", name=op.f("pk_holiday")),
    )
    op.create_table(
        "order_cycle",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=90), nullable=False),
        sa.Column("scope_code", sa.String(length=10), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("first_opens_on", sa.Date(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("opens_hour", sa.Integer(), nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column("closes_hour", sa.Integer(), nullable=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.Column("delivery_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'ended', 'paused')", name=op.f("ck_order_cycle_state_known")),
        sa.CheckConstraint("answer_hours > 0", name=op.f("ck_order_cycle_time_to_answer")),
        sa.CheckConstraint("delivery_days BETWEEN 0 AND 30", name=op.f("ck_order_cycle_delivery_days")),
        sa.CheckConstraint("every_weeks BETWEEN 1 AND 8", name=op.f("ck_order_cycle_weeks")),
        sa.CheckConstraint("open_days BETWEEN 1 AND 28", name=op.f("ck_order_cycle_open_days")),
        sa.CheckConstraint(
            "opens_hour BETWEEN 0 AND 23 AND closes_hour BETWEEN 0 AND 23", name=op.f("ck_order_cycle_hours")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_order_cycle_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_cycle")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_order_cycle_id_organization_id")),
    )
    op.create_index(op.f("ix_order_cycle_organization_id"), "order_cycle", ["organization_id"], unique=False)
    op.create_index(op.f("ix_order_cycle_scope_code"), "order_cycle", ["scope_code"], unique=False)
    op.create_index(
        "uq_order_cycle_running",
        "order_cycle",
        ["organization_id", "scope_code", "family"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
        sqlite_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "cycle_date",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cycle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("closes_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=False),
        sa.Column("moved_for", sa.String(length=80), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state = 'planned' OR (state = 'opened') = (round_id IS NOT NULL)",
            name=op.f("ck_cycle_date_round_if_opened"),
        ),
        sa.CheckConstraint(
            "state IN ('opened', 'planned', 'skipped')", name=op.f("ck_cycle_date_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "organization_id"],
            ["order_cycle.id", "order_cycle.organization_id"],
            name=op.f("fk_cycle_date_cycle_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_cycle_date_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "organization_id"],
            ["round.id", "round.organization_id"],
            name=op.f("fk_cycle_date_round_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_date")),
        sa.UniqueConstraint("cycle_id", "planned_on", name=op.f("uq_cycle_date_cycle_id_planned_on")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_cycle_date_id_organization_id")),
    )
    op.create_index(op.f("ix_cycle_date_cycle_id"), "cycle_date", ["cycle_id"], unique=False)
    op.create_index(op.f("ix_cycle_date_organization_id"), "cycle_date", ["organization_id"], unique=False)
    op.create_index(op.f("ix_cycle_date_round_id"), "cycle_date", ["round_id"], unique=False)
    op.create_table(
        "need_widening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_packs", sa.BigInteger(), nullable=False),
        sa.Column("to_packs", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("to_packs <> from_packs", name=op.f("ck_need_widening_something")),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_need_widening_actor_id")),
        sa.ForeignKeyConstraint(
            ["need_id", "organization_id"],
            ["need.id", "need.organization_id"],
            name=op.f("fk_need_widening_need_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_need_widening_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_widening")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_need_widening_id_organization_id")),
    )
    op.create_index(op.f("ix_need_widening_need_id"), "need_widening", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_need_widening_organization_id"), "need_widening", ["organization_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
