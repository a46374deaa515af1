"""What is asked of goods over shops: search, filters, fair turns; a page of cards is one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, or_, select, union_all
from sqlalchemy.orm import aliased

from market.catalogue import spelling
from market.catalogue.models import Product, on_sale
from market.catalogue.models_finding import Listing, SearchNear
from market.catalogue.queries import FREE, MAX_ID, ShelfItem, first_of_its_kind, shelf_columns
from market.catalogue.queries_cards import Card, Shape, statement
from market.core import clock, db
from market.identity.models import Organization
from market.places.models import Place

SORTS = ("turn", "cheap", "dear")
PAGE = 24
MOST_SHOPS = 40
MOST_CHOICES = 24
MOST_TYPOS = 8
Question = tuple[tuple[str, ...], ...]

CATEGORY_WORDS = {
    "kue": "kue roti jajan",
    "camilan": "camilan snack",
    "masakan": "masakan lauk makanan",
    "minuman": "minuman",
    "bumbu": "bumbu sambal",
    "sembako": "sembako",
    "segar": "segar sayur buah",
    "kerajinan": "kerajinan",
    "busana": "busana pakaian",
    "lainnya": "",
}
"""Words that every product of a category is found by."""


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for; everything given must hold."""

    question: Question = ()
    shops: tuple[int, ...] = ()
    seller: int | None = None
    category: str = ""
    least_rp: int | None = None
    most_rp: int | None = None
    halal: bool = False
    ready: bool = False
    to_order: bool = False
    sort: str = "turn"
    new_first: bool = False
    made: bool = False
    """Members' own goods alone, without the packs that every cooperative sells."""
    nothing: bool = False
    """What was typed holds no word: nothing answers it."""
    stocked: bool = False
    """Leave out what is sold out, in lists that nobody asked a question."""


@dataclass(frozen=True)
class Found:
    """A page of cards, and where the next one begins."""

    cards: list[Card] = field(default_factory=list)
    after: str | None = None


# --- asking ----------------------------------------------------------------------------------------


def corrected(question: Question) -> Question:
    """The question with words that the index does not know replaced by those one slip away.

    One statement. A word that begins a known one stays as it was typed.
    """
    typed = [group[0] for group in question if len(group[0]) >= spelling.SHORTEST_TYPO]
    if not typed:
        return question
    nears = {near for word in typed for near in spelling.near(word)}
    begins = [(SearchNear.near >= word) & (SearchNear.near < word + "~") for word in typed]
    query = select(SearchNear.word).where(or_(SearchNear.near.in_(nears), *begins)).distinct().limit(2_000)
    known = sorted(set(db.session.scalars(query)))
    return tuple(_meant(group, known) for group in question)


def _meant(group: tuple[str, ...], known: list[str]) -> tuple[str, ...]:
    word = group[0]
    if len(word) < spelling.SHORTEST_TYPO or any(each.startswith(word) for each in known):
        return group
    slips = [each for each in known if spelling.one_slip(word, each)]
    slips += [each for each in known if len(each) > len(word) and spelling.one_slip(word, each[: len(word)])]
    return tuple(dict.fromkeys((*group, *slips[:MOST_TYPOS])))


_EDGE = 2_000
"""Known words that are read at most to mend a question."""


def _either(group: tuple[str, ...], weights: str = "") -> str:
    """One word of the question for PostgreSQL; folded words hold letters and digits alone."""
    ends = [(word, "*" if len(word) >= spelling.SHORTEST_PREFIX else "") for word in group]
    return (
        "(" + " | ".join(word + (f":{star}{weights}" if star or weights else "") for word, star in ends) + ")"
    )


def _either_fts5(group: tuple[str, ...]) -> str:
    """The same for SQLite."""
    return "(" + " OR ".join(f'"{w}"{"*" if len(w) >= spelling.SHORTEST_PREFIX else ""}' for w in group) + ")"


def _asked(question: Question, sqlite: bool) -> dict[str, str]:
    """The question as the index takes it: anywhere, in the name, in the name or the seller's."""
    if sqlite:
        asked = " AND ".join(map(_either_fts5, question))
        inside = {"asked_a": "{name_words} : ", "asked_ab": "{name_words seller_words} : "}
        return {"asked": asked, **{name: f"{columns}({asked})" for name, columns in inside.items()}}
    weights = {"asked": "", "asked_a": "A", "asked_ab": "AB"}
    return {
        name: " & ".join(_either(group, within) for group in question) for name, within in weights.items()
    }


def _shape(wanted: Wanted, size: int) -> Shape:
    """Which conditions it has, without their values."""
    return Shape(
        order="new" if wanted.new_first and wanted.sort == "turn" else wanted.sort,
        size=size,
        asked=bool(wanted.question),
        shops=min(len(wanted.shops), MOST_SHOPS),
        seller=wanted.seller is not None,
        category=bool(wanted.category),
        least=wanted.least_rp is not None,
        most=wanted.most_rp is not None,
        halal=wanted.halal,
        ready=wanted.ready,
        to_order=wanted.to_order,
        made=wanted.made,
        stocked=wanted.stocked,
    )


def _values(wanted: Wanted, sqlite: bool) -> dict[str, Any]:
    """The values of its conditions."""
    values: dict[str, Any] = {"today": clock.today()}
    if wanted.question:
        values |= _asked(wanted.question, sqlite)
    if wanted.seller is not None:
        values["seller"] = wanted.seller
    if wanted.category:
        values["category"] = wanted.category
    if wanted.least_rp is not None:
        values["least_rp"] = wanted.least_rp
    if wanted.most_rp is not None:
        values["most_rp"] = wanted.most_rp
    for n, shop_id in enumerate(wanted.shops[:MOST_SHOPS]):
        values[f"shop_{n}"] = shop_id
    return values


def find(wanted: Wanted, after: str = "", size: int = PAGE) -> Found:
    """A page of cards in one statement; `after` is the last page's `after`, anything else begins anew."""
    if wanted.nothing:
        return Found()
    sqlite, shape = db.is_sqlite(), _shape(wanted, size)
    values, many = _values(wanted, sqlite), len(shape.keys)
    if (passed := _passed(after, many)) is not None:
        shape = shape._replace(passed=True)
        values |= {f"key_{n}": piece for n, piece in enumerate(passed)}
    db.session.flush()
    rows = db.session.connection().execute(statement(shape, sqlite), values).all()
    more = "-".join(map(str, rows[size - 1][-many:])) if len(rows) > size else None
    return Found([Card(*row[:-many]) for row in rows[:size]], more)


def _passed(after: str, many: int) -> list[int] | None:
    """The keys that `after` holds; None for what names no row."""
    pieces = after.split("-")
    if len(pieces) != many or not all(p.isascii() and p.isdigit() and len(p) < 19 for p in pieces):
        return None
    return [int(piece) for piece in pieces]


@lru_cache(maxsize=2)
def _family(_today: date) -> Select[*tuple[Any, ...]]:
    """Built once a day. Its goods are named by three indexed questions, not by a look at the whole shelf."""
    me, near = aliased(Product), aliased(Product)
    asked, shop = bindparam("product_id", type_=db.BigKey), bindparam("shop_id", type_=db.BigKey)
    mine = select(func.coalesce(me.variant_of_id, me.id), me.organization_id)
    mine = mine.where(me.id == asked, me.cooperative_id == shop)
    root, seller = (mine.with_only_columns(each).scalar_subquery() for each in mine.selected_columns)
    ids = (near.id == root, near.variant_of_id == root, near.organization_id == seller)
    alike = func.coalesce(Product.variant_of_id, Product.id) == root
    return (
        shelf_columns()
        .join(Listing, Listing.product_id == Product.id)
        .where(
            Product.id.in_(union_all(*(select(near.id).where(each) for each in ids))),
            Listing.cooperative_id == shop,
            on_sale(),
            or_(alike, first_of_its_kind() & (FREE > 0)),
        )
        .add_columns(alike.label("alike"))
        .order_by(alike.desc(), case((alike, Product.price_rp), else_=Listing.turn), Product.id)
        .limit(MOST_CHOICES)
    )


def family(cooperative_id: int, product_id: int) -> tuple[list[ShelfItem], list[ShelfItem]]:
    """A product on the shelf with its other choices, the first of them in front; and more of its seller.

    One statement; both lists are empty when the product does not lie on this shelf.
    """
    values = {"product_id": min(product_id, MAX_ID), "shop_id": cooperative_id}
    rows = [dict(row) for row in db.session.execute(_family(clock.today()), values).mappings()]
    found = [(row.pop("alike"), ShelfItem(**row)) for row in rows]
    items = sorted((item for near, item in found if near), key=lambda each: each.variant_of_id is not None)
    if all(item.id != product_id for item in items):
        return [], []
    return items, [item for near, item in found if not near]


@dataclass(frozen=True)
class PickupPoint:
    """A shop as a place to go to."""

    id: int
    slug: str
    name: str
    village: str
    place_code: str
    latitude: float | None
    longitude: float | None


def pickup_points() -> list[PickupPoint]:
    """Every shop that sells something now, by the code of its kelurahan; one statement."""
    # One product of each shop, not EXISTS: PostgreSQL would read every product to find the shops.
    some = select(Product.id).where(Product.cooperative_id == Organization.id, on_sale())
    sells = some.limit(1).correlate(Organization).scalar_subquery().is_not(None)
    query = (
        select(
            Organization.id,
            Organization.slug,
            Organization.name,
            func.coalesce(Place.name, "").label("village"),
            func.coalesce(Organization.place_code, "").label("place_code"),
            Place.latitude,
            Place.longitude,
        )
        .outerjoin(Place, Place.code == Organization.place_code)
        .where(Organization.kind == "cooperative", Organization.active.is_(True), sells)
        .order_by(Organization.place_code, Organization.name)
    )
    return [PickupPoint(**row._mapping) for row in db.session.execute(query)]


def addresses(cooperative_id: int, limit: int = 5_000) -> list[tuple[int, Any]]:
    """Number of each product on a shelf and when it came there, for search engines."""
    query = select(Product.id, Product.state_at).where(
        Product.cooperative_id == cooperative_id, on_sale(), first_of_its_kind()
    )
    return [(row.id, row.state_at) for row in db.session.execute(query.order_by(Product.id).limit(limit))]


# --- what the index is made of -----------------------------------------------------------------------


def texts(connection: Connection, product_ids: Iterable[int] | None = None) -> dict[int, dict[str, Any]]:
    """What the index has to hold of these products, or of all."""
    seller, shop = aliased(Organization), aliased(Organization)
    query = (
        select(
            Product.id,
            Product.organization_id.label("seller_id"),
            Product.cooperative_id,
            Product.name,
            Product.variant,
            Product.description,
            Product.ingredients,
            Product.category,
            seller.name.label("seller"),
            shop.name.label("shop"),
            Place.name.label("village"),
        )
        .join(seller, seller.id == Product.organization_id)
        .join(shop, shop.id == Product.cooperative_id)
        .outerjoin(Place, Place.code == shop.place_code)
    )
    variants = select(Product.variant_of_id, Product.name, Product.variant).where(
        Product.variant_of_id.is_not(None)
    )
    if product_ids is not None:
        wanted = sorted(product_ids)
        query, variants = (
            query.where(Product.id.in_(wanted)),
            variants.where(Product.variant_of_id.in_(wanted)),
        )
    other: dict[int | None, list[str]] = defaultdict(list)
    for head_id, name, variant in connection.execute(variants.order_by(Product.id)):
        other[head_id] += [name, variant]
    return {
        row.id: {
            "seller_id": row.seller_id,
            "cooperative_id": row.cooperative_id,
            "name_words": spelling.indexed(row.name, row.variant, *other[row.id]),
            "seller_words": spelling.indexed(row.seller, row.shop, row.village or ""),
            "rest_words": spelling.indexed(CATEGORY_WORDS[row.category], row.ingredients, row.description),
        }
        for row in connection.execute(query)
    }
