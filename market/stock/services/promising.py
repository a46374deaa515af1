"""Goods that do not lie in the shop: their maker's word is what there is; every piece is promised once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from market.core import db
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.stock.models import StockItem, StockMove
from market.stock.services.moving import ensure_item, lock, write_move

LIMIT = "limit:"
SAID = "count"
"""The kind of move by which a maker's word changes; a sale is a sale wherever the goods lay."""


def item_at_home(organization_id: int, product_id: int, name: str) -> StockItem:
    """The pieces of a product that its maker keeps at home for this organization's buyers."""
    return _elsewhere(organization_id, "home", code_at_home(product_id), name)


def item_of_day(organization_id: int, product_id: int, name: str, on: date) -> StockItem:
    """The pieces of a product that its maker can make for one day."""
    return _elsewhere(organization_id, "day", code_of_day(product_id, on), name)


def code_at_home(product_id: int) -> str:
    """The code of the item of what a maker keeps at home."""
    return f"home:{product_id}"


def code_of_day(product_id: int, on: date) -> str:
    """The code of the item of what a maker can make for a day."""
    return f"day:{product_id}:{on.isoformat()}"


def _elsewhere(organization_id: int, kept: str, code: str, name: str) -> StockItem:
    facts = {"pack_id": None, "base_unit": "pcs", "pack_base": 1, "owned": False, "kept": kept}
    return ensure_item(organization_id, code, name=name, **facts)


def offer_free(
    actor: Actor, organization_id: int, item_id: int, free_base: int, seen_free_base: int | None = None
) -> StockItem:
    """Have so many base units free for buyers from now on, beside those that are promised already.

    `seen_free_base` is what the maker was shown. Raises NotFound for a foreign item, Refused for goods that
    lie in the shop (those are counted), a number below zero, or when a buyer was faster.
    """
    item = _lock_elsewhere(organization_id, item_id)
    free = item.on_hand_base - item.reserved_base
    if seen_free_base is not None and seen_free_base != free:
        raise Refused(_("Baru saja ada yang memesan. Periksa jumlahnya lagi."), field="quantity")
    if free_base < 0:
        raise Refused(_("Jumlah tidak boleh kurang dari nol."), field="quantity")
    return _have(actor, item, item.reserved_base + free_base, "said:")


def limit(actor: Actor, organization_id: int, item_id: int, most_base: int) -> StockItem:
    """Have this much in all for buyers, sold and promised ones counted; what is promised stays promised.

    What its maker could not deliver after all (`give_up`) does not come back by this.
    """
    item = _lock_elsewhere(organization_id, item_id)
    said = select(func.sum(StockMove.quantity_base)).where(
        StockMove.item_id == item.id, StockMove.source.startswith(LIMIT)
    )
    more = most_base - int(db.session.scalar(said) or 0)
    return _have(actor, item, max(item.reserved_base, item.on_hand_base + more), LIMIT)


def give_up(actor: Actor, organization_id: int, item_id: int, quantity_base: int) -> StockItem:
    """The maker has so many fewer than she said; what others were promised stays promised."""
    item = _lock_elsewhere(organization_id, item_id)
    return _have(actor, item, max(item.reserved_base, item.on_hand_base - quantity_base), "given_up:")


def _lock_elsewhere(organization_id: int, item_id: int) -> StockItem:
    item = lock(organization_id, item_id)
    if item.kept == "here":
        raise Refused(_("Barang di gerai dihitung di halaman stok."))
    return item


def _have(actor: Actor, item: StockItem, on_hand_base: int, source: str) -> StockItem:
    more = on_hand_base - item.on_hand_base
    if more:
        number = db.session.scalar(select(func.count()).where(StockMove.item_id == item.id)) or 0
        write_move(actor, item, more, 0, SAID, f"{source}{item.id}:{number}")
    return item
