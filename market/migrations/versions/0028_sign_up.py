"""Signing up by phone number, and the seller's profile."""

from __future__ import annotations

revision = "0028"
down_revision: str | None = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
