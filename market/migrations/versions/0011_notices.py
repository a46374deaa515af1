"""Tables of notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_notice_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_notice_id_organization_id")),
    )
    op.create_index("ix_notice_inbox", "notice", ["user_id", "organization_id", "read_at"], unique=False)
    op.create_index(op.f("ix_notice_organization_id"), "notice", ["organization_id"], unique=False)


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
