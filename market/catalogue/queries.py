"""What is asked of products: the shelf of a shop, one's own list, what waits for approval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from market.catalogue import queries_decisions, queries_permits
from market.catalogue.models import Product, UnitPrice, on_sale, unit_price
from market.catalogue.models_permits import Permit
from market.commodities import queries as commodities
from market.commodities.models import Commodity, Pack
from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.identity.models import Organization
from market.ledger import chart
from market.ledger.models import LedgerAccount, Posting
from market.places.models import Place
from market.stock.models import StockItem

MAX_ID = 2**63 - 1
MOST_ON_SHELF = 300


@dataclass(frozen=True)
class ShelfItem:
    """A product as buyers see it; `left` are whole units that nobody has been promised."""

    id: int
    name: str
    description: str
    ingredients: str
    price_rp: int
    unit_label: str
    net_weight_g: int | None
    net_volume_ml: int | None
    pirt: str
    halal: str
    variant: str
    photo: str | None
    state: str
    state_at: datetime
    family: str | None
    commission_bp: int
    category: str
    supply: str
    lead_days: int
    variant_of_id: int | None
    cooperative_id: int
    seller_id: int
    seller: str
    ready_days: int
    day_capacity: int | None
    left: int

    @property
    def own(self) -> bool:
        """Whether the cooperative sells its own goods, not a member's."""
        return self.seller_id == self.cooperative_id

    @property
    def unit_price(self) -> UnitPrice | None:
        return unit_price(self.price_rp, self.net_weight_g, self.net_volume_ml)


_where_held = case((Product.supply == "home", literal("home:", String)), else_=literal("product:", String))
_packed, _held = aliased(StockItem), aliased(StockItem)
FREE: ColumnElement[Any] = func.coalesce(
    # Made to order, each day has as many; which days are full is asked with the day.
    case((Product.supply == "order", Product.day_capacity)),
    (_packed.on_hand_base - _packed.reserved_base) // Pack.size_base,
    _held.on_hand_base - _held.reserved_base,
    0,
)
"""Whole units of a product that nobody has been promised, in a query that `shelf_columns` began."""


@cache
def shelf_columns() -> Select[*tuple[Any, ...]]:
    """The columns of a ShelfItem with the joins they need, for every list of goods."""
    return (
        select(
            Product.id,
            Product.name,
            Product.description,
            Product.ingredients,
            Product.price_rp,
            Product.unit_label,
            Product.net_weight_g,
            Product.net_volume_ml,
            Product.pirt,
            Product.halal,
            Product.variant,
            Product.photo,
            Product.state,
            Product.state_at,
            Commodity.family,
            Product.commission_bp,
            Product.category,
            Product.supply,
            Product.lead_days,
            Product.variant_of_id,
            Product.cooperative_id,
            Product.organization_id.label("seller_id"),
            Organization.name.label("seller"),
            Product.ready_days,
            Product.day_capacity,
            FREE.label("left"),
        )
        .join(Organization, Organization.id == Product.organization_id)
        .outerjoin(Pack, Pack.id == Product.pack_id)
        .outerjoin(Commodity, Commodity.id == Pack.commodity_id)
        .outerjoin(
            _packed,
            (_packed.organization_id == Product.cooperative_id)
            & (_packed.code == literal("pack:", String).concat(Pack.code)),
        )
        .outerjoin(
            _held,
            (_held.organization_id == Product.cooperative_id)
            & (_held.code == _where_held.concat(cast(Product.id, String))),
        )
    )


def _shelf(where: ColumnElement[bool], *order: Any) -> list[ShelfItem]:
    """Products with their sellers and what is free of them, as one statement of plain columns."""
    query = (
        shelf_columns()
        .where(where)
        .order_by(*(order or (Product.pack_id.is_(None), Product.name)), Product.id)
        .limit(MOST_ON_SHELF)
    )
    return [ShelfItem(**row._mapping) for row in db.session.execute(query)]


def first_of_its_kind() -> ColumnElement[bool]:
    """One card for a product and its choices: a choice stands in a list only when its head is not on sale."""
    head = aliased(Product)
    lawful = head.lawful_until_on.is_(None) | (head.lawful_until_on >= clock.today())
    sold = select(head.id).where(head.id == Product.variant_of_id, head.state == "published", lawful)
    return Product.variant_of_id.is_(None) | ~sold.exists()


def shelf(cooperative_id: int, words: str = "") -> list[ShelfItem]:
    """Published products of one shop, its own goods first; with `words` only those that contain them."""
    where = (Product.cooperative_id == cooperative_id) & on_sale() & first_of_its_kind()
    if words:
        fields = (Product.name, Product.description, Organization.name)
        where &= or_(*(field.icontains(words, autoescape=True) for field in fields))
    return _shelf(where)


def shelf_items(cooperative_id: int, product_ids: Iterable[int]) -> dict[int, ShelfItem]:
    """Those of the products that lie on the shop's shelf now."""
    wanted = [product_id for product_id in product_ids if 0 < product_id <= MAX_ID]
    on_shelf = (Product.cooperative_id == cooperative_id) & on_sale()
    return {item.id: item for item in _shelf(on_shelf & Product.id.in_(wanted))} if wanted else {}


def goods_on_sale(
    cooperative_id: int, product_ids: Iterable[int]
) -> tuple[dict[int, ShelfItem], list[Product]]:
    """What `shelf_items` and `products_on_sale` say of the same products, in one statement."""
    wanted = [product_id for product_id in product_ids if 0 < product_id <= MAX_ID]
    query = shelf_columns().add_columns(Product)
    query = query.where(Product.id.in_(wanted), Product.cooperative_id == cooperative_id, on_sale())
    items, products = dict[int, ShelfItem](), list[Product]()
    for row in db.session.execute(query.order_by(Product.id)) if wanted else ():
        columns = dict(row._mapping)
        products.append(columns.pop("Product"))
        items[products[-1].id] = ShelfItem(**columns)
    return items, products


def shelf_item(cooperative_id: int, product_id: int) -> ShelfItem:
    """One product on the shop's shelf; raises NotFound."""
    found = shelf_items(cooperative_id, [product_id]).get(product_id)
    if found is None:
        raise NotFound(_("Barang ini tidak dijual lagi."))
    return found


def card(product: Product) -> ShelfItem:
    """A product as buyers would see it, published or not."""
    return _shelf(Product.id == product.id)[0]


@dataclass(frozen=True)
class Shop:
    """A cooperative with something on its shelf."""

    slug: str
    name: str
    village: str
    district_code: str
    goods: int


def shops() -> list[Shop]:
    """Cooperatives that sell something now, by the code of their kelurahan."""
    query = (
        select(
            Organization.slug,
            Organization.name,
            func.coalesce(Place.name, "").label("village"),
            func.coalesce(func.substr(Organization.place_code, 1, 6), "").label("district_code"),
            func.count(Product.id).label("goods"),
        )
        .join(Product, Product.cooperative_id == Organization.id)
        .outerjoin(Place, Place.code == Organization.place_code)
        .where(on_sale(), Organization.active.is_(True))
        .group_by(Organization.id, Place.name)
        .order_by(Organization.place_code, Organization.name)
    )
    return [Shop(**row._mapping) for row in db.session.execute(query)]


def published(product_id: int) -> Product:
    """A product on some shelf; raises NotFound."""
    found = db.session.scalar(select(Product).where(Product.id == product_id, on_sale()))
    if found is None:
        raise NotFound(_("Barang ini tidak dijual lagi."))
    return found


def photos_in_use(names: set[str]) -> set[str]:
    """Those of the photos that some product, permit, decision or waiting change shows."""
    shown = db.session.scalars(select(Product.photo).where(Product.photo.in_(names)))
    papers = db.session.scalars(select(Permit.photo).where(Permit.photo.in_(names)))
    return {name for name in (*shown, *papers) if name} | queries_decisions.photos_in_use(names)


def by_barcode(cooperative_id: int, barcode: str) -> Product | None:
    """The product of a shop that carries the barcode, whatever its state."""
    query = select(Product).where(Product.cooperative_id == cooperative_id, Product.barcode == barcode)
    return db.session.scalar(query)


def family_of(product: Product) -> list[ShelfItem]:
    """A product and its choices, whatever their states, the first one first."""
    head = product.variant_of_id or product.id
    return _shelf((func.coalesce(Product.variant_of_id, Product.id) == head), Product.id)


def variants_of(product_id: int) -> list[ShelfItem]:
    """The choices of one product that are on sale, itself among them, cheapest first."""
    head = select(func.coalesce(Product.variant_of_id, Product.id)).where(Product.id == product_id)
    family = func.coalesce(Product.variant_of_id, Product.id) == head.scalar_subquery()
    return _shelf(family & on_sale(), Product.price_rp)


def products_on_sale(cooperative_id: int, product_ids: Iterable[int]) -> list[Product]:
    """Those of the products that the shop sells now, by id."""
    wanted = [product_id for product_id in product_ids if 0 < product_id <= MAX_ID]
    asked = {"wanted": wanted, "cooperative": cooperative_id}
    return list(db.session.scalars(_wanted_on_sale(clock.today()), asked))


@lru_cache(maxsize=2)
def _wanted_on_sale(_day: date) -> Select[Product]:
    """Built once a day: what may be sold depends on it."""
    mine = Product.cooperative_id == bindparam("cooperative")
    query = select(Product).where(Product.id.in_(bindparam("wanted", expanding=True)), mine, on_sale())
    return query.order_by(Product.id)


def products_on_sale_of(seller_id: int) -> list[Product]:
    """What a seller sells now, in whichever shop, by name."""
    query = select(Product).where(Product.organization_id == seller_id, on_sale())
    return list(db.session.scalars(query.order_by(Product.name, Product.id)))


def above_ceiling(cooperative_id: int, products: Iterable[Product]) -> list[Product]:
    """Own packs whose price has come to lie above today's HET (the ceiling may fall any day)."""
    packs = {product.id: commodities.pack(product.pack_id) for product in products if product.pack_id}
    if not packs:
        return []
    place_code = identity.organization(cooperative_id).place_code
    book = commodities.rule_book(place_code, clock.today(), {pack.commodity_id for pack in packs.values()})
    found = []
    for product in products:
        rule = book.rule(packs[product.id].commodity_id, "HET") if product.id in packs else None
        if rule is not None and product.price_rp > packs[product.id].of_rule_rp(rule.amount_rp):
            found.append(product)
    return found


def _mine(actor: Actor) -> ColumnElement[bool]:
    """What the actor's organization owns, or sells for others once they have submitted it."""
    own = Product.organization_id == actor.organization_id
    return or_(own, (Product.cooperative_id == actor.organization_id) & (Product.state != "draft"))


def products_by_id(product_ids: Iterable[int]) -> dict[int, Product]:
    """Products in whatever state, by id: what an old order names."""
    query = select(Product).where(Product.id.in_(list(product_ids)))
    return {product.id: product for product in db.session.scalars(query)}


def products_of(actor: Actor) -> list[ShelfItem]:
    """What the actor's organization owns or, for a cooperative, sells: newest news first."""
    return _shelf(_mine(actor), Product.state_at.desc())


def _found(query: Select[Product], lock: bool) -> Product:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Produk tidak ditemukan."))
    return found


def product_for(actor: Actor, product_id: int) -> Product:
    """A product that the actor's organization owns or sells; raises NotFound."""
    return _found(select(Product).where(Product.id == min(product_id, MAX_ID), _mine(actor)), lock=False)


def own_product(actor: Actor, product_id: int, lock: bool = False) -> Product:
    """A product that the actor's organization owns; raises NotFound."""
    query = select(Product).where(
        Product.id == min(product_id, MAX_ID), Product.organization_id == actor.organization_id
    )
    return _found(query, lock)


def product_in_shop(actor: Actor, product_id: int, lock: bool = False) -> Product:
    """A product in the shop of the actor's cooperative; raises NotFound."""
    query = select(Product).where(
        Product.id == min(product_id, MAX_ID), Product.cooperative_id == actor.organization_id, _mine(actor)
    )
    return _found(query, lock)


def pack_on_shelf(cooperative_id: int, pack_id: int) -> Product | None:
    """The cooperative's product of a pack, whatever its state."""
    query = select(Product).where(Product.cooperative_id == cooperative_id, Product.pack_id == pack_id)
    return db.session.scalar(query)


# --- what has become of a member's goods -----------------------------------------------------------


def owed_rp(cooperative_id: int, seller_id: int) -> int:
    """What the cooperative owes a member for sold goods, by its books."""
    query = (
        select(func.sum(Posting.amount_rp))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            LedgerAccount.organization_id == cooperative_id,
            LedgerAccount.code == chart.PAYABLE_CONSIGNMENT,
            Posting.counterparty_id == seller_id,
        )
    )
    return -int(db.session.scalar(query) or 0)


# --- home ------------------------------------------------------------------------------------------


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Products to approve (cooperative) and products sent back (their owner)."""
    tasks: list[Select[*tuple[Any, ...]]] = []
    columns = (
        Product.id.label("subject_id"),
        Product.state_at.label("since"),
        Product.name.label("detail"),
        Product.price_rp.label("amount"),
    )
    if actor.may(Permission.PRODUCT_APPROVE):
        waiting = (Product.cooperative_id == actor.organization_id) & (Product.state == "submitted")
        tasks.append(select(literal("product_waits", String).label("kind"), *columns).where(waiting))
    if actor.organization_kind == "seller" and actor.may(Permission.PRODUCT_LIST):
        back = (Product.organization_id == actor.organization_id) & Product.state.in_(
            ("rejected", "returned")
        )
        tasks.append(select(literal("product_rejected", String).label("kind"), *columns).where(back))
    return [*tasks, *queries_permits.today(actor), *queries_decisions.today(actor)]
