"""What sourcing still lacked: goods that the truck brought home."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0026"
down_revision: str | None = "0025"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _home()


def _home() -> None:
    with op.batch_alter_table("trip_order") as batch:
        batch.add_column(sa.Column("home_at", db.UtcDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("home_by", KEY, nullable=True))
        batch.add_column(sa.Column("home_reason", sa.String(length=300), nullable=False, server_default=""))
        batch.create_check_constraint(
            op.f("ck_trip_order_home_is_off_the_truck"), "home_at IS NULL OR NOT live"
        )
        batch.create_foreign_key(op.f("fk_trip_order_home_by"), "user", ["home_by"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
