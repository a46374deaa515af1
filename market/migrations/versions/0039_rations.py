"""Rations are one person's over all ways to buy: the counter's tables become everybody's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0039"
down_revision: str | None = "0038"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SOURCE = "counter_line:"
RATIONS = "organization_id, buyer_index, commodity_id, period, used_base"


def upgrade() -> None:
    _ration("ration")
    _use("ration_use", "ration", sa.Column("source", sa.String(length=40), nullable=False))
    _unique_while_held("ration_use", "source", ["organization_id", "source"])
    op.execute(f"INSERT INTO ration ({RATIONS}) SELECT {RATIONS} FROM counter_ration ORDER BY id")
    op.execute(_copied("counter_ration", "ration", f"'{SOURCE}' || u.line_id", "source"))
    op.drop_table("counter_ration_use")
    op.drop_table("counter_ration")


def downgrade() -> None:
    """Back to the counter alone: what was taken elsewhere stays counted in `used_base`, nobody gets it twice."""
    _ration("counter_ration")
    line = sa.Column("line_id", KEY, nullable=False)
    _use("counter_ration_use", "counter_ration", line, _of("line_id", "counter_sale_line"))
    _unique_while_held("counter_ration_use", "line", ["line_id"])
    op.execute(f"INSERT INTO counter_ration ({RATIONS}) SELECT {RATIONS} FROM ration ORDER BY id")
    number = f"CAST(substr(u.source, {len(SOURCE) + 1}) AS integer)"
    only = f" WHERE u.source LIKE '{SOURCE}%'"
    op.execute(_copied("ration", "counter_ration", number, "line_id") + only)
    op.drop_table("ration_use")
    op.drop_table("ration")


def _ration(table: str) -> None:
    key = ["organization_id", "buyer_index", "commodity_id", "period"]
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("buyer_index", sa.String(length=64), nullable=False),
        sa.Column("commodity_id", KEY, nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("used_base", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used_base >= 0", name=op.f(f"ck_{table}_used")),
        sa.ForeignKeyConstraint(["commodity_id"], ["commodity.id"], name=op.f(f"fk_{table}_commodity_id")),
        _owned(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("id", "organization_id", name=op.f(f"uq_{table}_id_organization_id")),
        sa.UniqueConstraint(*key, name=op.f(f"uq_{table}_" + "_".join(key))),
    )
    op.create_index(op.f(f"ix_{table}_organization_id"), table, ["organization_id"])


def _use(table: str, ration: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("ration_id", KEY, nullable=False),
        sa.Column("quantity_base", sa.BigInteger(), nullable=False),
        sa.Column("cap_base", sa.BigInteger(), nullable=True),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("given_back_at", db.UtcDateTime(timezone=True), nullable=True),
        *more,
        sa.CheckConstraint("quantity_base > 0", name=op.f(f"ck_{table}_something")),
        sa.ForeignKeyConstraint(
            ["ration_id", "organization_id"],
            [f"{ration}.id", f"{ration}.organization_id"],
            name=op.f(f"fk_{table}_ration_id_organization_id"),
        ),
        _owned(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("id", "organization_id", name=op.f(f"uq_{table}_id_organization_id")),
    )
    op.create_index(op.f(f"ix_{table}_organization_id"), table, ["organization_id"])
    op.create_index(op.f(f"ix_{table}_ration_id"), table, ["ration_id"])


def _owned(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_organization_id")
    return sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=name)


def _of(column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column, "organization_id"],
        [f"{parent}.id", f"{parent}.organization_id"],
        name=op.f(f"fk_counter_ration_use_{column}_organization_id"),
    )


def _unique_while_held(table: str, name: str, columns: list[str]) -> None:
    held = sa.text("given_back_at IS NULL")
    op.create_index(
        f"uq_{table}_{name}", table, columns, unique=True, postgresql_where=held, sqlite_where=held
    )


def _copied(old: str, new: str, value: str, column: str) -> str:
    """Uses of one pair of tables written into the other; numbers are given anew, so rations are met by key."""
    return (
        f"INSERT INTO {new}_use (organization_id, ration_id, {column}, quantity_base, cap_base, at, given_back_at)"
        f" SELECT u.organization_id, n.id, {value}, u.quantity_base, u.cap_base, u.at, u.given_back_at"
        f" FROM {old}_use u JOIN {old} o ON o.id = u.ration_id"
        f" JOIN {new} n ON n.organization_id = o.organization_id AND n.buyer_index = o.buyer_index"
        f" AND n.commodity_id = o.commodity_id AND n.period = o.period"
    )
