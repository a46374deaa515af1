"""Answers that differ: parts, proposals that buyers decide on; links without password; remarks on scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

STATES = (
    "accepted",
    "countered",
    "declined",
    "dropped",
    "lapsed",
    "offered",
    "partly",
    "proposed",
    "refused",
)


def upgrade() -> None:
    known = ", ".join(f"'{state}'" for state in STATES)
    with op.batch_alter_table("assignment") as batch:
        batch.drop_constraint(op.f("ck_assignment_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_assignment_state_known"), f"state IN ({known})")
    op.create_table(
        "score_remark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fact", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_score_remark_organization_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["user.id"], name=op.f("fk_score_remark_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_remark")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_score_remark_id_organization_id")),
        sa.UniqueConstraint("organization_id", "fact", name=op.f("uq_score_remark_organization_id_fact")),
    )
    op.create_index(
        op.f("ix_score_remark_organization_id"), "score_remark", ["organization_id"], unique=False
    )
    op.create_table(
        "answer_pass",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_answer_pass_tries_limited")),
        sa.ForeignKeyConstraint(
            ["assignment_id", "organization_id"],
            ["assignment.id", "assignment.organization_id"],
            name=op.f("fk_answer_pass_assignment_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_answer_pass_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_pass")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_answer_pass_assignment_id")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_answer_pass_id_organization_id")),
    )
    op.create_index(op.f("ix_answer_pass_organization_id"), "answer_pass", ["organization_id"], unique=False)
    op.create_table(
        "answer_part",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_answer_part_something")),
        sa.ForeignKeyConstraint(
            ["line_id", "organization_id"],
            ["assignment_line.id", "assignment_line.organization_id"],
            name=op.f("fk_answer_part_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_answer_part_order_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_answer_part_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_part")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_answer_part_id_organization_id")),
        sa.UniqueConstraint("line_id", "delivery_on", name=op.f("uq_answer_part_line_id_delivery_on")),
    )
    op.create_index(op.f("ix_answer_part_line_id"), "answer_part", ["line_id"], unique=False)
    op.create_index(op.f("ix_answer_part_order_id"), "answer_part", ["order_id"], unique=False)
    op.create_index(op.f("ix_answer_part_organization_id"), "answer_part", ["organization_id"], unique=False)
    op.create_table(
        "answer_proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("kept_packs", sa.BigInteger(), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("asked_rp", sa.BigInteger(), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=15), nullable=False),
        sa.Column("due_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('date', 'no_stock', 'no_truck', 'other', 'price_rose', 'too_small')",
            name=op.f("ck_answer_proposal_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('confirmed', 'lapsed', 'pending', 'withdrawn')",
            name=op.f("ck_answer_proposal_state_known"),
        ),
        sa.CheckConstraint(
            "packs > 0 AND kept_packs BETWEEN 0 AND packs", name=op.f("ck_answer_proposal_counts")
        ),
        sa.CheckConstraint("price_rp > 0 AND asked_rp >= 0", name=op.f("ck_answer_proposal_prices")),
        sa.ForeignKeyConstraint(["buyer_id"], ["organization.id"], name=op.f("fk_answer_proposal_buyer_id")),
        sa.ForeignKeyConstraint(
            ["line_id", "organization_id"],
            ["assignment_line.id", "assignment_line.organization_id"],
            name=op.f("fk_answer_proposal_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_answer_proposal_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_answer_proposal_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_proposal")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_answer_proposal_id_organization_id")),
        sa.UniqueConstraint("line_id", name=op.f("uq_answer_proposal_line_id")),
    )
    op.create_index(op.f("ix_answer_proposal_buyer_id"), "answer_proposal", ["buyer_id"], unique=False)
    op.create_index(
        op.f("ix_answer_proposal_organization_id"), "answer_proposal", ["organization_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
