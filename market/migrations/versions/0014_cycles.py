"""Tables of order cycles and invitations."""

from __future__ import annotations

revision = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
