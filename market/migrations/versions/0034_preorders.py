"""Pre-orders that feed needs, reviews, and order-flow fairness."""

from __future__ import annotations

revision = "0034"
down_revision: str | None = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
