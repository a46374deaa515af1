"""The search index of the market, and the turns of its listings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.migrations import finding_triggers as triggers

revision = "0030"
down_revision: str | None = "0029"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

WORD = sa.String(length=30).with_variant(sa.String(length=30, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "listing",
        sa.Column("product_id", KEY, autoincrement=False, nullable=False),
        sa.Column("cooperative_id", KEY, nullable=False),
        sa.Column("name_words", sa.Text(), nullable=False),
        sa.Column("seller_words", sa.Text(), nullable=False),
        sa.Column("rest_words", sa.Text(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_listing_product_id")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["organization.id"], name=op.f("fk_listing_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_listing")),
    )
    op.create_index("ix_listing_turn", "listing", ["turn", "product_id"])
    op.create_index("ix_listing_shop", "listing", ["cooperative_id", "turn", "product_id"])
    op.create_table(
        "search_near",
        sa.Column("near", WORD, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.PrimaryKeyConstraint("near", "word", name=op.f("pk_search_near")),
    )
    for statement in triggers.SQLITE if _sqlite() else triggers.POSTGRESQL:
        op.execute(statement)
    op.create_index("ix_product_price", "product", ["price_rp", "id"])


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def downgrade() -> None:
    op.drop_index("ix_product_price", "product")
    for statement in triggers.DROP_SQLITE if _sqlite() else triggers.DROP_POSTGRESQL:
        op.execute(statement)
    op.drop_table("search_near")
    op.drop_table("listing")
