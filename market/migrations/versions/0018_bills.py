"""Tables of bills."""

from __future__ import annotations

revision = "0018"
down_revision: str | None = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table yet."""


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
