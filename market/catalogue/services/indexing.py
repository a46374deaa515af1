"""The search index follows what is flushed, in the same transaction: no service can forget it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, event, insert, inspect, or_, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.unitofwork import UOWTransaction

from market.catalogue import queries_finding, spelling
from market.catalogue.models import Product
from market.catalogue.models_finding import Listing, SearchNear
from market.catalogue.services import turning
from market.core import clock, db
from market.identity.models import Organization

FIELDS = ("name", "description", "ingredients", "category", "variant", "variant_of_id", "organization_id")
"""What of a product is in the index."""
AT_ONCE = 500

_LISTING = cast(Table, Listing.__table__)


@event.listens_for(db.session, "after_flush")
def _follow(session: Session, _flush: UOWTransaction) -> None:
    """Index anew what was just written, through the same connection."""
    products = [each for each in (*session.new, *session.dirty) if isinstance(each, Product)]
    stale = {each.id for each in products if _changed(each, FIELDS)}
    stale |= {each.variant_of_id for each in products if each.id in stale and each.variant_of_id}
    renamed = [e.id for e in session.dirty if isinstance(e, Organization) and _changed(e, ("name",))]
    if stale or renamed:
        connection = session.connection()
        if renamed:
            theirs = or_(Product.organization_id.in_(renamed), Product.cooperative_id.in_(renamed))
            stale |= set(connection.scalars(select(Product.id).where(theirs)))
        index(connection, stale)


def _changed(row: Any, fields: Iterable[str]) -> bool:
    seen = inspect(row)
    return bool(seen) and any(seen.attrs[name].history.has_changes() for name in fields)


def index(connection: Connection, product_ids: Iterable[int]) -> int:
    """Write the words of these products anew; those that had a turn keep it. Returns how many."""
    rows = queries_finding.texts(connection, product_ids)
    known = set(connection.scalars(select(Listing.product_id).where(Listing.product_id.in_(rows))))
    old = [{"b_id": id_, **_kept(row)} for id_, row in rows.items() if id_ in known]
    if old:
        change = update(_LISTING).where(_LISTING.c.product_id == bindparam("b_id"))
        connection.execute(change, old)
    new = [id_ for id_ in rows if id_ not in known]
    if new:
        drawn = turning.first_turns(connection, {id_: rows[id_]["seller_id"] for id_ in new})
        fresh = [
            {"product_id": id_, **_kept(rows[id_]), "turn": drawn[id_], "drawn_on": clock.today()}
            for id_ in new
        ]
        connection.execute(insert(_LISTING), fresh)
    _learn(connection, (text for row in rows.values() for text in _words(row).values()))
    return len(rows)


def _words(row: dict[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ("name_words", "seller_words", "rest_words")}


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    return {"cooperative_id": row["cooperative_id"], **_words(row)}


def _learn(connection: Connection, texts: Iterable[str]) -> None:
    """Words that are new get their near spellings; a word that nobody uses any more harms nobody."""
    words = {word for text in texts for word in text.split() if len(word) <= spelling.MOST_LETTERS}
    for some in _chunks(sorted(words)):
        known = set(connection.scalars(select(SearchNear.word).where(SearchNear.near.in_(some)).distinct()))
        fresh = [
            {"near": near, "word": word} for word in some if word not in known for near in spelling.near(word)
        ]
        if fresh:
            connection.execute(db.insert_ignore(SearchNear), fresh)


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while some := list(islice(rest, AT_ONCE)):
        yield some


_ALONE = "LOCK TABLE listing IN SHARE ROW EXCLUSIVE MODE"
"""Readers go on; a product that is being written is waited for, or its own words would be put over."""
_AS_LISTED = "INSERT INTO listing_search (listing_search) VALUES ('rebuild')"
"""First of all: the triggers take away what is listed, whatever the damaged index holds."""


def rebuild() -> int:
    """Write the whole index anew, turns excepted; returns how many products it holds."""
    connection = db.session.connection()
    connection.execute(text(_AS_LISTED if db.is_sqlite() else _ALONE))
    connection.execute(delete(SearchNear))
    ids = list(connection.scalars(select(Product.id).order_by(Product.id)))
    return sum(index(connection, some) for some in _chunks(ids))


def keep_listings() -> None:
    """What the schedule does: products without a place in the index get one, and each day has its draw."""
    connection = db.session.connection()
    missing = select(Product.id).outerjoin(Listing, Listing.product_id == Product.id)
    lost = list(connection.scalars(missing.where(Listing.product_id.is_(None)).limit(20_000)))
    for some in _chunks(lost):
        index(connection, some)
    turning.draw_turns()
