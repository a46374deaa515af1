"""The search index beside `listing`, which follows it by triggers: another make on each database."""

from __future__ import annotations

TABLE = "listing_search"
WORDS = ("name_words", "seller_words", "rest_words")
_COLUMNS = ", ".join(WORDS)


def _values(row: str) -> str:
    return ", ".join(f"{row}.{column}" for column in WORDS)


_FORGET = (
    f"INSERT INTO {TABLE} ({TABLE}, rowid, {_COLUMNS}) VALUES ('delete', old.product_id, {_values('old')})"
)
_KEEP = f"INSERT INTO {TABLE} (rowid, {_COLUMNS}) VALUES (new.product_id, {_values('new')})"

SQLITE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5({_COLUMNS}, content='listing', content_rowid='product_id')",
    f"CREATE TRIGGER {TABLE}_in AFTER INSERT ON listing BEGIN {_KEEP}; END",
    f"CREATE TRIGGER {TABLE}_out AFTER DELETE ON listing BEGIN {_FORGET}; END",
    f"CREATE TRIGGER {TABLE}_new AFTER UPDATE OF product_id, {_COLUMNS} ON listing"
    f" BEGIN {_FORGET}; {_KEEP}; END",
)

POSTGRESQL = (
    f"CREATE TABLE {TABLE} (product_id bigint PRIMARY KEY REFERENCES listing ON DELETE CASCADE,"
    " document tsvector NOT NULL)",
    f"CREATE INDEX ix_{TABLE}_document ON {TABLE} USING gin (document)",
    f"""CREATE FUNCTION {TABLE}_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO {TABLE} (product_id, document) VALUES (
            new.product_id,
            setweight(to_tsvector('simple', new.name_words), 'A')
            || setweight(to_tsvector('simple', new.seller_words), 'B')
            || setweight(to_tsvector('simple', new.rest_words), 'C')
        ) ON CONFLICT (product_id) DO UPDATE SET document = excluded.document;
        RETURN NULL;
    END $$""",
    f"CREATE TRIGGER {TABLE}_in AFTER INSERT OR UPDATE OF {_COLUMNS} ON listing"
    f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_follow()",
)

DROP_SQLITE = (
    *(f"DROP TRIGGER {TABLE}_{each}" for each in ("in", "out", "new")),
    f"DROP TABLE {TABLE}",
)
DROP_POSTGRESQL = (
    f"DROP TRIGGER {TABLE}_in ON listing",
    f"DROP FUNCTION {TABLE}_follow()",
    f"DROP TABLE {TABLE}",
)
