"""What is asked of stock: what lies where, since when, and which moves explain it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, literal, or_, select
from sqlalchemy.sql import Select

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db, money
from market.core.approvals import LAPSES_AFTER_H, Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import User
from market.stock.models import Reservation, StockItem, StockMove, WriteOff

WRITE_OFF = "stock_write_off"
"""The kind of two-person act by which goods are written off."""
HERE = StockItem.kept == "here"
"""Goods that lie in the shop: what its makers keep at home or can make is promised, not counted."""
TRADED = or_(HERE, StockMove.kind == "sale")
"""Moves that say something of the shop: what came, went or was counted there, and every sale."""


def stock_of(organization_id: int) -> list[StockItem]:
    """Everything that lies or lay in the organization's shop, by name."""
    query = select(StockItem).where(StockItem.organization_id == organization_id, HERE)
    return list(db.session.scalars(query.order_by(StockItem.name, StockItem.id)))


def item_for(actor: Actor, item_id: int) -> StockItem:
    """An item of the actor's own organization; raises NotFound."""
    query = select(StockItem).where(
        StockItem.id == item_id, StockItem.organization_id == actor.organization_id, HERE
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Barang tidak ditemukan."))
    return found


def item_by_code(organization_id: int, code: str) -> StockItem | None:
    """The item with this code, if the organization has one."""
    query = select(StockItem).where(StockItem.organization_id == organization_id, StockItem.code == code)
    return db.session.scalar(query)


def free_base(item_id: int) -> int:
    """Base units that nobody has been promised."""
    query = select(StockItem.on_hand_base - StockItem.reserved_base).where(StockItem.id == item_id)
    return db.session.scalar(query) or 0


def move_count(item_id: int) -> int:
    """How many moves the item has had."""
    return db.session.scalar(select(func.count()).where(StockMove.item_id == item_id)) or 0


def moves_of(item_id: int, limit: int = 50) -> list[StockMove]:
    """The newest moves first."""
    query = select(StockMove).where(StockMove.item_id == item_id).order_by(StockMove.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def move_for(actor: Actor, move_id: int) -> StockMove:
    """A move in the actor's own organization; raises NotFound."""
    query = (
        select(StockMove)
        .join(StockItem, StockItem.id == StockMove.item_id)
        .where(StockMove.id == move_id, StockMove.organization_id == actor.organization_id, HERE)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Pergerakan stok tidak ditemukan."))
    return found


def moves(item_id: int) -> Select[Any]:
    """Moves of an item with the name of who did them, for a page of them."""
    query: Select[Any] = select(StockMove, User.name)  # type: ignore[assignment]
    return query.outerjoin(User, User.id == StockMove.actor_id).where(StockMove.item_id == item_id)


def promises_of(item_id: int) -> list[Reservation]:
    """Goods that are promised to somebody now, oldest first."""
    query = select(Reservation).where(
        Reservation.item_id == item_id, Reservation.state.in_(("held", "releasing"))
    )
    return list(db.session.scalars(query.order_by(Reservation.id)))


def divides(pack: Pack, target: Pack) -> bool:
    """Whether one pack fills whole target packs of the same commodity."""
    same = pack.commodity_id == target.commodity_id and pack.id != target.id
    return same and pack.size_base > target.size_base and pack.size_base % target.size_base == 0


def repack_targets(item: StockItem) -> list[Pack]:
    """Smaller packs that the packs of this item can be opened into, the largest first."""
    if item.pack_id is None:
        return []
    pack = commodities.pack(item.pack_id)
    return [target for target in commodities.packs() if divides(pack, target)]


# --- age: what is left is what came last -----------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """What is left of one arrival."""

    item_id: int
    quantity_base: int
    since_on: date
    expires_on: date | None


def layers(organization_id: int, item_id: int | None = None) -> dict[int, list[Layer]]:
    """Per item what still lies there, newest arrival first: the oldest goods are sold first."""
    running = func.sum(StockMove.quantity_base).over(
        partition_by=StockMove.item_id, order_by=StockMove.id.desc()
    )
    arrivals = select(
        StockMove.id,
        StockMove.item_id,
        StockMove.quantity_base,
        StockMove.occurred_on,
        StockMove.expires_on,
        running.label("running"),
    ).where(StockMove.organization_id == organization_id, StockMove.quantity_base > 0)
    if item_id is not None:
        arrivals = arrivals.where(StockMove.item_id == item_id)
    arrived = arrivals.subquery()
    before = arrived.c.running - arrived.c.quantity_base
    query = (
        select(arrived, (StockItem.on_hand_base - before).label("left"))
        .join(StockItem, StockItem.id == arrived.c.item_id)
        .where(before < StockItem.on_hand_base, HERE)
        .order_by(arrived.c.id.desc())
    )
    found: defaultdict[int, list[Layer]] = defaultdict(list)
    for row in db.session.execute(query):
        kept = min(int(row.left), row.quantity_base)
        found[row.item_id].append(Layer(row.item_id, kept, row.occurred_on, row.expires_on))
    return found


def earliest_expiry(item_id: int) -> date | None:
    """The first day on which something that still lies there expires."""
    organization_id = db.session.get_one(StockItem, item_id).organization_id
    kept = layers(organization_id, item_id).get(item_id, [])
    return min((layer.expires_on for layer in kept if layer.expires_on), default=None)


@dataclass(frozen=True)
class ShelfRow:
    """One good on the shelf as the list of stock shows it."""

    item: StockItem
    age_days: int | None
    expires_on: date | None

    @property
    def free_base(self) -> int:
        return self.item.on_hand_base - self.item.reserved_base


def shelf(organization_id: int) -> list[ShelfRow]:
    """What lies on the shelf now, by name, with the age of the oldest and the first expiry."""
    kept, today_on = layers(organization_id), clock.today()
    rows = []
    for item in stock_of(organization_id):
        if item.on_hand_base:
            mine = kept.get(item.id, [])
            oldest = min((layer.since_on for layer in mine), default=None)
            expiry = min((layer.expires_on for layer in mine if layer.expires_on), default=None)
            rows.append(ShelfRow(item, (today_on - oldest).days if oldest else None, expiry))
    return rows


AGE_STEPS = (7, 30, 60)
"""Days at which stock is called fresh, slowing, slow; older than the last is dead money."""


def value_by_age(organization_id: int) -> list[int]:
    """Value of the stock in whole rupiah by age: up to each of AGE_STEPS, and older."""
    sums = [0] * (len(AGE_STEPS) + 1)
    items = {item.id: item for item in stock_of(organization_id) if item.value_rp}
    today_on = clock.today()
    for item_id, mine in layers(organization_id).items():
        if item_id in items:
            item = items[item_id]
            shares = money.split(item.value_rp, [layer.quantity_base for layer in mine])
            for layer, share in zip(mine, shares, strict=True):
                age = (today_on - layer.since_on).days
                sums[sum(age > most for most in AGE_STEPS)] += share
    return sums


def values_by_organization(organization_ids: list[int]) -> dict[int, Row[int, int, int, object]]:
    """Per organization: value on hand, number of goods on hand, last move."""
    query = (
        select(
            StockItem.organization_id,
            func.sum(StockItem.value_rp).label("value_rp"),
            func.sum(literal(1)).filter(StockItem.on_hand_base > 0).label("goods"),
            func.max(StockItem.moved_at).label("moved_at"),
        )
        .where(StockItem.organization_id.in_(organization_ids), HERE)
        .group_by(StockItem.organization_id)
    )
    return {row.organization_id: row for row in db.session.execute(query)}


# --- write-offs ------------------------------------------------------------------------------------


def write_off_for(actor: Actor, write_off_id: int) -> WriteOff:
    """A write-off of the actor's own organization; raises NotFound."""
    query = select(WriteOff).where(
        WriteOff.id == write_off_id, WriteOff.organization_id == actor.organization_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Usulan tidak ditemukan."))
    return found


def _waiting() -> tuple[object, ...]:
    """Conditions of a proposal that can still be decided."""
    return (
        Approval.kind == WRITE_OFF,
        Approval.state == "proposed",
        Approval.proposed_at > clock.now() - timedelta(hours=LAPSES_AFTER_H),
    )


def waiting_write_offs(organization_id: int) -> Sequence[Row[WriteOff, StockItem, Approval]]:
    """Write-offs that wait for a second person, oldest first, with the good and the proposal."""
    query = (
        select(WriteOff, StockItem, Approval)
        .join(StockItem, StockItem.id == WriteOff.item_id)
        .join(Approval, Approval.subject_id == WriteOff.id)
        .where(WriteOff.organization_id == organization_id, WriteOff.state == "proposed", *_waiting())  # type: ignore[arg-type]
        .order_by(WriteOff.id)
    )
    return db.session.execute(query).all()


def past_write_offs(organization_id: int, limit: int = 20) -> Sequence[Row[WriteOff, StockItem]]:
    """Write-offs that were decided, newest first."""
    query = (
        select(WriteOff, StockItem)
        .join(StockItem, StockItem.id == WriteOff.item_id)
        .where(WriteOff.organization_id == organization_id, WriteOff.state != "proposed")
        .order_by(WriteOff.id.desc())
        .limit(limit)
    )
    return db.session.execute(query).all()


def today(actor: Actor) -> Select[str, int, object, str, int] | None:
    """Write-offs that somebody else proposed and that wait for this person."""
    if actor.organization_id is None or not actor.may(Permission.STOCK_WRITE_OFF_APPROVE):
        return None
    return (
        select(
            literal("write_off_waits").label("kind"),
            WriteOff.id.label("subject_id"),
            WriteOff.created_at.label("since"),
            StockItem.name.label("detail"),
            WriteOff.quantity_base.label("amount"),
        )
        .join(StockItem, StockItem.id == WriteOff.item_id)
        .join(Approval, Approval.subject_id == WriteOff.id)
        .where(
            WriteOff.organization_id == actor.organization_id,
            WriteOff.state == "proposed",
            Approval.proposed_by != actor.user_id,
            *_waiting(),  # type: ignore[arg-type]
        )
    )
