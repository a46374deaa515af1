"""Promises: the last sack is promised once, and every promise ends once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, Table, bindparam, select, update

from market.core import clock, db, history, states
from market.core.errors import NotFound, Refused
from market.core.history import Step
from market.core.i18n import _
from market.core.permissions import SYSTEM, Actor
from market.stock.models import Reservation, StockItem, StockMove
from market.stock.services.moving import lock, move_out, refuse_fewer, require_free

SWEEP_LIMIT = 200
"""How many promises one sweep ends, so that its locks are short."""


def reserve(
    actor: Actor,
    organization_id: int,
    item_id: int,
    quantity_base: int,
    source: str,
    expires_at: datetime | None = None,
) -> Reservation:
    """Promise goods to somebody: one conditional UPDATE, so the last sack is promised once.

    Raises Refused when fewer are free than asked for or the source has its promise already,
    NotFound for a foreign item.
    """
    if quantity_base <= 0:
        raise Refused(_("Jumlah barang harus lebih dari nol."), field="quantity")
    _take(organization_id, item_id, quantity_base)
    _refuse_second(organization_id, item_id, source)
    reservation = Reservation(
        organization_id=organization_id,
        item_id=item_id,
        quantity_base=quantity_base,
        source=source,
        expires_at=expires_at,
        created_at=clock.now(),
    )
    db.session.add(reservation)
    db.session.flush()
    states.start(reservation, actor)
    return reservation


@dataclass(frozen=True)
class Wish:
    """Goods for one promise: so many base units of an item, for the line of a document (`source`)."""

    item_id: int
    quantity_base: int
    source: str


def reserve_all(actor: Actor, organization_id: int, wishes: Sequence[Wish]) -> list[int]:
    """Promise all of it to a document that was just written, or nothing; the promises' ids in their order.

    The rows of the items are held in the order of their ids before anything refers to them, so
    no two baskets wait for each other for ever. The document's own time limit ends the promises.
    Raises Refused for the first item of which fewer are free than asked for, NotFound for a foreign one.
    """
    if any(wish.quantity_base <= 0 for wish in wishes):
        raise Refused(_("Jumlah barang harus lebih dari nol."), field="quantity")
    db.session.flush()
    wanted: dict[int, int] = {}
    for wish in wishes:
        wanted[wish.item_id] = wanted.get(wish.item_id, 0) + wish.quantity_base
    # Before the promises: a row that refers to an item holds it a little, in the order of the rows.
    _hold_free(organization_id, wanted)
    now = clock.now()
    rows = [
        {
            "organization_id": organization_id,
            "item_id": wish.item_id,
            "quantity_base": wish.quantity_base,
            "source": wish.source,
            "created_at": now,
        }
        for wish in wishes
    ]
    ids = db.write_numbered(Reservation, rows)
    first = Reservation.STATES.initial
    history.record_all(actor, [Step("reservation", each, organization_id, first) for each in ids])
    _count_all(wanted)
    return ids


_ITEM = cast("Table", StockItem.__table__)
_FREE = _ITEM.c.on_hand_base - _ITEM.c.reserved_base
_HELD = (
    select(_ITEM.c.id, _ITEM.c.name, _ITEM.c.base_unit, _FREE.label("free_base"))
    .where(
        _ITEM.c.organization_id == bindparam("organization"), _ITEM.c.id.in_(bindparam("ids", expanding=True))
    )
    .order_by(_ITEM.c.id)
    .with_for_update()
)
_COUNT = (
    update(_ITEM)
    .where(_ITEM.c.id == bindparam("item"), bindparam("pieces", type_=_ITEM.c.reserved_base.type) <= _FREE)
    .values(reserved_base=_ITEM.c.reserved_base + bindparam("pieces", type_=_ITEM.c.reserved_base.type))
)


def hold(organization_id: int, item_ids: Collection[int]) -> list[Row[Any]]:
    """The items as they are now (`free_base` among the columns), held in the order of their ids."""
    return list(db.session.execute(_HELD, {"organization": organization_id, "ids": list(item_ids)}))


def _hold_free(organization_id: int, wanted: Mapping[int, int]) -> None:
    held = hold(organization_id, wanted)
    if len(held) < len(wanted):
        raise NotFound(_("Barang tidak ditemukan."))
    for item in held:
        refuse_fewer(item.name, item.base_unit, item.free_base, wanted[item.id])


def _count_all(wanted: Mapping[int, int]) -> None:
    counted = [{"item": item_id, "pieces": wanted[item_id]} for item_id in sorted(wanted)]
    changed = cast("CursorResult[Any]", db.session.execute(_COUNT, counted)).rowcount
    assert changed == len(wanted)
    for item_id in wanted:
        known = db.session.identity_map.get(db.session.identity_key(StockItem, item_id))
        if known is not None:
            db.session.expire(known)


def _take(organization_id: int, item_id: int, quantity_base: int) -> None:
    """Compare-and-set on what is free, and the item in this session as the database has it."""
    db.session.flush()
    taken = db.session.scalar(
        update(StockItem)
        .where(
            StockItem.id == item_id,
            StockItem.organization_id == organization_id,
            StockItem.on_hand_base - StockItem.reserved_base >= quantity_base,
        )
        .values(reserved_base=StockItem.reserved_base + quantity_base)
        .returning(StockItem.id)
        .execution_options(synchronize_session=False)
    )
    item = lock(organization_id, item_id)
    if taken is None:
        require_free(item, quantity_base)
        raise Refused(_("Stok baru saja berubah. Coba lagi."), field="quantity")


def _refuse_second(organization_id: int, item_id: int, source: str) -> None:
    query = select(Reservation.id).where(
        Reservation.organization_id == organization_id,
        Reservation.item_id == item_id,
        Reservation.source == source,
    )
    if db.session.scalar(query) is not None:
        raise Refused(_("Barang ini sudah disisihkan untuk pesanan yang sama."))


def _end(actor: Actor, organization_id: int, reservation_id: int, target: str) -> Reservation:
    query = select(Reservation).where(
        Reservation.id == reservation_id, Reservation.organization_id == organization_id
    )
    reservation = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if reservation is None:
        raise NotFound(_("Pesanan stok tidak ditemukan."))
    states.advance(reservation, target, actor)
    item = lock(organization_id, reservation.item_id)
    item.reserved_base -= reservation.quantity_base
    db.session.flush()
    return reservation


def release(actor: Actor, organization_id: int, reservation_id: int) -> Reservation:
    """Give the promised goods back to everybody; raises IllegalMove when it already ended."""
    return _end(actor, organization_id, reservation_id, "released")


def consume(
    actor: Actor, organization_id: int, reservation_id: int, source: str, kind: str = "sale"
) -> StockMove:
    """Hand the promised goods over: the reservation ends and the goods leave, together."""
    reservation = _end(actor, organization_id, reservation_id, "posted")
    return move_out(actor, organization_id, reservation.item_id, reservation.quantity_base, source, kind)


def release_expired() -> int:
    """End promises whose time is over; returns how many (a scheduled job).

    What another transaction is ending just now is left to it.
    """
    query = (
        select(Reservation.organization_id, Reservation.id)
        .where(Reservation.state == "held", Reservation.expires_at <= clock.now())
        .order_by(Reservation.item_id, Reservation.id)
        .limit(SWEEP_LIMIT)
        .with_for_update(skip_locked=True)
    )
    expired = list(db.session.execute(query))
    for row in expired:
        release(SYSTEM, row.organization_id, row.id)
    return len(expired)
