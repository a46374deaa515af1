"""Credit notes: the supplier says that less is owed; the books follow at once, and nothing changes later."""

from __future__ import annotations

from market.core import clock, db, faults, money, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import chart
from market.ledger import services as ledger
from market.purchasing import postings, queries
from market.purchasing.models import Claim, PurchaseOrder, SupplierBill
from market.purchasing.models_bills import BillCase, CreditNote, CreditUse, SupplierReturn
from market.purchasing.services.announcing import announce_claim, announce_credit, announce_return
from market.purchasing.services.billing import MAX_REFERENCE, use_credit
from market.purchasing.services.cases import end_if_credited
from market.purchasing.services.claiming import take_off
from market.purchasing.services.ordering import MAX_REASON, close_if_done, end_if_nothing_comes

MONEY_ACCOUNTS = (chart.CASH, chart.BANK)


def credit_room_rp(bill: SupplierBill) -> int:
    """How much of a bill credit notes have not taken off yet, in whole rupiah.

    A note over goods of several bills stands on one of them: no bill has more room than its order.
    """
    if bill.state == "void":
        return 0
    return max(0, min(bill.amount_rp - queries.credited_rp(bill.id), order_room_rp(bill.order_id)))


def order_room_rp(order_id: int) -> int:
    """How much of all bills of an order credit notes have not taken off yet, in whole rupiah."""
    counting = [bill for bill in queries.bills_of(order_id) if bill.state != "void"]
    return sum(bill.amount_rp - queries.credited_rp(bill.id) for bill in counting)


def bill_of_return(sent: SupplierReturn) -> SupplierBill | None:
    """The bill on which the credit note for goods that went back stands; None while no bill holds them."""
    counting = [bill for bill in queries.bills_of(sent.order_id) if bill.state != "void"]
    if order_room_rp(sent.order_id) < sent.amount_rp:
        return None
    fitting = [bill for bill in counting if credit_room_rp(bill) >= sent.amount_rp]
    return fitting[-1] if fitting else max(counting, key=lambda bill: bill.amount_rp)


def issue_credit(
    actor: Actor, bill_id: int, amount_rp: int, reason: str, reference: str = "", claim_id: int | None = None
) -> CreditNote:
    """Write a credit note on a bill: the supplier itself, or the buyer from the supplier's paper.

    It settles the bill first, then others of the same two, the earliest due first; what is left waits for
    the next one. It ends the bill's case when the difference is gone, and the claim that it names. Raises
    NotFound for a bill of others, Refused without a reason or for more than the bill.
    """
    bill, order = _bill(actor, bill_id)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    room = credit_room_rp(bill)
    if not 0 < amount_rp <= room:
        text = _("Nota kredit paling banyak %(room)s, sisa tagihan ini.", room=money.format_rp(room))
        raise Refused(text, field="amount_rp")
    case = queries.case_of(bill.id)
    disputed = case if case is not None and case.state == "open" else None
    note = _write(actor, bill, amount_rp, reason, reference, case=disputed, claim_id=claim_id)
    if claim_id is not None:
        _end_claim(actor, claim_id, order)
    _book(actor, note, bill, disputed)
    return note


def credit_return(actor: Actor, return_id: int, reference: str = "") -> CreditNote:
    """The credit note for goods that went back, at their price in the order.

    Raises NotFound for a return of others, Refused for one that has ended, and while no bill of the order
    holds the goods: then the bill simply leaves them out.
    """
    sent = queries.return_seen(actor, return_id)
    _require_side(actor, sent.organization_id)
    fitting = bill_of_return(sent)
    bill = _bill(actor, fitting.id)[0] if fitting else None
    sent = queries.return_seen(actor, return_id, lock=True)
    if bill is not None and sent.state != "sent":
        raise Refused(_("Retur ini sudah selesai."))
    if bill is None or order_room_rp(sent.order_id) < sent.amount_rp:
        raise Refused(_("Belum ada tagihan yang memuat barang ini. Kurangkan saja di tagihannya."))
    why = stored("retur %(number)s", number=sent.number)
    note = _write(actor, bill, sent.amount_rp, why, reference, sent=sent)
    states.advance(sent, "credited", actor, note.number)
    _book(actor, note, bill, None)
    side = sent.organization_id if actor.organization_id == sent.supplier_id else sent.supplier_id
    announce_return(sent, side)
    return note


def _require_side(actor: Actor, buyer_id: int) -> None:
    buys = actor.organization_id == buyer_id
    actor.require(Permission.BILLS_RECORD if buys else Permission.CREDIT_ISSUE)


def _bill(actor: Actor, bill_id: int) -> tuple[SupplierBill, PurchaseOrder]:
    """The bill and its order; every open bill of the same two is held, since the credit may reach it."""
    bill = queries.bill_to_credit(actor, bill_id)
    _require_side(actor, bill.organization_id)
    others = queries.open_bills(bill.organization_id, bill.supplier_id)
    orders = queries.hold_orders({bill.order_id, *(each.order_id for each in others)})
    queries.hold_bills({bill.id, *(each.id for each in others)})
    return bill, orders[bill.order_id]


def _write(
    actor: Actor,
    bill: SupplierBill,
    amount_rp: int,
    reason: str,
    reference: str,
    *,
    case: BillCase | None = None,
    sent: SupplierReturn | None = None,
    claim_id: int | None = None,
) -> CreditNote:
    note = CreditNote(
        organization_id=bill.organization_id,
        bill_id=bill.id,
        supplier_id=bill.supplier_id,
        case_id=case.id if case else None,
        claim_id=claim_id,
        return_id=sent.id if sent else None,
        number=next_number(bill.organization_id, "NK"),
        reference=clean(reference, MAX_REFERENCE),
        reason=clean(reason, MAX_REASON),
        amount_rp=amount_rp,
        issued_on=clock.today(),
        issued_at=clock.now(),
        issued_for=actor.organization_id,
        issued_by=actor.user_id,
    )
    db.session.add(note)
    db.session.flush()
    faults.point("credit_written")
    ledger.post(actor, bill.organization_id, postings.for_credit_note(note))
    return note


def _book(actor: Actor, note: CreditNote, bill: SupplierBill, case: BillCase | None) -> None:
    """Where the credit goes: its own bill, then the others of the same two, then it waits."""
    left = note.amount_rp
    others = queries.open_bills(note.organization_id, note.supplier_id)
    for each in (bill, *(other for other in others if other.id != bill.id and other.state == "recorded")):
        amount = min(left, each.open_rp - queries.promised_rp(each.id))
        if amount > 0:
            use_credit(actor, note, queries.order(each.order_id), each, amount)
            left -= amount
    faults.point("credit_used")
    if case is not None:
        end_if_credited(actor, case, bill, queries.order(bill.order_id))
    announce_credit(note)


def _end_claim(actor: Actor, claim_id: int, order: PurchaseOrder) -> None:
    """The claimed packs are credited instead of replaced: they come no more, and the claim is over."""
    claim = db.session.get(Claim, claim_id)
    if claim is None or claim.order_id != order.id:
        raise Refused(_("Klaim ini bukan dari pesanan yang sama."), field="claim_id")
    if not claim.live:
        return
    lines = queries.lines_of(order.id)
    take_off(lines, next(each for each in lines if each.id == claim.order_line_id), claim)
    claim.note = stored("dikreditkan, tidak diganti")
    states.advance(claim, "cancelled_rest", actor, stored("dikreditkan, tidak diganti"))
    end_if_nothing_comes(actor, order, stored("dikreditkan, tidak diganti"))
    for side in {order.organization_id, order.supplier_id} - {actor.organization_id}:
        announce_claim(claim, order, side)


def record_credit_money(actor: Actor, note_id: int, account: str, reference: str = "") -> CreditUse:
    """The supplier paid back what no bill is left for.

    Raises NotFound, Forbidden, Refused when nothing is left or the money is neither cash nor bank.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    note = queries.credit_seen(actor, note_id)
    if account not in MONEY_ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    bill, order = _bill(actor, note.bill_id)
    queries.hold_credit(note)
    left = queries.left_of_credit(note)
    if not left:
        raise Refused(_("Nota kredit ini sudah terpakai seluruhnya."))
    use = CreditUse(
        organization_id=note.organization_id,
        note_id=note.id,
        amount_rp=left,
        account=account,
        reference=clean(reference, 80),
        used_at=clock.now(),
    )
    db.session.add(use)
    db.session.flush()
    ledger.post(actor, bill.organization_id, postings.for_credit_money(note, use))
    faults.point("credit_paid_back")
    close_if_done(actor, order)
    return use
