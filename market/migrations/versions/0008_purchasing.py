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
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("terms", sa.String(length=10), nullable=False),
        sa.Column("credit_days", sa.Integer(), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=True),
        sa.Column("issued_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total_rp", sa.BigInteger(), nullable=False),
        sa.Column("lump_received", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('cancelled', 'closed', 'issued')", name=op.f("ck_purchase_order_state_known")
        ),
        sa.CheckConstraint(
            "terms IN ('cod', 'prepaid', 'tempo')", name=op.f("ck_purchase_order_terms_known")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["user.id"], name=op.f("fk_purchase_order_issued_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_purchase_order_organization_id")
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_purchase_order_place_code")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_purchase_order_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_purchase_order_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_purchase_order_organization_id_number")
        ),
        sa.UniqueConstraint(
            "organization_id", "origin", name=op.f("uq_purchase_order_organization_id_origin")
        ),
    )
    op.create_index(op.f("ix_purchase_order_delivery_on"), "purchase_order", ["delivery_on"], unique=False)
    op.create_index(
        op.f("ix_purchase_order_organization_id"), "purchase_order", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_purchase_order_supplier_id"), "purchase_order", ["supplier_id"], unique=False)
    op.create_table(
        "goods_receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("value_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["purchase_order.id", "purchase_order.organization_id"],
            name=op.f("fk_goods_receipt_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goods_receipt_organization_id")
        ),
        sa.ForeignKeyConstraint(["received_by"], ["user.id"], name=op.f("fk_goods_receipt_received_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_receipt")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_goods_receipt_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_goods_receipt_organization_id_number")
        ),
    )
    op.create_index(op.f("ix_goods_receipt_order_id"), "goods_receipt", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_goods_receipt_organization_id"), "goods_receipt", ["organization_id"], unique=False
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("description", sa.String(length=160), nullable=False),
        sa.Column("ordered_packs", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_rp", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("received_packs", sa.BigInteger(), nullable=False),
        sa.Column("rejected_packs", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_packs", sa.BigInteger(), nullable=False),
        sa.Column("billed_packs", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('goods', 'freight')) = (pack_id IS NOT NULL)",
            name=op.f("ck_purchase_order_line_pack_of_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('drop', 'freight', 'goods', 'truck')", name=op.f("ck_purchase_order_line_kind_known")
        ),
        sa.CheckConstraint(
            "amount_rp = ordered_packs * unit_price_rp", name=op.f("ck_purchase_order_line_amount")
        ),
        sa.CheckConstraint(
            "billed_packs BETWEEN 0 AND received_packs",
            name=op.f("ck_purchase_order_line_billed_is_received"),
        ),
        sa.CheckConstraint(
            "ordered_packs > 0 AND unit_price_rp >= 0", name=op.f("ck_purchase_order_line_something")
        ),
        sa.CheckConstraint(
            "received_packs + cancelled_packs <= ordered_packs",
            name=op.f("ck_purchase_order_line_not_more_than_ordered"),
        ),
        sa.CheckConstraint(
            "received_packs >= 0 AND rejected_packs >= 0 AND cancelled_packs >= 0",
            name=op.f("ck_purchase_order_line_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["purchase_order.id", "purchase_order.organization_id"],
            name=op.f("fk_purchase_order_line_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_purchase_order_line_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_purchase_order_line_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_purchase_order_line_id_organization_id")),
        sa.UniqueConstraint(
            "order_id", "kind", "pack_id", name=op.f("uq_purchase_order_line_order_id_kind_pack_id")
        ),
    )
    op.create_index(
        op.f("ix_purchase_order_line_order_id"), "purchase_order_line", ["order_id"], unique=False
    )
    op.create_index(
        op.f("ix_purchase_order_line_organization_id"),
        "purchase_order_line",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "supplier_bill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("billed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("paid_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('paid', 'recorded')", name=op.f("ck_supplier_bill_state_known")),
        sa.CheckConstraint("paid_rp BETWEEN 0 AND amount_rp", name=op.f("ck_supplier_bill_not_paid_twice")),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["purchase_order.id", "purchase_order.organization_id"],
            name=op.f("fk_supplier_bill_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_supplier_bill_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_supplier_bill_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_bill")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_supplier_bill_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_supplier_bill_organization_id_number")
        ),
        sa.UniqueConstraint(
            "organization_id",
            "supplier_id",
            "reference",
            name=op.f("uq_supplier_bill_organization_id_supplier_id_reference"),
        ),
    )
    op.create_index(op.f("ix_supplier_bill_due_on"), "supplier_bill", ["due_on"], unique=False)
    op.create_index(op.f("ix_supplier_bill_order_id"), "supplier_bill", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_supplier_bill_organization_id"), "supplier_bill", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_supplier_bill_supplier_id"), "supplier_bill", ["supplier_id"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("opened_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('broken', 'expired', 'other', 'short', 'underweight', 'wrong_grade')",
            name=op.f("ck_claim_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('cancelled_rest', 'dropped', 'open', 'replaced')", name=op.f("ck_claim_state_known")
        ),
        sa.CheckConstraint("packs > 0", name=op.f("ck_claim_something")),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["purchase_order.id", "purchase_order.organization_id"],
            name=op.f("fk_claim_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id", "organization_id"],
            ["purchase_order_line.id", "purchase_order_line.organization_id"],
            name=op.f("fk_claim_order_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_claim_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_claim_id_organization_id")),
    )
    op.create_index(op.f("ix_claim_order_id"), "claim", ["order_id"], unique=False)
    op.create_index(op.f("ix_claim_organization_id"), "claim", ["organization_id"], unique=False)
    op.create_table(
        "goods_receipt_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivered_packs", sa.BigInteger(), nullable=False),
        sa.Column("accepted_packs", sa.BigInteger(), nullable=False),
        sa.Column("rejected_packs", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "rejected_packs = 0 OR reason <> ''", name=op.f("ck_goods_receipt_line_reason_given")
        ),
        sa.CheckConstraint(
            "accepted_packs >= 0 AND rejected_packs >= 0", name=op.f("ck_goods_receipt_line_counts")
        ),
        sa.CheckConstraint(
            "delivered_packs = accepted_packs + rejected_packs", name=op.f("ck_goods_receipt_line_adds_up")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id", "organization_id"],
            ["purchase_order_line.id", "purchase_order_line.organization_id"],
            name=op.f("fk_goods_receipt_line_order_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goods_receipt_line_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id", "organization_id"],
            ["goods_receipt.id", "goods_receipt.organization_id"],
            name=op.f("fk_goods_receipt_line_receipt_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_receipt_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_goods_receipt_line_id_organization_id")),
    )
    op.create_index(
        op.f("ix_goods_receipt_line_organization_id"), "goods_receipt_line", ["organization_id"], unique=False
    )
    op.create_index(
        op.f("ix_goods_receipt_line_receipt_id"), "goods_receipt_line", ["receipt_id"], unique=False
    )
    op.create_table(
        "supplier_bill_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_rp", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "packs > 0 AND amount_rp = packs * unit_price_rp", name=op.f("ck_supplier_bill_line_amount")
        ),
        sa.ForeignKeyConstraint(
            ["bill_id", "organization_id"],
            ["supplier_bill.id", "supplier_bill.organization_id"],
            name=op.f("fk_supplier_bill_line_bill_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id", "organization_id"],
            ["purchase_order_line.id", "purchase_order_line.organization_id"],
            name=op.f("fk_supplier_bill_line_order_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_supplier_bill_line_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_bill_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_supplier_bill_line_id_organization_id")),
    )
    op.create_index(op.f("ix_supplier_bill_line_bill_id"), "supplier_bill_line", ["bill_id"], unique=False)
    op.create_index(
        op.f("ix_supplier_bill_line_organization_id"), "supplier_bill_line", ["organization_id"], unique=False
    )
    op.create_table(
        "supplier_payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("used_rp", sa.BigInteger(), nullable=False),
        sa.Column("returned_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('lapsed', 'paid', 'proposed', 'rejected')",
            name=op.f("ck_supplier_payment_state_known"),
        ),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_supplier_payment_something")),
        sa.CheckConstraint(
            "used_rp + returned_rp <= amount_rp", name=op.f("ck_supplier_payment_not_spent_twice")
        ),
        sa.CheckConstraint("used_rp >= 0 AND returned_rp >= 0", name=op.f("ck_supplier_payment_spent")),
        sa.ForeignKeyConstraint(
            ["bill_id", "organization_id"],
            ["supplier_bill.id", "supplier_bill.organization_id"],
            name=op.f("fk_supplier_payment_bill_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["purchase_order.id", "purchase_order.organization_id"],
            name=op.f("fk_supplier_payment_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_supplier_payment_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_supplier_payment_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_payment")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_supplier_payment_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_supplier_payment_organization_id_number")
        ),
    )
    op.create_index(op.f("ix_supplier_payment_bill_id"), "supplier_payment", ["bill_id"], unique=False)
    op.create_index(op.f("ix_supplier_payment_order_id"), "supplier_payment", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_supplier_payment_organization_id"), "supplier_payment", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_supplier_payment_one_advance",
        "supplier_payment",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('paid', 'proposed') AND bill_id IS NULL"),
        postgresql_where=sa.text("state IN ('paid', 'proposed') AND bill_id IS NULL"),
    )
    op.create_index(
        "uq_supplier_payment_one_waits",
        "supplier_payment",
        ["bill_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed' AND bill_id IS NOT NULL"),
        postgresql_where=sa.text("state = 'proposed' AND bill_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
