"""Tables of stock between cooperatives."""

from __future__ import annotations

revision = "0016"
down_revision: str | None = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
