"""I34: the search index says what the products say."""

from __future__ import annotations

from collections.abc import Iterator

from market.catalogue import queries_finding
from market.core import db
from market.verify.base import SHOWN, Invariant, Offender, every

WORDS = ("name_words", "seller_words", "rest_words")

WITHOUT_PRODUCT = """
    SELECT l.product_id FROM listing l JOIN product p ON p.id = l.product_id
    WHERE l.cooperative_id <> p.cooperative_id
"""
"""A row in another shop's list; a row of no product the key forbids."""


def listings_that_lie() -> Iterator[Offender]:
    """Products that are not in the index with exactly their words."""
    expected = queries_finding.texts(db.session.connection())
    kept = {row["product_id"]: row for row in every("SELECT * FROM listing")}
    for product_id, row in sorted(expected.items()):
        listed = kept.get(product_id)
        if listed is None or any(listed[name] != row[name] for name in WORDS):
            yield {"product_id": product_id, "listed": listed is not None}


def words_not_searched() -> list[Offender]:
    """Listings whose words the database's own index does not hold."""
    if db.is_sqlite():
        # Each list of words, as a question, must be answered by its own row.
        rows = every("SELECT product_id, name_words FROM listing WHERE name_words <> ''")
        found = (row for row in rows if not _answers(row))
        return [{"product_id": row["product_id"]} for row, _n in zip(found, range(SHOWN), strict=False)]
    return every(
        "SELECT l.product_id FROM listing l LEFT JOIN listing_search s ON s.product_id = l.product_id"
        " WHERE s.document IS NULL OR s.document <> setweight(to_tsvector('simple', l.name_words), 'A')"
        " || setweight(to_tsvector('simple', l.seller_words), 'B')"
        f" || setweight(to_tsvector('simple', l.rest_words), 'C') LIMIT {SHOWN}"
    )


def _answers(row: Offender) -> bool:
    asked = "{name_words} : (" + " AND ".join(f'"{word}"' for word in row["name_words"].split()) + ")"
    sql = "SELECT 1 AS one FROM listing_search WHERE rowid = :id AND listing_search MATCH :asked"
    return bool(every(sql, id=row["product_id"], asked=asked))


INVARIANTS = (
    Invariant(
        "I34",
        "The search finds every product by its own words, and by no others.",
        (WITHOUT_PRODUCT, listings_that_lie, words_not_searched),
        note="what is not published is in the index too and left out by each question",
    ),
)
