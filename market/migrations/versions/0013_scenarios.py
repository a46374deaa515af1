"""Tables of what-ifs of a round."""

from __future__ import annotations

revision = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
