"""What may be done with stock. Quantities are base units, costs whole rupiah (weighted average).

Moves that another part explains (a receipt, a sale) are posted to the books by that part; counts,
write-offs and repacking are this part's own facts and are posted here.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from market.commodities import queries as commodities
from market.core import approvals, clock, db, faults, money, quantity, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import SYSTEM, Actor, Permission
from market.ledger import services as ledger
from market.stock import postings, queries
from market.stock.models import Reservation, StockItem, StockMove, WriteOff

WRITE_OFF = "stock_write_off"


def item_for_pack(organization_id: int, pack_id: int) -> StockItem:
    """The organization's stock item of a pack, made at its first use."""
    pack = commodities.pack(pack_id)
    return _ensure_item(
        organization_id,
        f"pack:{pack.code}",
        name=pack.name,
        pack_id=pack.id,
        base_unit=pack.base_unit,
        pack_base=pack.size_base,
        owned=True,
    )


def item_for_product(organization_id: int, product_id: int, name: str) -> StockItem:
    """The stock item of a member's product held on consignment (pieces, no value in our books)."""
    return _ensure_item(
        organization_id,
        f"product:{product_id}",
        name=name,
        pack_id=None,
        base_unit="pcs",
        pack_base=1,
        owned=False,
    )


def _ensure_item(organization_id: int, code: str, **facts: object) -> StockItem:
    query = select(StockItem).where(StockItem.organization_id == organization_id, StockItem.code == code)
    found = db.session.scalar(query)
    if found is None:
        blank = {"on_hand_base": 0, "reserved_base": 0, "value_rp": 0}
        row = {"organization_id": organization_id, "code": code, **blank, **facts}
        db.session.execute(db.insert_ignore(StockItem.__table__), row)
        found = db.session.scalars(query).one()
    return found


def _lock(organization_id: int, item_id: int) -> StockItem:
    """The item as it is now, held until the transaction ends; raises NotFound."""
    query = select(StockItem).where(StockItem.id == item_id, StockItem.organization_id == organization_id)
    item = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if item is None:
        raise NotFound(_("Barang tidak ditemukan."))
    return item


def _move(
    actor: Actor,
    item: StockItem,
    quantity_base: int,
    value_rp: int,
    kind: str,
    source: str,
    occurred_on: date | None = None,
    reason: str = "",
    expires_on: date | None = None,
) -> StockMove:
    item.on_hand_base += quantity_base
    item.value_rp += value_rp
    item.moved_at = clock.now()
    move = StockMove(
        organization_id=item.organization_id,
        item_id=item.id,
        kind=kind,
        quantity_base=quantity_base,
        value_rp=value_rp,
        source=source,
        reason=reason,
        occurred_on=occurred_on or clock.today(),
        at=clock.now(),
        expires_on=expires_on,
        actor_id=actor.user_id,
    )
    db.session.add(move)
    faults.point("stock_move")
    db.session.flush()
    return move


def move_in(
    actor: Actor,
    organization_id: int,
    item_id: int,
    quantity_base: int,
    value_rp: int,
    source: str,
    kind: str = "receipt",
    occurred_on: date | None = None,
    expires_on: date | None = None,
) -> StockMove:
    """Goods come in at a cost (0 for consigned goods). `source` makes it happen once.

    Raises Refused for a quantity or cost that is not positive, NotFound for a foreign item.
    """
    item = _lock(organization_id, item_id)
    if quantity_base <= 0 or value_rp < 0 or (value_rp and not item.owned):
        raise Refused(_("Jumlah barang masuk harus lebih dari nol."), field="quantity")
    return _move(actor, item, quantity_base, value_rp, kind, source, occurred_on, expires_on=expires_on)


def cost_of(item: StockItem, quantity_base: int) -> int:
    """Weighted-average cost of taking this much; the last unit takes what is left."""
    if quantity_base == item.on_hand_base:
        return item.value_rp
    return money.div_round(item.value_rp * quantity_base, item.on_hand_base)


def move_out(
    actor: Actor,
    organization_id: int,
    item_id: int,
    quantity_base: int,
    source: str,
    kind: str = "sale",
    occurred_on: date | None = None,
    reason: str = "",
) -> StockMove:
    """Goods that are free leave; the move's `value_rp` is minus their average cost.

    Raises Refused when fewer are free than asked for.
    """
    item = _lock(organization_id, item_id)
    if quantity_base <= 0:
        raise Refused(_("Jumlah barang keluar harus lebih dari nol."), field="quantity")
    _require_free(item, quantity_base)
    return _move(
        actor, item, -quantity_base, -cost_of(item, quantity_base), kind, source, occurred_on, reason
    )


def _require_free(item: StockItem, quantity_base: int) -> None:
    free = item.on_hand_base - item.reserved_base
    if quantity_base > free:
        left = quantity.format_base(free, item.base_unit)
        raise Refused(_("Stok %(name)s tinggal %(left)s.", name=item.name, left=left), field="quantity")


def reserve(
    actor: Actor,
    organization_id: int,
    item_id: int,
    quantity_base: int,
    source: str,
    expires_at: datetime | None = None,
) -> Reservation:
    """Promise goods to somebody: one conditional UPDATE, so the last sack is promised once.

    Raises Refused when fewer are free than asked for.
    """
    taken = db.session.execute(
        update(StockItem)
        .where(
            StockItem.id == item_id,
            StockItem.organization_id == organization_id,
            StockItem.on_hand_base - StockItem.reserved_base >= quantity_base,
        )
        .values(reserved_base=StockItem.reserved_base + quantity_base)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        _require_free(_lock(organization_id, item_id), quantity_base)
        raise Refused(_("Stok baru saja berubah. Coba lagi."), field="quantity")
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


def _end(actor: Actor, organization_id: int, reservation_id: int, target: str) -> Reservation:
    query = select(Reservation).where(
        Reservation.id == reservation_id, Reservation.organization_id == organization_id
    )
    reservation = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if reservation is None:
        raise NotFound(_("Pesanan stok tidak ditemukan."))
    states.advance(reservation, target, actor)
    item = _lock(organization_id, reservation.item_id)
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
    """End promises whose time is over; returns how many (a scheduled job)."""
    query = select(Reservation.organization_id, Reservation.id).where(
        Reservation.state == "held", Reservation.expires_at <= clock.now()
    )
    expired = list(db.session.execute(query.order_by(Reservation.id)))
    for row in expired:
        release(SYSTEM, row.organization_id, row.id)
    return len(expired)


def count_stock(actor: Actor, item_id: int, counted_base: int, reason: str) -> StockMove | None:
    """Book the difference between the count and the counters; None when there is none.

    Missing goods cost their average; surplus goods come in at the average. Raises Refused when
    fewer were counted than are promised to buyers.
    """
    actor.require(Permission.STOCK_MOVE)
    organization_id = actor.organization_id or 0
    item = _lock(organization_id, item_id)
    difference = counted_base - item.on_hand_base
    if counted_base < item.reserved_base:
        promised = quantity.format_base(item.reserved_base, item.base_unit)
        raise Refused(_("Sudah ada %(promised)s yang dipesan pembeli.", promised=promised), field="counted")
    if difference == 0:
        return None
    if not reason.strip():
        raise Refused(_("Tulis alasan selisihnya."), field="reason")
    value = _value_of_difference(item, difference)
    source = f"stock_count:{item.id}:{queries.move_count(item.id)}"
    move = _move(actor, item, difference, value, "count", source, reason=reason)
    _post(actor, item, postings.for_count(item, move))
    return move


def _value_of_difference(item: StockItem, difference: int) -> int:
    if difference < 0:
        return -cost_of(item, -difference)
    return money.div_round(item.value_rp * difference, item.on_hand_base) if item.on_hand_base else 0


def propose_write_off(actor: Actor, item_id: int, quantity_base: int, reason: str) -> WriteOff:
    """Ask for goods to be written off; another person decides. Raises Refused."""
    actor.require(Permission.STOCK_MOVE)
    item = _lock(actor.organization_id or 0, item_id)
    if quantity_base <= 0:
        raise Refused(_("Jumlah harus lebih dari nol."), field="quantity")
    _require_free(item, quantity_base)
    if not reason.strip():
        raise Refused(_("Tulis alasannya: rusak, kedaluwarsa, atau hilang."), field="reason")
    write_off = WriteOff(
        organization_id=item.organization_id,
        item_id=item.id,
        quantity_base=quantity_base,
        reason=reason,
        created_at=clock.now(),
    )
    db.session.add(write_off)
    db.session.flush()
    states.start(write_off, actor, reason)
    approvals.propose(actor, WRITE_OFF, write_off)
    return write_off


def decide_write_off(actor: Actor, approval_id: int, approve: bool, reason: str = "") -> WriteOff:
    """Approve or reject a write-off; an approved one leaves stock and books at once."""
    actor.require(Permission.STOCK_WRITE_OFF_APPROVE)
    approval = approvals.decide(actor, approval_id, approve, reason)
    write_off = db.session.get_one(WriteOff, approval.subject_id)
    states.advance(write_off, "done" if approve else "rejected", actor, reason)
    if approve:
        move = move_out(
            actor,
            write_off.organization_id,
            write_off.item_id,
            write_off.quantity_base,
            f"write_off:{write_off.id}",
            "write_off",
            reason=write_off.reason,
        )
        item = db.session.get_one(StockItem, write_off.item_id)
        _post(actor, item, postings.for_write_off(item, move))
    return write_off


def repack(actor: Actor, item_id: int, to_pack_id: int, packs: int) -> StockMove:
    """Open bulk packs and fill retail ones of the same commodity: 1 sack of 25 kg gives 5 of 5 kg.

    The cost moves with the goods, so the books do not change. Raises Refused when the sizes do not
    divide evenly, or too few packs are free.
    """
    actor.require(Permission.STOCK_MOVE)
    organization_id = actor.organization_id or 0
    source_item = _lock(organization_id, item_id)
    if source_item.pack_id is None or packs <= 0:
        raise Refused(_("Barang ini tidak bisa dikemas ulang."), field="packs")
    pack, target = commodities.pack(source_item.pack_id), commodities.pack(to_pack_id)
    if pack.commodity_id != target.commodity_id or pack.size_base % target.size_base or pack.id == target.id:
        raise Refused(_("Kemasan tujuan tidak cocok dengan isi kemasan asal."), field="to_pack_id")
    quantity_base = packs * pack.size_base
    source = f"repack:{source_item.id}:{queries.move_count(source_item.id)}"
    out = move_out(actor, organization_id, item_id, quantity_base, source, "repack")
    target_item = item_for_pack(organization_id, target.id)
    return move_in(actor, organization_id, target_item.id, quantity_base, -out.value_rp, source, "repack")


def _post(actor: Actor, item: StockItem, draft: object) -> None:
    if draft is not None:
        ledger.post(actor, item.organization_id, draft)  # type: ignore[arg-type]
