"""Requests flow into one need of the cooperative: a new one, or one that a second person lets grow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from market.commodities import queries as goods
from market.commodities.models import Pack
from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, format_date, lazy, stored
from market.core.money import format_rp
from market.core.permissions import SYSTEM, Actor, Permission
from market.inputs import queries
from market.inputs.models import InputPool, InputRequest
from market.inputs.services import amounts
from market.inputs.services.leaving import leave_need, start_refund, tell
from market.needs import queries as need_queries
from market.needs import services as needs
from market.needs.models import Need


def limit_rp(pack: Pack, requests: Sequence[InputRequest]) -> int:
    """The most a pack may cost at the door so that every promised price still holds the margin."""
    units = pack.size_base // pack.commodity.rule_unit_base
    return min(amounts.affordable_rp(each.quote_rp or 0, each.margin_bp, units) for each in requests)


def pool_requests(
    actor: Actor,
    *,
    pack_id: int,
    own_packs: int = 0,
    own_at_most_packs: int | None = None,
    needed_by_on: date | None = None,
) -> Need:
    """A new need that holds all waiting requests of the pack's commodity and `own_packs` for the shop.

    It is due on the first day on which anybody needs the goods, or before, and pays at most what keeps every
    promised price; a second person approves it like any other need. Raises Forbidden, NotFound, and Refused
    when nothing waits or a rule of needs is broken.
    """
    actor.require(Permission.NEEDS_POST)
    pack = goods.pack(pack_id)
    waiting = queries.poolable(actor.organization_id or 0, pack.commodity_id, lock=True)
    if not waiting:
        raise Refused(_("Tidak ada permintaan yang menunggu digabung."))
    most = max(own_packs, own_at_most_packs or 0)
    first = min(each.needed_by_on for each in waiting)
    if needed_by_on is not None and needed_by_on > first:
        text = _("Paling lambat %(day)s: pada hari itu pembeli sudah butuh.", day=format_date(first))
        raise Refused(text, field="needed_by_on")
    wanted, at_most = amounts.packs_of(pack, own_packs, most, waiting)
    need = needs.post_need(
        actor,
        pack_id=pack.id,
        wanted_packs=wanted,
        at_most_packs=at_most,
        needed_by_on=needed_by_on or first,
        ceiling_rp=limit_rp(pack, waiting),
        note=stored("Gabungan dengan permintaan bahan UMKM"),
    )
    _pool(need, own_packs, most)
    _take_in(actor, need, waiting)
    return need


def join_need(actor: Actor, need_id: int) -> Need:
    """Let an own need that waits or is open grow by all waiting requests that it serves in time.

    Raises Forbidden, NotFound, Conflict when a round has taken it, Refused for one's own need, when nothing
    waits, and when the need pays more than keeps the promised prices.
    """
    actor.require(Permission.NEEDS_APPROVE)
    need = need_queries.need_for(actor, need_id)
    found = queries.poolable(need.organization_id, need.pack.commodity_id, lock=True)
    waiting = [each for each in found if each.needed_by_on >= need.needed_by_on]
    if not waiting or need.organization_id != actor.organization_id:
        raise Refused(_("Tidak ada permintaan yang menunggu digabung."))
    limit = limit_rp(need.pack, waiting)
    if need.ceiling_rp is None or need.ceiling_rp > limit:
        text = _(
            "Kebutuhan ini boleh membayar lebih dari %(most)s, harga janji tidak tertutup.",
            most=format_rp(limit),
        )
        raise Refused(text)
    pool = queries.pool_of(need.id, lock=True) or _pool(need, need.wanted_packs, need.at_most_packs)
    held = [*queries.shares_of(need.id, ("pooled",)), *waiting]
    wanted, most = amounts.packs_of(need.pack, pool.own_packs, pool.own_at_most_packs, held)
    needs.grow_need(actor, need.id, max(wanted, need.wanted_packs), max(most, need.at_most_packs))
    _take_in(actor, need, waiting)
    return need


def _pool(need: Need, own_packs: int, own_at_most_packs: int) -> InputPool:
    pool = InputPool(
        organization_id=need.organization_id,
        need_id=need.id,
        own_packs=own_packs,
        own_at_most_packs=own_at_most_packs,
    )
    db.session.add(pool)
    db.session.flush()
    return pool


def _take_in(actor: Actor, need: Need, requests: Sequence[InputRequest]) -> None:
    for request in requests:
        states.advance(request, "pooled", actor, also={"need_id": need.id})
    faults.point("inputs.pooled")
    day = format_date(need.needed_by_on)
    for request in requests:
        title = lazy("%(good)s sedang dicarikan", good=request.commodity.name)
        tell(
            request, "input_pooled", title, lazy("Digabung dengan kebutuhan koperasi, tiba %(day)s.", day=day)
        )


def settle_lost() -> int:
    """Requests whose need was withdrawn wait again while there is time; else the money goes back.

    A need that was rejected, or that nobody approved by its day, asks no more for whoever leaves it.
    Returns how many (a scheduled job).
    """
    found = queries.lost()
    for request in found:
        need = db.session.get_one(Need, request.need_id)
        if need.state == "withdrawn" and request.needed_by_on > clock.today():
            back = "prepaid" if request.terms == "prepaid" else "approved"
            states.advance(
                request, back, SYSTEM, stored("kebutuhan koperasi ditarik"), also={"need_id": None}
            )
            continue
        if need.state not in ("expired", "withdrawn"):
            leave_need(request)
        not_met(SYSTEM, request)
    return len(found)


def not_met(actor: Actor, request: InputRequest) -> None:
    """Nothing came for her: she is told, and what she paid goes back."""
    reason = stored("barang tidak didapat")
    if request.open_rp > 0:
        start_refund(actor, request, reason)
        return
    states.advance(request, "unmet", actor, reason)
    title = lazy("%(good)s tidak didapat", good=request.commodity.name)
    tell(request, "input_unmet", title, lazy("Tidak ada yang perlu Anda bayar."))
