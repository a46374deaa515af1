"""Tables of claims, proof of delivery, payment runs."""

from __future__ import annotations

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
