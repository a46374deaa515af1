"""The goods came: they are shared by the published rule and wait for each household on the shelf."""

from __future__ import annotations

from datetime import timedelta

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.core import clock, db, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.money import format_rp
from market.core.permissions import SYSTEM, Actor, Permission
from market.identity import queries as identity
from market.preorders import queries
from market.preorders.models import PreOrder, PreOrderWish
from market.preorders.services import telling
from market.preorders.services.closing import promised_rp
from market.preorders.services.shares import Claim, fair_shares, lot
from market.retail import services as retail
from market.stock import queries as shelf
from market.stock import services as stock


def units_here(preorder: PreOrder) -> int:
    """Residents' packs that nobody was promised: those on the shelf, and those in free bulk packs."""
    units = _free(preorder.organization_id, preorder.pack_id) // preorder.pack.size_base
    if preorder.bulk_pack_id != preorder.pack_id:
        bulk = _free(preorder.organization_id, preorder.bulk_pack_id) // preorder.bulk_pack.size_base
        units += bulk * preorder.units_per_bulk
    return units


def _free(organization_id: int, pack_id: int) -> int:
    """Base units of a pack that nobody was promised; a page may ask, so nothing is made."""
    code = f"pack:{commodities.pack(pack_id).code}"
    found = shelf.item_by_code(organization_id, code)
    return 0 if found is None else found.on_hand_base - found.reserved_base


def share_goods(actor: Actor, preorder_id: int, units: int | None = None) -> PreOrder:
    """Share `units` that came (all that is free, up to what was asked) among the households, once.

    Each share is an order at the price of the shelf, never above what was promised, kept until the pickup
    days end; goods of the counter wait under a code. Raises Forbidden, NotFound, Conflict when it was done,
    Refused when fewer are free, or the shelf asks more than was promised.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    actor.require(Permission.STOCK_MOVE)
    preorder = queries.preorder_for(actor, preorder_id, lock=True)
    if preorder.state != "closed":
        raise Conflict(_("Pra-pesan ini belum ditutup atau barangnya sudah dibagi."))
    here = units_here(preorder)
    come = min(here, preorder.at_most_units) if units is None else units
    if not 0 < come <= here:
        raise Refused(_("Di rak ada %(here)s kemasan yang bebas.", here=here), field="units")
    wishes = queries.wishes_of(preorder.id, ("asked",), lock=True)
    given = fair_shares(come, claims_of(preorder, wishes))
    give_out(actor, preorder, wishes, given)
    return preorder


def claims_of(preorder: PreOrder, wishes: list[PreOrderWish]) -> list[Claim]:
    """What the published rule is asked."""
    missed = queries.missed_before(preorder)
    return [
        Claim(wish.wanted, wish.at_most, missed.get(wish.phone, 0), lot(preorder.number, wish.id))
        for wish in wishes
    ]


def give_out(actor: Actor, preorder: PreOrder, wishes: list[PreOrderWish], given: list[int]) -> None:
    """Put each share aside and tell the household. Raises Refused when the shelf asks more than promised."""
    product = None if preorder.at_counter else product_of(preorder)
    price = _counter_price(preorder) if product is None else product.price_rp
    total = sum(given)
    _repack(actor, preorder, total)
    done = {"given_units": total, "unit_price_rp": price}
    states.advance(preorder, "ready", actor, also=done)
    for wish, share in zip(wishes, given, strict=True):
        _give(actor, preorder, product, wish, share)
    faults.point("preorders.shared")
    db.session.flush()


def product_of(preorder: PreOrder) -> Product:
    """What the shop sells it as; raises Refused while it is not on the shelf, or dearer than promised."""
    product = catalogue.pack_on_shelf(preorder.organization_id, preorder.pack_id)
    if product is None or product.state != "published":
        raise Refused(_("Pasang dahulu %(name)s di rak, dengan harganya.", name=preorder.pack.name))
    promised = promised_rp(preorder)
    if product.price_rp > promised:
        text = _(
            "Harga di rak %(shelf)s, dijanjikan paling tinggi %(promised)s. Turunkan harga di rak dahulu.",
            shelf=format_rp(product.price_rp),
            promised=format_rp(promised),
        )
        raise Refused(text)
    return product


def _counter_price(preorder: PreOrder) -> int:
    place_code = identity.organization(preorder.organization_id).place_code
    ceiling = commodities.ceiling_rp(preorder.pack, place_code, clock.today())
    promised = promised_rp(preorder)
    return promised if ceiling is None else min(promised, ceiling)


def _repack(actor: Actor, preorder: PreOrder, units: int) -> None:
    """Open as many bulk packs as the shares need beyond what is packed already."""
    if preorder.bulk_pack_id == preorder.pack_id:
        return
    packed = _free(preorder.organization_id, preorder.pack_id) // preorder.pack.size_base
    packs = -(-max(0, units - packed) // preorder.units_per_bulk)
    if packs:
        item = stock.item_for_pack(preorder.organization_id, preorder.bulk_pack_id)
        stock.repack(actor, item.id, preorder.pack_id, packs)


def _give(actor: Actor, preorder: PreOrder, product: Product | None, wish: PreOrderWish, units: int) -> None:
    if not units:
        states.advance(wish, "unmet", actor, stored("barang yang datang tidak cukup"))
        telling.tell(wish)
        return
    if product is not None:
        # Wishes have their own limit per household: the shop's limit of open orders is not asked.
        order = retail.place_order(
            actor,
            preorder.organization_id,
            {product.id: units},
            wish.buyer_name,
            wish.phone,
            stored("Pra-pesan %(number)s", number=preorder.number),
            counted=False,
            collect_by=clock.start_of(preorder.pickup_until_on + timedelta(days=1)),
        )
        states.advance(wish, "ready", actor, also={"given": units, "order_id": order.id})
    else:
        item = stock.item_for_pack(preorder.organization_id, preorder.pack_id)
        base = units * preorder.pack.size_base
        # The pickup days end the promise (`return_uncollected`), so the reservation has no limit of its own.
        promise = stock.reserve(
            actor, preorder.organization_id, item.id, base, f"preorder_wish:{wish.id}", expires_at=None
        )
        kept = {"given": units, "reservation_id": promise.id, "pickup_code": retail.fresh_code()}
        states.advance(wish, "ready", actor, also=kept)
    telling.tell(wish)


def return_uncollected() -> int:
    """Goods of the counter that nobody fetched go back to the shelf; returns how many (a scheduled job).

    What waits as an order of the shop is ended by the shop.
    """
    over = queries.uncollected()
    for wish in over:
        states.advance(wish, "expired", SYSTEM, stored("tidak diambil sampai batas waktu"))
        stock.release(SYSTEM, wish.organization_id, wish.reservation_id or 0)
    return len(over)
