"""Tables of containers that go back; the account of their deposits; full ones on the shelf."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db
from market.migrations import steps

revision = "0020"
down_revision: str | None = "0019"
branch_labels = None
depends_on = None

DEPOSITS = ("2-1450", "Titipan tabung pembeli", "liability", "credit")
ON_THE_SHELF = {"TABUNG-3": "pack:LPG-3"}
"""Container -> stock item of the goods in it, as they were when these tables came."""


def upgrade() -> None:
    _tables()
    steps.add_accounts([DEPOSITS], non_negative=True)
    _containers_of_stock()


def _containers_of_stock() -> None:
    """What stands full on a shelf already came in containers, which had no worth in the books."""
    for container, item in ON_THE_SHELF.items():
        there = "FROM stock_item i WHERE i.code = :item AND i.on_hand_base >= i.pack_base"
        op.execute(
            sa.text(
                "INSERT INTO container_holding (organization_id, container, full_count, empty_count, lent_count,"
                " at_supplier, owned, value_rp, moved_at)"
                " SELECT i.organization_id, :container, i.on_hand_base / i.pack_base, 0, 0, 0,"
                f" i.on_hand_base / i.pack_base, 0, i.moved_at {there}"
            ).bindparams(container=container, item=item)
        )
        op.execute(
            sa.text(
                "INSERT INTO container_move (organization_id, container, kind, count, value_rp, booked_rp, source,"
                " reason, occurred_on, at)"
                " SELECT i.organization_id, :container, 'opening', i.on_hand_base / i.pack_base, 0, 0,"
                f" 'stock_item:' || i.id, '', CURRENT_DATE, i.moved_at {there}"
            ).bindparams(container=container, item=item)
        )


def _tables() -> None:
    op.create_table(
        "container_holding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("container", sa.String(length=20), nullable=False),
        sa.Column("full_count", sa.BigInteger(), nullable=False),
        sa.Column("empty_count", sa.BigInteger(), nullable=False),
        sa.Column("lent_count", sa.BigInteger(), nullable=False),
        sa.Column("at_supplier", sa.BigInteger(), nullable=False),
        sa.Column("owned", sa.BigInteger(), nullable=False),
        sa.Column("value_rp", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "full_count >= 0 AND empty_count >= 0 AND lent_count >= 0",
            name=op.f("ck_container_holding_counts"),
        ),
        sa.CheckConstraint(
            "owned = full_count + empty_count + lent_count + at_supplier",
            name=op.f("ck_container_holding_adds_up"),
        ),
        sa.CheckConstraint(
            "value_rp >= 0 AND (owned > 0 OR value_rp = 0)", name=op.f("ck_container_holding_worth")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_container_holding_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container_holding")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_container_holding_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "container", name=op.f("uq_container_holding_organization_id_container")
        ),
    )
    op.create_index(
        op.f("ix_container_holding_organization_id"), "container_holding", ["organization_id"], unique=False
    )
    op.create_table(
        "container_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("container", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("value_rp", sa.BigInteger(), nullable=False),
        sa.Column("booked_rp", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('bought', 'exchanged', 'found_empty', 'found_full', 'handed_back', 'kept', 'lent', 'lost_empty', 'lost_full', 'opening', 'owned', 'received', 'returned', 'sent_back')",
            name=op.f("ck_container_move_kind_known"),
        ),
        sa.CheckConstraint("count > 0 AND booked_rp >= 0", name=op.f("ck_container_move_something")),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_container_move_actor_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_container_move_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_container_move_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container_move")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_container_move_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id",
            "container",
            "kind",
            "source",
            name=op.f("uq_container_move_organization_id_container_kind_source"),
        ),
    )
    op.create_index(
        op.f("ix_container_move_organization_id"), "container_move", ["organization_id"], unique=False
    )
    op.create_index(
        "ix_container_move_supplier", "container_move", ["organization_id", "supplier_id"], unique=False
    )
    op.create_table(
        "container_purchase",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("container", sa.String(length=20), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("unit_rp", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('done', 'lapsed', 'proposed', 'rejected')",
            name=op.f("ck_container_purchase_state_known"),
        ),
        sa.CheckConstraint(
            "count > 0 AND unit_rp > 0 AND amount_rp = count * unit_rp",
            name=op.f("ck_container_purchase_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_container_purchase_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_container_purchase_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container_purchase")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_container_purchase_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_container_purchase_organization_id_number")
        ),
    )
    op.create_index(
        op.f("ix_container_purchase_organization_id"), "container_purchase", ["organization_id"], unique=False
    )
    op.create_table(
        "refill_sale",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("container", sa.String(length=20), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("empties_in", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_rp", sa.BigInteger(), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("deposit_rp", sa.BigInteger(), nullable=False),
        sa.Column("cost_rp", sa.BigInteger(), nullable=False),
        sa.Column("member_sale", sa.Boolean(), nullable=False),
        sa.Column("buyer_name", sa.String(length=80), nullable=False),
        sa.Column("map_reference", sa.String(length=40), nullable=False),
        sa.Column("sold_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sold_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "amount_rp = count * unit_price_rp AND amount_rp > 0", name=op.f("ck_refill_sale_amount")
        ),
        sa.CheckConstraint(
            "count > 0 AND empties_in BETWEEN 0 AND count", name=op.f("ck_refill_sale_counts")
        ),
        sa.CheckConstraint("deposit_rp >= 0 AND cost_rp >= 0", name=op.f("ck_refill_sale_not_negative")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_refill_sale_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_refill_sale_pack_id")),
        sa.ForeignKeyConstraint(["sold_by"], ["user.id"], name=op.f("fk_refill_sale_sold_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refill_sale")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_refill_sale_id_organization_id")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_refill_sale_organization_id_number")),
    )
    op.create_index(op.f("ix_refill_sale_organization_id"), "refill_sale", ["organization_id"], unique=False)
    op.create_table(
        "container_deposit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("container", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("unit_rp", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (returned + kept = count)",
            name=op.f("ck_container_deposit_closed_when_all_back"),
        ),
        sa.CheckConstraint("state IN ('closed', 'open')", name=op.f("ck_container_deposit_state_known")),
        sa.CheckConstraint(
            "count > 0 AND returned >= 0 AND kept >= 0", name=op.f("ck_container_deposit_counts")
        ),
        sa.CheckConstraint("returned + kept <= count", name=op.f("ck_container_deposit_not_more_than_lent")),
        sa.CheckConstraint("unit_rp >= 0", name=op.f("ck_container_deposit_amount")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_container_deposit_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["sale_id", "organization_id"],
            ["refill_sale.id", "refill_sale.organization_id"],
            name=op.f("fk_container_deposit_sale_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_container_deposit")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_container_deposit_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_container_deposit_organization_id_number")
        ),
    )
    op.create_index(
        "ix_container_deposit_open", "container_deposit", ["organization_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_container_deposit_organization_id"), "container_deposit", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_container_deposit_sale_id"), "container_deposit", ["sale_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
