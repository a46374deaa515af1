"""What a complaint gives: money back for goods that were handed over, or other goods for nothing."""

from __future__ import annotations

from dataclasses import dataclass

from market.catalogue.models import Product
from market.catalogue.services import base_per_unit, stock_item
from market.core import clock, crypto, db, faults, money, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.money import format_rp
from market.core.permissions import Actor, Permission
from market.ledger import services as ledger
from market.payments import services as payments
from market.retail import postings_returns as postings
from market.retail import queries, queries_complaints
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_complaints import Complaint, RetailReturn
from market.retail.services import complaining, paying, rations
from market.retail.services.handing import MAX_WRONG_CODES
from market.stock import services as stock
from market.stock.models import Reservation, StockItem, StockMove

BEARERS = ("cooperative", "seller")


@dataclass(frozen=True)
class Decision:
    """What the shop gives: whole rupiah, who bears it, and where the goods went (RetailReturn.GOODS)."""

    refund_rp: int
    bearer: str
    goods: str = "kept"
    words: str = ""


def most_refund_rp(complaint: Complaint, line: RetailOrderLine) -> int:
    """What can go back for the pieces of a complaint: what was paid for them, less what went back already."""
    before = sum(each.refund_rp for each in queries_complaints.returns_of_line(line.id))
    paid = money.div_round(line.kept_net_rp * complaint.quantity, line.kept)
    return max(0, min(paid, line.kept_net_rp - before))


def refund_complaint(actor: Actor, complaint_id: int, decision: Decision) -> RetailReturn:
    """Money back for goods that were handed over: a return entry undoes that part of the sale.

    What was paid over the internet goes back that way, else the buyer takes it at the counter with a code.
    Raises Forbidden, NotFound, IllegalMove, Refused at the field of what does not fit.
    """
    actor.require(Permission.COMPLAINTS_DECIDE)
    seen = queries_complaints.complaint_for(actor, complaint_id)
    order = queries.order_by_id(seen.order_id, lock=True)
    complaint = queries_complaints.complaint_for(actor, complaint_id, lock=True)
    line = _line(complaint)
    _check(order, complaint, line, decision)
    _give_up_replacement(actor, complaint)
    row = _return(order, complaint, line, decision)
    db.session.add(row)
    db.session.flush()
    states.start(row, actor)
    if decision.goods == "shelf":
        _back_on_shelf(actor, row, line)
    if row.quantity:
        rations.give_back(line, row.quantity)
    states.advance(complaint, "refunded", actor)
    if decision.words.strip():
        complaining.say(actor, complaint.id, decision.words)
    faults.point("complaint_refunded")
    ledger.post(actor, order.organization_id, postings.for_return(order, line, row))
    if row.way == "online":
        _send_online(actor, order, row)
    return row


def _line(complaint: Complaint) -> RetailOrderLine:
    return db.session.get_one(RetailOrderLine, complaint.line_id)


def _check(order: RetailOrder, complaint: Complaint, line: RetailOrderLine, decision: Decision) -> None:
    most = most_refund_rp(complaint, line)
    if not 0 < decision.refund_rp <= most:
        raise Refused(_("Antara Rp1 dan %(most)s.", most=format_rp(most)), field="refund_rp")
    if decision.goods not in RetailReturn.GOODS:
        raise Refused(_("Pilih salah satu dari daftar."), field="goods")
    own = line.seller_id == order.organization_id
    if decision.bearer not in BEARERS or (own and decision.bearer == "seller"):
        raise Refused(_("Barang ini milik koperasi sendiri."), field="bearer")
    if decision.goods == "shelf" and not _kept_here(line):
        raise Refused(_("Barang ini tidak disimpan di gerai. Kembalikan ke pembuatnya."), field="goods")


def _kept_here(line: RetailOrderLine) -> bool:
    item_id = db.session.get_one(Reservation, line.reservation_id).item_id
    return db.session.get_one(StockItem, item_id).kept == "here"


def _return(
    order: RetailOrder, complaint: Complaint, line: RetailOrderLine, decision: Decision
) -> RetailReturn:
    """Each amount is the whole so far less what earlier returns took: the last one leaves no rupiah."""
    before = queries_complaints.returns_of_line(line.id)
    refund = sum(each.refund_rp for each in before) + decision.refund_rp
    gross = money.div_round(refund * line.kept_amount_rp, line.kept_net_rp)
    gross_now = gross - sum(each.refund_rp + each.discount_rp for each in before)
    gross_now = max(gross_now, decision.refund_rp)
    borne = gross_now if decision.bearer == "cooperative" else 0
    commission = 0
    if not borne:
        commission = min(gross_now, money.div_round(gross_now * line.kept_commission_rp, line.kept_amount_rp))
    return RetailReturn(
        organization_id=order.organization_id,
        state_at=clock.now(),
        complaint_id=complaint.id,
        order_id=order.id,
        line_id=line.id,
        quantity=0 if decision.goods == "kept" else complaint.quantity,
        refund_rp=decision.refund_rp,
        discount_rp=gross_now - decision.refund_rp,
        seller_rp=gross_now - borne - commission,
        commission_rp=commission,
        borne_rp=borne,
        cost_rp=_cost(line, before, 0 if decision.goods == "kept" else complaint.quantity),
        goods=decision.goods,
        way="online" if _still_online(order, decision.refund_rp) else "cash",
        made_at=clock.now(),
    )


def _cost(line: RetailOrderLine, before: list[RetailReturn], pieces: int) -> int:
    if not pieces:
        return 0
    so_far = sum(each.quantity for each in before) + pieces
    whole = money.div_round((line.cost_rp or 0) * so_far, line.kept)
    return max(0, whole - sum(each.cost_rp for each in before))


def _still_online(order: RetailOrder, refund_rp: int) -> bool:
    payment = paying.payment_of(order)
    if payment is None or payment.state != "paid":
        return False
    return refund_rp <= order.online_rp - queries_complaints.online_returned_rp(order.id)


def _back_on_shelf(actor: Actor, row: RetailReturn, line: RetailOrderLine) -> None:
    held = db.session.get_one(Reservation, line.reservation_id)
    quantity = held.quantity_base // line.kept * row.quantity
    source = f"retail_return:{row.id}"
    stock.move_in(actor, row.organization_id, held.item_id, quantity, row.cost_rp, source, "return_in")


def _send_online(actor: Actor, order: RetailOrder, row: RetailReturn) -> None:
    """The payment is used for less, and what is free goes back to the buyer."""
    payment = paying.payment_of(order)
    if payment is None:
        raise Conflict(_("Pembayaran ini belum atau tidak lagi dibayar."))
    payments.use_payment(actor, payment.id, -row.refund_rp)
    payments.ask_refund(actor, payment.id, row.refund_rp, order.number)
    states.advance(row, "paid", actor, also={"paid_at": clock.now()})


def pay_return(actor: Actor, complaint_id: int, pickup_code: str) -> RetailReturn:
    """The buyer takes the money at the counter, against the complaint's code; it is booked.

    Raises Forbidden, NotFound, IllegalMove when it was paid, Refused for a wrong code (the edge counts it).
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    complaint = queries_complaints.complaint_for(actor, complaint_id, lock=True)
    row = queries_complaints.return_of(complaint.id, lock=True)
    if row is None:
        raise Conflict(_("Keluhan ini tidak mengembalikan uang."))
    require_code(complaint, pickup_code)
    states.advance(row, "paid", actor, also={"paid_at": clock.now()})
    faults.point("return_paid")
    ledger.post(actor, row.organization_id, postings.for_return_paid(row))
    return row


def require_code(complaint: Complaint, typed: str) -> None:
    """Raises Refused for a wrong code, or after too many of them."""
    if complaint.wrong_codes >= MAX_WRONG_CODES:
        raise Refused(_("Terlalu banyak kode salah. Hubungi pengurus koperasi."))
    if not crypto.same(complaint.pickup_code, "".join(typed.split())):
        raise Refused(_("Kode tidak cocok."), field="pickup_code")


def note_wrong_code(complaint_id: int) -> None:
    """Count a wrong code (in a transaction of its own: the refused one is rolled back)."""
    complaint = db.session.get_one(Complaint, complaint_id)
    complaint.wrong_codes += 1
    db.session.flush()


def promise_replacement(actor: Actor, complaint_id: int, bearer: str, words: str = "") -> Complaint:
    """Other pieces of the same goods are kept for the buyer. Raises Refused when too few are there."""
    actor.require(Permission.COMPLAINTS_DECIDE)
    complaint = queries_complaints.complaint_for(actor, complaint_id, lock=True)
    line = _line(complaint)
    own = line.seller_id == complaint.organization_id
    if bearer not in BEARERS or (own and bearer == "seller"):
        raise Refused(_("Barang ini milik koperasi sendiri."), field="bearer")
    product = db.session.get_one(Product, line.product_id)
    if product.supply != "shelf":
        raise Refused(_("Barang ini dibuat sesuai pesanan. Kembalikan uangnya saja."), field="bearer")
    reservation = stock.reserve(
        actor,
        complaint.organization_id,
        stock_item(product).id,
        complaint.quantity * base_per_unit(product),
        f"retail_complaint:{complaint.id}",
        expires_at=None,
    )
    also = {"reservation_id": reservation.id, "bearer": bearer}
    states.advance(complaint, "promised", actor, also=also)
    if words.strip():
        complaining.say(actor, complaint.id, words)
    return complaint


def _give_up_replacement(actor: Actor, complaint: Complaint) -> None:
    if complaint.state == "promised" and complaint.reservation_id is not None:
        stock.release(actor, complaint.organization_id, complaint.reservation_id)


def hand_over_replacement(actor: Actor, complaint_id: int, pickup_code: str) -> Complaint:
    """Other goods for nothing, against the complaint's code: stock leaves, its cost is the cooperative's.

    Raises Forbidden, NotFound, IllegalMove, Refused for a wrong code (the edge counts it).
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    complaint = queries_complaints.complaint_for(actor, complaint_id, lock=True)
    if complaint.reservation_id is None:
        raise Conflict(_("Belum ada barang pengganti yang disisihkan."))
    require_code(complaint, pickup_code)
    line, order = _line(complaint), queries.order_by_id(complaint.order_id)
    source = f"retail_complaint:{complaint.id}"
    move: StockMove = stock.consume(actor, complaint.organization_id, complaint.reservation_id, source)
    also = {"cost_rp": -move.value_rp, "seller_rp": postings.replacement_share_rp(line, complaint)}
    states.advance(complaint, "replaced", actor, also=also)
    faults.point("replacement_handed_over")
    draft = postings.for_replacement(order, line, complaint)
    if draft is not None:
        ledger.post(actor, complaint.organization_id, draft)
    return complaint
