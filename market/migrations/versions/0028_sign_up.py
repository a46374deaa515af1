"""Signing up by phone number, and sellers who wait for their cooperative."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0028"
down_revision: str | None = "0027"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("organization") as batch:
        batch.add_column(sa.Column("trading", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("open_days", sa.Integer(), nullable=False, server_default="127"))
        batch.create_check_constraint(op.f("ck_organization_open_days"), "open_days BETWEEN 1 AND 127")
    with op.batch_alter_table("session") as batch:
        batch.add_column(sa.Column("by_code", sa.Boolean(), nullable=False, server_default=sa.false()))
    _codes()
    _sellers()


def _codes() -> None:
    op.create_table(
        "sign_in_code",
        sa.Column("id", KEY, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("slot", KEY, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("flow_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("asked_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("spent_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=100), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_sign_in_code_tries")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
        sa.UniqueConstraint("flow_hash", name=op.f("uq_sign_in_code_flow_hash")),
        sa.UniqueConstraint("phone", "slot", name=op.f("uq_sign_in_code_phone_slot")),
    )
    op.create_index("ix_sign_in_code_address", "sign_in_code", ["address", "asked_at"], unique=False)
    op.create_index("ix_sign_in_code_asked_at", "sign_in_code", ["asked_at"], unique=False)
    op.create_index("ix_sign_in_code_phone", "sign_in_code", ["phone", "asked_at"], unique=False)


def _sellers() -> None:
    op.create_table(
        "seller_profile",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cooperative_id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=80), nullable=True),
        sa.Column("show_phone", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'changes_requested', 'declined', 'paused', 'submitted')",
            name=op.f("ck_seller_profile_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["organization.id"], name=op.f("fk_seller_profile_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_seller_profile_organization_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_seller_profile_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_profile")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_seller_profile_id_organization_id")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_seller_profile_organization_id")),
    )
    op.create_index(
        op.f("ix_seller_profile_cooperative_id"), "seller_profile", ["cooperative_id"], unique=False
    )
    op.create_index(
        op.f("ix_seller_profile_organization_id"), "seller_profile", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_seller_profile_owner_id"), "seller_profile", ["owner_id"], unique=False)


def downgrade() -> None:
    op.drop_table("seller_profile")
    op.drop_table("sign_in_code")
    with op.batch_alter_table("session") as batch:
        batch.drop_column("by_code")
    with op.batch_alter_table("organization") as batch:
        batch.drop_constraint(op.f("ck_organization_open_days"), type_="check")
        batch.drop_column("open_days")
        batch.drop_column("trading")
