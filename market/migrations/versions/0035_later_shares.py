"""Goods that come after a short delivery are shared in a pre-order that follows the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision: str | None = "0034"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("preorder") as batch:
        batch.add_column(sa.Column("follows_id", KEY, nullable=True))
        batch.create_foreign_key(
            op.f("fk_preorder_follows_id_organization_id"),
            "preorder",
            ["follows_id", "organization_id"],
            ["id", "organization_id"],
        )
        batch.create_index(op.f("ix_preorder_follows_id"), ["follows_id"])


def downgrade() -> None:
    with op.batch_alter_table("preorder") as batch:
        batch.drop_index(op.f("ix_preorder_follows_id"))
        batch.drop_constraint(op.f("fk_preorder_follows_id_organization_id"), type_="foreignkey")
        batch.drop_column("follows_id")
