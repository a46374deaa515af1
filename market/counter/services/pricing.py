"""What packs cost that may be sold in the shop only: gas, cooking oil of the government."""

from __future__ import annotations

from market.catalogue import queries as catalogue
from market.commodities import queries as commodities
from market.core import clock, db, money
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.counter import queries_goods
from market.counter.models import CounterPrice

MAX_BARCODE = 20


def set_price(actor: Actor, pack_id: int, price_rp: int, barcode: str = "") -> CounterPrice:
    """Sell a pack at the counter at this price from now on, never above the HET of the day.

    Raises Forbidden, NotFound, Refused for a pack that belongs on the shelf or a price above the ceiling.
    """
    actor.require(Permission.PRODUCT_APPROVE)
    organization_id = actor.organization_id or 0
    pack = commodities.pack(pack_id)
    if not pack.retail or pack.commodity.online_allowed:
        raise Refused(_("Kemasan ini dijual lewat rak produk."), field="price_rp")
    if price_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol."), field="price_rp")
    most = queries_goods.ceiling_rp(organization_id, pack.id)
    if most is not None and price_rp > most:
        raise Refused(_("Di atas HET %(most)s.", most=money.format_rp(most)), field="price_rp")
    code = clean(barcode, MAX_BARCODE) or None
    _require_free(organization_id, pack.id, code)
    found = queries_goods.prices_of(organization_id).get(pack.id)
    if found is None:
        found = CounterPrice(organization_id=organization_id, pack_id=pack.id)
        db.session.add(found)
    found.price_rp, found.barcode, found.set_at = price_rp, code, clock.now()
    db.session.flush()
    return found


def _require_free(organization_id: int, pack_id: int, code: str | None) -> None:
    if code is None:
        return
    own = {price.barcode: price.pack_id for price in queries_goods.prices_of(organization_id).values()}
    if own.get(code, pack_id) != pack_id or catalogue.by_barcode(organization_id, code) is not None:
        raise Refused(_("Kode batang ini sudah dipakai barang lain."), field="barcode")
