"""What is asked of inputs: requests, who owes what, what may be pooled, what came for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select

from market.commodities import queries as goods
from market.commodities.models import Commodity, Pack
from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.inputs.models import InputPayment, InputPool, InputRequest
from market.needs.models import Need

MAX_ID = 2**63 - 1
REFUND = "input_refund"
"""Kind of the two-person act that pays a buyer back."""
OPEN = ("submitted", "approved", "prepaid", "pooled", "ready", "collected", "refund_pending")
"""States in which something is still to be done."""
GROUPS: dict[str, tuple[str, ...]] = {
    "baru": ("submitted",),
    "berjalan": ("approved", "prepaid", "pooled"),
    "siap": ("ready",),
    "uang": ("collected", "refund_pending", "kept"),
    "selesai": ("settled", "refunded", "declined", "withdrawn", "lapsed", "unmet"),
}
"""Tabs of the list, by the word in the address."""


def _seen_by(actor: Actor) -> Select[InputRequest]:
    """A cooperative sees what it is asked, a UMKM what it asks."""
    query = select(InputRequest)
    if actor.organization_kind == "seller":
        return query.where(InputRequest.buyer_id == actor.organization_id)
    return query.where(InputRequest.organization_id == actor.organization_id)


def request_for(actor: Actor, request_id: int, lock: bool = False) -> InputRequest:
    """A request that the actor may see; raises Forbidden, NotFound for others'."""
    actor.require(Permission.INPUTS_VIEW)
    query = _seen_by(actor).where(InputRequest.id == request_id)
    return _one(query, lock) if 0 < request_id <= MAX_ID else _missing()


def request_by_token(token: str, lock: bool = False) -> InputRequest:
    """The request behind a buyer's secret link; raises NotFound."""
    return _one(select(InputRequest).where(InputRequest.token == token), lock)


def _one(query: Select[InputRequest], lock: bool) -> InputRequest:
    if lock:
        query = query.with_for_update(of=InputRequest).execution_options(populate_existing=True)
    return db.session.scalar(query) or _missing()


def _missing() -> InputRequest:
    raise NotFound(_("Permintaan bahan tidak ditemukan."))


def requests_of(actor: Actor, states: Sequence[str] = (), limit: int = 100) -> list[InputRequest]:
    """What the actor sees, newest first; of some states only if named."""
    actor.require(Permission.INPUTS_VIEW)
    query = _seen_by(actor)
    if states:
        query = query.where(InputRequest.state.in_(states))
    return list(db.session.scalars(query.order_by(InputRequest.id.desc()).limit(limit)))


def state_counts(actor: Actor) -> dict[str, int]:
    """How many requests the actor sees in each state."""
    seen = _seen_by(actor).with_only_columns(InputRequest.state, func.count(), maintain_column_froms=True)
    return {row[0]: row[1] for row in db.session.execute(seen.group_by(InputRequest.state))}


def payments_of(request_id: int) -> list[InputPayment]:
    """Money that moved for a request, oldest first; what it passed on to another is among it."""
    query = select(InputPayment).where(
        or_(InputPayment.request_id == request_id, InputPayment.from_request_id == request_id)
    )
    return list(db.session.scalars(query.order_by(InputPayment.id)))


def payment_for(actor: Actor, payment_id: int) -> tuple[InputPayment, InputRequest]:
    """A receipt that the actor may see, with its request; raises NotFound."""
    found = db.session.get(InputPayment, payment_id) if 0 < payment_id <= MAX_ID else None
    if found is None:
        raise NotFound(_("Kuitansi tidak ditemukan."))
    return found, request_for(actor, found.request_id)


def offered_commodities() -> list[Commodity]:
    """What can be asked for: goods bought in bulk that no rule hands out by quota."""
    bulk = {pack.commodity_id: pack.commodity for pack in goods.packs(bulk=True)}
    return [each for each in bulk.values() if each.handling != "administered"]


def bulk_packs(commodity_id: int) -> list[Pack]:
    """The packs in which a commodity is bought."""
    return [pack for pack in goods.packs(bulk=True) if pack.commodity_id == commodity_id]


def het_rp(commodity_id: int, place_code: str, on: date) -> int | None:
    """The law's ceiling per rule unit, or None."""
    rule = goods.rule_book(place_code, on, [commodity_id]).rule(commodity_id, "HET")
    return None if rule is None else rule.amount_rp


# --- the buyer -------------------------------------------------------------------------------------


def _same_buyer(request: InputRequest) -> ColumnElement[bool]:
    """Requests of one buyer at one cooperative: the UMKM, or whoever has the telephone number."""
    same = InputRequest.organization_id == request.organization_id
    if request.buyer_id is not None:
        return same & (InputRequest.buyer_id == request.buyer_id)
    return same & InputRequest.buyer_id.is_(None) & (InputRequest.phone == request.phone)


def requests_of_buyer(request: InputRequest, lock: bool = False) -> list[InputRequest]:
    """Everything that this buyer asked of this cooperative, oldest first."""
    query = select(InputRequest).where(_same_buyer(request)).order_by(InputRequest.id)
    if lock:
        query = query.with_for_update(of=InputRequest).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def open_of_phone(organization_id: int, phone: str) -> int:
    """How many requests of a telephone number have not come to an end."""
    query = select(func.count()).where(
        InputRequest.organization_id == organization_id,
        InputRequest.phone == phone,
        InputRequest.state.in_(OPEN),
    )
    return db.session.scalar(query) or 0


def kept(request: InputRequest, lock: bool = False) -> list[InputRequest]:
    """Earlier requests of the buyer whose rest of money the cooperative keeps for her, oldest first."""
    return [
        each
        for each in requests_of_buyer(request, lock)
        if each.id != request.id and each.state in ("kept", "collected") and each.open_rp > 0
    ]


def exposure_rp(request: InputRequest, lock: bool = False) -> int:
    """What the buyer's other purchases on credit may come to: owed, and promised at the highest price."""
    total = 0
    for each in requests_of_buyer(request, lock):
        if each.id == request.id or each.terms != "tempo":
            continue
        if each.state in ("approved", "pooled"):
            total += (each.quote_rp or 0) * each.at_most_units
        elif each.state == "ready":
            total += each.amount_rp
        else:
            total += each.owed_rp
    return total


# --- pooling and sharing ---------------------------------------------------------------------------


def poolable(organization_id: int, commodity_id: int, lock: bool = False) -> list[InputRequest]:
    """Requests that may enter a need: paid, or approved on credit; oldest first."""
    query = (
        select(InputRequest)
        .where(
            InputRequest.organization_id == organization_id,
            InputRequest.commodity_id == commodity_id,
            may_be_pooled(),
            InputRequest.needed_by_on >= clock.today(),
        )
        .order_by(InputRequest.id)
    )
    if lock:
        query = query.with_for_update(of=InputRequest).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def may_be_pooled() -> ColumnElement[bool]:
    on_credit = (InputRequest.state == "approved") & (InputRequest.terms == "tempo")
    return (InputRequest.state == "prepaid") | on_credit


def joinable(actor: Actor, commodity_id: int, needed_by_on: date) -> list[Need]:
    """Own needs of the commodity that a second person may let grow, due in time."""
    if not actor.may(Permission.NEEDS_APPROVE):
        return []
    query = (
        select(Need)
        .join(Pack, Pack.id == Need.pack_id)
        .where(
            Need.organization_id == actor.organization_id,
            Pack.commodity_id == commodity_id,
            Need.state.in_(("submitted", "open")),
            Need.needed_by_on <= needed_by_on,
            Need.created_by != actor.user_id,
            Need.submitted_by != actor.user_id,
        )
        .order_by(Need.id)
    )
    return list(db.session.scalars(query))


def pool_of(need_id: int, lock: bool = False) -> InputPool | None:
    """The cooperative's own part of a need that holds requests; None when it holds none."""
    query = select(InputPool).where(InputPool.need_id == need_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def hold_pool(request: InputRequest) -> None:
    """Hold the pool of a request before the request itself: who shares goods holds them in that order."""
    if request.need_id is not None:
        pool_of(request.need_id, lock=True)


def pool_for(actor: Actor, need_id: int, lock: bool = False) -> tuple[InputPool, Need]:
    """A pool of the actor's cooperative with its need; raises NotFound."""
    actor.require(Permission.INPUTS_VIEW)
    pool = pool_of(need_id, lock) if 0 < need_id <= MAX_ID else None
    if pool is None or pool.organization_id != actor.organization_id:
        raise NotFound(_("Kebutuhan gabungan tidak ditemukan."))
    return pool, db.session.get_one(Need, need_id)


def shares_of(need_id: int, states: Sequence[str] = (), lock: bool = False) -> list[InputRequest]:
    """Requests that a need holds, oldest first; of some states only if named."""
    query = select(InputRequest).where(InputRequest.need_id == need_id).order_by(InputRequest.id)
    if states:
        query = query.where(InputRequest.state.in_(states))
    if lock:
        query = query.with_for_update(of=InputRequest).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Waiting:
    """What may be pooled of one commodity."""

    commodity: Commodity
    requests: int
    wanted_base: int
    at_most_base: int
    needed_by_on: date


def waiting(organization_id: int) -> list[Waiting]:
    """Requests that wait to be pooled, by commodity, the most urgent first."""
    query = (
        select(
            InputRequest.commodity_id,
            func.count(),
            func.sum(InputRequest.wanted_base),
            func.sum(InputRequest.at_most_base),
            func.min(InputRequest.needed_by_on),
        )
        .where(
            InputRequest.organization_id == organization_id,
            may_be_pooled(),
            InputRequest.needed_by_on >= clock.today(),
        )
        .group_by(InputRequest.commodity_id)
        .order_by(func.min(InputRequest.needed_by_on), InputRequest.commodity_id)
    )
    return [
        Waiting(db.session.get_one(Commodity, row[0]), row[1], int(row[2]), int(row[3]), row[4])
        for row in db.session.execute(query)
    ]


def pools_of(organization_id: int, limit: int = 20) -> list[tuple[InputPool, Need]]:
    """Needs that hold requests, newest first."""
    query = (
        select(InputPool, Need)
        .join(Need, Need.id == InputPool.need_id)
        .where(InputPool.organization_id == organization_id)
        .order_by(InputPool.id.desc())
        .limit(limit)
    )
    return [(pool, need) for pool, need in db.session.execute(query)]


# --- time ------------------------------------------------------------------------------------------


def late(today: date, limit: int = 100) -> list[InputRequest]:
    """Requests whose day is over before they were pooled, or that were not paid for in time."""
    unpaid = (InputRequest.state == "approved") & (InputRequest.pay_by_on < today)
    over = InputRequest.state.in_(("submitted", "approved", "prepaid")) & (InputRequest.needed_by_on < today)
    return _claim(or_(unpaid, over), limit)


def lost(limit: int = 100) -> list[InputRequest]:
    """Pooled requests whose need came to nothing: ended, rejected, or not approved by its day.

    Their pools are held first, as by whoever shares goods or withdraws.
    """
    ended = Need.state.in_(("expired", "withdrawn", "rejected"))
    forgotten = Need.state.in_(("draft", "submitted")) & (Need.needed_by_on < clock.today())
    pooled = (InputRequest.need_id == InputPool.need_id) & (InputRequest.state == "pooled")
    pools = (
        select(InputPool)
        .join(Need, Need.id == InputPool.need_id)
        .where(or_(ended, forgotten), select(InputRequest.id).where(pooled).exists())
        .order_by(InputPool.id)
        .limit(limit)
        .with_for_update(of=InputPool, skip_locked=True)
    )
    held = [pool.need_id for pool in db.session.scalars(pools)]
    return _claim((InputRequest.state == "pooled") & InputRequest.need_id.in_(held), limit)


def _claim(which: ColumnElement[bool], limit: int) -> list[InputRequest]:
    query = select(InputRequest).where(which).order_by(InputRequest.id).limit(limit)
    return list(db.session.scalars(query.with_for_update(of=InputRequest, skip_locked=True)))
