"""What this counter sells now: the shop's shelf, and packs that may be sold in the shop only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select

from market.catalogue import queries_counter as catalogue_counter
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.commodities.models import Commodity, Pack
from market.core import clock, db
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.counter import queries
from market.counter.models import CounterPrice
from market.counter.types import Good
from market.empties import queries as cylinders
from market.identity import queries as identity
from market.rations.types import rule_of
from market.stock.models import StockItem

MAX_NAME = 120
_CODE = re.compile(r"p([0-9]{1,18})", re.ASCII)


def goods(organization_id: int, words: str = "") -> list[Good]:
    """Everything for sale, or what has the words in its name; what sells most first."""
    sold = queries.popular(organization_id)
    found = [*_of_shelf(organization_id, words=words), *_of_shop(organization_id)]
    if words:
        found = [good for good in found if words.lower() in good.name.lower()]
    return sorted(found, key=lambda good: (-sold.get(good.code, 0), good.name))


def good(organization_id: int, typed: str) -> Good:
    """One good by its code, its barcode or its exact name.

    Raises Refused with the reason for a product that may not be sold now, NotFound for anything else.
    """
    typed = typed.strip()
    product = _product(organization_id, typed)
    if product is not None:
        found = goods_by_code(organization_id, [f"p{product.id}"])
        if not found:
            raise Refused(catalogue_counter.why_not_sold(product))
        return found[f"p{product.id}"]
    for each in (*_of_shop(organization_id), *_of_shelf(organization_id, words=typed[:60])):
        if typed in (each.code, each.barcode) or typed.lower() == each.name.lower():
            return each
    raise NotFound(_("Barang ini tidak dijual di sini."))


def _product(organization_id: int, typed: str) -> Product | None:
    """The product of this shop that is meant, whether it may be sold or not."""
    by_code = _CODE.fullmatch(typed)
    if by_code:
        return catalogue_counter.own_product(organization_id, int(by_code[1]))
    return catalogue_counter.named(organization_id, typed)


def goods_by_code(organization_id: int, codes: Iterable[str]) -> dict[str, Good]:
    """Those of the goods that are for sale now."""
    wanted = set(codes)
    ids = [int(found[1]) for found in map(_CODE.fullmatch, wanted) if found]
    shelf = _of_shelf(organization_id, ids) if ids else []
    shop = _of_shop(organization_id) if len(ids) < len(wanted) else []
    return {each.code: each for each in (*shelf, *shop) if each.code in wanted}


def why_not_sold(organization_id: int, code: str, name: str) -> str:
    """Why a good that somebody has on the counter is not for sale now, in words for the cashier."""
    product = _product(organization_id, code) if _CODE.fullmatch(code) else None
    said = catalogue_counter.why_not_sold(product) if product is not None else ""
    return said or _("%(name)s tidak dijual lagi.", name=name)


def taken_off(organization_id: int, code: str) -> Good | None:
    """A product of this shop that is not for sale now, for a sale that happened before we knew."""
    product = _product(organization_id, code) if _CODE.fullmatch(code) else None
    if product is None:
        return None
    pack = _packs({product.pack_id})[product.pack_id] if product.pack_id is not None else None
    return _good(
        pack,
        code=code,
        product_id=product.id,
        name=_named(product.name, product.variant),
        unit_label=product.unit_label,
        price_rp=product.price_rp,
        member_price_rp=product.member_price_rp,
        barcode=product.barcode,
        left=0,
        seller_id=product.organization_id,
        seller="",
        own=product.organization_id == organization_id,
        commission_bp=product.commission_bp,
    )


def _of_shelf(organization_id: int, ids: Iterable[int] | None = None, words: str = "") -> list[Good]:
    items = catalogue_counter.on_shelf(organization_id, ids, words)
    query = select(Product).where(Product.id.in_([item.id for item in items]))
    products = {product.id: product for product in db.session.scalars(query)}
    packs = _packs({product.pack_id for product in products.values() if product.pack_id is not None})
    return [
        _good(
            packs.get(products[item.id].pack_id or 0),
            code=f"p{item.id}",
            product_id=item.id,
            name=_named(item.name, item.variant),
            unit_label=item.unit_label,
            price_rp=item.price_rp,
            member_price_rp=products[item.id].member_price_rp,
            barcode=products[item.id].barcode,
            left=item.left,
            seller_id=item.seller_id,
            seller=item.seller,
            own=item.own,
            commission_bp=item.commission_bp,
        )
        for item in items
        if item.id in products
    ]


def _named(name: str, variant: str) -> str:
    """A choice says which it is."""
    return f"{name}, {variant}"[:MAX_NAME] if variant else name


def _packs(pack_ids: set[int]) -> dict[int, Pack]:
    return {pack.id: pack for pack in db.session.scalars(select(Pack).where(Pack.id.in_(pack_ids)))}


def _of_shop(organization_id: int) -> list[Good]:
    """Packs with a price of this counter's own."""
    query = (
        select(CounterPrice, Pack, StockItem)
        .join(Pack, Pack.id == CounterPrice.pack_id)
        .outerjoin(
            StockItem,
            (StockItem.organization_id == CounterPrice.organization_id) & (StockItem.pack_id == Pack.id),
        )
        .where(CounterPrice.organization_id == organization_id)
    )
    rows = list(db.session.execute(query))
    shop = identity.organization(organization_id).name if rows else ""
    return [
        _good(
            pack,
            code=f"k{pack.id}",
            product_id=None,
            name=pack.commodity.name,
            unit_label=pack.label,
            price_rp=price.price_rp,
            member_price_rp=None,
            barcode=price.barcode,
            left=0 if item is None else (item.on_hand_base - item.reserved_base) // pack.size_base,
            seller_id=organization_id,
            seller=shop,
            own=True,
            commission_bp=0,
        )
        for price, pack, item in rows
    ]


def _good(pack: Pack | None, **facts: object) -> Good:
    container = cylinders.container_of(pack.code) if pack else None
    return Good(
        pack_id=pack.id if pack else None,
        commodity_id=pack.commodity_id if pack else None,
        rule=rule_of(pack.commodity.code, clock.today()) if pack else None,
        container=container.code if container else "",
        **facts,  # type: ignore[arg-type]
    )


def ceiling_rp(organization_id: int, pack_id: int) -> int | None:
    """HET of today for one pack at this shop; None where none binds."""
    place_code = identity.organization(organization_id).place_code
    return commodities.ceiling_rp(commodities.pack(pack_id), place_code, clock.today())


def shop_only_packs() -> list[Pack]:
    """Packs that no shelf may show: they have a price at the counter only."""
    query = select(Pack).join(Commodity).where(Pack.retail.is_(True), Commodity.online_allowed.is_(False))
    return list(db.session.scalars(query.order_by(Commodity.name)))


def prices_of(organization_id: int) -> dict[int, CounterPrice]:
    """Pack id -> this counter's own price."""
    query = select(CounterPrice).where(CounterPrice.organization_id == organization_id)
    return {each.pack_id: each for each in db.session.scalars(query)}
