"""A neighbour takes a lot for a need of its own; goods leave, arrive, and what did not arrive is cleared."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db, faults, money, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, format_datetime, lazy, stored
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.core.text import clean
from market.ledger import services as ledger
from market.ledger.types import EntryDraft
from market.needs import services as needs
from market.notices.services import notify
from market.stock import queries as stock_queries
from market.stock import services as stock
from market.transfers import postings, queries
from market.transfers.models import SHORTAGES, StockTransfer
from market.transfers.services.offering import path_of, require_ceiling, split_off

SEND_DAYS = Parameter(
    "transfers.send_days",
    3,
    "assumption: neighbours are an hour apart",
    *(1, 30, lazy("Barang untuk tetangga dikirim dalam"), lazy("hari")),
)
SENDERS = (Role.SECRETARY, Role.TREASURER, Role.CASHIER)
MAX_NOTE = 300


def accept_stock(actor: Actor, transfer_id: int, packs: int) -> StockTransfer:
    """Take `packs` of a neighbour's lot for the own need that they answer; the rest stays on offer.

    While the nearest come first a cooperative takes what is kept for its need, afterwards up to what the need
    wants at most. Raises Forbidden, NotFound, Conflict when somebody was faster, Refused at `packs`.
    """
    actor.require(Permission.NEEDS_APPROVE)
    lot = queries.transfer_for(actor, transfer_id, lock=True)
    if lot.state != "offered" or lot.ends_at <= clock.now():
        raise Conflict(_("Barang ini baru saja diambil atau ditarik."))
    if lot.organization_id == actor.organization_id:
        raise Refused(_("Ini barang koperasi Anda sendiri."))
    wish = _wish(actor, lot)
    most = _most(lot, wish)
    if not 0 < packs <= most:
        raise Refused(
            _("Bisa diambil paling banyak %(most)s %(word)s.", most=most, word=lot.pack.unit_word),
            field="packs",
        )
    require_ceiling(lot.pack, wish.need.place_code, lot.price_rp)
    if packs < lot.packs:
        split_off(actor, lot, packs)
    _take(actor, lot, wish)
    return lot


def _wish(actor: Actor, lot: StockTransfer) -> queries.Wish:
    ours = [wish for wish in queries.wishes(lot) if wish.need.organization_id == actor.organization_id]
    if not ours:
        raise Refused(_("Pasang kebutuhan barang ini dahulu dan minta persetujuan, lalu ambil di sini."))
    return ours[0]


def _most(lot: StockTransfer, wish: queries.Wish) -> int:
    if lot.near_until > clock.now():
        if not wish.packs:
            until = format_datetime(lot.near_until)
            raise Refused(_("Koperasi yang lebih dekat didahulukan sampai %(until)s.", until=until))
        return wish.packs
    return min(lot.packs, wish.need.at_most_packs)


def _take(actor: Actor, lot: StockTransfer, wish: queries.Wish) -> None:
    promise = stock.reserve(
        actor, lot.organization_id, lot.item_id, lot.quantity_base, f"transfer:{lot.id}", expires_at=None
    )
    ends_at = clock.now() + timedelta(days=SEND_DAYS.value())
    taken = {
        "receiver_id": actor.organization_id,
        "need_id": wish.need.id,
        "reservation_id": promise.id,
        "ends_at": ends_at,
    }
    states.advance(lot, "accepted", actor, also=taken)
    faults.point("transfers.accepted")
    needs.take_into_round(SYSTEM, [wish.need.id])
    needs.mark_matched(SYSTEM, wish.need.id, lot.packs)
    title = lazy("%(name)s mengambil %(good)s", name=actor.organization_name, good=lot.pack.name)
    body = lazy(
        "%(packs)s %(word)s, kirim sebelum %(until)s.",
        packs=lot.packs,
        word=lot.pack.unit_word,
        until=format_datetime(ends_at),
    )
    notify(lot.organization_id, SENDERS, "lot_taken", title, body, path_of(lot))


def send_stock(actor: Actor, transfer_id: int) -> StockTransfer:
    """The goods leave the giver's shelf at cost and are on the way. Raises Forbidden, NotFound, IllegalMove.

    Should cost have fallen since the offer, the neighbour pays the lower cost.
    """
    actor.require(Permission.STOCK_MOVE)
    lot = queries.given_by(actor, transfer_id)
    expires_on = stock_queries.earliest_expiry(lot.item_id)
    states.advance(lot, "sent", actor, also={"sent_by": actor.user_id, "expires_on": expires_on})
    source = f"transfer_sent:{lot.id}"
    move = stock.consume(actor, lot.organization_id, lot.reservation_id or 0, source, "transfer_out")
    lot.cost_rp = -move.value_rp
    lot.amount_rp = min(lot.packs * lot.price_rp, lot.cost_rp)
    db.session.flush()
    faults.point("transfers.sent")
    ledger.post(actor, lot.organization_id, postings.for_sent(lot))
    title = lazy("%(name)s mengirim %(good)s", name=actor.organization_name, good=lot.pack.name)
    body = lazy("%(packs)s %(word)s. Hitung ketika tiba.", packs=lot.packs, word=lot.pack.unit_word)
    notify(lot.receiver_id or 0, (*SENDERS, Role.CHAIR), "lot_sent", title, body, path_of(lot))
    return lot


def receive_stock(
    actor: Actor, transfer_id: int, packs: int, shortage: str = "", note: str = ""
) -> StockTransfer:
    """What arrived enters the receiver's shelf at the agreed price; both books say so at once.

    Raises Forbidden, NotFound, IllegalMove, Refused at `packs` for more than was sent and at `shortage` when
    fewer arrived without a reason.
    """
    actor.require(Permission.GOODS_RECEIVE)
    lot = queries.taken_by(actor, transfer_id)
    if not 0 <= packs <= lot.packs:
        raise Refused(_("Dikirim %(packs)s. Isi antara 0 dan itu.", packs=lot.packs), field="packs")
    if packs < lot.packs and shortage not in SHORTAGES:
        raise Refused(_("Pilih sebab kurangnya."), field="shortage")
    arrived = {
        "received_packs": packs,
        "owed_rp": money.div_round(lot.amount_rp * packs, lot.packs),
        "shortage": shortage if packs < lot.packs else "",
        "note": clean(note, MAX_NOTE),
    }
    target = "received" if packs == lot.packs else "short" if packs else "rejected"
    states.advance(lot, target, actor, arrived["note"], also=arrived)  # type: ignore[arg-type]
    if packs:
        _take_in(actor, lot)
    _answer_need(lot)
    _tell_giver(actor, lot)
    return lot


def _take_in(actor: Actor, lot: StockTransfer) -> None:
    receiver_id = lot.receiver_id or 0
    item = stock.item_for_pack(receiver_id, lot.pack_id)
    stock.move_in(
        actor,
        receiver_id,
        item.id,
        lot.received_packs * lot.pack.size_base,
        lot.owed_rp,
        f"transfer_received:{lot.id}",
        "transfer_in",
        expires_on=lot.expires_on,
    )
    faults.point("transfers.received")
    entries: list[tuple[int, EntryDraft]] = [
        (lot.organization_id, postings.for_arrival(lot)),
        (receiver_id, postings.for_receipt(lot)),
    ]
    for organization_id, draft in sorted(entries, key=lambda entry: entry[0]):  # both heads in one order
        ledger.post(actor, organization_id, draft)


def _answer_need(lot: StockTransfer) -> None:
    """The need has what arrived; what it still wants is asked for again."""
    if lot.need_id is None:
        return
    if not lot.received_packs:
        needs.return_to_open(
            SYSTEM, lot.need_id, stored("barang tetangga %(number)s ditolak", number=lot.number)
        )
        return
    needs.mark_matched(SYSTEM, lot.need_id, lot.received_packs)
    needs.carry_over(SYSTEM, lot.need_id)
    needs.mark_fulfilled(SYSTEM, lot.need_id)


def _tell_giver(actor: Actor, lot: StockTransfer) -> None:
    title = lazy("%(name)s menerima %(good)s", name=actor.organization_name, good=lot.pack.name)
    body = lazy(
        "%(packs)s dari %(sent)s %(word)s, %(rp)s menjadi piutang Anda.",
        packs=lot.received_packs,
        sent=lot.packs,
        word=lot.pack.unit_word,
        rp=money.format_rp(lot.owed_rp),
    )
    notify(lot.organization_id, SENDERS, "lot_received", title, body, path_of(lot))


def clear_rest(actor: Actor, transfer_id: int, returned_packs: int) -> StockTransfer:
    """The giver says what of a short lot came back to its shelf; the rest is lost and costs it.

    A loss is booked by somebody who did not send the goods. Raises Forbidden, NotFound, IllegalMove, Refused
    at `returned_packs`.
    """
    actor.require(Permission.STOCK_MOVE)
    lot = queries.given_by(actor, transfer_id)
    missing = lot.missing_packs
    if not 0 <= returned_packs <= missing:
        raise Refused(_("Yang tidak diterima %(missing)s.", missing=missing), field="returned_packs")
    lost = missing - returned_packs
    if lost:
        actor.require(Permission.STOCK_WRITE_OFF_APPROVE)
        if actor.user_id == lot.sent_by:
            raise Refused(_("Barang hilang harus dicatat orang lain, bukan yang mengirim."))
    cleared = {"returned_packs": returned_packs, "lost_packs": lost, "cleared_by": actor.user_id}
    states.advance(lot, "closed", actor, also=cleared)
    rest_rp = lot.cost_rp - postings.cost_of_received(lot)
    back_rp = money.div_round(rest_rp * returned_packs, missing)
    if returned_packs:
        _put_back(actor, lot, back_rp)
    faults.point("transfers.cleared")
    ledger.post(actor, lot.organization_id, postings.for_clearing(lot, back_rp))
    return lot


def _put_back(actor: Actor, lot: StockTransfer, value_rp: int) -> None:
    stock.move_in(
        actor,
        lot.organization_id,
        lot.item_id,
        lot.returned_packs * lot.pack.size_base,
        value_rp,
        f"transfer_cleared:{lot.id}",
        "transfer_back",
        expires_on=lot.expires_on,
    )
