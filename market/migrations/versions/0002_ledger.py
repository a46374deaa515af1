"""The books: accounts, entries, postings, heads of chains, periods; and the triggers that keep them.

Both databases refuse to change or remove an entry or a posting, to add a posting to a sealed entry,
to seal an unbalanced one, to write into a closed period and to date an entry back. PostgreSQL also
looks once more at commit. Later migrations that rebuild one of these tables on SQLite (batch mode)
must create its triggers again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from market.core import db

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("journal_entry", "posting")

SQLITE = [
    *(
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in APPEND_ONLY
        for verb in ("update", "delete")
    ),
    """
    CREATE TRIGGER journal_entry_insert BEFORE INSERT ON journal_entry BEGIN
        SELECT RAISE(ABORT, 'the entry does not follow the head of its chain') WHERE NOT EXISTS (
            SELECT 1 FROM ledger_head h WHERE h.organization_id = NEW.organization_id
                AND h.seq = NEW.seq - 1 AND h.hash = NEW.prev_hash
                AND (h.recorded_at IS NULL OR h.recorded_at <= NEW.recorded_at));
        SELECT RAISE(ABORT, 'recorded_at is not the time of the ledger')
            WHERE julianday(NEW.recorded_at) < julianday(ledger_now()) - 60 / 86400.0
            OR (julianday(NEW.recorded_at) > julianday(ledger_now()) + 60 / 86400.0 AND NOT EXISTS (
                SELECT 1 FROM ledger_head h WHERE h.organization_id = NEW.organization_id
                    AND h.recorded_at = NEW.recorded_at));
        SELECT RAISE(ABORT, 'the period is closed') WHERE EXISTS (
            SELECT 1 FROM ledger_period p WHERE p.organization_id = NEW.organization_id
                AND p.state = 'closed' AND p.ends_on >= NEW.effective_on);
    END
    """,
    """
    CREATE TRIGGER posting_insert BEFORE INSERT ON posting BEGIN
        SELECT RAISE(ABORT, 'the entry is sealed') WHERE NOT EXISTS (
            SELECT 1 FROM journal_entry e JOIN ledger_head h ON h.organization_id = e.organization_id
            WHERE e.id = NEW.entry_id AND e.seq = h.seq + 1);
    END
    """,
    """
    CREATE TRIGGER ledger_head_insert BEFORE INSERT ON ledger_head WHEN NEW.seq <> 0 BEGIN
        SELECT RAISE(ABORT, 'a chain begins at zero');
    END
    """,
    """
    CREATE TRIGGER ledger_head_seal BEFORE UPDATE ON ledger_head BEGIN
        SELECT RAISE(ABORT, 'the head moves one entry at a time, onto a balanced one') WHERE NOT EXISTS (
            SELECT 1 FROM journal_entry e
            WHERE e.organization_id = OLD.organization_id AND NEW.organization_id = OLD.organization_id
                AND e.seq = OLD.seq + 1 AND NEW.seq = e.seq AND e.hash = NEW.hash
                AND e.prev_hash = OLD.hash AND e.recorded_at = NEW.recorded_at
                AND (SELECT count(*) >= 2 AND sum(p.amount_rp) = 0 FROM posting p WHERE p.entry_id = e.id));
    END
    """,
    """
    CREATE TRIGGER ledger_head_no_delete BEFORE DELETE ON ledger_head
    BEGIN SELECT RAISE(ABORT, 'a chain has no end'); END
    """,
    """
    CREATE TRIGGER ledger_account_keep BEFORE UPDATE OF code, organization_id ON ledger_account
    WHEN NEW.code <> OLD.code OR NEW.organization_id <> OLD.organization_id
    BEGIN SELECT RAISE(ABORT, 'an account keeps its code'); END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        for table in APPEND_ONLY
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        for table in (*APPEND_ONLY, "ledger_head")
    ),
    "CREATE TRIGGER ledger_head_no_delete BEFORE DELETE ON ledger_head "
    "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    """
    CREATE FUNCTION journal_entry_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE head ledger_head%ROWTYPE;
    BEGIN
        SELECT * INTO head FROM ledger_head h WHERE h.organization_id = NEW.organization_id;
        IF NOT FOUND OR head.seq <> NEW.seq - 1 OR head.hash <> NEW.prev_hash
                OR head.recorded_at > NEW.recorded_at THEN
            RAISE EXCEPTION 'the entry does not follow the head of its chain'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.recorded_at < ledger_now() - interval '60 seconds'
                OR (NEW.recorded_at > ledger_now() + interval '60 seconds'
                    AND head.recorded_at IS DISTINCT FROM NEW.recorded_at) THEN
            RAISE EXCEPTION 'recorded_at is not the time of the ledger'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM ledger_period p WHERE p.organization_id = NEW.organization_id
                AND p.state = 'closed' AND p.ends_on >= NEW.effective_on) THEN
            RAISE EXCEPTION 'the period is closed' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER journal_entry_insert BEFORE INSERT ON journal_entry "
    "FOR EACH ROW EXECUTE FUNCTION journal_entry_insert()",
    """
    CREATE FUNCTION posting_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM journal_entry e JOIN ledger_head h ON h.organization_id = e.organization_id
                WHERE e.id = NEW.entry_id AND e.seq = h.seq + 1) THEN
            RAISE EXCEPTION 'the entry is sealed' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER posting_insert BEFORE INSERT ON posting FOR EACH ROW EXECUTE FUNCTION posting_insert()",
    """
    CREATE FUNCTION ledger_head_seal() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.seq <> 0 THEN
                RAISE EXCEPTION 'a chain begins at zero' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        ELSIF NOT EXISTS (
            SELECT 1 FROM journal_entry e
            WHERE e.organization_id = OLD.organization_id AND NEW.organization_id = OLD.organization_id
                AND e.seq = OLD.seq + 1 AND NEW.seq = e.seq AND e.hash = NEW.hash
                AND e.prev_hash = OLD.hash AND e.recorded_at = NEW.recorded_at
                AND (SELECT count(*) >= 2 AND sum(p.amount_rp) = 0 FROM posting p WHERE p.entry_id = e.id)) THEN
            RAISE EXCEPTION 'the head moves one entry at a time, onto a balanced one'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER ledger_head_seal BEFORE INSERT OR UPDATE ON ledger_head "
    "FOR EACH ROW EXECUTE FUNCTION ledger_head_seal()",
    """
    CREATE FUNCTION journal_entry_complete() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT coalesce(sum(p.amount_rp), 1) <> 0 FROM posting p WHERE p.entry_id = NEW.id) THEN
            RAISE EXCEPTION 'entry % does not add up to zero', NEW.number USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM ledger_head h
                WHERE h.organization_id = NEW.organization_id AND h.seq >= NEW.seq) THEN
            RAISE EXCEPTION 'entry % is not sealed', NEW.number USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    "CREATE CONSTRAINT TRIGGER journal_entry_complete AFTER INSERT ON journal_entry "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_entry_complete()",
    """
    CREATE FUNCTION ledger_account_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.code <> OLD.code OR NEW.organization_id <> OLD.organization_id THEN
            RAISE EXCEPTION 'an account keeps its code' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER ledger_account_keep BEFORE UPDATE OF code, organization_id ON ledger_account "
    "FOR EACH ROW EXECUTE FUNCTION ledger_account_keep()",
]


def upgrade() -> None:
    _tables()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _tables() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at",
            db.UtcDateTime(timezone=True),
            server_default=sa.text("(ledger_now())"),
            nullable=False,
        ),
        sa.Column("description", sa.String(length=300), nullable=True),
        sa.Column("description_hash", sa.String(length=64), nullable=False),
        sa.Column("posted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "length(hash) = 64 AND length(prev_hash) = 64", name=op.f("ck_journal_entry_hash")
        ),
        sa.CheckConstraint(
            "reverses_id IS NULL OR reverses_id <> id", name=op.f("ck_journal_entry_not_itself")
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_journal_entry_seq")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_journal_entry_organization_id")
        ),
        sa.ForeignKeyConstraint(["posted_by"], ["user.id"], name=op.f("fk_journal_entry_posted_by")),
        sa.ForeignKeyConstraint(
            ["reverses_id", "organization_id"],
            ["journal_entry.id", "journal_entry.organization_id"],
            name=op.f("fk_journal_entry_reverses_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_journal_entry_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_journal_entry_organization_id_number")
        ),
        sa.UniqueConstraint("organization_id", "seq", name=op.f("uq_journal_entry_organization_id_seq")),
        sa.UniqueConstraint(
            "organization_id", "source", name=op.f("uq_journal_entry_organization_id_source")
        ),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_journal_entry_reverses_id")),
    )
    op.create_index(
        "ix_journal_entry_effective", "journal_entry", ["organization_id", "effective_on"], unique=False
    )
    op.create_index(
        op.f("ix_journal_entry_organization_id"), "journal_entry", ["organization_id"], unique=False
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("non_negative", sa.Boolean(), nullable=False),
        sa.Column("balance_rp", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "NOT non_negative OR (side = 'debit' AND balance_rp >= 0) OR (side = 'credit' AND balance_rp <= 0)",
            name=op.f("ck_ledger_account_non_negative"),
        ),
        sa.CheckConstraint(
            "kind IN ('asset', 'equity', 'expense', 'income', 'liability')",
            name=op.f("ck_ledger_account_kind_known"),
        ),
        sa.CheckConstraint("side IN ('credit', 'debit')", name=op.f("ck_ledger_account_side_known")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_ledger_account_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_ledger_account_id_organization_id")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_ledger_account_organization_id_code")),
    )
    op.create_index(
        op.f("ix_ledger_account_organization_id"), "ledger_account", ["organization_id"], unique=False
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_ledger_head_seq")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_ledger_head_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_ledger_head_id_organization_id")),
        sa.UniqueConstraint("organization_id", name="uq_ledger_head_one_per_organization"),
    )
    op.create_index(op.f("ix_ledger_head_organization_id"), "ledger_head", ["organization_id"], unique=False)
    op.create_table(
        "ledger_period",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("balances", db.JsonText(), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('closed', 'open')", name=op.f("ck_ledger_period_state_known")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_ledger_period_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_period")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_ledger_period_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "ends_on", name=op.f("uq_ledger_period_organization_id_ends_on")
        ),
    )
    op.create_index(
        op.f("ix_ledger_period_organization_id"), "ledger_period", ["organization_id"], unique=False
    )
    op.create_table(
        "journal_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("lines", db.JsonText(), nullable=False),
        sa.Column("total_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state <> 'posted' OR entry_id IS NOT NULL", name=op.f("ck_journal_draft_posted")),
        sa.CheckConstraint(
            "state IN ('posted', 'proposed', 'rejected', 'withdrawn')",
            name=op.f("ck_journal_draft_state_known"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_journal_draft_created_by")),
        sa.ForeignKeyConstraint(
            ["entry_id", "organization_id"],
            ["journal_entry.id", "journal_entry.organization_id"],
            name=op.f("fk_journal_draft_entry_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_journal_draft_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_draft")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_journal_draft_id_organization_id")),
    )
    op.create_index(
        op.f("ix_journal_draft_organization_id"), "journal_draft", ["organization_id"], unique=False
    )
    op.create_table(
        "opening_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=80), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("rows", db.JsonText(), nullable=False),
        sa.Column("faults", db.JsonText(), nullable=False),
        sa.Column("difference_rp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state <> 'posted' OR entry_id IS NOT NULL", name=op.f("ck_opening_import_posted")
        ),
        sa.CheckConstraint("state IN ('posted', 'staged')", name=op.f("ck_opening_import_state_known")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_opening_import_created_by")),
        sa.ForeignKeyConstraint(
            ["entry_id", "organization_id"],
            ["journal_entry.id", "journal_entry.organization_id"],
            name=op.f("fk_opening_import_entry_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_opening_import_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_import")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_opening_import_id_organization_id")),
        sa.UniqueConstraint(
            "organization_id", "digest", name=op.f("uq_opening_import_organization_id_digest")
        ),
    )
    op.create_index(
        op.f("ix_opening_import_organization_id"), "opening_import", ["organization_id"], unique=False
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_rp", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.String(length=200), nullable=True),
        sa.Column("memo_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("counterparty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "amount_rp <> 0 AND amount_rp BETWEEN -1000000000000 AND 1000000000000",
            name=op.f("ck_posting_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "organization_id"],
            ["ledger_account.id", "ledger_account.organization_id"],
            name=op.f("fk_posting_account_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["counterparty_id"], ["organization.id"], name=op.f("fk_posting_counterparty_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id", "organization_id"],
            ["journal_entry.id", "journal_entry.organization_id"],
            name=op.f("fk_posting_entry_id_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_posting_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("entry_id", "line", name=op.f("uq_posting_entry_id_line")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_posting_id_organization_id")),
    )
    op.create_index("ix_posting_account", "posting", ["account_id", "entry_id"], unique=False)
    op.create_index(op.f("ix_posting_counterparty_id"), "posting", ["counterparty_id"], unique=False)
    op.create_index(op.f("ix_posting_organization_id"), "posting", ["organization_id"], unique=False)


def downgrade() -> None:
    """Migrations go forward only."""
    raise NotImplementedError
