"""Members: sealed identities and who opened them, sheets of members, principal savings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0038"
down_revision: str | None = "0037"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "state IN ('active', 'asked', 'declined', 'imported', 'left', 'verified')"
OLD_STATES = "state IN ('active', 'asked', 'declined', 'left')"
TO_REPAY = ("2-1510", "Simpanan anggota keluar belum dibayar", "liability", "credit")


def upgrade() -> None:
    steps.add_accounts([TO_REPAY], non_negative=True)
    _imports()
    _members()
    _identities()
    _rates_and_receipts()
    _repayments()
    steps.append_only("identity_reveal", "savings_rate")


def _tenant(table: str, *rest: sa.schema.SchemaItem) -> None:
    """A table that belongs to an organization."""
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        *rest,
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f(f"fk_{table}_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("id", "organization_id", name=op.f(f"uq_{table}_id_organization_id")),
    )
    op.create_index(op.f(f"ix_{table}_organization_id"), table, ["organization_id"])


def _person(table: str, column: str, nullable: bool = True) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column(column, KEY, nullable=nullable),
        sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_{table}_{column}")),
    )


def _child(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column, "organization_id"],
        [f"{parent}.id", f"{parent}.organization_id"],
        name=op.f(f"fk_{table}_{column}_organization_id"),
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _at(column: str) -> sa.Column[object]:
    return sa.Column(column, db.UtcDateTime(timezone=True), nullable=False)


def _imports() -> None:
    table = "member_import"
    _tenant(
        table,
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("filename", sa.String(120), nullable=False),
        sa.Column("layout", sa.String(20), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("rows_sealed", sa.Text(), nullable=False),
        sa.Column("ignored", db.JsonText(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _at("state_at"),
        *_person(table, "created_by", nullable=False),
        *_person(table, "decided_by"),
        _check(table, "state_known", "state IN ('confirmed', 'discarded', 'preview', 'rejected', 'stored')"),
        _check(table, "two_people", "decided_by IS NULL OR decided_by <> created_by"),
        _check(table, "decided", "state NOT IN ('confirmed', 'rejected') OR decided_by IS NOT NULL"),
        _check(table, "rows_forgotten", "state = 'preview' OR rows_sealed = ''"),
    )
    alive = sa.text("state NOT IN ('discarded', 'rejected')")
    op.create_index(
        "uq_member_import_digest",
        table,
        ["organization_id", "digest"],
        unique=True,
        postgresql_where=alive,
        sqlite_where=alive,
    )


def _members() -> None:
    """Who was admitted before stays a member."""
    with op.batch_alter_table("member") as batch:
        batch.add_column(sa.Column("import_id", KEY, nullable=True))
        batch.add_column(sa.Column("brought_rp", sa.BigInteger(), nullable=False, server_default="0"))
        batch.drop_constraint(op.f("ck_member_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_member_state_known"), STATES)
        batch.create_check_constraint(op.f("ck_member_brought"), "brought_rp >= 0")
        batch.create_check_constraint(
            op.f("ck_member_imported_by"), "state <> 'imported' OR import_id IS NOT NULL"
        )
        batch.create_foreign_key(
            op.f("fk_member_import_id_organization_id"),
            "member_import",
            ["import_id", "organization_id"],
            ["id", "organization_id"],
        )
        batch.create_index(op.f("ix_member_import_id"), ["import_id"])
        batch.create_index("ix_member_state", ["organization_id", "state"])


def _identities() -> None:
    table = "member_identity"
    _tenant(
        table,
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("nik_sealed", sa.Text(), nullable=False),
        sa.Column("nik_index", sa.String(64), nullable=False),
        sa.Column("family_sealed", sa.Text(), nullable=False),
        sa.Column("family_index", sa.String(64), nullable=False),
        sa.Column("age_checked", sa.Boolean(), nullable=False),
        sa.Column("place_code", sa.String(10), nullable=True),
        sa.Column("consent", sa.Text(), nullable=False),
        _at("consent_at"),
        *_person(table, "entered_by"),
        _at("entered_at"),
        _child(table, "member_id", "member"),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f(f"fk_{table}_place_code")),
        sa.UniqueConstraint("member_id", name=op.f(f"uq_{table}_member_id")),
        sa.UniqueConstraint(
            "organization_id", "nik_index", name=op.f(f"uq_{table}_organization_id_nik_index")
        ),
        _check(table, "family_whole", "(family_sealed = '') = (family_index = '')"),
    )
    table = "identity_reveal"
    _tenant(
        table,
        sa.Column("member_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_person(table, "revealed_by", nullable=False),
        sa.Column("revealed_name", sa.String(120), nullable=False),
        _at("revealed_at"),
        _child(table, "member_id", "member"),
        _check(table, "reasoned", "reason <> ''"),
    )
    op.create_index(op.f("ix_identity_reveal_member_id"), table, ["member_id"])
    op.create_index("ix_identity_reveal_by", table, ["revealed_by", "revealed_at"])


def _rates_and_receipts() -> None:
    table = "savings_rate"
    _tenant(
        table,
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        *_person(table, "entered_by"),
        _at("entered_at"),
        _check(table, "kind_known", "kind IN ('principal')"),
        _check(table, "something", "amount_rp > 0"),
        _check(table, "resolved", "resolution <> ''"),
    )
    op.create_index("ix_savings_rate_valid", table, ["organization_id", "kind", "valid_from_on"])
    table = "savings_receipt"
    _tenant(
        table,
        sa.Column("number", sa.String(30), nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("rate_id", KEY, nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        *_person(table, "taken_by", nullable=False),
        _at("taken_at"),
        sa.Column("how", sa.String(10), nullable=False),
        *_person(table, "decided_by"),
        sa.Column("state", sa.String(10), nullable=False),
        _at("state_at"),
        _child(table, "member_id", "member"),
        _child(table, "rate_id", "savings_rate"),
        _check(table, "state_known", "state IN ('cancelled', 'confirmed', 'taken')"),
        _check(table, "kind_known", "kind IN ('principal')"),
        _check(table, "how_known", "how IN ('', 'own', 'paper')"),
        _check(table, "something", "amount_rp > 0"),
        _check(table, "two_people", "decided_by IS NULL OR decided_by <> taken_by"),
        _check(table, "decided", "(state = 'taken') = (decided_by IS NULL)"),
        _check(table, "confirmed_how", "(state = 'confirmed') = (how <> '')"),
    )
    op.create_index(op.f("ix_savings_receipt_member_id"), table, ["member_id"])
    _one("uq_savings_receipt_waiting", table, ["member_id", "kind"], "state = 'taken'")


def _one(name: str, table: str, columns: list[str], where: str) -> None:
    rule = sa.text(where)
    op.create_index(name, table, columns, unique=True, postgresql_where=rule, sqlite_where=rule)


def _repayments() -> None:
    table = "savings_repayment"
    _tenant(
        table,
        sa.Column("number", sa.String(30), nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        *_person(table, "proposed_by", nullable=False),
        *_person(table, "decided_by"),
        sa.Column("account", sa.String(10), nullable=False),
        *_person(table, "paid_by"),
        sa.Column("state", sa.String(10), nullable=False),
        _at("state_at"),
        _child(table, "member_id", "member"),
        _check(table, "state_known", "state IN ('approved', 'paid', 'proposed', 'rejected')"),
        _check(table, "account_known", "account IN ('', '1-1100', '1-1200')"),
        _check(table, "something", "amount_rp > 0"),
        _check(table, "two_people", "decided_by IS NULL OR decided_by <> proposed_by"),
        _check(table, "decided", "(state = 'proposed') = (decided_by IS NULL)"),
        _check(table, "paid_from", "(state = 'paid') = (account <> '')"),
    )
    op.create_index(op.f("ix_savings_repayment_member_id"), table, ["member_id"])
    _one("uq_savings_repayment_open", table, ["member_id"], "state IN ('proposed', 'approved')")


def downgrade() -> None:
    for table in (
        "savings_repayment",
        "savings_receipt",
        "savings_rate",
        "identity_reveal",
        "member_identity",
    ):
        op.drop_table(table)
    with op.batch_alter_table("member") as batch:
        batch.drop_index("ix_member_state")
        batch.drop_index(op.f("ix_member_import_id"))
        batch.drop_constraint(op.f("fk_member_import_id_organization_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_member_imported_by"), type_="check")
        batch.drop_constraint(op.f("ck_member_brought"), type_="check")
        batch.drop_constraint(op.f("ck_member_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_member_state_known"), OLD_STATES)
        batch.drop_column("brought_rp")
        batch.drop_column("import_id")
    op.drop_table("member_import")
