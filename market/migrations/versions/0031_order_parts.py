"""Each seller's part of a resident's order, makers' closed days, orders that are paid first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0031"
down_revision: str | None = "0030"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = (
    "state IN ('accepted', 'cancelled', 'handed_over', 'lapsed', 'packed', 'ready', 'refused', 'waiting')"
)
LINE_CHECKS = {
    "refused_pcs": "refused_pcs BETWEEN 0 AND quantity",
    "refused_rp": "refused_rp BETWEEN 0 AND amount_rp - discount_rp",
    "refused_commission_rp": "refused_commission_rp BETWEEN 0 AND commission_rp",
}
PARTS = """
    INSERT INTO retail_part (organization_id, order_id, seller_id, place, ready_on, answer_by, reason, state, state_at)
    SELECT o.organization_id, o.id, l.seller_id, 'here', date(o.placed_at), NULL, '',
        CASE o.state WHEN 'placed' THEN 'accepted' WHEN 'ready' THEN 'ready' WHEN 'collected' THEN 'handed_over'
            ELSE 'cancelled' END, o.state_at
    FROM retail_order o JOIN retail_order_line l ON l.order_id = o.id
    GROUP BY o.organization_id, o.id, l.seller_id, o.placed_at, o.state, o.state_at
"""
LINES = """
    UPDATE retail_order_line SET part_id = (SELECT p.id FROM retail_part p
        WHERE p.order_id = retail_order_line.order_id AND p.seller_id = retail_order_line.seller_id)
"""


def upgrade() -> None:
    _closed_day()
    _parts()
    with op.batch_alter_table("retail_order") as batch:
        batch.add_column(sa.Column("pay_first", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("released_at", db.UtcDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("user_id", KEY, nullable=True))
        batch.create_foreign_key(op.f("fk_retail_order_user_id"), "user", ["user_id"], ["id"])
        batch.create_index(op.f("ix_retail_order_user_id"), ["user_id"])
    op.execute("UPDATE retail_order SET released_at = placed_at")
    with op.batch_alter_table("retail_order_line") as batch:
        batch.add_column(sa.Column("part_id", KEY, nullable=True))
        batch.add_column(sa.Column("refused_pcs", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("refused_rp", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(
            sa.Column("refused_commission_rp", sa.BigInteger(), nullable=False, server_default="0")
        )
        for name, condition in LINE_CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_retail_order_line_{name}"), condition)
    op.execute(PARTS)
    op.execute(LINES)
    with op.batch_alter_table("retail_order_line") as batch:
        batch.alter_column("part_id", existing_type=KEY, nullable=False)
        batch.create_foreign_key(
            op.f("fk_retail_order_line_part_id_organization_id"),
            "retail_part",
            ["part_id", "organization_id"],
            ["id", "organization_id"],
        )
        batch.create_index(op.f("ix_retail_order_line_part_id"), ["part_id"])


def _closed_day() -> None:
    op.create_table(
        "closed_day",
        sa.Column("id", KEY, nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_closed_day_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_day")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_closed_day_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "closed_on", name=op.f("uq_closed_day_organization_id_closed_on")
        ),
    )
    op.create_index(op.f("ix_closed_day_organization_id"), "closed_day", ["organization_id"], unique=False)


def _parts() -> None:
    op.create_table(
        "retail_part",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("seller_id", KEY, nullable=False),
        sa.Column("place", sa.String(length=4), nullable=False),
        sa.Column("ready_on", sa.Date(), nullable=False),
        sa.Column("answer_by", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_retail_part_state_known")),
        sa.CheckConstraint("place IN ('away', 'here')", name=op.f("ck_retail_part_place_known")),
        sa.CheckConstraint("place = 'away' OR answer_by IS NULL", name=op.f("ck_retail_part_asked")),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["retail_order.id", "retail_order.organization_id"],
            name=op.f("fk_retail_part_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["organization.id"], name=op.f("fk_retail_part_seller_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retail_part_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_part")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_retail_part_id_organization_id")),
        sa.UniqueConstraint(
            *("order_id", "seller_id", "place", "ready_on"),
            name=op.f("uq_retail_part_order_id_seller_id_place_ready_on"),
        ),
    )
    op.create_index(op.f("ix_retail_part_organization_id"), "retail_part", ["organization_id"], unique=False)
    op.create_index(op.f("ix_retail_part_order_id"), "retail_part", ["order_id"], unique=False)
    op.create_index("ix_retail_part_seller", "retail_part", ["seller_id", "state"], unique=False)
    op.create_index("ix_retail_part_due", "retail_part", ["state", "answer_by"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("retail_order_line") as batch:
        batch.drop_index(op.f("ix_retail_order_line_part_id"))
        batch.drop_constraint(op.f("fk_retail_order_line_part_id_organization_id"), type_="foreignkey")
        for name in LINE_CHECKS:
            batch.drop_constraint(op.f(f"ck_retail_order_line_{name}"), type_="check")
        for column in ("part_id", "refused_pcs", "refused_rp", "refused_commission_rp"):
            batch.drop_column(column)
    op.drop_table("retail_part")
    with op.batch_alter_table("retail_order") as batch:
        batch.drop_index(op.f("ix_retail_order_user_id"))
        batch.drop_constraint(op.f("fk_retail_order_user_id"), type_="foreignkey")
        for column in ("pay_first", "released_at", "user_id"):
            batch.drop_column(column)
    op.drop_table("closed_day")
