"""Members, and what products, stock and residents' orders need for a market of many sellers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0027"
down_revision: str | None = "0026"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

CHECKS = {
    "product": {
        "supply_known": "supply IN ('home', 'order', 'shelf')",
        "category_known": "category IN ('bumbu', 'busana', 'camilan', 'kerajinan', 'kue', 'lainnya', 'masakan',"
        " 'minuman', 'segar', 'sembako')",
        "member_price": "member_price_rp IS NULL OR member_price_rp BETWEEN 1 AND price_rp",
        "ready_days": "ready_days BETWEEN 1 AND 127",
        "lead_days": "lead_days BETWEEN 0 AND 60",
        "day_capacity": "day_capacity IS NULL OR day_capacity > 0",
        "batch": "batch_pcs IS NULL OR batch_pcs > 0",
        "made_to_order": "supply <> 'order' OR day_capacity IS NOT NULL",
    },
    "stock_item": {
        "kept_known": "kept IN ('day', 'here', 'home')",
        "elsewhere_is_not_ours": "kept = 'here' OR NOT owned",
    },
    "retail_order": {
        "delivery": "delivery_rp >= 0",
        "refused": "refused_rp BETWEEN 0 AND total_rp",
    },
    "retail_order_line": {"discount": "discount_rp BETWEEN 0 AND amount_rp"},
}
ONLINE_BEFORE = "online_rp IN (0, total_rp)"
ONLINE = "online_rp BETWEEN 0 AND total_rp"


def new_columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    """Columns by table; made anew each time, because a column belongs to one table."""
    return {
        "product": (
            sa.Column("supply", sa.String(length=5), nullable=False, server_default="shelf"),
            sa.Column("category", sa.String(length=10), nullable=False, server_default="lainnya"),
            sa.Column("variant_of_id", KEY, nullable=True),
            sa.Column("variant", sa.String(length=40), nullable=False, server_default=""),
            sa.Column("ready_days", sa.Integer(), nullable=False, server_default="127"),
            sa.Column("lead_days", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("day_capacity", sa.Integer(), nullable=True),
            sa.Column("batch_pcs", sa.Integer(), nullable=True),
            sa.Column("member_price_rp", sa.BigInteger(), nullable=True),
            sa.Column("barcode", sa.String(length=20), nullable=True),
        ),
        "stock_item": (sa.Column("kept", sa.String(length=4), nullable=False, server_default="here"),),
        "retail_order": (
            sa.Column("delivery_rp", sa.BigInteger(), nullable=False, server_default="0"),
            sa.Column("refused_rp", sa.BigInteger(), nullable=False, server_default="0"),
            sa.Column("member_id", KEY, nullable=True),
        ),
        "retail_order_line": (sa.Column("discount_rp", sa.BigInteger(), nullable=False, server_default="0"),),
    }


def upgrade() -> None:
    _members()
    for table, columns in new_columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
            for name, condition in CHECKS[table].items():
                batch.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)
            if table == "product":
                batch.create_foreign_key(
                    op.f("fk_product_variant_of_id"), "product", ["variant_of_id"], ["id"]
                )
                batch.create_unique_constraint(
                    op.f("uq_product_cooperative_id_barcode"), ["cooperative_id", "barcode"]
                )
            if table == "retail_order":
                batch.drop_constraint(op.f("ck_retail_order_online"), type_="check")
                batch.create_check_constraint(op.f("ck_retail_order_online"), ONLINE)
                batch.create_foreign_key(
                    op.f("fk_retail_order_member_id_organization_id"),
                    "member",
                    ["member_id", "organization_id"],
                    ["id", "organization_id"],
                )
    op.create_index(op.f("ix_product_variant_of_id"), "product", ["variant_of_id"], unique=False)
    op.execute("UPDATE product SET category = 'sembako' WHERE pack_id IS NOT NULL")


def _members() -> None:
    op.create_table(
        "member",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=30), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("card_token", sa.String(length=60), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'asked', 'declined', 'left')", name=op.f("ck_member_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'left') OR number IS NOT NULL", name=op.f("ck_member_numbered")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_member_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("card_token", name=op.f("uq_member_card_token")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_member_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_member_organization_id_number")),
    )
    op.create_index(op.f("ix_member_organization_id"), "member", ["organization_id"], unique=False)
    op.create_index("ix_member_phone", "member", ["organization_id", "phone"], unique=False)
    op.create_index(op.f("ix_member_user_id"), "member", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_product_variant_of_id"), "product")
    for table, columns in reversed(new_columns().items()):
        with op.batch_alter_table(table) as batch:
            if table == "product":
                batch.drop_constraint(op.f("fk_product_variant_of_id"), type_="foreignkey")
                batch.drop_constraint(op.f("uq_product_cooperative_id_barcode"), type_="unique")
            if table == "retail_order":
                batch.drop_constraint(op.f("fk_retail_order_member_id_organization_id"), type_="foreignkey")
                batch.drop_constraint(op.f("ck_retail_order_online"), type_="check")
                batch.create_check_constraint(op.f("ck_retail_order_online"), ONLINE_BEFORE)
            for name in CHECKS[table]:
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            for column in columns:
                batch.drop_column(column.name)
    op.drop_table("member")
