"""The statements behind a page of cards: one for each shape of question, built once, run with its values.

The numbers of a page come first: listing and product with the conditions, walked in the order of an index
and left as soon as the page is full; what is printed is joined to those few afterwards. Words of states and
limits stand in the text, so that a plan kept for every value is as good as one made for a single one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    String,
    Subquery,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    tuple_,
)

from market.catalogue.models import Product, UnitPrice, unit_price
from market.catalogue.models_finding import Listing
from market.commodities.models import Commodity, Pack
from market.core import db
from market.identity.models import Organization
from market.stock.models import StockItem

Key = tuple[ColumnElement[Any], bool]
"""A column to order by, and whether downwards."""

KEYS = {"turn": ("turn", "id"), "cheap": ("price_rp", "id"), "dear": ("price_rp", "id"), "new": ("id",)}
"""What each order goes by, whole numbers all, the last one unique; before it, how well a question is met."""
DOWN = ("dear", "new")


class Card(NamedTuple):
    """A product in a list with its shop; `choices` it has besides itself, the cheapest `from_rp`."""

    id: int
    name: str
    price_rp: int
    unit_label: str
    net_weight_g: int | None
    net_volume_ml: int | None
    halal: str
    photo: str | None
    commission_bp: int
    supply: str
    lead_days: int
    cooperative_id: int
    seller_id: int
    seller: str
    shop: str
    shop_slug: str
    family: str | None
    left: int
    choices: int
    from_rp: int | None

    @property
    def own(self) -> bool:
        """Whether the cooperative sells its own goods, not a member's."""
        return self.seller_id == self.cooperative_id

    @property
    def unit_price(self) -> UnitPrice | None:
        """What a comparable amount costs."""
        return unit_price(self.price_rp, self.net_weight_g, self.net_volume_ml)


class Shape(NamedTuple):
    """Which conditions a list has, without their values."""

    order: str
    size: int
    asked: bool = False
    shops: int = 0
    seller: bool = False
    category: bool = False
    least: bool = False
    most: bool = False
    halal: bool = False
    ready: bool = False
    to_order: bool = False
    made: bool = False
    stocked: bool = False
    passed: bool = False
    """Whether the page begins behind a row that the values name."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What its rows are ordered by."""
        asked = ("well",) if self.asked and self.order == "turn" else ()
        return (*asked, *KEYS[self.order])


# Tables, not entities: a statement of plain columns is run without the mapper.
product: FromClause = Product.__table__
listing: FromClause = Listing.__table__
search = table("listing_search", column("product_id"), column("document"))
_seller: FromClause = Organization.__table__.alias("seller")
_pack: FromClause = Pack.__table__
_item: FromClause = StockItem.__table__
_TODAY: ColumnElement[Any] = bindparam("today", type_=Date)


def word(value: str) -> ColumnElement[str]:
    """A word of ours in the text of a statement."""
    return literal_column(f"'{value}'", String)


def published(goods: FromClause) -> ColumnElement[bool]:
    """On a shelf, and no duty has ended that by the day `today`."""
    lawful = goods.c.lawful_until_on.is_(None) | (goods.c.lawful_until_on >= _TODAY)
    return (goods.c.state == word("published")) & lawful


def first_of_its_kind(goods: FromClause) -> ColumnElement[bool]:
    """One card for a product and its choices: a choice stands alone only when its head is not on sale."""
    head = product.alias("head")
    sold = exists(select(literal_column("1")).where(head.c.id == goods.c.variant_of_id, published(head)))
    return goods.c.variant_of_id.is_(None) | ~sold


def _packed(goods: FromClause) -> ColumnElement[Any]:
    """The code under which the stock of a pack is kept."""
    return word("pack:").concat(_pack.c.code)


def _held(goods: FromClause) -> ColumnElement[Any]:
    """The code under which the stock of a member's product is kept."""
    where = case((goods.c.supply == word("home"), word("home:")), else_=word("product:"))
    return where.concat(cast(goods.c.id, String))


def _made(goods: FromClause) -> ColumnElement[Any]:
    # Made to order, each day has as many; which days are full is asked with the day.
    return case((goods.c.supply == word("order"), goods.c.day_capacity))


_NONE: ColumnElement[Any] = literal_column("0")


def free(goods: FromClause) -> ColumnElement[Any]:
    """Whole units that nobody has been promised, asked for one product at a time."""
    left = _item.c.on_hand_base - _item.c.reserved_base
    there = _item.c.organization_id == goods.c.cooperative_id
    packed = select(left // _pack.c.size_base).select_from(
        _pack.join(_item, there & (_item.c.code == _packed(goods)))
    )
    held = select(left).where(there, _item.c.code == _held(goods))
    return func.coalesce(
        _made(goods),
        packed.where(_pack.c.id == goods.c.pack_id).correlate(goods).scalar_subquery(),
        held.correlate(goods).scalar_subquery(),
        _NONE,
    )


def conditions(shape: Shape, goods: FromClause) -> list[ColumnElement[bool]]:
    """What each product of the list must be, beside its words and its shop."""
    found = [published(goods), _seller.c.trading.is_(True), _seller.c.active.is_(True)]
    found.append(first_of_its_kind(goods))
    if shape.seller:
        found.append(goods.c.organization_id == bindparam("seller"))
    if shape.category:
        found.append(goods.c.category == bindparam("category"))
    if shape.least:
        found.append(goods.c.price_rp >= bindparam("least_rp"))
    if shape.most:
        found.append(goods.c.price_rp <= bindparam("most_rp"))
    if shape.made:
        found.append(goods.c.pack_id.is_(None))
    if shape.halal:
        found.append(goods.c.halal == word("certified"))
    if shape.ready:
        found.append((goods.c.supply != word("order")) & (free(goods) > _NONE))
    if shape.to_order:
        found.append(goods.c.supply == word("order"))
    if shape.stocked:
        found.append(or_(goods.c.supply == word("order"), free(goods) > _NONE))
    return found


# --- the words of a question ---------------------------------------------------------------------


def _answers(name: str) -> ColumnElement[bool]:
    """Whether the words of a listing answer the question that `name` holds (PostgreSQL)."""
    asked = func.to_tsquery(word("simple"), bindparam(name, type_=String))
    return search.c.document.op("@@", is_comparison=True)(asked)


def _answers_fts5(name: str) -> ColumnElement[bool]:
    """The same for a product on SQLite."""
    match = text(f"listing_search MATCH :{name}")
    rowid: ColumnElement[int] = literal_column("listing_search.rowid")
    return product.c.id.in_(select(rowid).select_from(text("listing_search")).where(match))


def _well(sqlite: bool) -> ColumnElement[int]:
    """How well a product answers: by its name, by its seller's, or anywhere."""
    answers = _answers_fts5 if sqlite else _answers
    whole: ColumnElement[int] = literal_column("0")
    nearly: ColumnElement[int] = literal_column("1")
    return case((answers("asked_a"), whole), (answers("asked_ab"), nearly), else_=literal_column("2"))


def _passed(keys: list[Key]) -> ColumnElement[bool]:
    """That a row stands behind the one that the values name."""
    columns = tuple_(*(key for key, _down in keys))
    values = tuple_(*(bindparam(f"key_{n}", type_=db.Count) for n in range(len(keys))))
    return columns < values if keys[0][1] else columns > values


def _keys(shape: Shape, **columns: Any) -> list[Key]:
    return [(columns[name], shape.order in DOWN) for name in shape.keys]


def _ordered(query: Select[Any], keys: list[Key]) -> Select[Any]:
    return query.order_by(*(key.desc() if down else key.asc() for key, down in keys))


def _shops(shape: Shape, owner: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    if not shape.shops:
        return []
    values = [bindparam(f"shop_{n}", type_=db.BigKey) for n in range(shape.shops)]
    return [owner == values[0] if shape.shops == 1 else owner.in_(values)]


def _line(shape: Shape) -> Subquery:
    """What answers the question, in the order of the list, so that stock is asked of the first ones alone.

    PostgreSQL: OFFSET keeps this apart; it cannot guess how many begin with a word, and once sorted the index
    and went through every product for each hit.
    """
    turns = shape.order == "turn"
    other, number = (listing, listing.c.product_id) if turns else (product, product.c.id)
    columns = {"id": number, "well": _well(sqlite=False)}
    columns |= {"turn": listing.c.turn} if turns else {"price_rp": product.c.price_rp}
    keys = _keys(shape, **columns)
    query = select(*(key.label(name) for (key, _down), name in zip(keys, shape.keys, strict=True)))
    query = query.select_from(search.join(other, number == search.c.product_id))
    query = query.where(_answers("asked"), *_shops(shape, other.c.cooperative_id))
    if shape.passed:
        query = query.where(_passed(keys))
    return _ordered(query, keys).offset(literal_column("0")).subquery("line")


_PRINTED = Card._fields[:13]
"""What a card takes from the product itself: the numbers of its shop and its seller among it."""


def _picked(shape: Shape, sqlite: bool) -> Subquery:
    """The products of the page, and one more to know whether it is the last."""
    lined, turns = shape.asked and not sqlite, shape.order == "turn"
    names = ["organization_id" if name == "seller_id" else name for name in _PRINTED]
    more = ("pack_id", "day_capacity")
    columns = [product.c[name] for name in (*names, *more)]
    if lined:
        line = _line(shape)
        keys = _keys(shape, **dict(line.c.items()))
        source: FromClause = line.join(product, product.c.id == line.c.id)
    else:
        owner = listing.join(product, product.c.id == listing.c.product_id) if turns else product
        number = listing.c.product_id if turns else product.c.id
        keys = _keys(
            shape, id=number, turn=listing.c.turn, price_rp=product.c.price_rp, well=_well(sqlite=True)
        )
        source = owner
    query = select(
        *columns,
        _seller.c.name.label("seller"),
        *(key.label(f"key_{n}") for n, (key, _down) in enumerate(keys)),
    )
    query = query.select_from(source.join(_seller, _seller.c.id == product.c.organization_id))
    query = query.where(*conditions(shape, product))
    if not lined:
        query = query.where(*_shops(shape, listing.c.cooperative_id if turns else product.c.cooperative_id))
        if shape.asked:
            query = query.where(_answers_fts5("asked"))
        if shape.passed:
            query = query.where(_passed(keys))
    return _ordered(query, keys).limit(literal_column(str(shape.size + 1))).subquery("picked")


def _choices(goods: FromClause, value: Any) -> Any:
    choice = product.alias("choice")
    query = select(value(choice)).where(choice.c.variant_of_id == goods.c.id, published(choice))
    return query.correlate(goods).scalar_subquery()


@lru_cache(maxsize=512)
def statement(shape: Shape, sqlite: bool) -> Select[Any]:
    """The page of cards: columns of a Card in their order, then the keys of the row."""
    picked = _picked(shape, sqlite)
    shop, packed, held = Organization.__table__.alias("shop"), _item.alias("packed"), _item.alias("held")
    commodity: FromClause = Commodity.__table__
    left = func.coalesce(
        _made(picked),
        (packed.c.on_hand_base - packed.c.reserved_base) // _pack.c.size_base,
        held.c.on_hand_base - held.c.reserved_base,
        _NONE,
    )
    source = (
        picked.join(shop, shop.c.id == picked.c.cooperative_id)
        .outerjoin(_pack, _pack.c.id == picked.c.pack_id)
        .outerjoin(commodity, commodity.c.id == _pack.c.commodity_id)
        .outerjoin(
            packed,
            (packed.c.organization_id == picked.c.cooperative_id) & (packed.c.code == _packed(picked)),
        )
        .outerjoin(held, (held.c.organization_id == picked.c.cooperative_id) & (held.c.code == _held(picked)))
    )
    columns: list[Any] = [*list(picked.c)[: len(_PRINTED)], picked.c.seller, shop.c.name, shop.c.slug]
    columns += [commodity.c.family, left, _choices(picked, lambda _choice: func.count())]
    columns += [_choices(picked, lambda choice: func.min(choice.c.price_rp))]
    keys: list[Key] = [(picked.c[f"key_{n}"], shape.order in DOWN) for n in range(len(shape.keys))]
    query = select(*columns, *(key for key, _down in keys)).select_from(source)
    return _ordered(query, keys)
