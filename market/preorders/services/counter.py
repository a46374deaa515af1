"""Goods that only the counter may sell (LPG) are handed over by code, against their empties."""

from __future__ import annotations

from sqlalchemy import update

from market.commodities.models import Pack
from market.core import crypto, db, faults, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.empties import services as empties
from market.empties.types import CONTAINERS
from market.preorders import queries
from market.preorders.models import PreOrderWish
from market.rations import services as rations
from market.rations.types import Part, Shown
from market.stock import services as stock

MAX_WRONG_CODES = 5


def hand_over(
    actor: Actor,
    wish_id: int,
    pickup_code: str,
    *,
    empties_in: int,
    recorded: bool,
    map_reference: str = "",
    shown: Shown = Shown(),
) -> PreOrderWish:
    """Sell the household's cylinders for cash: the promise ends and the refill is sold, together.

    Raises Forbidden, NotFound, IllegalMove, and Refused for a wrong code (the edge counts it with
    `note_wrong_code`), without the card of who takes them, beyond that person's ration, and wherever a
    refill is refused.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    wish = queries.wish_for(actor, wish_id, lock=True)
    if wish.reservation_id is None:
        raise NotFound(_("Pesanan tidak ditemukan."))
    if wish.state == "ready":
        _require_code(wish, pickup_code)
    preorder = queries.preorder_by_id(wish.preorder_id)
    code = next(each.code for each in CONTAINERS.values() if each.pack_code == preorder.pack.code)
    _claim(wish, preorder.pack, shown)
    states.advance(wish, "collected", actor)
    stock.release(actor, wish.organization_id, wish.reservation_id)
    sale = empties.sell_refill(
        actor,
        code,
        count=wish.given,
        empties_in=empties_in,
        unit_price_rp=preorder.unit_price_rp or 0,
        recorded=recorded,
        buyer_name=wish.buyer_name,
        phone=wish.phone,
        map_reference=map_reference,
        member_sale=wish.member_id is not None,
    )
    wish.sale_id = sale.id
    faults.point("preorders.handed_over")
    db.session.flush()
    return wish


def _claim(wish: PreOrderWish, pack: Pack, shown: Shown) -> None:
    parts = [Part(f"preorder_wish:{wish.id}", pack.id, pack.name, wish.given)]
    buyer = rations.identify(wish.organization_id, shown, parts)
    if buyer is not None:
        rations.claim(wish.organization_id, buyer.index, parts)


def _require_code(wish: PreOrderWish, pickup_code: str) -> None:
    if wish.wrong_codes >= MAX_WRONG_CODES:
        raise Refused(_("Terlalu banyak kode salah. Cocokkan nama dan nomor HP, lalu panggil ketua."))
    if not crypto.same(wish.pickup_code, "".join(pickup_code.split())):
        raise Refused(_("Kode ambil tidak cocok."), field="pickup_code")


def note_wrong_code(wish_id: int) -> None:
    """Count a wrong pickup code (in a transaction of its own: the refused one is rolled back)."""
    more = {"wrong_codes": PreOrderWish.wrong_codes + 1}
    db.session.execute(update(PreOrderWish).where(PreOrderWish.id == wish_id).values(more))
