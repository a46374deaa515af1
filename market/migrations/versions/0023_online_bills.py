"""Bills and shares of prepaid pools that are paid over the internet: their states, and where money came to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"
branch_labels = None
depends_on = None

STATES = ("approved", "lapsed", "paid", "proposed", "rejected", "reversed")
WAITS = "state IN ('proposed', 'approved') AND bill_id IS NOT NULL"
ACCOUNTS = ("1-1100", "1-1200", "1-1250")


def _known(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.drop_index("uq_supplier_payment_one_waits", table_name="supplier_payment")
    with op.batch_alter_table("supplier_payment") as batch:
        batch.drop_constraint(op.f("ck_supplier_payment_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_supplier_payment_state_known"), _known("state", STATES))
        batch.create_check_constraint(
            op.f("ck_supplier_payment_online_pays_bills"),
            "account <> 'online' OR (bill_id IS NOT NULL AND run_id IS NULL)",
        )
    op.create_index(
        "uq_supplier_payment_one_waits",
        "supplier_payment",
        ["bill_id"],
        unique=True,
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )
    with op.batch_alter_table("prepaid_share") as batch:
        for column, values in (("account", ACCOUNTS), ("refund_account", ("", *ACCOUNTS))):
            batch.drop_constraint(op.f(f"ck_prepaid_share_{column}_known"), type_="check")
            batch.create_check_constraint(
                op.f(f"ck_prepaid_share_{column}_known"), _known(column, tuple(sorted(values)))
            )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only")
