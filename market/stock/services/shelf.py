"""What people do at the shelf: count, write off with a second person, repack."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from market.commodities import queries as commodities
from market.core import approvals, clock, db, money, quantity, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.ledger import services as ledger
from market.ledger.types import EntryDraft
from market.stock import postings, queries
from market.stock.models import StockItem, StockMove, WriteOff
from market.stock.services.moving import (
    cost_of,
    item_for_pack,
    lock,
    move_in,
    move_out,
    require_free,
    write_move,
)

WRITE_OFF = queries.WRITE_OFF
MAX_REASON = 300


def count_stock(actor: Actor, item_id: int, counted_base: int, reason: str) -> StockMove | None:
    """Book the difference between the count and the counters; None when there is none.

    Missing goods cost their average; surplus goods come in at the average (at nothing when the
    shelf was empty). Raises Refused when fewer were counted than are promised to buyers, or a
    difference has no reason.
    """
    actor.require(Permission.STOCK_MOVE)
    queries.item_for(actor, item_id)
    item = lock(actor.organization_id or 0, item_id)
    if counted_base < 0:
        raise Refused(_("Jumlah tidak boleh kurang dari nol."), field="counted")
    if counted_base < item.reserved_base:
        promised = quantity.format_base(item.reserved_base, item.base_unit)
        raise Refused(_("Sudah ada %(promised)s yang dipesan pembeli.", promised=promised), field="counted")
    difference = counted_base - item.on_hand_base
    if difference == 0:
        return None
    if not reason.strip():
        raise Refused(_("Tulis alasan selisihnya."), field="reason")
    value = _value_of_difference(item, difference)
    source = f"stock_count:{item.id}:{queries.move_count(item.id)}"
    move = write_move(actor, item, difference, value, "count", source, reason=clean(reason, MAX_REASON))
    _post(actor, item, postings.for_count(item, move))
    return move


def _value_of_difference(item: StockItem, difference: int) -> int:
    if difference < 0:
        return -cost_of(item, -difference)
    return money.div_round(item.value_rp * difference, item.on_hand_base) if item.on_hand_base else 0


def propose_write_off(actor: Actor, item_id: int, quantity_base: int, reason: str) -> WriteOff:
    """Ask for goods to be written off; another person decides. Raises Refused."""
    actor.require(Permission.STOCK_MOVE)
    queries.item_for(actor, item_id)
    queries.item_for(actor, item_id)
    item = lock(actor.organization_id or 0, item_id)
    if quantity_base <= 0:
        raise Refused(_("Jumlah harus lebih dari nol."), field="quantity")
    require_free(item, quantity_base)
    if not reason.strip():
        raise Refused(_("Tulis alasannya: rusak, kedaluwarsa, atau hilang."), field="reason")
    write_off = WriteOff(
        organization_id=item.organization_id,
        item_id=item.id,
        quantity_base=quantity_base,
        reason=clean(reason, MAX_REASON),
        created_at=clock.now(),
    )
    db.session.add(write_off)
    db.session.flush()
    states.start(write_off, actor, write_off.reason)
    approvals.propose(actor, WRITE_OFF, write_off)
    return write_off


def decide_write_off(actor: Actor, write_off_id: int, approve: bool, reason: str = "") -> WriteOff:
    """Approve or reject a write-off; an approved one leaves stock and books at once.

    Raises NotFound for another organization's, Refused for one's own, a lapsed one, a refusal
    without reason, or when the goods are no longer free.
    """
    actor.require(Permission.STOCK_WRITE_OFF_APPROVE)
    write_off = queries.write_off_for(actor, write_off_id)
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = approvals.waiting(WRITE_OFF, write_off, write_off.organization_id)
    if waiting is None:
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    approvals.decide(actor, waiting.id, approve, clean(reason, MAX_REASON))
    states.advance(write_off, "done" if approve else "rejected", actor, clean(reason, MAX_REASON))
    if approve:
        _write_off(actor, write_off)
    return write_off


def _write_off(actor: Actor, write_off: WriteOff) -> None:
    source = f"write_off:{write_off.id}"
    organization_id, item_id = write_off.organization_id, write_off.item_id
    move = move_out(
        actor, organization_id, item_id, write_off.quantity_base, source, "write_off", reason=write_off.reason
    )
    item = db.session.get_one(StockItem, item_id)
    _post(actor, item, postings.for_write_off(item, move))


def lapse_write_offs() -> int:
    """Close proposals that nobody decided within 72 hours; returns how many (a scheduled job)."""
    oldest = clock.now() - timedelta(hours=approvals.LAPSES_AFTER_H)
    query = select(WriteOff).where(WriteOff.state == "proposed", WriteOff.created_at <= oldest)
    stale = list(db.session.scalars(query.with_for_update(skip_locked=True)))
    for write_off in stale:
        states.advance(write_off, "lapsed", SYSTEM, stored("lewat 72 jam"))
    return len(stale)


def repack(actor: Actor, item_id: int, to_pack_id: int, packs: int) -> StockMove:
    """Open bulk packs and fill retail ones of the same commodity: 1 sack of 25 kg gives 5 of 5 kg.

    The cost moves with the goods, so the books do not change. Raises Refused when the sizes do not
    divide evenly, or too few packs are free.
    """
    actor.require(Permission.STOCK_MOVE)
    organization_id = actor.organization_id or 0
    item = lock(organization_id, item_id)
    if item.pack_id is None or packs <= 0:
        raise Refused(_("Barang ini tidak bisa dikemas ulang."), field="packs")
    pack, target = commodities.pack(item.pack_id), commodities.pack(to_pack_id)
    if not queries.divides(pack, target):
        raise Refused(_("Kemasan tujuan tidak cocok dengan isi kemasan asal."), field="to_pack_id")
    quantity_base = packs * pack.size_base
    require_free(item, quantity_base, field="packs")
    source = f"repack:{item.id}:{queries.move_count(item.id)}"
    expires_on = queries.earliest_expiry(item.id)
    out = move_out(actor, organization_id, item_id, quantity_base, source, "repack")
    into = item_for_pack(organization_id, target.id)
    return move_in(
        actor,
        organization_id,
        into.id,
        quantity_base,
        -out.value_rp,
        source,
        "repack",
        expires_on=expires_on,
    )


def _post(actor: Actor, item: StockItem, draft: EntryDraft | None) -> None:
    if draft is not None:
        ledger.post(actor, item.organization_id, draft)
