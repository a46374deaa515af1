"""What is asked of cycles: their dates, the holidays in the way, and what a cooperative bought and sold."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, String, cast, exists, func, literal, select, type_coerce

from market.commodities.models import Pack
from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.cycles.models import CycleDate, NeedWidening, OrderCycle
from market.needs import queries as needs
from market.needs.models import Need
from market.notices.models import Notice
from market.rounds.models import Round, RoundNeed
from market.stock.models import StockItem, StockMove

MAX_ID = 2**63 - 1


def cycles_of(actor: Actor) -> list[OrderCycle]:
    """Cycles that are not ended: an office's own, or those whose area a cooperative lies in."""
    query = select(OrderCycle).where(OrderCycle.state != "ended").order_by(OrderCycle.title)
    if actor.organization_kind == "office":
        return list(db.session.scalars(query.where(OrderCycle.organization_id == actor.organization_id)))
    found = db.session.scalars(query)
    return [cycle for cycle in found if actor.scope_code.startswith(cycle.scope_code)]


def cycle_for(actor: Actor, cycle_id: int, lock: bool = False) -> OrderCycle:
    """A cycle of the actor's office; raises Forbidden, NotFound."""
    actor.require(Permission.ROUNDS_RUN)
    query = select(OrderCycle).where(
        OrderCycle.id == cycle_id, OrderCycle.organization_id == actor.organization_id
    )
    found = db.session.scalar(query.with_for_update() if lock else query) if 0 < cycle_id <= MAX_ID else None
    if found is None:
        raise NotFound(_("Siklus tidak ditemukan."))
    return found


def running_cycles() -> list[OrderCycle]:
    """Every active cycle of every office, by id."""
    return list(
        db.session.scalars(select(OrderCycle).where(OrderCycle.state == "active").order_by(OrderCycle.id))
    )


def dates_of(cycle_id: int, limit: int = 20) -> list[CycleDate]:
    """What became of the cycle's dates, newest first."""
    query = select(CycleDate).where(CycleDate.cycle_id == cycle_id)
    return list(db.session.scalars(query.order_by(CycleDate.planned_on.desc()).limit(limit)))


def date_of(cycle_id: int, planned_on: date) -> CycleDate | None:
    """The row of one date, once something became of it."""
    return db.session.scalar(
        select(CycleDate).where(CycleDate.cycle_id == cycle_id, CycleDate.planned_on == planned_on)
    )


def date_by_id(date_id: int) -> CycleDate:
    """The row with this id (for jobs)."""
    return db.session.get_one(CycleDate, date_id)


def closing_soon(now: datetime, within: timedelta) -> list[tuple[CycleDate, datetime]]:
    """Dates whose round is open, closes within the time and of which nobody was reminded yet; the closing."""
    query = (
        select(CycleDate, Round.closes_at)
        .join(Round, Round.id == CycleDate.round_id)
        .where(
            Round.state == "open",
            Round.closes_at > now,
            Round.closes_at <= now + within,
            CycleDate.reminded_at.is_(None),
        )
    )
    return [(row, closes_at) for row, closes_at in db.session.execute(query.order_by(CycleDate.id))]


# --- what a cooperative may ask for ----------------------------------------------------------------


def sold_base(organization_id: int, since: date) -> dict[int, int]:
    """Base units sold since a day by commodity, returns taken off; only goods of the cooperative's own."""
    query = (
        select(Pack.commodity_id, func.sum(-StockMove.quantity_base))
        .join(StockItem, StockItem.id == StockMove.item_id)
        .join(Pack, Pack.id == StockItem.pack_id)
        .where(
            StockMove.organization_id == organization_id,
            StockMove.kind.in_(("sale", "return_in")),
            StockMove.occurred_on >= since,
            StockItem.owned.is_(True),
        )
        .group_by(Pack.commodity_id)
    )
    return {commodity_id: int(base) for commodity_id, base in db.session.execute(query)}


def first_sold_on(organization_id: int) -> date | None:
    """The day of the first sale: before it nothing is known of how much sells."""
    query = select(func.min(StockMove.occurred_on)).where(
        StockMove.organization_id == organization_id, StockMove.kind == "sale"
    )
    return db.session.scalar(query)


def free_base(organization_id: int) -> dict[int, int]:
    """Base units on hand and promised to nobody, by commodity."""
    query = (
        select(Pack.commodity_id, func.sum(StockItem.on_hand_base - StockItem.reserved_base))
        .join(Pack, Pack.id == StockItem.pack_id)
        .where(StockItem.organization_id == organization_id, StockItem.owned.is_(True))
        .group_by(Pack.commodity_id)
    )
    return {commodity_id: int(base) for commodity_id, base in db.session.execute(query)}


def coming_base(organization_id: int) -> dict[int, int]:
    """Base units asked for or on their way by commodity; what is matched counts with what it got."""
    coming: dict[int, int] = defaultdict(int)
    for need in needs.needs_of(organization_id, ("draft", "submitted", "open", "in_round", "matched")):
        packs = need.matched_packs if need.state == "matched" else need.wanted_packs
        coming[need.pack.commodity_id] += packs * need.pack.size_base
    return dict(coming)


def last_asked(organization_id: int) -> dict[int, tuple[int, int]]:
    """(wanted, accepted) packs by pack in the last round that took needs of the cooperative and is done."""
    newest = (
        select(func.max(RoundNeed.round_id))
        .join(Round, Round.id == RoundNeed.round_id)
        .where(
            RoundNeed.buyer_id == organization_id, Round.state.in_(("published", "rematching", "finished"))
        )
        .scalar_subquery()
    )
    query = (
        select(RoundNeed.pack_id, func.sum(RoundNeed.wanted_packs), func.sum(RoundNeed.accepted_packs))
        .where(RoundNeed.buyer_id == organization_id, RoundNeed.round_id == newest)
        .group_by(RoundNeed.pack_id)
    )
    return {pack_id: (int(wanted), int(got)) for pack_id, wanted, got in db.session.execute(query)}


def last_terms(organization_id: int) -> dict[int, Need]:
    """The cooperative's newest need of each pack: its ceiling, terms and place are asked for again."""
    return {need.pack_id: need for need in reversed(needs.needs_of(organization_id))}


def since_days(days: int) -> date:
    """The first of the last `days` days, today included."""
    return clock.today() - timedelta(days=days - 1)


# --- home ------------------------------------------------------------------------------------------

CLOSES_WITHIN = timedelta(hours=48)


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """A round that closes without a need of the cooperative; a pool that is near a better price."""
    if actor.organization_kind != "cooperative":
        return []
    found = []
    if actor.may(Permission.NEEDS_POST):
        found.append(_closing(actor))
    if actor.may(Permission.NEEDS_APPROVE):
        found.append(_near(actor))
    return found


def _task(kind: str, subject: Any, since: Any, detail: Any) -> Select[*tuple[Any, ...]]:
    return select(
        literal(kind, String).label("kind"),
        subject.label("subject_id"),
        since.label("since"),
        cast(detail, String).label("detail"),
        cast(literal(0), BigInteger).label("amount"),
    )


def _closing(actor: Actor) -> Select[*tuple[Any, ...]]:
    now = clock.now()
    asked = exists().where(
        Need.organization_id == actor.organization_id,
        Need.state.in_(("draft", "submitted", "open")),
    )
    return _task("cycle_closing", Round.id, Round.opened_at, Round.title).where(
        Round.state == "open",
        Round.closes_at > now,
        Round.closes_at <= now + CLOSES_WITHIN,
        type_coerce(actor.scope_code, String).startswith(Round.scope_code),
        ~asked,
    )


def _near(actor: Actor) -> Select[*tuple[Any, ...]]:
    """What the person was invited to and has not decided, while the need is still open."""
    link = literal("/kebutuhan/") + cast(Need.id, String) + literal("/kelonggaran")
    widened = exists().where(NeedWidening.need_id == Need.id, NeedWidening.at >= Notice.created_at)
    return (
        _task("pool_near", Need.id, Notice.created_at, Pack.name)
        .join(Notice, Notice.link == link)
        .join(Pack, Pack.id == Need.pack_id)
        .where(
            Notice.kind == "pool_near",
            Notice.user_id == actor.user_id,
            Notice.organization_id == actor.organization_id,
            Notice.created_at >= clock.now() - CLOSES_WITHIN,
            Need.organization_id == actor.organization_id,
            Need.state == "open",
            ~widened,
        )
    )
