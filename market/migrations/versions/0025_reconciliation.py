"""Tables of the comparison with the provider's own books."""

from __future__ import annotations

revision = "0025"
down_revision: str | None = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
