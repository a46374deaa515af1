"""Tables of stock between cooperatives; three accounts for books that are open already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0016"
down_revision: str | None = "0015"
branch_labels = None
depends_on = None

KINDS = (
    *("consign_in", "consign_out", "count", "opening", "receipt", "repack", "return_in", "sale"),
    *("transfer_back", "transfer_in", "transfer_out", "write_off"),
)
ACCOUNTS = (
    ("1-1320", "Piutang antarkoperasi", "asset", "debit"),
    ("1-1450", "Barang dalam perjalanan", "asset", "debit"),
    ("2-1250", "Utang antarkoperasi", "liability", "credit"),
)


def upgrade() -> None:
    known = ", ".join(f"'{kind}'" for kind in KINDS)
    with op.batch_alter_table("stock_move") as batch:
        batch.drop_constraint(op.f("ck_stock_move_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_stock_move_kind_known"), f"kind IN ({known})")
    steps.add_accounts(ACCOUNTS)
    _tables()


def _tables() -> None:
    op.create_table(
        "stock_transfer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("city_code", sa.String(length=4), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("price_rp", sa.BigInteger(), nullable=False),
        sa.Column("carried_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offered_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("near_until", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("receiver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sent_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("received_packs", sa.BigInteger(), nullable=False),
        sa.Column("shortage", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("owed_rp", sa.BigInteger(), nullable=False),
        sa.Column("returned_packs", sa.BigInteger(), nullable=False),
        sa.Column("lost_packs", sa.BigInteger(), nullable=False),
        sa.Column("cleared_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "shortage IN ('', 'broken', 'expired', 'missing', 'other', 'wet', 'wrong')",
            name=op.f("ck_stock_transfer_shortage_known"),
        ),
        sa.CheckConstraint(
            "receiver_id IS NOT NULL OR state = 'offered' OR state = 'withdrawn' OR state = 'lapsed'",
            name=op.f("ck_stock_transfer_taken_by_somebody"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'closed', 'lapsed', 'offered', 'received', 'rejected', 'sent', 'short', 'withdrawn')",
            name=op.f("ck_stock_transfer_state_known"),
        ),
        sa.CheckConstraint(
            "amount_rp BETWEEN 0 AND cost_rp", name=op.f("ck_stock_transfer_never_above_cost")
        ),
        sa.CheckConstraint(
            "lost_packs = 0 OR cleared_by <> sent_by", name=op.f("ck_stock_transfer_loss_by_two")
        ),
        sa.CheckConstraint(
            "owed_rp BETWEEN 0 AND amount_rp", name=op.f("ck_stock_transfer_owed_for_what_came")
        ),
        sa.CheckConstraint("packs > 0 AND price_rp > 0", name=op.f("ck_stock_transfer_something")),
        sa.CheckConstraint(
            "received_packs >= 0 AND returned_packs >= 0 AND lost_packs >= 0 AND received_packs + returned_packs + lost_packs <= packs",
            name=op.f("ck_stock_transfer_packs_in_bounds"),
        ),
        sa.CheckConstraint("receiver_id <> organization_id", name=op.f("ck_stock_transfer_to_another")),
        sa.ForeignKeyConstraint(
            ["carried_from_id", "organization_id"],
            ["stock_transfer.id", "stock_transfer.organization_id"],
            name=op.f("fk_stock_transfer_carried_from_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["cleared_by"], ["user.id"], name=op.f("fk_stock_transfer_cleared_by")),
        sa.ForeignKeyConstraint(
            ["item_id", "organization_id"],
            ["stock_item.id", "stock_item.organization_id"],
            name=op.f("fk_stock_transfer_item_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_stock_transfer_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_stock_transfer_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_stock_transfer_pack_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_stock_transfer_place_code")),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["organization.id"], name=op.f("fk_stock_transfer_receiver_id")
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id", "organization_id"],
            ["reservation.id", "reservation.organization_id"],
            name=op.f("fk_stock_transfer_reservation_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["user.id"], name=op.f("fk_stock_transfer_sent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_transfer")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_stock_transfer_id_organization_id")),
    )
    op.create_index(op.f("ix_stock_transfer_item_id"), "stock_transfer", ["item_id"], unique=False)
    op.create_index("ix_stock_transfer_market", "stock_transfer", ["city_code", "state"], unique=False)
    op.create_index(op.f("ix_stock_transfer_need_id"), "stock_transfer", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_stock_transfer_organization_id"), "stock_transfer", ["organization_id"], unique=False
    )
    op.create_index("ix_stock_transfer_receiver", "stock_transfer", ["receiver_id", "state"], unique=False)
    op.create_table(
        "transfer_payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transfer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("giver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("into_account", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'confirmed') = (into_account <> '')", name=op.f("ck_transfer_payment_confirmed_into")
        ),
        sa.CheckConstraint("account IN ('1-1100', '1-1200')", name=op.f("ck_transfer_payment_account_known")),
        sa.CheckConstraint(
            "into_account IN ('', '1-1100', '1-1200')", name=op.f("ck_transfer_payment_into_account_known")
        ),
        sa.CheckConstraint(
            "state IN ('confirmed', 'lapsed', 'paid', 'proposed', 'rejected')",
            name=op.f("ck_transfer_payment_state_known"),
        ),
        sa.CheckConstraint("amount_rp > 0", name=op.f("ck_transfer_payment_something")),
        sa.ForeignKeyConstraint(["giver_id"], ["organization.id"], name=op.f("fk_transfer_payment_giver_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_transfer_payment_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["stock_transfer.id"], name=op.f("fk_transfer_payment_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_payment")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_transfer_payment_id_organization_id")),
    )
    op.create_index(op.f("ix_transfer_payment_giver_id"), "transfer_payment", ["giver_id"], unique=False)
    op.create_index(
        op.f("ix_transfer_payment_organization_id"), "transfer_payment", ["organization_id"], unique=False
    )
    op.create_index(
        op.f("ix_transfer_payment_transfer_id"), "transfer_payment", ["transfer_id"], unique=False
    )
    op.create_index(
        "uq_transfer_payment_one",
        "transfer_payment",
        ["transfer_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'paid', 'confirmed')"),
        sqlite_where=sa.text("state IN ('proposed', 'paid', 'confirmed')"),
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
