"""What lies there is counted, full and empty; what was the cooperative's before is recorded."""

from __future__ import annotations

from market.commodities import queries as commodities
from market.core import faults
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.empties import postings, queries
from market.empties.models import ContainerMove
from market.empties.services import moving
from market.empties.types import Container
from market.stock import services as stock

MAX_REASON = 300
MOST_EACH_RP = 10_000_000


def count_containers(actor: Actor, code: str, *, full: int, empty: int, reason: str = "") -> int:
    """Book what was counted of both; returns how many containers are missing (below zero: too many).

    Full ones differ in goods and container, empty ones in the container alone. Raises Forbidden,
    NotFound, and Refused for a difference without reason or fewer full ones than are promised.
    """
    actor.require(Permission.STOCK_MOVE)
    container = moving.container(code)
    if full < 0 or empty < 0:
        raise Refused(_("Jumlah tidak boleh kurang dari nol."), field="full" if full < 0 else "empty")
    organization_id = actor.organization_id or 0
    pack = commodities.pack_by_code(container.pack_code)
    item = stock.item_for_pack(organization_id, pack.id)
    moved = _count_full(actor, item.id, full * pack.size_base, reason)
    return _count_empty(actor, container, empty, reason) - moved // pack.size_base


def _count_full(actor: Actor, item_id: int, counted_base: int, reason: str) -> int:
    try:
        move = stock.count_stock(actor, item_id, counted_base, reason)
    except Refused as refusal:
        field = "full" if refusal.field == "counted" else refusal.field
        raise Refused(refusal.message, field=field) from refusal
    return move.quantity_base if move is not None else 0


def _count_empty(actor: Actor, container: Container, counted: int, reason: str) -> int:
    holding = moving.lock(actor.organization_id or 0, container.code)
    missing = holding.empty_count - counted
    if missing == 0:
        return 0
    if not reason.strip():
        raise Refused(_("Tulis alasan selisihnya."), field="reason")
    if missing > 0:
        value_rp = -moving.worth_of_loss(holding, missing)
    else:
        value_rp = moving.worth_of_loss(holding, 1) * -missing if holding.owned > 0 else 0
    made = moving.move(
        actor,
        holding,
        "lost_empty" if missing > 0 else "found_empty",
        abs(missing),
        f"container_count:{queries.move_count(holding)}",
        value_rp,
        reason=clean(reason, MAX_REASON),
    )
    faults.point("containers_counted")
    moving.book(actor, made, postings.for_difference(made, container) if value_rp else None)
    return missing


def record_owned(actor: Actor, code: str, count: int, unit_rp: int) -> ContainerMove:
    """Empties that are the cooperative's own already, at a worth each; the books gain them.

    Raises Forbidden, NotFound, and Refused for a count or worth that makes no sense.
    """
    actor.require(Permission.BOOKS_POST)
    container = moving.container(code)
    moving.require_count(count)
    if not 0 <= unit_rp <= MOST_EACH_RP:
        raise Refused(_("Nilai di luar batas."), field="unit_rp")
    holding = moving.lock(actor.organization_id or 0, container.code)
    worth = moving.worth_of_gain(holding, count, unit_rp)
    source = f"container_owned:{queries.move_count(holding)}"
    made = moving.move(actor, holding, "owned", count, source, worth)
    moving.book(actor, made, postings.for_owned(made, container) if worth else None)
    return made
