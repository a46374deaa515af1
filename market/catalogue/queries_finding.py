"""What is asked of goods over shops: search, filters, fair turns; a page of cards is one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    bindparam,
    case,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.orm import aliased

from market.catalogue import spelling
from market.catalogue.models import Product, on_sale
from market.catalogue.models_finding import Listing, SearchNear
from market.catalogue.queries import FREE, MAX_ID, ShelfItem, first_of_its_kind, shelf_columns
from market.core import clock, db
from market.identity.models import Organization
from market.places.models import Place

SORTS = ("turn", "cheap", "dear")
PAGE = 24
MOST_SHOPS = 40
MOST_CHOICES = 24
MOST_TYPOS = 8
Question = tuple[tuple[str, ...], ...]
Key = tuple[Any, bool]
"""A column to order by, and whether downwards."""

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
class Card(ShelfItem):
    """A product in a list: its shop, and how many choices it has besides itself."""

    shop: str = ""
    shop_slug: str = ""
    choices: int = 0
    from_rp: int | None = None


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


_search = table("listing_search", column("product_id"), column("rowid"), column("document"))
_SIMPLE: ColumnElement[str] = literal_column("'simple'")


def _either(group: tuple[str, ...], weights: str = "") -> str:
    """One word of the question for PostgreSQL; folded words hold letters and digits alone."""
    ends = [(word, "*" if len(word) >= spelling.SHORTEST_PREFIX else "") for word in group]
    return (
        "(" + " | ".join(word + (f":{star}{weights}" if star or weights else "") for word, star in ends) + ")"
    )


def _either_fts5(group: tuple[str, ...]) -> str:
    """The same for SQLite."""
    return "(" + " OR ".join(f'"{w}"{"*" if len(w) >= spelling.SHORTEST_PREFIX else ""}' for w in group) + ")"


def _answers(question: Question, within: str = "") -> ColumnElement[bool]:
    """Whether a listing's words answer the question; `within` "A" in its name, "AB" or its seller's."""
    if db.is_sqlite():
        asked = " AND ".join(map(_either_fts5, question))
        columns = {"A": "{name_words} : ", "AB": "{name_words seller_words} : "}.get(within, "")
        match = text("listing_search MATCH :asked").bindparams(
            bindparam("asked", f"{columns}({asked})", unique=True)
        )
        unique: ColumnElement[int] = literal_column("listing_search.rowid")
        return Listing.product_id.in_(select(unique).select_from(text("listing_search")).where(match))
    asked = " & ".join(_either(group, within) for group in question)
    return _search.c.document.op("@@", is_comparison=True)(func.to_tsquery(_SIMPLE, asked))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What each product of the list must be."""
    found = [on_sale(), Organization.active.is_(True), first_of_its_kind()]
    if wanted.shops:
        found.append(Listing.cooperative_id.in_(wanted.shops[:MOST_SHOPS]))
    if wanted.seller is not None:
        found.append(Product.organization_id == wanted.seller)
    if wanted.category:
        found.append(Product.category == wanted.category)
    if wanted.least_rp is not None:
        found.append(Product.price_rp >= wanted.least_rp)
    if wanted.most_rp is not None:
        found.append(Product.price_rp <= wanted.most_rp)
    if wanted.made:
        found.append(Product.pack_id.is_(None))
    if wanted.halal:
        found.append(Product.halal == "certified")
    if wanted.ready:
        found.append((Product.supply != "order") & (FREE > 0))
    if wanted.to_order:
        found.append(Product.supply == "order")
    if wanted.stocked:
        found.append(or_(Product.supply == "order", FREE > 0))
    if wanted.question and db.is_sqlite():
        found.append(_answers(wanted.question))
    return found


def _well(question: Question) -> ColumnElement[int]:
    """How well a product answers: by its name, by its seller's, or anywhere."""
    return case((_answers(question, "A"), 0), (_answers(question, "AB"), 1), else_=2)


def _hits(question: Question) -> CTE:
    """What answers, reckoned before anything is joined: PostgreSQL cannot guess how many begin so.

    Without this it once sorted the index first and went through 20,000 products for each of 1,000 hits.
    """
    found = select(_search.c.product_id, _well(question).label("well")).where(_answers(question))
    return found.cte("hit").prefix_with("MATERIALIZED")


_choice = aliased(Product)


def _choices(column: Any) -> Any:
    lawful = _choice.lawful_until_on.is_(None) | (_choice.lawful_until_on >= clock.today())
    alike = (_choice.variant_of_id == Product.id) & (_choice.state == "published") & lawful
    return select(column).where(alike).correlate(Product).scalar_subquery()


def _keys(wanted: Wanted, well: Any) -> list[Key]:
    """What a list is ordered by, and whether downwards; whole numbers all, the last one unique.

    `well` is how well a product answers the question; None without one.
    """
    if wanted.sort == "cheap":
        return [(Product.price_rp, False), (Product.id, False)]
    if wanted.sort == "dear":
        return [(Product.price_rp, True), (Product.id, True)]
    if wanted.new_first:
        return [(Product.id, True)]
    turn: list[Key] = [(Listing.turn, False), (Listing.product_id, False)]
    return turn if well is None else [(well, False), *turn]


def find(wanted: Wanted, after: str = "", size: int = PAGE) -> Found:
    """A page of cards in one statement; `after` is the last page's `after`, anything else begins anew."""
    if wanted.nothing:
        return Found()
    hits = _hits(wanted.question) if wanted.question and not db.is_sqlite() else None
    asked = hits.c.well if hits is not None else _well(wanted.question) if wanted.question else None
    keys = _keys(wanted, asked)
    shop = aliased(Organization)
    query = (
        shelf_columns()
        .join(Listing, Listing.product_id == Product.id)
        .join(shop, shop.id == Product.cooperative_id)
        .add_columns(
            shop.name.label("shop"),
            shop.slug.label("shop_slug"),
            _choices(func.count()).label("choices"),
            _choices(func.min(_choice.price_rp)).label("from_rp"),
            *(key.label(f"key_{n}") for n, (key, _down) in enumerate(keys)),
        )
        .where(*_conditions(wanted))
        .order_by(*(key.desc() if down else key.asc() for key, down in keys))
        .limit(size + 1)
    )
    if hits is not None:
        query = query.join(hits, hits.c.product_id == Listing.product_id)
    if (passed := _passed(keys, after)) is not None:
        query = query.where(passed)
    rows = [dict(row) for row in db.session.execute(query).mappings()]
    ends = [[str(row.pop(f"key_{n}")) for n in range(len(keys))] for row in rows]
    more = "-".join(ends[size - 1]) if len(rows) > size else None
    return Found([Card(**row) for row in rows[:size]], more)


def _passed(keys: list[Key], after: str) -> ColumnElement[bool] | None:
    """That a row stands behind the one that `after` names; None for what names no row."""
    pieces = after.split("-")
    if len(pieces) != len(keys) or not all(p.isascii() and p.isdigit() and len(p) < 19 for p in pieces):
        return None
    columns, values = tuple_(*(key for key, _down in keys)), tuple_(*(literal(int(p)) for p in pieces))
    return columns < values if keys[0][1] else columns > values


def family(cooperative_id: int, product_id: int) -> tuple[list[ShelfItem], list[ShelfItem]]:
    """A product on the shelf with its other choices, the first of them in front; and more of its seller.

    One statement; both lists are empty when the product does not lie on this shelf.
    """
    me = aliased(Product)
    mine = select(func.coalesce(me.variant_of_id, me.id), me.organization_id)
    mine = mine.where(me.id == min(product_id, MAX_ID), me.cooperative_id == cooperative_id)
    root, seller = (mine.with_only_columns(each).scalar_subquery() for each in mine.selected_columns)
    alike = func.coalesce(Product.variant_of_id, Product.id) == root
    query = (
        shelf_columns()
        .join(Listing, Listing.product_id == Product.id)
        .where(
            Listing.cooperative_id == cooperative_id,
            on_sale(),
            or_(alike, (Product.organization_id == seller) & first_of_its_kind() & (FREE > 0)),
        )
        .add_columns(alike.label("alike"))
        .order_by(alike.desc(), case((alike, Product.price_rp), else_=Listing.turn), Product.id)
        .limit(MOST_CHOICES)
    )
    rows = [dict(row) for row in db.session.execute(query).mappings()]
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
