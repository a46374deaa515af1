"""What is seen at the door: weighed samples, photos, packs beyond the order, a signature."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _receipts()


def _receipts() -> None:
    with op.batch_alter_table("goods_receipt") as batch:
        batch.add_column(sa.Column("driver_name", sa.String(length=120), nullable=False, server_default=""))
        batch.add_column(sa.Column("signature", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("signed_at", db.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("goods_receipt_line") as batch:
        batch.add_column(sa.Column("extra_packs", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("photo", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("weights_g", sa.Text(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("limit_g", sa.BigInteger(), nullable=True))
        batch.create_check_constraint(op.f("ck_goods_receipt_line_extra"), "extra_packs >= 0")


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
