"""Delivery zones, couriers, vouchers, complaints and returns."""

from __future__ import annotations

revision = "0032"
down_revision: str | None = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
