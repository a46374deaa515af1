"""Bills that differ, credit notes, goods that go back, accounts of suppliers, and runs that pay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0018"
down_revision: str | None = "0017"
branch_labels = None
depends_on = None

MOVE_KINDS = (
    *("consign_in", "consign_out", "count", "opening", "receipt", "repack", "return_in", "return_out"),
    *("sale", "transfer_back", "transfer_in", "transfer_out", "write_off"),
)
BILL_STATES = ("disputed", "paid", "recorded", "void")
DIFFERENCES = ("5-1800", "Selisih harga pembelian", "expense", "debit")


def upgrade() -> None:
    steps.add_accounts([DIFFERENCES])
    _runs()
    _bills()
    _cases()
    _returns()
    _credits()
    steps.append_only("credit_note", "credit_use")  # what a credit note says never changes


def _bills() -> None:
    known = ", ".join(f"'{state}'" for state in BILL_STATES)
    with op.batch_alter_table("supplier_bill") as batch:
        batch.add_column(sa.Column("difference_rp", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("returned_rp", sa.BigInteger(), nullable=False, server_default="0"))
        batch.drop_constraint(op.f("ck_supplier_bill_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_supplier_bill_state_known"), f"state IN ({known})")
        batch.drop_constraint(op.f("uq_supplier_bill_organization_id_supplier_id_reference"), type_="unique")
    op.create_index(
        "uq_supplier_bill_one_counts",
        "supplier_bill",
        ["organization_id", "supplier_id", "reference"],
        unique=True,
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    )
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("supplier_payment") as batch:
        batch.add_column(sa.Column("run_id", key, nullable=True))
        batch.add_column(sa.Column("to_account_id", key, nullable=True))
        batch.create_check_constraint(
            op.f("ck_supplier_payment_run_pays_bills"), "run_id IS NULL OR bill_id IS NOT NULL"
        )
        batch.create_foreign_key(
            op.f("fk_supplier_payment_run_id_organization_id"),
            "payment_run",
            ["run_id", "organization_id"],
            ["id", "organization_id"],
        )
        batch.create_foreign_key(
            op.f("fk_supplier_payment_to_account_id"), "supplier_account", ["to_account_id"], ["id"]
        )
    op.create_index(op.f("ix_supplier_payment_run_id"), "supplier_payment", ["run_id"], unique=False)
    kinds = ", ".join(f"'{kind}'" for kind in MOVE_KINDS)
    with op.batch_alter_table("stock_move") as batch:
        batch.drop_constraint(op.f("ck_stock_move_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_stock_move_kind_known"), f"kind IN ({kinds})")


def _runs() -> None:
    op.create_table(
        "payment_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("total_rp", sa.BigInteger(), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_on IS NOT NULL AND reference <> '')",
            name=op.f("ck_payment_run_paid_when"),
        ),
        sa.CheckConstraint(
            "state IN ('approved', 'lapsed', 'paid', 'proposed', 'rejected', 'withdrawn')",
            name=op.f("ck_payment_run_state_known"),
        ),
        sa.CheckConstraint("total_rp > 0", name=op.f("ck_payment_run_something")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_payment_run_organization_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["user.id"], name=op.f("fk_payment_run_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_run")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_payment_run_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_payment_run_organization_id_number")),
    )
    op.create_index(op.f("ix_payment_run_organization_id"), "payment_run", ["organization_id"], unique=False)
    op.create_table(
        "supplier_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank", sa.String(length=40), nullable=False),
        sa.Column("number_sealed", sa.Text(), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("added_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("bank <> '' AND holder <> ''", name=op.f("ck_supplier_account_whole")),
        sa.ForeignKeyConstraint(["added_by"], ["user.id"], name=op.f("fk_supplier_account_added_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_supplier_account_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_account")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_supplier_account_id_organization_id")),
    )
    op.create_index(
        op.f("ix_supplier_account_organization_id"), "supplier_account", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_supplier_account_current",
        "supplier_account",
        ["organization_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _cases() -> None:
    op.create_table(
        "bill_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expected_rp", sa.BigInteger(), nullable=False),
        sa.Column("difference_rp", sa.BigInteger(), nullable=False),
        sa.Column("tolerance_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer_by_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> opened_by OR state <> 'accepted'",
            name=op.f("ck_bill_case_by_two"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'corrected', 'credited', 'open', 'rejected')",
            name=op.f("ck_bill_case_state_known"),
        ),
        sa.CheckConstraint("difference_rp <> 0", name=op.f("ck_bill_case_something")),
        sa.ForeignKeyConstraint(
            ["bill_id", "organization_id"],
            ["supplier_bill.id", "supplier_bill.organization_id"],
            name=op.f("fk_bill_case_bill_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_bill_case_decided_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_bill_case_opened_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_bill_case_organization_id")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["organization.id"], name=op.f("fk_bill_case_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_case")),
        sa.UniqueConstraint("bill_id", name=op.f("uq_bill_case_bill_id")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_bill_case_id_organization_id")),
    )
    op.create_index(op.f("ix_bill_case_answer_by_at"), "bill_case", ["answer_by_at"], unique=False)
    op.create_index(op.f("ix_bill_case_organization_id"), "bill_case", ["organization_id"], unique=False)
    op.create_index(op.f("ix_bill_case_supplier_id"), "bill_case", ["supplier_id"], unique=False)
    op.create_table(
        "bill_case_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("speaker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_bill_case_message_something")),
        sa.ForeignKeyConstraint(
            ["case_id", "organization_id"],
            ["bill_case.id", "bill_case.organization_id"],
            name=op.f("fk_bill_case_message_case_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_bill_case_message_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["organization.id"], name=op.f("fk_bill_case_message_speaker_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["user.id"], name=op.f("fk_bill_case_message_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_case_message")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_bill_case_message_id_organization_id")),
    )
    op.create_index(op.f("ix_bill_case_message_case_id"), "bill_case_message", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_bill_case_message_organization_id"), "bill_case_message", ["organization_id"], unique=False
    )


def _returns() -> None:
    op.create_table(
        "supplier_return",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("returned_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("returned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('broken', 'expired', 'other', 'underweight', 'wrong_grade')",
            name=op.f("ck_supplier_return_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('credited', 'dropped', 'sent')", name=op.f("ck_supplier_return_state_known")
        ),
        sa.CheckConstraint("amount_rp > 0 AND cost_rp >= 0", name=op.f("ck_supplier_return_something")),
        sa.ForeignKeyConstraint(
            ["bill_id", "organization_id"],
            ["supplier_bill.id", "supplier_bill.organization_id"],
            name=op.f("fk_supplier_return_bill_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["purchase_order.id", "purchase_order.organization_id"],
            name=op.f("fk_supplier_return_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_supplier_return_organization_id")
        ),
        sa.ForeignKeyConstraint(["returned_by"], ["user.id"], name=op.f("fk_supplier_return_returned_by")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_supplier_return_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_return")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_supplier_return_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_supplier_return_organization_id_number")
        ),
    )
    op.create_index(op.f("ix_supplier_return_order_id"), "supplier_return", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_supplier_return_organization_id"), "supplier_return", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_supplier_return_supplier_id"), "supplier_return", ["supplier_id"], unique=False)
    op.create_table(
        "supplier_return_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "packs > 0 AND amount_rp >= 0 AND cost_rp >= 0", name=op.f("ck_supplier_return_line_something")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id", "organization_id"],
            ["purchase_order_line.id", "purchase_order_line.organization_id"],
            name=op.f("fk_supplier_return_line_order_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_supplier_return_line_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id", "organization_id"],
            ["supplier_return.id", "supplier_return.organization_id"],
            name=op.f("fk_supplier_return_line_return_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_return_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_supplier_return_line_id_organization_id")),
        sa.UniqueConstraint(
            "return_id", "order_line_id", name=op.f("uq_supplier_return_line_return_id_order_line_id")
        ),
    )
    op.create_index(
        op.f("ix_supplier_return_line_order_line_id"), "supplier_return_line", ["order_line_id"], unique=False
    )
    op.create_index(
        op.f("ix_supplier_return_line_organization_id"),
        "supplier_return_line",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supplier_return_line_return_id"), "supplier_return_line", ["return_id"], unique=False
    )


def _credits() -> None:
    op.create_table(
        "credit_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("issued_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_credit_note_something")),
        sa.ForeignKeyConstraint(
            ["bill_id", "organization_id"],
            ["supplier_bill.id", "supplier_bill.organization_id"],
            name=op.f("fk_credit_note_bill_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "organization_id"],
            ["bill_case.id", "bill_case.organization_id"],
            name=op.f("fk_credit_note_case_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id", "organization_id"],
            ["claim.id", "claim.organization_id"],
            name=op.f("fk_credit_note_claim_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["user.id"], name=op.f("fk_credit_note_issued_by")),
        sa.ForeignKeyConstraint(["issued_for"], ["organization.id"], name=op.f("fk_credit_note_issued_for")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_credit_note_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id", "organization_id"],
            ["supplier_return.id", "supplier_return.organization_id"],
            name=op.f("fk_credit_note_return_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_credit_note_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_credit_note_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_credit_note_organization_id_number")),
        sa.UniqueConstraint("return_id", name=op.f("uq_credit_note_return_id")),
    )
    op.create_index(op.f("ix_credit_note_bill_id"), "credit_note", ["bill_id"], unique=False)
    op.create_index(op.f("ix_credit_note_organization_id"), "credit_note", ["organization_id"], unique=False)
    op.create_index(op.f("ix_credit_note_supplier_id"), "credit_note", ["supplier_id"], unique=False)
    op.create_table(
        "credit_use",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("used_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(bill_id IS NULL) = (account <> '')", name=op.f("ck_credit_use_bill_or_money")),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_credit_use_something")),
        sa.ForeignKeyConstraint(
            ["bill_id", "organization_id"],
            ["supplier_bill.id", "supplier_bill.organization_id"],
            name=op.f("fk_credit_use_bill_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["note_id", "organization_id"],
            ["credit_note.id", "credit_note.organization_id"],
            name=op.f("fk_credit_use_note_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_credit_use_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_use")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_credit_use_id_organization_id")),
    )
    op.create_index(op.f("ix_credit_use_bill_id"), "credit_use", ["bill_id"], unique=False)
    op.create_index(op.f("ix_credit_use_note_id"), "credit_use", ["note_id"], unique=False)
    op.create_index(op.f("ix_credit_use_organization_id"), "credit_use", ["organization_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
