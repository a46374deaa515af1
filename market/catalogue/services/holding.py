"""Where a product lies in the shop's stock; members' goods come and go on consignment."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from market.catalogue import queries
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.permissions import Actor, Permission, Role
from market.notices.services import notify
from market.stock import services as stock
from market.stock.models import StockItem

MOST_PIECES = 10_000


def stock_item(product: Product, on: date | None = None) -> StockItem:
    """Where the product's pieces or packs are counted, made at its first use.

    On the shop's shelf, at its maker's home, or among what its maker can make for the day `on`.
    """
    if product.supply == "home":
        return stock.item_at_home(product.cooperative_id, product.id, product.name)
    if product.supply == "order":
        return stock.item_of_day(product.cooperative_id, product.id, product.name, on or clock.today())
    if product.pack_id is not None:
        return stock.item_for_pack(product.cooperative_id, product.pack_id)
    return stock.item_for_product(product.cooperative_id, product.id, product.name)


def stock_rows(shop_id: int, wanted: Sequence[tuple[Product, date]]) -> list[tuple[int, str]]:
    """Where products of one shop are counted for a day each, as `stock_item`: id, and where they are kept."""
    codes = [_code(product, on) for product, on in wanted]
    known = stock.known_items(shop_id, [code for code in codes if code])
    found = []
    for (product, on), code in zip(wanted, codes, strict=True):
        row = known.get(code)
        if row is None:
            item = stock_item(product, on)
            row = item.id, item.kept
        found.append(row)
    return found


def _code(product: Product, on: date) -> str:
    """The code of its stock row; of a pack it is not known without the pack."""
    if product.supply == "shelf":
        return "" if product.pack_id is not None else stock.code_of_product(product.id)
    return stock.code_at_home(product.id) if product.supply == "home" else stock.code_of_day(product.id, on)


def base_per_unit(product: Product) -> int:
    """Base units of stock in one sold unit: a pack's size, or one piece."""
    return commodities.pack(product.pack_id).size_base if product.pack_id is not None else 1


def receive_consignment(actor: Actor, product_id: int, quantity: int) -> StockItem:
    """A member brings goods to the shop: they are counted, not bought, and the member is told.

    Raises Refused for the cooperative's own goods, a product that is not on the shelf, or a
    quantity outside 1 to 10.000.
    """
    product, item = _held(actor, product_id, quantity)
    if product.state != "published":
        raise Refused(_("Terima titipan hanya untuk produk yang sudah disetujui."))
    stock.move_in(
        actor, product.cooperative_id, item.id, quantity, 0, _source("consign", product), "consign_in"
    )
    text = lazy("Koperasi menerima %(count)s %(unit)s.", count=quantity, unit=product.unit_label)
    _tell(product, "consigned", lazy("Titipan %(name)s diterima", name=product.name), text)
    return item


def return_consignment(actor: Actor, product_id: int, quantity: int, reason: str) -> StockItem:
    """Unsold goods go back to their member; only what no buyer was promised. Raises Refused."""
    product, item = _held(actor, product_id, quantity)
    if not reason.strip():
        raise Refused(_("Tulis alasannya, misalnya mendekati kedaluwarsa."), field="reason")
    source = _source("return", product)
    stock.move_out(actor, product.cooperative_id, item.id, quantity, source, "consign_out", reason=reason)
    title = lazy("%(count)s %(name)s dikembalikan", count=quantity, name=product.name)
    _tell(product, "consignment_returned", title, reason)
    return item


def _held(actor: Actor, product_id: int, quantity: int) -> tuple[Product, StockItem]:
    actor.require(Permission.STOCK_MOVE)
    product = queries.product_in_shop(actor, product_id)
    if product.pack_id is not None:
        raise Refused(_("Barang koperasi sendiri masuk lewat penerimaan, bukan titipan."))
    if product.supply != "shelf":
        raise Refused(_("Produk ini dijual dari rumah pembuatnya, bukan dari rak."))
    if not 0 < quantity <= MOST_PIECES:
        raise Refused(_("Jumlah barang antara 1 dan 10.000."), field="quantity")
    return product, stock_item(product)


def _source(kind: str, product: Product) -> str:
    return f"{kind}:{product.id}:{secrets.token_hex(6)}"


def _tell(product: Product, kind: str, title: str, body: str) -> None:
    link = f"/produk/{product.id}"
    notify(product.organization_id, (Role.SELLER_OWNER,), kind, title, body, link)
