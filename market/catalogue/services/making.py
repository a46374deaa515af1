"""What a maker says of her own goods: how many lie at home, and on which days she makes nothing."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, select

from market.catalogue import queries
from market.catalogue.models_days import ClosedDay
from market.core import clock, db, faults
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.stock import services as stock
from market.stock.models import StockItem

MOST_AT_HOME = 10_000
MOST_AHEAD_DAYS = 366


def set_home_stock(
    actor: Actor, product_id: int, quantity: int, seen_quantity: int | None = None
) -> StockItem:
    """How many pieces the maker has at home for new buyers; promised ones stand beside them.

    `seen_quantity` is what her page showed. Raises NotFound for another's product, Refused for one that
    is not kept at home, a number outside 0 to 10.000, or when a buyer was faster.
    """
    actor.require(Permission.PRODUCT_LIST)
    product = queries.own_product(actor, product_id)
    if product.supply != "home":
        raise Refused(_("Produk ini tidak dijual dari rumah."))
    if not 0 <= quantity <= MOST_AT_HOME:
        raise Refused(_("Jumlah barang antara 0 dan 10.000."), field="quantity")
    item = stock.item_at_home(product.cooperative_id, product.id, product.name)
    faults.point("home_stock_said")
    return stock.offer_free(actor, product.cooperative_id, item.id, quantity, seen_quantity)


def close_day(actor: Actor, on: date, note: str = "") -> None:
    """The seller hands over nothing on this day; orders for it stay as they are. Raises Refused."""
    actor.require(Permission.PRODUCT_LIST)
    if not clock.today() <= on <= clock.today() + timedelta(days=MOST_AHEAD_DAYS):
        raise Refused(_("Pilih hari dari hari ini sampai setahun ke depan."), field="on")
    mine = select(ClosedDay.id).where(
        ClosedDay.organization_id == actor.organization_id, ClosedDay.closed_on == on
    )
    if db.session.scalar(mine) is None:
        db.session.add(
            ClosedDay(organization_id=actor.organization_id or 0, closed_on=on, note=clean(note, 80))
        )
        db.session.flush()


def open_day(actor: Actor, on: date) -> None:
    """The seller is there on this day after all."""
    actor.require(Permission.PRODUCT_LIST)
    db.session.execute(
        delete(ClosedDay).where(ClosedDay.organization_id == actor.organization_id, ClosedDay.closed_on == on)
    )
