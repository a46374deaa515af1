"""Tables of bills and pools that are paid over the internet."""

from __future__ import annotations

revision = "0023"
down_revision: str | None = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
