"""The counter: shifts, sales, returns, rations of buyers; refills that are part of a receipt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0033"
down_revision: str | None = "0032"
branch_labels = None
depends_on = None

DIFFERENCES = ("6-1800", "Selisih kas kasir", "expense", "debit")
TABLES = (
    *("counter_ration_use", "counter_ration", "counter_return_line", "counter_return"),
    *("counter_sale_line", "counter_sale", "counter_cash_move", "counter_shift", "counter_price"),
)


def upgrade() -> None:
    op.add_column(
        "refill_sale", sa.Column("receipt", sa.String(length=30), nullable=False, server_default="")
    )
    steps.add_accounts([DIFFERENCES])
    _counter_price()
    _counter_shift()
    _counter_cash_move()
    _counter_sale()
    _counter_sale_line()
    _counter_return()
    _counter_return_line()
    _counter_ration()
    _counter_ration_use()


def _counter_price() -> None:
    op.create_table(
        "counter_price",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("barcode", sa.String(length=20), nullable=True),
        sa.Column("set_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("price_rp > 0", name=op.f("ck_counter_price_price")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_price_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_counter_price_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_price")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_price_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "barcode", name=op.f("uq_counter_price_organization_id_barcode")
        ),
        sa.UniqueConstraint(
            "organization_id", "pack_id", name=op.f("uq_counter_price_organization_id_pack_id")
        ),
    )
    op.create_index(
        op.f("ix_counter_price_organization_id"), "counter_price", ["organization_id"], unique=False
    )


def _counter_shift() -> None:
    op.create_table(
        "counter_shift",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("till", sa.String(length=20), nullable=False),
        sa.Column("cashier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cashier", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opening_rp", sa.BigInteger(), nullable=False),
        sa.Column("opening_counts", db.JsonText(), nullable=False),
        sa.Column("counted_rp", sa.BigInteger(), nullable=True),
        sa.Column("counts", db.JsonText(), nullable=True),
        sa.Column("expected_rp", sa.BigInteger(), nullable=True),
        sa.Column("difference_rp", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("closed_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(counted_rp IS NULL) = (state = 'open') AND (counted_rp IS NULL) = (expected_rp IS NULL)",
            name=op.f("ck_counter_shift_counted_when_over"),
        ),
        sa.CheckConstraint(
            "state IN ('closed', 'counted', 'open')", name=op.f("ck_counter_shift_state_known")
        ),
        sa.CheckConstraint(
            "counted_rp IS NULL OR difference_rp = counted_rp - expected_rp",
            name=op.f("ck_counter_shift_difference_adds_up"),
        ),
        sa.CheckConstraint("opening_rp >= 0", name=op.f("ck_counter_shift_opening")),
        sa.ForeignKeyConstraint(["cashier_id"], ["user.id"], name=op.f("fk_counter_shift_cashier_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_shift_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_shift")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_shift_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_counter_shift_organization_id_number")
        ),
    )
    op.create_index(
        op.f("ix_counter_shift_organization_id"), "counter_shift", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_counter_shift_cashier",
        "counter_shift",
        ["organization_id", "cashier_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'counted')"),
        sqlite_where=sa.text("state IN ('open', 'counted')"),
    )
    op.create_index(
        "uq_counter_shift_till",
        "counter_shift",
        ["organization_id", "till"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'counted')"),
        sqlite_where=sa.text("state IN ('open', 'counted')"),
    )


def _counter_cash_move() -> None:
    op.create_table(
        "counter_cash_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'float' AND amount_rp > 0) OR (kind <> 'float' AND amount_rp < 0)",
            name=op.f("ck_counter_cash_move_sign"),
        ),
        sa.CheckConstraint(
            "kind IN ('deposit', 'expense', 'float')", name=op.f("ck_counter_cash_move_kind_known")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_counter_cash_move_actor_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_cash_move_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id", "organization_id"],
            ["counter_shift.id", "counter_shift.organization_id"],
            name=op.f("fk_counter_cash_move_shift_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_cash_move")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_cash_move_id_organization_id")),
    )
    op.create_index(
        op.f("ix_counter_cash_move_organization_id"), "counter_cash_move", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_counter_cash_move_shift_id"), "counter_cash_move", ["shift_id"], unique=False)


def _counter_sale() -> None:
    op.create_table(
        "counter_sale",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=True),
        sa.Column("token", sa.String(length=60), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("client_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("void_reason", sa.String(length=300), nullable=False),
        sa.Column("started_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sold_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("buyer_name", sa.String(length=80), nullable=False),
        sa.Column("buyer_index", sa.String(length=64), nullable=False),
        sa.Column("buyer_last4", sa.String(length=4), nullable=False),
        sa.Column("buyer_category", sa.String(length=10), nullable=False),
        sa.Column("map_reference", sa.String(length=40), nullable=False),
        sa.Column("total_rp", sa.BigInteger(), nullable=False),
        sa.Column("deposit_rp", sa.BigInteger(), nullable=False),
        sa.Column("cash_rp", sa.BigInteger(), nullable=False),
        sa.Column("online_rp", sa.BigInteger(), nullable=False),
        sa.Column("given_rp", sa.BigInteger(), nullable=False),
        sa.Column("change_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (number IS NOT NULL)", name=op.f("ck_counter_sale_numbered_when_sold")
        ),
        sa.CheckConstraint("(state = 'void') = (void_reason <> '')", name=op.f("ck_counter_sale_void_why")),
        sa.CheckConstraint(
            "state <> 'done' OR cash_rp + online_rp = total_rp", name=op.f("ck_counter_sale_paid")
        ),
        sa.CheckConstraint(
            "state IN ('differs', 'done', 'open', 'void', 'waiting')",
            name=op.f("ck_counter_sale_state_known"),
        ),
        sa.CheckConstraint(
            "cash_rp >= 0 AND online_rp >= 0 AND change_rp >= 0", name=op.f("ck_counter_sale_not_negative")
        ),
        sa.CheckConstraint("given_rp = cash_rp + change_rp", name=op.f("ck_counter_sale_change")),
        sa.ForeignKeyConstraint(
            ["member_id", "organization_id"],
            ["member.id", "member.organization_id"],
            name=op.f("fk_counter_sale_member_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_sale_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id", "organization_id"],
            ["counter_shift.id", "counter_shift.organization_id"],
            name=op.f("fk_counter_sale_shift_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_sale")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_sale_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "client_key", name=op.f("uq_counter_sale_organization_id_client_key")
        ),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_counter_sale_organization_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_counter_sale_token")),
    )
    op.create_index(
        op.f("ix_counter_sale_organization_id"), "counter_sale", ["organization_id"], unique=False
    )
    op.create_index(
        "ix_counter_sale_shift", "counter_sale", ["organization_id", "shift_id", "state"], unique=False
    )
    op.create_index(op.f("ix_counter_sale_sold_at"), "counter_sale", ["sold_at"], unique=False)


def _counter_sale_line() -> None:
    op.create_table(
        "counter_sale_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("good", sa.String(length=20), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit_label", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_rp", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("commission_rp", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("empties_in", sa.BigInteger(), nullable=False),
        sa.Column("reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "commission_rp BETWEEN 0 AND amount_rp", name=op.f("ck_counter_sale_line_commission")
        ),
        sa.CheckConstraint("empties_in BETWEEN 0 AND quantity", name=op.f("ck_counter_sale_line_empties")),
        sa.CheckConstraint(
            "product_id IS NOT NULL OR pack_id IS NOT NULL", name=op.f("ck_counter_sale_line_a_good")
        ),
        sa.CheckConstraint(
            "quantity > 0 AND amount_rp = quantity * unit_price_rp AND amount_rp > 0",
            name=op.f("ck_counter_sale_line_amount"),
        ),
        sa.CheckConstraint("returned BETWEEN 0 AND quantity", name=op.f("ck_counter_sale_line_returned")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_sale_line_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_counter_sale_line_pack_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_counter_sale_line_product_id")),
        sa.ForeignKeyConstraint(
            ["refill_id", "organization_id"],
            ["refill_sale.id", "refill_sale.organization_id"],
            name=op.f("fk_counter_sale_line_refill_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id", "organization_id"],
            ["reservation.id", "reservation.organization_id"],
            name=op.f("fk_counter_sale_line_reservation_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sale_id", "organization_id"],
            ["counter_sale.id", "counter_sale.organization_id"],
            name=op.f("fk_counter_sale_line_sale_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_counter_sale_line_seller_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_sale_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_sale_line_id_organization_id")),
        sa.UniqueConstraint("sale_id", "good", name=op.f("uq_counter_sale_line_sale_id_good")),
    )
    op.create_index(
        op.f("ix_counter_sale_line_organization_id"), "counter_sale_line", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_counter_sale_line_sale_id"), "counter_sale_line", ["sale_id"], unique=False)


def _counter_return() -> None:
    op.create_table(
        "counter_return",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("deposit_rp", sa.BigInteger(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "amount_rp > 0 AND deposit_rp BETWEEN 0 AND amount_rp", name=op.f("ck_counter_return_amount")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_counter_return_actor_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_return_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["sale_id", "organization_id"],
            ["counter_sale.id", "counter_sale.organization_id"],
            name=op.f("fk_counter_return_sale_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id", "organization_id"],
            ["counter_shift.id", "counter_shift.organization_id"],
            name=op.f("fk_counter_return_shift_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_return")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_return_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_counter_return_organization_id_number")
        ),
    )
    op.create_index(
        op.f("ix_counter_return_organization_id"), "counter_return", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_counter_return_sale_id"), "counter_return", ["sale_id"], unique=False)
    op.create_index(op.f("ix_counter_return_shift_id"), "counter_return", ["shift_id"], unique=False)


def _counter_return_line() -> None:
    op.create_table(
        "counter_return_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("commission_rp", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "commission_rp BETWEEN 0 AND amount_rp", name=op.f("ck_counter_return_line_commission")
        ),
        sa.CheckConstraint(
            "quantity > 0 AND amount_rp > 0 AND cost_rp >= 0", name=op.f("ck_counter_return_line_something")
        ),
        sa.ForeignKeyConstraint(
            ["line_id", "organization_id"],
            ["counter_sale_line.id", "counter_sale_line.organization_id"],
            name=op.f("fk_counter_return_line_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_return_line_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id", "organization_id"],
            ["counter_return.id", "counter_return.organization_id"],
            name=op.f("fk_counter_return_line_return_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_return_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_return_line_id_organization_id")),
        sa.UniqueConstraint("return_id", "line_id", name=op.f("uq_counter_return_line_return_id_line_id")),
    )
    op.create_index(op.f("ix_counter_return_line_line_id"), "counter_return_line", ["line_id"], unique=False)
    op.create_index(
        op.f("ix_counter_return_line_organization_id"),
        "counter_return_line",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_counter_return_line_return_id"), "counter_return_line", ["return_id"], unique=False
    )
    # ### end Alembic commands ###


def _counter_ration() -> None:
    op.create_table(
        "counter_ration",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_index", sa.String(length=64), nullable=False),
        sa.Column("commodity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("used_base", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("used_base >= 0", name=op.f("ck_counter_ration_used")),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_counter_ration_commodity_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_ration_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_ration")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_ration_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id",
            "buyer_index",
            "commodity_id",
            "period",
            name=op.f("uq_counter_ration_organization_id_buyer_index_commodity_id_period"),
        ),
    )
    op.create_index(
        op.f("ix_counter_ration_organization_id"), "counter_ration", ["organization_id"], unique=False
    )


def _counter_ration_use() -> None:
    op.create_table(
        "counter_ration_use",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity_base", sa.BigInteger(), nullable=False),
        sa.Column("cap_base", sa.BigInteger(), nullable=True),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("given_back_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("quantity_base > 0", name=op.f("ck_counter_ration_use_something")),
        sa.ForeignKeyConstraint(
            ["line_id", "organization_id"],
            ["counter_sale_line.id", "counter_sale_line.organization_id"],
            name=op.f("fk_counter_ration_use_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_counter_ration_use_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["ration_id", "organization_id"],
            ["counter_ration.id", "counter_ration.organization_id"],
            name=op.f("fk_counter_ration_use_ration_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_ration_use")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_counter_ration_use_id_organization_id")),
    )
    op.create_index(
        op.f("ix_counter_ration_use_organization_id"), "counter_ration_use", ["organization_id"], unique=False
    )
    op.create_index(
        op.f("ix_counter_ration_use_ration_id"), "counter_ration_use", ["ration_id"], unique=False
    )
    op.create_index(
        "uq_counter_ration_use_line",
        "counter_ration_use",
        ["line_id"],
        unique=True,
        postgresql_where=sa.text("given_back_at IS NULL"),
        sqlite_where=sa.text("given_back_at IS NULL"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("refill_sale", "receipt")
