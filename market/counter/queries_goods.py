"""What this counter sells now: the shop's shelf, and packs that may be sold in the shop only."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.commodities.models import Commodity, Pack
from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.counter import queries
from market.counter.models import CounterPrice
from market.counter.types import Good, rule_of
from market.empties import queries as cylinders
from market.identity import queries as identity
from market.stock.models import StockItem


def goods(organization_id: int) -> list[Good]:
    """Everything for sale, what sells most first."""
    sold = queries.popular(organization_id)
    found = [*_of_shelf(organization_id), *_of_shop(organization_id)]
    return sorted(found, key=lambda good: (-sold.get(good.code, 0), good.name))


def good(organization_id: int, code: str) -> Good:
    """One good by its code, its barcode or its exact name; raises NotFound."""
    typed = code.strip()
    for each in goods(organization_id):
        if (
            typed == each.code
            or (each.barcode and typed == each.barcode)
            or typed.lower() == each.name.lower()
        ):
            return each
    raise NotFound(_("Barang ini tidak dijual di sini."))


def goods_by_code(organization_id: int, codes: Iterable[str]) -> dict[str, Good]:
    """Those of the goods that are for sale now."""
    wanted = set(codes)
    return {each.code: each for each in goods(organization_id) if each.code in wanted}


def taken_off(organization_id: int, code: str) -> Good | None:
    """A product of this shop that is not for sale now, for a sale that happened before we knew."""
    number = code[1:]
    if code[:1] != "p" or not number.isdecimal():
        return None
    query = select(Product).where(
        Product.id == min(int(number), queries.MAX_ID), Product.cooperative_id == organization_id
    )
    product = db.session.scalar(query)
    if product is None:
        return None
    pack = _packs({product.pack_id})[product.pack_id] if product.pack_id is not None else None
    return _good(
        pack,
        code=code,
        product_id=product.id,
        name=product.name,
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


def _of_shelf(organization_id: int) -> list[Good]:
    items = catalogue.shelf(organization_id)
    query = select(Product).where(Product.id.in_([item.id for item in items]), Product.supply == "shelf")
    products = {product.id: product for product in db.session.scalars(query)}
    packs = _packs({product.pack_id for product in products.values() if product.pack_id is not None})
    return [
        _good(
            packs.get(products[item.id].pack_id or 0),
            code=f"p{item.id}",
            product_id=item.id,
            name=item.name,
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
