"""Pre-orders that feed needs, reviews, and order-flow fairness."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0034"
down_revision: str | None = "0033"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "preorder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("pack_id", KEY, nullable=False),
        sa.Column("bulk_pack_id", KEY, nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("goal_units", sa.BigInteger(), nullable=True),
        sa.Column("goal_price_rp", sa.BigInteger(), nullable=True),
        sa.Column("least_units", sa.BigInteger(), nullable=False),
        sa.Column("most_units", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("pickup_from_on", sa.Date(), nullable=False),
        sa.Column("pickup_until_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("opened_by", KEY, nullable=False),
        sa.Column("opened_role", sa.String(length=20), nullable=False),
        sa.Column("wanted_units", sa.BigInteger(), nullable=False),
        sa.Column("at_most_units", sa.BigInteger(), nullable=False),
        sa.Column("need_id", KEY, nullable=True),
        sa.Column("need_packs", sa.BigInteger(), nullable=False),
        sa.Column("need_at_most_packs", sa.BigInteger(), nullable=False),
        sa.Column("cut_reason", sa.Text(), nullable=False),
        sa.Column("given_units", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_rp", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("state <> 'open' OR need_id IS NULL", name=op.f("ck_preorder_need_after_closing")),
        sa.CheckConstraint(
            "state IN ('cancelled', 'closed', 'open', 'ready')", name=op.f("ck_preorder_state_known")
        ),
        sa.CheckConstraint("(goal_units IS NULL) = (goal_price_rp IS NULL)", name=op.f("ck_preorder_goal")),
        sa.CheckConstraint("given_units >= 0", name=op.f("ck_preorder_given")),
        sa.CheckConstraint(
            "goal_units > 0 AND goal_price_rp BETWEEN 1 AND price_rp", name=op.f("ck_preorder_goal_is_better")
        ),
        sa.CheckConstraint(
            "least_units > 0 AND most_units >= least_units", name=op.f("ck_preorder_household")
        ),
        sa.CheckConstraint(
            "need_packs >= 0 AND need_at_most_packs >= need_packs", name=op.f("ck_preorder_need_packs")
        ),
        sa.CheckConstraint("pickup_until_on >= pickup_from_on", name=op.f("ck_preorder_pickup")),
        sa.CheckConstraint("price_rp > 0", name=op.f("ck_preorder_price")),
        sa.CheckConstraint(
            "wanted_units >= 0 AND at_most_units >= wanted_units", name=op.f("ck_preorder_asked")
        ),
        sa.ForeignKeyConstraint(["bulk_pack_id"], ["pack.id"], name=op.f("fk_preorder_bulk_pack_id")),
        sa.ForeignKeyConstraint(
            ["need_id", "organization_id"],
            ["need.id", "need.organization_id"],
            name=op.f("fk_preorder_need_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_preorder_opened_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_preorder_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_preorder_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preorder")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_preorder_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_preorder_organization_id_number")),
    )
    op.create_index("ix_preorder_due", "preorder", ["state", "closes_at"], unique=False)
    op.create_index(op.f("ix_preorder_need_id"), "preorder", ["need_id"], unique=False)
    op.create_index(op.f("ix_preorder_organization_id"), "preorder", ["organization_id"], unique=False)
    op.create_table(
        "preorder_wish",
        sa.Column("id", KEY, nullable=False),
        sa.Column("preorder_id", KEY, nullable=False),
        sa.Column("token", sa.String(length=60), nullable=False),
        sa.Column("buyer_name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("member_id", KEY, nullable=True),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("at_most", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("reservation_id", KEY, nullable=True),
        sa.Column("sale_id", KEY, nullable=True),
        sa.Column("pickup_code", sa.String(length=8), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("asked_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(
            "given = 0 OR (state <> 'asked' AND state <> 'unmet' AND state <> 'withdrawn')",
            name=op.f("ck_preorder_wish_given_when_ready"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'collected', 'expired', 'ready', 'unmet', 'withdrawn')",
            name=op.f("ck_preorder_wish_state_known"),
        ),
        sa.CheckConstraint("given BETWEEN 0 AND at_most", name=op.f("ck_preorder_wish_given")),
        sa.CheckConstraint("wanted > 0 AND at_most >= wanted", name=op.f("ck_preorder_wish_something")),
        sa.ForeignKeyConstraint(
            ["member_id", "organization_id"],
            ["member.id", "member.organization_id"],
            name=op.f("fk_preorder_wish_member_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["retail_order.id", "retail_order.organization_id"],
            name=op.f("fk_preorder_wish_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_preorder_wish_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["preorder_id", "organization_id"],
            ["preorder.id", "preorder.organization_id"],
            name=op.f("fk_preorder_wish_preorder_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id", "organization_id"],
            ["reservation.id", "reservation.organization_id"],
            name=op.f("fk_preorder_wish_reservation_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sale_id", "organization_id"],
            ["refill_sale.id", "refill_sale.organization_id"],
            name=op.f("fk_preorder_wish_sale_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preorder_wish")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_preorder_wish_id_organization_id")),
        sa.UniqueConstraint("token", name=op.f("uq_preorder_wish_token")),
    )
    op.create_index(op.f("ix_preorder_wish_order_id"), "preorder_wish", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_preorder_wish_organization_id"), "preorder_wish", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_preorder_wish_preorder_id"), "preorder_wish", ["preorder_id"], unique=False)
    op.create_index(
        "uq_preorder_wish_household",
        "preorder_wish",
        ["preorder_id", "phone"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
        sqlite_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "review",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("seller_id", KEY, nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("goods", sa.String(length=80), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=80), nullable=True),
        sa.Column("written_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", KEY, nullable=True),
        sa.Column("hidden_for", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("(answer = '') = (answered_at IS NULL)", name=op.f("ck_review_answered")),
        sa.CheckConstraint("state IN ('hidden', 'shown')", name=op.f("ck_review_state_known")),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_review_stars")),
        sa.ForeignKeyConstraint(["answered_by"], ["user.id"], name=op.f("fk_review_answered_by")),
        sa.ForeignKeyConstraint(
            ["line_id", "organization_id"],
            ["retail_order_line.id", "retail_order_line.organization_id"],
            name=op.f("fk_review_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_review_organization_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_review_product_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["organization.id"], name=op.f("fk_review_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_review_id_organization_id")),
        sa.UniqueConstraint("line_id", name=op.f("uq_review_line_id")),
    )
    op.create_index(op.f("ix_review_organization_id"), "review", ["organization_id"], unique=False)
    op.create_index("ix_review_product", "review", ["product_id", "state"], unique=False)
    op.create_index("ix_review_seller", "review", ["seller_id", "state"], unique=False)
    op.create_table(
        "view_batch",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("counted_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_view_batch")),
    )
    op.create_table(
        "product_view",
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("views > 0", name=op.f("ck_product_view_something")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_view_product_id")),
        sa.PrimaryKeyConstraint("product_id", "day_on", name=op.f("pk_product_view")),
    )


def downgrade() -> None:
    op.drop_table("product_view")
    op.drop_table("view_batch")
    op.drop_table("review")
    op.drop_table("preorder_wish")
    op.drop_table("preorder")
