"""Delivery zones, couriers, vouchers, complaints and returns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0032"
down_revision: str | None = "0031"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEVER_BELOW = [
    ("1-1150", "Kas di kurir", "asset", "debit"),
    ("2-1430", "Uang retur belum diambil", "liability", "credit"),
]
ACCOUNTS = [
    ("4-1250", "Potongan penjualan", "income", "debit"),
    ("4-1260", "Retur penjualan", "income", "debit"),
    ("4-1400", "Pendapatan ongkos kirim", "income", "credit"),
]
TABLES = (
    "delivery_zone",
    "delivery_zone_village",
    "courier_run",
    "cash_hand_in",
    "retail_delivery",
    "voucher",
    "voucher_use",
    "member_try",
    "retail_complaint",
    "complaint_message",
    "retail_return",
)


def upgrade() -> None:
    _deliveries()
    _vouchers()
    _complaints()
    steps.add_accounts(NEVER_BELOW, non_negative=True)
    steps.add_accounts(ACCOUNTS)
    steps.append_only("cash_hand_in")


def _deliveries() -> None:
    op.create_table(
        "delivery_zone",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("fee_rp", sa.BigInteger(), nullable=False),
        sa.Column("free_from_rp", sa.BigInteger(), nullable=True),
        sa.Column("minimum_rp", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("from_hour", sa.Integer(), nullable=False),
        sa.Column("until_hour", sa.Integer(), nullable=False),
        sa.Column("cash", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("entered_by", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 127", name=op.f("ck_delivery_zone_days")),
        sa.CheckConstraint("fee_rp >= 0 AND minimum_rp >= 0", name=op.f("ck_delivery_zone_amounts")),
        sa.CheckConstraint(
            "free_from_rp IS NULL OR free_from_rp > 0", name=op.f("ck_delivery_zone_free_from")
        ),
        sa.CheckConstraint(
            "from_hour >= 0 AND from_hour < until_hour AND until_hour <= 24",
            name=op.f("ck_delivery_zone_hours"),
        ),
        sa.CheckConstraint(
            "valid_until_on IS NULL OR valid_until_on >= valid_from_on",
            name=op.f("ck_delivery_zone_validity"),
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name=op.f("fk_delivery_zone_entered_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_delivery_zone_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_zone")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_delivery_zone_id_organization_id")),
    )
    op.create_index(
        op.f("ix_delivery_zone_organization_id"), "delivery_zone", ["organization_id"], unique=False
    )
    op.create_index(
        "ix_delivery_zone_valid", "delivery_zone", ["organization_id", "valid_from_on"], unique=False
    )
    op.create_table(
        "delivery_zone_village",
        sa.Column("id", KEY, nullable=False),
        sa.Column("zone_id", KEY, nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_delivery_zone_village_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_code"], ["place.code"], name=op.f("fk_delivery_zone_village_place_code")
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "organization_id"],
            ["delivery_zone.id", "delivery_zone.organization_id"],
            name=op.f("fk_delivery_zone_village_zone_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_zone_village")),
        sa.UniqueConstraint(
            "id", "organization_id", name=op.f("uq_delivery_zone_village_id_organization_id")
        ),
        sa.UniqueConstraint(
            "zone_id", "place_code", name=op.f("uq_delivery_zone_village_zone_id_place_code")
        ),
    )
    op.create_index(
        op.f("ix_delivery_zone_village_organization_id"),
        "delivery_zone_village",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_delivery_zone_village_place_code"), "delivery_zone_village", ["place_code"], unique=False
    )
    op.create_table(
        "courier_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token", sa.String(length=60), nullable=False),
        sa.Column("courier_name", sa.String(length=80), nullable=False),
        sa.Column("courier_phone", sa.String(length=20), nullable=False),
        sa.Column("runs_on", sa.Date(), nullable=False),
        sa.Column("ended_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("made_by", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_courier_run_made_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_courier_run_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courier_run")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_courier_run_id_organization_id")),
        sa.UniqueConstraint("token", name=op.f("uq_courier_run_token")),
    )
    op.create_index("ix_courier_run_day", "courier_run", ["organization_id", "runs_on"], unique=False)
    op.create_index(op.f("ix_courier_run_organization_id"), "courier_run", ["organization_id"], unique=False)
    op.create_table(
        "cash_hand_in",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_by", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_cash_hand_in_something")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_cash_hand_in_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id", "organization_id"],
            ["courier_run.id", "courier_run.organization_id"],
            name=op.f("fk_cash_hand_in_run_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_cash_hand_in_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_hand_in")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_cash_hand_in_id_organization_id")),
    )
    op.create_index(
        op.f("ix_cash_hand_in_organization_id"), "cash_hand_in", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_cash_hand_in_run_id"), "cash_hand_in", ["run_id"], unique=False)
    op.create_table(
        "retail_delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("zone_id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("landmark", sa.String(length=120), nullable=False),
        sa.Column("cash", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failed_why", sa.String(length=200), nullable=False),
        sa.Column("proof", sa.String(length=5), nullable=False),
        sa.Column("receiver_name", sa.String(length=80), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("cash_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("(proof <> '') = (state = 'delivered')", name=op.f("ck_retail_delivery_proved")),
        sa.CheckConstraint("proof IN ('', 'code', 'photo')", name=op.f("ck_retail_delivery_proof_known")),
        sa.CheckConstraint(
            "state IN ('cancelled', 'delivered', 'failed', 'on_the_way', 'returned', 'waiting')",
            name=op.f("ck_retail_delivery_state_known"),
        ),
        sa.CheckConstraint("cash_rp >= 0", name=op.f("ck_retail_delivery_cash")),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["retail_order.id", "retail_order.organization_id"],
            name=op.f("fk_retail_delivery_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retail_delivery_organization_id")
        ),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_retail_delivery_place_code")),
        sa.ForeignKeyConstraint(
            ["run_id", "organization_id"],
            ["courier_run.id", "courier_run.organization_id"],
            name=op.f("fk_retail_delivery_run_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id", "organization_id"],
            ["delivery_zone.id", "delivery_zone.organization_id"],
            name=op.f("fk_retail_delivery_zone_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_delivery")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_retail_delivery_id_organization_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_retail_delivery_order_id")),
    )
    op.create_index(op.f("ix_retail_delivery_due_on"), "retail_delivery", ["due_on"], unique=False)
    op.create_index(
        op.f("ix_retail_delivery_organization_id"), "retail_delivery", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_retail_delivery_run_id"), "retail_delivery", ["run_id"], unique=False)
    op.create_index("ix_retail_delivery_state", "retail_delivery", ["organization_id", "state"], unique=False)


def _vouchers() -> None:
    op.create_table(
        "voucher",
        sa.Column("id", KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("amount_rp", sa.BigInteger(), nullable=True),
        sa.Column("most_rp", sa.BigInteger(), nullable=True),
        sa.Column("minimum_rp", sa.BigInteger(), nullable=False),
        sa.Column("most_uses", sa.BigInteger(), nullable=False),
        sa.Column("most_per_phone", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("members_only", sa.Boolean(), nullable=False),
        sa.Column("own_only", sa.Boolean(), nullable=False),
        sa.Column("made_by", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("state IN ('closed', 'live')", name=op.f("ck_voucher_state_known")),
        sa.CheckConstraint("(percent IS NULL) <> (amount_rp IS NULL)", name=op.f("ck_voucher_one_kind")),
        sa.CheckConstraint("amount_rp IS NULL OR amount_rp > 0", name=op.f("ck_voucher_amount")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_voucher_dates")),
        sa.CheckConstraint("minimum_rp >= 0", name=op.f("ck_voucher_minimum")),
        sa.CheckConstraint("most_per_phone BETWEEN 1 AND most_uses", name=op.f("ck_voucher_per_phone")),
        sa.CheckConstraint("most_rp IS NULL OR most_rp > 0", name=op.f("ck_voucher_most")),
        sa.CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 90", name=op.f("ck_voucher_percent")),
        sa.CheckConstraint("used BETWEEN 0 AND most_uses", name=op.f("ck_voucher_uses")),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_voucher_made_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_voucher_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_voucher_id_organization_id")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_voucher_organization_id_code")),
    )
    op.create_index(op.f("ix_voucher_organization_id"), "voucher", ["organization_id"], unique=False)
    op.create_table(
        "voucher_use",
        sa.Column("id", KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("voucher_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("state IN ('released', 'used')", name=op.f("ck_voucher_use_state_known")),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_voucher_use_something")),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["retail_order.id", "retail_order.organization_id"],
            name=op.f("fk_voucher_use_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_voucher_use_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id", "organization_id"],
            ["voucher.id", "voucher.organization_id"],
            name=op.f("fk_voucher_use_voucher_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_use")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_voucher_use_id_organization_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_voucher_use_order_id")),
    )
    op.create_index(op.f("ix_voucher_use_organization_id"), "voucher_use", ["organization_id"], unique=False)
    op.create_index("ix_voucher_use_phone", "voucher_use", ["voucher_id", "phone"], unique=False)
    op.create_table(
        "member_try",
        sa.Column("id", KEY, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_member_try_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_try")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_member_try_id_organization_id")),
    )
    op.create_index(op.f("ix_member_try_organization_id"), "member_try", ["organization_id"], unique=False)
    op.create_index("ix_member_try_phone", "member_try", ["organization_id", "phone", "at"], unique=False)


def _complaints() -> None:
    op.create_table(
        "retail_complaint",
        sa.Column("id", KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("seller_id", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.String(length=12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("made_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answer_by_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("objections", sa.Integer(), nullable=False),
        sa.Column("bearer", sa.String(length=11), nullable=False),
        sa.Column("pickup_code", sa.String(length=8), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("reservation_id", KEY, nullable=True),
        sa.Column("cost_rp", sa.BigInteger(), nullable=True),
        sa.Column("seller_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(
            "bearer IN ('', 'cooperative', 'seller')", name=op.f("ck_retail_complaint_bearer_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'promised', 'refunded', 'refused', 'replaced', 'withdrawn')",
            name=op.f("ck_retail_complaint_state_known"),
        ),
        sa.CheckConstraint("wish IN ('refund', 'replacement')", name=op.f("ck_retail_complaint_wish_known")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_retail_complaint_quantity")),
        sa.ForeignKeyConstraint(
            ["line_id", "organization_id"],
            ["retail_order_line.id", "retail_order_line.organization_id"],
            name=op.f("fk_retail_complaint_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["retail_order.id", "retail_order.organization_id"],
            name=op.f("fk_retail_complaint_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retail_complaint_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id", "organization_id"],
            ["reservation.id", "reservation.organization_id"],
            name=op.f("fk_retail_complaint_reservation_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["organization.id"], name=op.f("fk_retail_complaint_seller_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_complaint")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_retail_complaint_id_organization_id")),
    )
    op.create_index(
        "ix_retail_complaint_open",
        "retail_complaint",
        ["organization_id", "state", "answer_by_at"],
        unique=False,
    )
    op.create_index(op.f("ix_retail_complaint_order_id"), "retail_complaint", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_retail_complaint_organization_id"), "retail_complaint", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_retail_complaint_seller_id"), "retail_complaint", ["seller_id"], unique=False)
    op.create_table(
        "complaint_message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("complaint_id", KEY, nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint(
            "side IN ('buyer', 'seller', 'shop')", name=op.f("ck_complaint_message_side_known")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id", "organization_id"],
            ["retail_complaint.id", "retail_complaint.organization_id"],
            name=op.f("fk_complaint_message_complaint_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_complaint_message_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_message")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_complaint_message_id_organization_id")),
    )
    op.create_index(
        op.f("ix_complaint_message_complaint_id"), "complaint_message", ["complaint_id"], unique=False
    )
    op.create_index(
        op.f("ix_complaint_message_organization_id"), "complaint_message", ["organization_id"], unique=False
    )
    op.create_table(
        "retail_return",
        sa.Column("id", KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("complaint_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("refund_rp", sa.BigInteger(), nullable=False),
        sa.Column("discount_rp", sa.BigInteger(), nullable=False),
        sa.Column("seller_rp", sa.BigInteger(), nullable=False),
        sa.Column("commission_rp", sa.BigInteger(), nullable=False),
        sa.Column("borne_rp", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("goods", sa.String(length=5), nullable=False),
        sa.Column("way", sa.String(length=6), nullable=False),
        sa.Column("made_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("paid_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", KEY, nullable=False),
        sa.CheckConstraint("goods IN ('kept', 'lost', 'shelf')", name=op.f("ck_retail_return_goods_known")),
        sa.CheckConstraint("state IN ('due', 'paid')", name=op.f("ck_retail_return_state_known")),
        sa.CheckConstraint("way IN ('cash', 'online')", name=op.f("ck_retail_return_way_known")),
        sa.CheckConstraint(
            "commission_rp >= 0 AND borne_rp >= 0 AND cost_rp >= 0", name=op.f("ck_retail_return_parts")
        ),
        sa.CheckConstraint(
            "refund_rp + discount_rp = seller_rp + commission_rp + borne_rp",
            name=op.f("ck_retail_return_adds_up"),
        ),
        sa.CheckConstraint(
            "refund_rp > 0 AND discount_rp >= 0 AND seller_rp >= 0", name=op.f("ck_retail_return_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id", "organization_id"],
            ["retail_complaint.id", "retail_complaint.organization_id"],
            name=op.f("fk_retail_return_complaint_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id", "organization_id"],
            ["retail_order_line.id", "retail_order_line.organization_id"],
            name=op.f("fk_retail_return_line_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "organization_id"],
            ["retail_order.id", "retail_order.organization_id"],
            name=op.f("fk_retail_return_order_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retail_return_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retail_return")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_retail_return_complaint_id")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_retail_return_id_organization_id")),
    )
    op.create_index(op.f("ix_retail_return_line_id"), "retail_return", ["line_id"], unique=False)
    op.create_index(op.f("ix_retail_return_order_id"), "retail_return", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_retail_return_organization_id"), "retail_return", ["organization_id"], unique=False
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
