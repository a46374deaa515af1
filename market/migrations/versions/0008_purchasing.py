"""Tables of purchasing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
