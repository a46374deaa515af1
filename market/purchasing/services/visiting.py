"""One visit at a door: every order that the truck brings gets its receipt, or none does."""

from __future__ import annotations

from collections.abc import Mapping

from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.purchasing import queries
from market.purchasing.models import GoodsReceipt
from market.purchasing.services.receiving import HandOver, ReceiptLine, receive_goods


def receive_stop(
    actor: Actor,
    stop_id: int,
    lines: Mapping[int, list[ReceiptLine]],
    note: str = "",
    hand_over: HandOver | None = None,
) -> list[GoodsReceipt]:
    """Book all orders of one door in one visit: order id -> what came of it; one receipt per order.

    An order of which nothing was counted is left for another day. Raises NotFound for a stop or an
    order that is not handed over there, Refused as `receive_goods` does.
    """
    stop, trip = queries.stop_for(actor, stop_id)
    there = {
        each.order.id
        for door in queries.doors_of(trip.id, actor.organization_id)
        for each in door.orders
        if each.row.home_at is None
    }
    if stop.buyer_id != actor.organization_id or lines.keys() - there:
        raise NotFound(_("Kiriman tidak ditemukan."))
    came = {order_id: given for order_id, given in sorted(lines.items()) if any(map(_something, given))}
    if not came:
        raise Refused(_("Isi jumlah yang datang. Bila tidak ada yang datang, batalkan sisanya."))
    return [receive_goods(actor, order_id, given, note, hand_over) for order_id, given in came.items()]


def _something(one: ReceiptLine) -> bool:
    return bool(one.accepted_packs or one.rejected_packs or one.extra_packs)
