"""The version of the shelf: what kept pages of the market are compared with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.migrations import shelf_triggers as triggers

revision = "0036"
down_revision: str | None = "0035"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "shelf_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cooperative_id", sa.BigInteger(), nullable=False),
        sa.Column("moves", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_change")),
    )
    op.create_index(op.f("ix_shelf_change_cooperative_id_moves"), "shelf_change", ["cooperative_id", "moves"])
    for statement in triggers.sqlite() if _sqlite() else triggers.postgresql():
        op.execute(statement)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def downgrade() -> None:
    for statement in triggers.drop_sqlite() if _sqlite() else triggers.drop_postgresql():
        op.execute(statement)
    op.drop_table("shelf_change")
