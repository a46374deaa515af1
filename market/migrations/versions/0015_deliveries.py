"""What is seen at the door: weighed samples, photos, packs beyond the order, a signature."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _receipts()
    _short_trucks()
    _claims()


def _receipts() -> None:
    with op.batch_alter_table("goods_receipt") as batch:
        batch.add_column(sa.Column("driver_name", sa.String(length=120), nullable=False, server_default=""))
        batch.add_column(sa.Column("signature", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("signed_at", db.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("goods_receipt_line") as batch:
        batch.add_column(sa.Column("extra_packs", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("photo", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("weights_g", sa.Text(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("limit_g", sa.BigInteger(), nullable=True))
        batch.create_check_constraint(op.f("ck_goods_receipt_line_extra"), "extra_packs >= 0")


CLAIM_STATES = ("cancelled_rest", "dropped", "escalated", "open", "promised", "refused", "replaced")


def _claims() -> None:
    known = ", ".join(f"'{state}'" for state in CLAIM_STATES)
    with op.batch_alter_table("claim") as batch:
        batch.add_column(sa.Column("answer_by_at", db.UtcDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("promised_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("escalated_at", db.UtcDateTime(timezone=True), nullable=True))
        batch.drop_constraint(op.f("ck_claim_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_claim_state_known"), f"state IN ({known})")
    op.create_index(op.f("ix_claim_answer_by_at"), "claim", ["answer_by_at"], unique=False)
    _claim_messages()


def _short_trucks() -> None:
    op.create_table(
        "delivery_shortage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("awaited_packs", sa.BigInteger(), nullable=False),
        sa.Column("loaded_packs", sa.BigInteger(), nullable=False),
        sa.Column("rest_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "loaded_packs >= 0 AND loaded_packs < awaited_packs", name=op.f("ck_delivery_shortage_short")
        ),
        sa.CheckConstraint(
            "rest_on IS NULL OR rest_on >= delivery_on", name=op.f("ck_delivery_shortage_rest_after")
        ),
        sa.ForeignKeyConstraint(["declared_by"], ["user.id"], name=op.f("fk_delivery_shortage_declared_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_delivery_shortage_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_delivery_shortage_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_shortage")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_delivery_shortage_id_organization_id")),
    )
    op.create_index(
        op.f("ix_delivery_shortage_organization_id"), "delivery_shortage", ["organization_id"], unique=False
    )
    op.create_table(
        "delivery_share",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shortage_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("awaited_packs", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "packs >= 0 AND packs <= awaited_packs", name=op.f("ck_delivery_share_not_more_than_awaited")
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["organization.id"], name=op.f("fk_delivery_share_buyer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_delivery_share_order_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["purchase_order_line.id"], name=op.f("fk_delivery_share_order_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_delivery_share_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["shortage_id", "organization_id"],
            ["delivery_shortage.id", "delivery_shortage.organization_id"],
            name=op.f("fk_delivery_share_shortage_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_share")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_delivery_share_id_organization_id")),
        sa.UniqueConstraint(
            "shortage_id", "order_line_id", name=op.f("uq_delivery_share_shortage_id_order_line_id")
        ),
        sa.UniqueConstraint("shortage_id", "rank", name=op.f("uq_delivery_share_shortage_id_rank")),
    )
    op.create_index(op.f("ix_delivery_share_order_id"), "delivery_share", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_delivery_share_order_line_id"), "delivery_share", ["order_line_id"], unique=False
    )
    op.create_index(
        op.f("ix_delivery_share_organization_id"), "delivery_share", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_delivery_share_shortage_id"), "delivery_share", ["shortage_id"], unique=False)


def _claim_messages() -> None:
    op.create_table(
        "claim_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("speaker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_claim_message_something")),
        sa.ForeignKeyConstraint(
            ["claim_id", "organization_id"],
            ["claim.id", "claim.organization_id"],
            name=op.f("fk_claim_message_claim_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_claim_message_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["organization.id"], name=op.f("fk_claim_message_speaker_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["user.id"], name=op.f("fk_claim_message_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_message")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_claim_message_id_organization_id")),
    )
    op.create_index(op.f("ix_claim_message_claim_id"), "claim_message", ["claim_id"], unique=False)
    op.create_index(
        op.f("ix_claim_message_organization_id"), "claim_message", ["organization_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
