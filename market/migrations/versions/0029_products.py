"""Permits by date, moderation and templates of products."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0029"
down_revision: str | None = "0028"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

CHECKS = {
    "packaging_known": "packaging IN ('', 'can', 'carton', 'foil', 'glass', 'loose', 'other', 'plastic')",
    "special_known": "special IN ('', 'air', 'alkohol', 'bayi', 'beku', 'kaleng', 'sni', 'susu')",
    "origin_known": "origin IN ('', 'city', 'member', 'resale')",
    "shelf_life": "shelf_life_days IS NULL OR shelf_life_days BETWEEN 0 AND 3650",
}
STATES_BEFORE = "state IN ('draft', 'published', 'rejected', 'submitted', 'withdrawn')"
STATES = "state IN ('draft', 'paused', 'published', 'rejected', 'returned', 'submitted', 'withdrawn')"


def new_columns() -> tuple[sa.Column[Any], ...]:
    """Made anew each time, because a column belongs to one table."""
    return (
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("packaging", sa.String(length=10), nullable=False, server_default=""),
        sa.Column("special", sa.String(length=10), nullable=False, server_default=""),
        sa.Column("label_dated", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("origin", sa.String(length=10), nullable=False, server_default=""),
        sa.Column("origin_note", sa.Text(), nullable=False, server_default=""),
        sa.Column("lawful_until_on", sa.Date(), nullable=True),
        sa.Column("reminded_days", sa.Integer(), nullable=True),
    )


def upgrade() -> None:
    with op.batch_alter_table("product") as batch:
        for column in new_columns():
            batch.add_column(column)
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_product_{name}"), condition)
        batch.drop_constraint(op.f("ck_product_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_product_state_known"), STATES)
    _permits()
    _decisions()


def _permits() -> None:
    op.create_table(
        "permit_rule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("duty", sa.String(length=15), nullable=False),
        sa.Column("categories", sa.String(length=200), nullable=False),
        sa.Column("specials", sa.String(length=200), nullable=False),
        sa.Column("packed_only", sa.Boolean(), nullable=False),
        sa.Column("shelf_over_days", sa.Integer(), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("binding", sa.Boolean(), nullable=False),
        sa.Column("legal_ref", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "duty IN ('address', 'dates', 'halal', 'ingredients', 'md', 'net', 'nib', 'pirt')",
            name=op.f("ck_permit_rule_duty_known"),
        ),
        sa.CheckConstraint(
            "state IN ('in_force', 'proposed', 'rejected', 'replaced')",
            name=op.f("ck_permit_rule_state_known"),
        ),
        sa.CheckConstraint(
            "valid_until_on IS NULL OR valid_until_on >= valid_from_on",
            name=op.f("ck_permit_rule_dates_in_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_rule")),
    )
    op.create_index(
        "uq_permit_rule_in_force",
        "permit_rule",
        ["duty", "categories", "specials", "valid_from_on"],
        unique=True,
        postgresql_where=sa.text("state = 'in_force'"),
        sqlite_where=sa.text("state = 'in_force'"),
    )
    op.create_table(
        "permit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("photo", sa.String(length=80), nullable=True),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("kind IN ('halal', 'md', 'nib', 'pirt')", name=op.f("ck_permit_kind_known")),
        sa.CheckConstraint("number <> ''", name=op.f("ck_permit_numbered")),
        sa.CheckConstraint(
            "state IN ('checked', 'ended', 'refused', 'stated')", name=op.f("ck_permit_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_permit_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id", "organization_id"],
            ["product.id", "product.organization_id"],
            name=op.f("fk_permit_product_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_permit_id_organization_id")),
    )
    op.create_index(op.f("ix_permit_organization_id"), "permit", ["organization_id"], unique=False)
    op.create_index(op.f("ix_permit_product_id"), "permit", ["product_id"], unique=False)


def _decisions() -> None:
    op.create_table(
        "product_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("facts", db.JsonText(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(
            "state IN ('applied', 'dropped', 'returned', 'waiting')",
            name=op.f("ck_product_change_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_product_change_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id", "organization_id"],
            ["product.id", "product.organization_id"],
            name=op.f("fk_product_change_product_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_change")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_product_change_id_organization_id")),
    )
    op.create_index(
        op.f("ix_product_change_organization_id"), "product_change", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_product_change_product_id"), "product_change", ["product_id"], unique=False)
    op.create_index(
        "uq_product_change_open",
        "product_change",
        ["product_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'returned')"),
        sqlite_where=sa.text("state IN ('waiting', 'returned')"),
    )
    op.create_table(
        "product_decision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("product_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("facts", db.JsonText(), nullable=False),
        sa.Column("notes", db.JsonText(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("origin_note", sa.Text(), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(
            "kind <> 'approved' OR origin <> ''", name=op.f("ck_product_decision_origin_decided")
        ),
        sa.CheckConstraint(
            "kind IN ('approved', 'rejected', 'returned')", name=op.f("ck_product_decision_kind_known")
        ),
        sa.CheckConstraint("origin IN ('', 'city', 'member')", name=op.f("ck_product_decision_origin_known")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_product_decision_decided_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_product_decision_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id", "organization_id"],
            ["product.id", "product.organization_id"],
            name=op.f("fk_product_decision_product_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_decision")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_product_decision_id_organization_id")),
    )
    op.create_index(
        op.f("ix_product_decision_organization_id"), "product_decision", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_product_decision_product_id"), "product_decision", ["product_id"], unique=False)


def downgrade() -> None:
    for table in ("product_decision", "product_change", "permit", "permit_rule"):
        op.drop_table(table)
    op.execute("UPDATE product SET state = 'rejected' WHERE state = 'returned'")
    op.execute("UPDATE product SET state = 'withdrawn' WHERE state = 'paused'")
    with op.batch_alter_table("product") as batch:
        batch.drop_constraint(op.f("ck_product_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_product_state_known"), STATES_BEFORE)
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_product_{name}"), type_="check")
        for column in reversed(new_columns()):
            batch.drop_column(column.name)
