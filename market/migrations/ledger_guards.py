"""What the database itself refuses in the books: the triggers of migration 0002, for either database."""

from __future__ import annotations

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
            SELECT 1 FROM journal_entry e
                JOIN ledger_head h ON h.organization_id = e.organization_id
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
        IF NOT EXISTS (SELECT 1 FROM journal_entry e
                JOIN ledger_head h ON h.organization_id = e.organization_id
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
                AND (SELECT count(*) >= 2 AND sum(p.amount_rp) = 0
                    FROM posting p WHERE p.entry_id = e.id)) THEN
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
