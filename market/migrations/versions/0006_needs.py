"""Tables of needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted_packs", sa.BigInteger(), nullable=False),
        sa.Column("at_most_packs", sa.BigInteger(), nullable=False),
        sa.Column("matched_packs", sa.BigInteger(), nullable=False),
        sa.Column("ceiling_rp", sa.BigInteger(), nullable=True),
        sa.Column("cash_rp", sa.BigInteger(), nullable=True),
        sa.Column("terms", sa.String(length=10), nullable=False),
        sa.Column("needed_by_on", sa.Date(), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=False),
        sa.Column("truck_access", sa.String(length=10), nullable=False),
        sa.Column("max_suppliers", sa.Integer(), nullable=True),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("carried_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("submitted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'expired', 'fulfilled', 'in_round', 'matched', 'open', 'rejected', 'submitted', 'withdrawn')",
            name=op.f("ck_need_state_known"),
        ),
        sa.CheckConstraint("terms IN ('cod', 'prepaid', 'tempo')", name=op.f("ck_need_terms_known")),
        sa.CheckConstraint(
            "truck_access IN ('any', 'pickup', 'small')", name=op.f("ck_need_truck_access_known")
        ),
        sa.CheckConstraint("approved_by <> created_by", name=op.f("ck_need_two_people_posted")),
        sa.CheckConstraint("approved_by <> submitted_by", name=op.f("ck_need_two_people_submitted")),
        sa.CheckConstraint("at_most_packs >= wanted_packs", name=op.f("ck_need_at_most_from_wanted")),
        sa.CheckConstraint("cash_rp >= 0", name=op.f("ck_need_cash_not_negative")),
        sa.CheckConstraint("ceiling_rp > 0", name=op.f("ck_need_ceiling_positive")),
        sa.CheckConstraint(
            "matched_packs BETWEEN 0 AND at_most_packs", name=op.f("ck_need_matched_in_bounds")
        ),
        sa.CheckConstraint("max_suppliers > 0", name=op.f("ck_need_max_suppliers_positive")),
        sa.CheckConstraint("wanted_packs > 0", name=op.f("ck_need_wanted_positive")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_need_weight_positive")),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_need_approved_by")),
        sa.ForeignKeyConstraint(
            ["carried_from_id", "organization_id"],
            ["need.id", "need.organization_id"],
            name=op.f("fk_need_carried_from_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_need_created_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_need_organization_id")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_need_pack_id")),
        sa.ForeignKeyConstraint(["place_code"], ["place.code"], name=op.f("fk_need_place_code")),
        sa.ForeignKeyConstraint(["submitted_by"], ["user.id"], name=op.f("fk_need_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_need_id_organization_id")),
    )
    op.create_index(op.f("ix_need_organization_id"), "need", ["organization_id"], unique=False)
    op.create_index("ix_need_organization_state", "need", ["organization_id", "state"], unique=False)
    op.create_index(op.f("ix_need_pack_id"), "need", ["pack_id"], unique=False)
    op.create_index(op.f("ix_need_place_code"), "need", ["place_code"], unique=False)
    op.create_index("ix_need_state_place", "need", ["state", "place_code"], unique=False)
    op.create_table(
        "need_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("rows", db.JsonText(), nullable=False),
        sa.Column("ignored", db.JsonText(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('discarded', 'imported', 'preview')", name=op.f("ck_need_import_state_known")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_need_import_created_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_need_import_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_import")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_need_import_id_organization_id")),
    )
    op.create_index(op.f("ix_need_import_organization_id"), "need_import", ["organization_id"], unique=False)
    op.create_index(
        "uq_need_import_digest",
        "need_import",
        ["organization_id", "digest"],
        unique=True,
        postgresql_where=sa.text("state <> 'discarded'"),
        sqlite_where=sa.text("state <> 'discarded'"),
    )


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
