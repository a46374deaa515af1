"""The goods came: they are shared by the published rule, set aside for each buyer, and priced."""

from __future__ import annotations

from market.core import clock, db, faults, money, quantity, states
from market.core.errors import Conflict
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.permissions import SYSTEM, Actor, Permission
from market.identity import queries as identity
from market.inputs import queries
from market.inputs.models import InputPool, InputRequest
from market.inputs.services import amounts
from market.inputs.services.leaving import tell
from market.inputs.services.pooling import not_met
from market.needs import services as needs
from market.needs.models import Need
from market.stock import queries as shelf
from market.stock import services as stock


def share_goods(actor: Actor, need_id: int) -> InputPool:
    """Share what came for a need among its buyers and the shelf, once.

    Each is told what to collect and at which price: cost with the cooperative's margin, never above what was
    promised or HET. What was lost, sold or sent back since is first missing on the own shelf, then shared as
    not come; who gets nothing has her money back. Raises Forbidden, NotFound, Conflict when it was done or
    nothing has come.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    pool, need = queries.pool_for(actor, need_id, lock=True)
    if pool.shared_at is not None:
        raise Conflict(_("Barang ini sudah dibagi."))
    came = queries.arrival(need)
    if need.state != "fulfilled" or not came.packs:
        raise Conflict(_("Barangnya belum datang semua. Catat penerimaannya dahulu."))
    asked = queries.shares_of(need.id, ("pooled",), lock=True)
    size, unit = need.pack.size_base, need.pack.commodity.rule_unit_base
    own = (pool.own_packs * size // unit, pool.own_at_most_packs * size // unit)
    wishes = [(each.wanted_units, each.at_most_units) for each in asked]
    arrived = came.packs * size
    if not asked:
        raise Conflict(_("Tidak ada pembeli yang menunggu barang ini."))
    given, _rest = amounts.shares(arrived // unit, own, wishes)
    left = _left_units(need)
    if sum(given) > left:
        arrived = left * unit
        given, _rest = amounts.shares(left, (0, 0), wishes)
    cost_rp = _cost(need, came, arrived)
    pool.arrived_base, pool.own_base, pool.cost_rp = arrived, arrived - sum(given) * unit, cost_rp
    pool.shared_at, pool.shared_by = clock.now(), actor.user_id
    db.session.flush()
    for request, units in zip(asked, given, strict=True):
        _give(actor, need, pool, request, units)
    faults.point("inputs.shared")
    _stop_looking(need, pool)
    return pool


def _cost(need: Need, came: queries.Arrival, shared_base: int) -> int:
    """What the part of the goods that is shared cost; without a receipt the shelf's average."""
    if came.cost_rp is not None:
        return money.div_round(came.cost_rp * shared_base, came.packs * need.pack.size_base)
    item = stock.item_for_pack(need.organization_id, need.pack_id)
    return stock.cost_of(item, shared_base) if item.on_hand_base else 0


def _left_units(need: Need) -> int:
    """Whole units on the shelf that nobody has been promised."""
    item = stock.item_for_pack(need.organization_id, need.pack_id)
    return shelf.free_base(item.id) // need.pack.commodity.rule_unit_base


def _give(actor: Actor, need: Need, pool: InputPool, request: InputRequest, units: int) -> None:
    if not units:
        not_met(actor, request)
        return
    unit = need.pack.commodity.rule_unit_base
    place = identity.organization(need.organization_id).place_code or ""
    het = queries.het_rp(request.commodity_id, place, clock.today())
    price = amounts.price_rp(
        pool.cost_rp or 0, (pool.arrived_base or 0) // unit, request.margin_bp, request.quote_rp, het
    )
    item = stock.item_for_pack(need.organization_id, need.pack_id)
    # The request's own end (collected, or given up by the shop) ends the promise: it has no time limit.
    promise = stock.reserve(
        actor, need.organization_id, item.id, units * unit, f"input_request:{request.id}", expires_at=None
    )
    given = {"given_base": units * unit, "price_rp": price, "amount_rp": units * price}
    states.advance(request, "ready", actor, also={**given, "reservation_id": promise.id})
    amount = quantity.format_base(units * unit, need.pack.commodity.base_unit)
    title = lazy("%(good)s siap diambil", good=request.commodity.name)
    body = lazy(
        "%(amount)s, %(rp)s. Tunjukkan kode ambil di gerai.", amount=amount, rp=format_rp(units * price)
    )
    tell(request, "input_ready", title, body)


def _stop_looking(need: Need, pool: InputPool) -> None:
    """A need that asks for the rest keeps only what is missing on the own shelf: buyers have been served."""
    last = queries.family(need)[-1]
    if last.id == need.id or last.state != "open":
        return
    missing = pool.own_packs - (pool.own_base or 0) // need.pack.size_base
    if missing <= 0:
        needs.drop_need(SYSTEM, last.id, stored("pembeli sudah dilayani"))
    elif missing < last.wanted_packs:
        room = max(missing, pool.own_at_most_packs - (pool.own_base or 0) // need.pack.size_base)
        needs.shrink_need(SYSTEM, last.id, missing, min(room, last.at_most_packs))
