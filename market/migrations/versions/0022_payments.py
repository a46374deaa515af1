"""Tables of payments."""

from __future__ import annotations

revision = "0022"
down_revision: str | None = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table yet."""


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
