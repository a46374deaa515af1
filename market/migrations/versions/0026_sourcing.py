"""What sourcing still lacked: goods that the truck brought home, and slips that are taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0026"
down_revision: str | None = "0025"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

MOVE_KINDS = (
    *("bought", "exchanged", "found_empty", "found_full", "handed_back", "kept", "lent", "lost_empty"),
    *("lost_full", "opening", "owned", "received", "returned", "sent_back", "taken_back", "unsold"),
)
SUPPLIERS_OF_RETURNS = """
    UPDATE container_move SET supplier_id = (
        SELECT r.supplier_id FROM stock_move m
        JOIN supplier_return r ON r.organization_id = m.organization_id
            AND m.source LIKE 'supplier_return:' || r.id || ':%'
        WHERE m.organization_id = container_move.organization_id
            AND container_move.source = 'stock_move:' || m.id)
    WHERE kind = 'sent_back' AND supplier_id IS NULL
"""
"""Full containers went back with goods before the move named the supplier: the goods still do."""


def upgrade() -> None:
    _home()
    _slips()
    _refills()
    op.execute(SUPPLIERS_OF_RETURNS)
    _quotas()


def _quotas() -> None:
    op.create_table(
        "outlet_quota",
        sa.Column("id", KEY, nullable=False),
        sa.Column("pack_id", KEY, nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_for", KEY, nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(
            "state IN ('approved', 'proposed', 'rejected')", name=op.f("ck_outlet_quota_state_known")
        ),
        sa.CheckConstraint("packs >= 0", name=op.f("ck_outlet_quota_packs")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_outlet_quota_source_given")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_outlet_quota_two_people")
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL)", name=op.f("ck_outlet_quota_decided_by_someone")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_outlet_quota_pack_id")),
        sa.ForeignKeyConstraint(
            ["proposed_for"], ["organization.id"], name=op.f("fk_outlet_quota_proposed_for")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["user.id"], name=op.f("fk_outlet_quota_proposed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_outlet_quota_decided_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_outlet_quota_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlet_quota")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_outlet_quota_id_organization_id")),
    )
    op.create_index(
        op.f("ix_outlet_quota_organization_id"), "outlet_quota", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_outlet_quota_proposed_for"), "outlet_quota", ["proposed_for"], unique=False)
    op.create_index(
        "uq_outlet_quota_one_a_day",
        "outlet_quota",
        ["organization_id", "pack_id", "valid_from_on"],
        unique=True,
        sqlite_where=sa.text("state <> 'rejected'"),
        postgresql_where=sa.text("state <> 'rejected'"),
    )


def _slips() -> None:
    with op.batch_alter_table("supplier_return") as batch:
        batch.drop_constraint(op.f("ck_supplier_return_state_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_supplier_return_state_known"), "state IN ('credited', 'dropped', 'sent', 'undone')"
        )
    with op.batch_alter_table("credit_note") as batch:
        batch.drop_constraint(op.f("uq_credit_note_return_id"), type_="unique")
    if op.get_bind().dialect.name == "sqlite":  # the table was written anew and has lost its triggers
        steps.append_only("credit_note")
    op.create_table(
        "credit_undo",
        sa.Column("id", KEY, nullable=False),
        sa.Column("note_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_by", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_credit_undo_reason_given")),
        sa.ForeignKeyConstraint(
            ["note_id", "organization_id"],
            ["credit_note.id", "credit_note.organization_id"],
            name=op.f("fk_credit_undo_note_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_credit_undo_organization_id")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["user.id"], name=op.f("fk_credit_undo_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_undo")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_credit_undo_id_organization_id")),
        sa.UniqueConstraint("note_id", name=op.f("uq_credit_undo_note_id")),
    )
    op.create_index(op.f("ix_credit_undo_organization_id"), "credit_undo", ["organization_id"], unique=False)


def _refills() -> None:
    with op.batch_alter_table("refill_sale") as batch:
        batch.add_column(sa.Column("undone_at", db.UtcDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("undone_reason", sa.String(length=300), nullable=False, server_default=""))
        batch.create_check_constraint(
            op.f("ck_refill_sale_undone_why"), "(undone_at IS NULL) = (undone_reason = '')"
        )
    kinds = ", ".join(f"'{kind}'" for kind in MOVE_KINDS)
    with op.batch_alter_table("container_move") as batch:
        batch.drop_constraint(op.f("ck_container_move_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_container_move_kind_known"), f"kind IN ({kinds})")


def _home() -> None:
    with op.batch_alter_table("trip_order") as batch:
        batch.add_column(sa.Column("home_at", db.UtcDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("home_by", KEY, nullable=True))
        batch.add_column(sa.Column("home_reason", sa.String(length=300), nullable=False, server_default=""))
        batch.create_check_constraint(
            op.f("ck_trip_order_home_is_off_the_truck"), "home_at IS NULL OR NOT live"
        )
        batch.create_foreign_key(op.f("fk_trip_order_home_by"), "user", ["home_by"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
