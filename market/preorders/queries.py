"""What is asked of pre-orders: what is open, who wants what, what waits for the cooperative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, func, literal, or_, select

from market.commodities.models import Commodity, Pack
from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.needs.models import Need
from market.preorders.models import PreOrder, PreOrderWish
from market.retail.models import RetailOrder

MAX_ID = 2**63 - 1
LOST_NEEDS = ("withdrawn", "expired", "rejected")
"""A need in one of these brings nothing."""


def _one(query: Select[PreOrder], preorder_id: int, lock: bool) -> PreOrder:
    if lock:
        query = query.with_for_update(of=PreOrder).execution_options(populate_existing=True)
    found = db.session.scalar(query) if 0 < preorder_id <= MAX_ID else None
    if found is None:
        raise NotFound(_("Pra-pesan tidak ditemukan."))
    return found


def preorder_for(actor: Actor, preorder_id: int, lock: bool = False) -> PreOrder:
    """A pre-order of the actor's cooperative; raises NotFound."""
    query = select(PreOrder).where(
        PreOrder.id == preorder_id, PreOrder.organization_id == actor.organization_id
    )
    return _one(query, preorder_id, lock)


def preorder_by_id(preorder_id: int, lock: bool = False) -> PreOrder:
    """For everybody (its page is public) and for jobs; raises NotFound."""
    return _one(select(PreOrder).where(PreOrder.id == preorder_id), preorder_id, lock)


def preorders_of(organization_id: int, limit: int = 50) -> list[PreOrder]:
    """The cooperative's pre-orders, newest first."""
    query = select(PreOrder).where(PreOrder.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(PreOrder.id.desc()).limit(limit)))


def open_preorders(organization_id: int) -> list[PreOrder]:
    """What residents may order now, the next to close first."""
    query = select(PreOrder).where(
        PreOrder.organization_id == organization_id,
        PreOrder.state == "open",
        PreOrder.closes_at > clock.now(),
    )
    return list(db.session.scalars(query.order_by(PreOrder.closes_at, PreOrder.id)))


def due(now: datetime, limit: int = 100) -> list[int]:
    """Open pre-orders whose time is over."""
    query = select(PreOrder.id).where(PreOrder.state == "open", PreOrder.closes_at <= now)
    return list(db.session.scalars(query.order_by(PreOrder.closes_at, PreOrder.id).limit(limit)))


def wishes_of(preorder_id: int, states: Sequence[str] = (), lock: bool = False) -> list[PreOrderWish]:
    """Households of a pre-order, without those that stepped back unless asked for."""
    query = select(PreOrderWish).where(PreOrderWish.preorder_id == preorder_id)
    where = PreOrderWish.state.in_(states) if states else PreOrderWish.state != "withdrawn"
    query = query.where(where).order_by(PreOrderWish.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def wish_by_token(token: str, lock: bool = False) -> PreOrderWish:
    """The wish behind a secret link; raises NotFound."""
    return _wish(select(PreOrderWish).where(PreOrderWish.token == token), lock)


def wish_for(actor: Actor, wish_id: int, lock: bool = False) -> PreOrderWish:
    """A household's wish at the actor's cooperative; raises NotFound."""
    query = select(PreOrderWish).where(
        PreOrderWish.id == min(wish_id, MAX_ID), PreOrderWish.organization_id == actor.organization_id
    )
    return _wish(query, lock)


def _wish(query: Select[PreOrderWish], lock: bool) -> PreOrderWish:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return found


def wish_of_phone(preorder_id: int, phone: str) -> PreOrderWish | None:
    """The live wish of a household."""
    query = select(PreOrderWish).where(
        PreOrderWish.preorder_id == preorder_id,
        PreOrderWish.phone == phone,
        PreOrderWish.state != "withdrawn",
    )
    return db.session.scalar(query)


@dataclass(frozen=True)
class Asked:
    """What the households of a pre-order want together, in residents' packs."""

    households: int = 0
    wanted: int = 0
    at_most: int = 0


def asked(preorder_ids: Sequence[int]) -> dict[int, Asked]:
    """The sums of several pre-orders in one query."""
    query = (
        select(
            PreOrderWish.preorder_id,
            func.count().label("households"),
            cast(func.sum(PreOrderWish.wanted), BigInteger).label("wanted"),
            cast(func.sum(PreOrderWish.at_most), BigInteger).label("at_most"),
        )
        .where(PreOrderWish.preorder_id.in_(preorder_ids), PreOrderWish.state != "withdrawn")
        .group_by(PreOrderWish.preorder_id)
    )
    found = {
        row.preorder_id: Asked(row.households, row.wanted, row.at_most) for row in db.session.execute(query)
    }
    return {preorder_id: found.get(preorder_id, Asked()) for preorder_id in preorder_ids}


def preorders_of_need(need_id: int) -> list[PreOrder]:
    """The pre-orders whose sum stands in a need."""
    query = select(PreOrder).where(PreOrder.need_id == need_id)
    return list(db.session.scalars(query.order_by(PreOrder.id)))


def draft_fed_by_preorders(preorder: PreOrder) -> Need | None:
    """The draft need of the same good and cycle: fed by pre-orders, not due after this one's pickup."""
    fed = select(PreOrder.need_id).where(
        PreOrder.organization_id == preorder.organization_id,
        PreOrder.bulk_pack_id == preorder.bulk_pack_id,
        PreOrder.need_id.is_not(None),
    )
    query = select(Need).where(
        Need.id.in_(fed),
        Need.state == "draft",
        Need.needed_by_on >= clock.today(),
        Need.needed_by_on <= preorder.pickup_from_on,
    )
    query = query.order_by(Need.id.desc()).limit(1)
    return db.session.scalar(query.with_for_update(of=Need).execution_options(populate_existing=True))


def missed_before(preorder: PreOrder) -> dict[str, int]:
    """Units that a household wanted and did not get in the last pre-order of the same good, by phone."""
    last = db.session.scalar(
        select(func.max(PreOrder.id)).where(
            PreOrder.organization_id == preorder.organization_id,
            PreOrder.pack_id == preorder.pack_id,
            PreOrder.id < preorder.id,
            PreOrder.follows_id.is_(None),
            PreOrder.state == "ready",
        )
    )
    if last is None:
        return {}
    had = _given_by_phone(last)
    query = select(PreOrderWish.phone, PreOrderWish.wanted).where(
        PreOrderWish.preorder_id == last, PreOrderWish.state != "withdrawn"
    )
    found = {phone: int(wanted) - had.get(phone, 0) for phone, wanted in db.session.execute(query)}
    return {phone: units for phone, units in found.items() if units > 0}


def _of_all_shares(first_id: int) -> ColumnElement[bool]:
    """A pre-order and those that share out what came later for it."""
    return or_(PreOrder.id == first_id, PreOrder.follows_id == first_id)


def _given_by_phone(first_id: int) -> dict[str, int]:
    query = (
        select(PreOrderWish.phone, cast(func.sum(PreOrderWish.given), BigInteger))
        .join(PreOrder, PreOrder.id == PreOrderWish.preorder_id)
        .where(_of_all_shares(first_id), PreOrderWish.state != "withdrawn")
        .group_by(PreOrderWish.phone)
    )
    return {phone: int(units) for phone, units in db.session.execute(query)}


def short_of(first: PreOrder) -> list[tuple[PreOrderWish, int]]:
    """Wishes of a shared pre-order that lack some of what they wanted, with what they had so far.

    Who let a share lie, or gave it back, lacks nothing.
    """
    had, left = _given_by_phone(first.id), _left_lying(first.id)
    wishes = wishes_of(first.id)
    return [
        (wish, had.get(wish.phone, 0))
        for wish in wishes
        if wish.phone not in left and had.get(wish.phone, 0) < wish.wanted
    ]


def _left_lying(first_id: int) -> set[str]:
    over = or_(PreOrderWish.state == "expired", RetailOrder.state.in_(("expired", "cancelled")))
    query = (
        select(PreOrderWish.phone)
        .join(PreOrder, PreOrder.id == PreOrderWish.preorder_id)
        .outerjoin(RetailOrder, RetailOrder.id == PreOrderWish.order_id)
        .where(_of_all_shares(first_id), over)
    )
    return set(db.session.scalars(query))


def followers(first_id: int) -> list[PreOrder]:
    """Pre-orders in which later goods were shared, oldest first."""
    query = select(PreOrder).where(PreOrder.follows_id == first_id)
    return list(db.session.scalars(query.order_by(PreOrder.id)))


def waiting_at_counter(organization_id: int) -> list[PreOrderWish]:
    """Wishes for goods of the counter that nobody collected yet."""
    query = select(PreOrderWish).where(
        PreOrderWish.organization_id == organization_id,
        PreOrderWish.state == "ready",
        PreOrderWish.reservation_id.is_not(None),
    )
    return list(db.session.scalars(query.order_by(PreOrderWish.id)))


def uncollected(limit: int = 100) -> list[PreOrderWish]:
    """Goods of the counter whose pickup days are over."""
    query = (
        select(PreOrderWish)
        .join(PreOrder, PreOrder.id == PreOrderWish.preorder_id)
        .where(
            PreOrderWish.state == "ready",
            PreOrderWish.reservation_id.is_not(None),
            PreOrder.pickup_until_on < clock.today(),
        )
        .order_by(PreOrderWish.id)
        .limit(limit)
    )
    return list(db.session.scalars(query.with_for_update(of=PreOrderWish, skip_locked=True)))


# --- home ------------------------------------------------------------------------------------------


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Drafts that pre-orders filled, goods that came and wait to be shared, pre-orders that got nothing."""
    mine = (PreOrder.organization_id == actor.organization_id) & (PreOrder.state == "closed")
    lost = or_(Need.state.in_(LOST_NEEDS), PreOrder.need_id.is_(None))
    tasks = []
    if actor.may(Permission.NEEDS_POST):
        tasks.append(_task("preorder_draft", mine & (Need.state == "draft"), Need.id))
        tasks.append(_task("preorder_lost", mine & lost, PreOrder.id))
    if actor.may(Permission.RETAIL_HAND_OVER):
        tasks.append(_task("preorder_to_share", mine & (Need.state == "fulfilled"), PreOrder.id))
    return tasks


def _task(kind: str, where: Any, subject: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal(kind, String).label("kind"),
            subject.label("subject_id"),
            PreOrder.state_at.label("since"),
            cast(Commodity.name, String).label("detail"),
            cast(PreOrder.wanted_units, BigInteger).label("amount"),
        )
        .join(Pack, Pack.id == PreOrder.pack_id)
        .join(Commodity, Commodity.id == Pack.commodity_id)
        .outerjoin(Need, Need.id == PreOrder.need_id)
        .where(where)
    )
