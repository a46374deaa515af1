"""Makers answer: all of it, fewer pieces, or not at all. Silence is an answer, too."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from market.core import clock, db, faults, jobs, money, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.retail import queries, queries_parts
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_parts import RetailPart
from market.retail.services import extras, parting, paying
from market.retail.services.holding import lock_goods
from market.stock import services as stock
from market.stock.models import Reservation

log = logging.getLogger(__name__)
MAX_REASON = 200


def accept_part(actor: Actor, part_id: int) -> RetailPart:
    """Everything of it will come. Raises NotFound, IllegalMove for one that was answered or has lapsed."""
    _order, part = _held(actor, part_id)
    states.advance(part, "accepted", actor)
    return part


def answer_fewer(actor: Actor, part_id: int, kept: Mapping[int, int], reason: str) -> RetailPart:
    """Only so many pieces of each line {line id: pieces} will come; the rest is given back to the buyer.

    Nothing of all lines is a refusal. Raises NotFound, Conflict for a part that has ended, Refused for a
    number that was not ordered, no fewer than before, or no reason.
    """
    order, part = _held(actor, part_id)
    lines = queries_parts.lines_of_part(part.id)
    fewer = {line: line.kept - kept.get(line.id, line.kept) for line in lines}
    if any(not 0 <= pieces <= line.kept for line, pieces in fewer.items()):
        raise Refused(_("Jumlahnya antara 0 dan yang dipesan."), field="kept")
    if not any(fewer.values()):
        raise Refused(_("Semua masih sama. Tekan Sanggup bila semuanya ada."), field="kept")
    if all(pieces == line.kept for line, pieces in fewer.items()):
        return _refuse(actor, order, part, "refused", _reason(reason))
    if part.state == "waiting":
        states.advance(part, "accepted", actor, reason)
    part.reason = _reason(reason)
    _drop(actor, order, part, fewer)
    _settle(actor, order, part, part.reason)
    return part


def refuse_part(actor: Actor, part_id: int, reason: str) -> RetailPart:
    """Nothing of it will come. Raises NotFound, IllegalMove for one that has ended, Refused for no reason."""
    order, part = _held(actor, part_id)
    return _refuse(actor, order, part, "refused", _reason(reason))


def lapse_parts() -> int:
    """Silence until the deadline is a refusal (a scheduled job); returns how many."""
    return sum(_lapse(order_id, part_id) for order_id, part_id in queries_parts.late_parts())


def _lapse(order_id: int, part_id: int) -> bool:
    try:
        with db.session.begin_nested():
            order = queries.order_by_id(order_id, lock=True)
            part = next(each for each in queries_parts.parts_of(order_id, lock=True) if each.id == part_id)
            if part.state != "waiting" or part.answer_by is None or part.answer_by > clock.now():
                return False
            _refuse(SYSTEM, order, part, "lapsed", stored("penjual tidak menjawab sampai batas waktu"))
    except Exception:
        log.exception("retail part %s could not lapse", part_id)
        return False
    return True


def _reason(reason: str) -> str:
    found = clean(reason, MAX_REASON)
    if not found:
        raise Refused(_("Tulis alasannya. Pembeli membacanya."), field="reason")
    return found


def _held(actor: Actor, part_id: int) -> tuple[RetailOrder, RetailPart]:
    """The part and its order, locked in the order of everybody: order, parts, goods, payment.

    A maker answers for her own goods, the counter for what lies in the shop or for who said it by phone.
    """
    seen = queries_parts.part_for(actor, part_id)
    counter = seen.organization_id == actor.organization_id
    actor.require(Permission.RETAIL_HAND_OVER if counter else Permission.RETAIL_ANSWER)
    order = queries.order_by_id(seen.order_id, lock=True)
    parts = queries_parts.parts_of(order.id, lock=True)
    if order.state not in queries.OPEN:
        raise Conflict(_("Pesanan ini sudah berakhir."))
    return order, next(part for part in parts if part.id == part_id)


def _refuse(actor: Actor, order: RetailOrder, part: RetailPart, to: str, reason: str) -> RetailPart:
    states.advance(part, to, actor, reason, also={"reason": reason})
    _drop(actor, order, part, {line: line.kept for line in queries_parts.lines_of_part(part.id)})
    _settle(actor, order, part, reason)
    return part


def _drop(actor: Actor, order: RetailOrder, part: RetailPart, fewer: Mapping[RetailOrderLine, int]) -> None:
    """These pieces come to nothing: their promise ends, and the buyer owes so much less."""
    lock_goods([line.reservation_id for line, pieces in fewer.items() if pieces])
    for line, pieces in fewer.items():
        if pieces:
            _drop_pieces(actor, order, part, line, pieces)
    faults.point("retail_pieces_refused")
    db.session.flush()


def _drop_pieces(
    actor: Actor, order: RetailOrder, part: RetailPart, line: RetailOrderLine, pieces: int
) -> None:
    held = stock.release(actor, order.organization_id, line.reservation_id)
    per_piece = held.quantity_base // line.kept
    line.refused_pcs += pieces
    # Of the whole each time, so that the last piece takes what rounding left.
    gone_rp = money.div_round(line.net_rp * line.refused_pcs, line.quantity) - line.refused_rp
    line.refused_rp += gone_rp
    kept_commission_rp = money.div_round(line.commission_rp * line.kept, line.quantity)
    line.refused_commission_rp = line.commission_rp - kept_commission_rp
    order.refused_rp += gone_rp
    if line.kept:
        line.reservation_id = _hold_again(actor, order, held, line, per_piece)
    if part.place == "away":
        # Whoever cannot deliver to this buyer has them for nobody else.
        stock.give_up(actor, order.organization_id, held.item_id, pieces * per_piece)


def _hold_again(
    actor: Actor, order: RetailOrder, held: Reservation, line: RetailOrderLine, per_piece: int
) -> int:
    source = f"retail_order:{order.id}:{line.product_id}:{held.id}"
    quantity = line.kept * per_piece
    return stock.reserve(actor, order.organization_id, held.item_id, quantity, source, expires_at=None).id


def _settle(actor: Actor, order: RetailOrder, part: RetailPart, reason: str) -> None:
    """What the order becomes: ended when nothing is left, ready when the rest is there; the money follows."""
    parts = queries_parts.parts_of(order.id)
    if not any(each.live for each in parts):
        order.refused_rp = order.total_rp  # the delivery, too: nothing is brought
        db.session.flush()
        paying.let_go(actor, order)
        states.advance(order, "cancelled", actor, reason)
        extras.call_off(actor, order)
    else:
        parting.settle_state(actor, order, parts)
        paying.let_go(actor, order)
    paying.give_back(actor, order, reason)
    payload = {"order_id": order.id, "part_id": part.id}
    jobs.enqueue("retail_refused", payload, unique_key=f"retail_refused:{part.id}:{order.refused_rp}")
