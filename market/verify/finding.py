"""I34: the search index says what the products say. I36: nothing is sold against a duty in force."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from market.catalogue import duties, queries_finding, queries_permits, spelling
from market.catalogue.models import Product, on_sale
from market.core import clock, db
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


def slips_not_forgiven() -> Iterator[Offender]:
    """Words of the index that a slip of one letter would no longer find."""
    words = {word for row in every("SELECT * FROM listing") for name in WORDS for word in row[name].split()}
    known = {(row["near"], row["word"]) for row in every("SELECT near, word FROM search_near")}
    for word in sorted(words):
        if len(word) <= spelling.MOST_LETTERS:
            lacking = [near for near in spelling.near(word) if (near, word) not in known]
            if lacking:
                yield {"word": word, "lacking": len(lacking)}


RULES_WAIT = "SELECT id FROM job WHERE kind = 'permit_rules_changed' AND state IN ('waiting', 'running')"


def sold_against_the_law() -> Iterator[Offender]:
    """Products on sale today although facts, permits and rules of today forbid it.

    While a rule that has just changed waits for its job, what it forbids may still stand there.
    """
    if every(RULES_WAIT):
        return
    today = clock.today()
    query = select(Product).where(Product.pack_id.is_(None), on_sale())
    products = list(db.session.scalars(query.order_by(Product.id)))
    known, permits = queries_permits.rules(), queries_permits.permits_by_product(products)
    addresses = queries_permits.addresses({each.organization_id for each in products})
    for each in products:
        facts = queries_permits.facts_of(each, addresses[each.organization_id])
        until = duties.lawful_until(known, facts, queries_permits.held(permits[each.id]), today)
        if until is not None and until < today:
            yield {"product_id": each.id, "lawful_until_on": each.lawful_until_on, "found": until}


INVARIANTS = (
    Invariant(
        "I34",
        "The search finds every product by its own words, and by no others.",
        (WITHOUT_PRODUCT, listings_that_lie, words_not_searched, slips_not_forgiven),
        note="what is not published is in the index too and left out by each question",
    ),
    Invariant(
        "I36",
        "Nothing is on sale that its permits and facts forbid today.",
        (sold_against_the_law,),
        note="a member's products; a cooperative's own packs are bound by commodity rules",
    ),
)
