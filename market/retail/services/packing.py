"""From the maker's kitchen to the counter: packed, brought, ready."""

from __future__ import annotations

from market.core import states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.retail import queries, queries_parts
from market.retail.models import RetailOrder
from market.retail.models_parts import RetailPart
from market.retail.services import parting


def pack_part(actor: Actor, part_id: int) -> RetailPart:
    """The maker has packed it. Raises NotFound, IllegalMove for one that is not accepted."""
    actor.require(Permission.RETAIL_ANSWER)
    seen = queries_parts.part_for(actor, part_id)
    if seen.seller_id != actor.organization_id:
        actor.require(Permission.RETAIL_HAND_OVER)
    _order, _parts, part = _hold(seen)
    states.advance(part, "packed", actor)
    return part


def receive_part(actor: Actor, part_id: int) -> RetailPart:
    """The counter has a maker's goods in its hands: that is her answer, too, when she gave none.

    Raises Forbidden, NotFound, IllegalMove for a part that has ended or is there already.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    seen = queries_parts.part_for(actor, part_id)
    if seen.organization_id != actor.organization_id or seen.place != "away":
        raise Refused(_("Bagian ini tidak dibawa penjual."))
    order, parts, part = _hold(seen)
    if part.state == "waiting":
        states.advance(part, "accepted", actor)
    states.advance(part, "ready", actor)
    parting.settle_state(actor, order, parts)
    return part


def mark_ready(actor: Actor, order_id: int) -> RetailOrder:
    """What lies in the cooperative is packed and waits; the order, too, when nothing else is missing.

    Raises Forbidden, NotFound, IllegalMove when there is nothing to pack, Conflict for one that is not paid
    and is to be paid first.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    order = queries.order_for(actor, order_id, lock=True)
    if order.state == "placed" and order.released_at is None:
        raise Conflict(_("Pesanan ini menunggu pembayaran QRIS pembeli."))
    parts = queries_parts.parts_of(order.id, lock=True)
    here = [part for part in parts if part.place == "here" and part.state in queries_parts.PACKING]
    for part in here if order.state == "placed" else ():
        states.advance(part, "ready", actor)
    if not here or order.state != "placed":
        states.advance(order, "ready", actor)
    parting.settle_state(actor, order, parts)
    return order


def _hold(seen: RetailPart) -> tuple[RetailOrder, list[RetailPart], RetailPart]:
    order = queries.order_by_id(seen.order_id, lock=True)
    parts = queries_parts.parts_of(order.id, lock=True)
    if order.state not in queries.OPEN:
        raise Conflict(_("Pesanan ini sudah berakhir."))
    return order, parts, next(part for part in parts if part.id == seen.id)
