"""Statements: where accounts stand from a day on, the notes of a year, an account for income tax."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0037"
down_revision: str | None = "0036"
branch_labels = None
depends_on = None

INCOME_TAX = ("7-9100", "Pajak penghasilan", "expense", "debit")


def upgrade() -> None:
    steps.add_accounts([INCOME_TAX])
    op.create_table(
        "statement_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_statement_note_year")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_statement_note_organization_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["user.id"], name=op.f("fk_statement_note_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_note")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_statement_note_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "year", "key", name=op.f("uq_statement_note_organization_id_year_key")
        ),
    )
    op.create_index(op.f("ix_statement_note_organization_id"), "statement_note", ["organization_id"])
    op.create_table(
        "statement_place",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("cash_line", sa.String(length=40), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entered_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_statement_place_entered_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_statement_place_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_place")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_statement_place_id_organization_id")),
    )
    op.create_index(
        "ix_statement_place_account", "statement_place", ["organization_id", "code", "valid_from_on"]
    )
    op.create_index(op.f("ix_statement_place_organization_id"), "statement_place", ["organization_id"])
    steps.append_only("statement_place")


def downgrade() -> None:
    op.drop_table("statement_place")
    op.drop_table("statement_note")
