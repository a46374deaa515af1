"""Tables of payouts to sellers and of money that goes back by transfer."""

from __future__ import annotations

revision = "0024"
down_revision: str | None = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
