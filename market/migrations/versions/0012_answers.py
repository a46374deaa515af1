"""Tables of what suppliers may answer."""

from __future__ import annotations

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
