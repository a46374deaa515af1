"""Bills against what was ordered and received: the three-way match, with a tolerance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from market.core import clock, db, faults, money, states
from market.core.errors import Refused
from market.core.i18n import _, lazy, stored
from market.core.numbering import next_number
from market.core.parameters import Parameter, values
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.ledger import queries as books
from market.ledger import services as ledger
from market.purchasing import postings, queries
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierBill, SupplierBillLine
from market.purchasing.models_bills import BillCase, CreditNote, CreditUse, SupplierReturn
from market.purchasing.services.announcing import announce_case, announce_return
from market.purchasing.services.answering import answer_by
from market.purchasing.services.ordering import close_if_done

MAX_REFERENCE = 60
TOLERANCE_RP = Parameter(
    "purchasing.bill_tolerance_rp",
    1_000,
    "assumption: rounding on paper to the next thousand; each cooperative sets its own",
    *(0, 10_000_000, lazy("Selisih tagihan yang langsung diterima, paling banyak"), lazy("rupiah")),
    "cooperative",
)
TOLERANCE_PERMILLE = Parameter(
    "purchasing.bill_tolerance_permille",
    5,
    "assumption: half a percent; the smaller of both limits counts",
    *(0, 100, lazy("Selisih tagihan yang langsung diterima, paling banyak"), lazy("per seribu tagihan")),
    "cooperative",
)
CASE_DAYS = Parameter(
    "purchasing.bill_case_days",
    3,
    "assumption: a day more than the two working days of a claim (domain facts 12 E 12)",
    *(1, 14, lazy("Pemasok menjawab selisih tagihan dalam"), lazy("hari kerja"), "cooperative"),
)


@dataclass(frozen=True)
class Match:
    """What a paper says against what may be billed, in whole rupiah.

    `returns` are goods that went back and that this paper has already left out.
    """

    expected_rp: int
    amount_rp: int
    tolerance_rp: int
    returns: tuple[SupplierReturn, ...] = ()

    @property
    def difference_rp(self) -> int:
        return self.amount_rp - self.expected_rp

    @property
    def within(self) -> bool:
        """Nobody needs to talk about it."""
        return abs(self.difference_rp) <= self.tolerance_rp


def tolerance_rp(organization_id: int, expected_rp: int) -> int:
    """How far a bill over `expected_rp` may differ today, in whole rupiah: the smaller of both limits."""
    found = values((TOLERANCE_RP, TOLERANCE_PERMILLE), organization_id=organization_id)
    return min(found[TOLERANCE_RP.name], expected_rp * found[TOLERANCE_PERMILLE.name] // 1_000)


def match(order: PurchaseOrder, lines: list[PurchaseOrderLine], amount_rp: int) -> Match:
    """The paper against the order's lines, with or without what went back: whichever is nearer."""
    gross_rp, back = billable_rp(lines), queries.open_returns(order.id)
    back_rp = sum(each.amount_rp for each in back)
    if back and back_rp <= gross_rp and abs(amount_rp - gross_rp + back_rp) < abs(amount_rp - gross_rp):
        net_rp = gross_rp - back_rp
        return Match(net_rp, amount_rp, tolerance_rp(order.organization_id, net_rp), tuple(back))
    return Match(gross_rp, amount_rp, tolerance_rp(order.organization_id, gross_rp))


def record_bill(
    actor: Actor,
    order_id: int,
    reference: str,
    amount_rp: int,
    billed_on: date,
    due_on: date | None = None,
    open_case: bool = False,
) -> SupplierBill:
    """Record a supplier's invoice for everything received and not yet billed (three-way match).

    The invoice should say price x received packs plus freight and trip costs. A difference within the
    tolerance is booked as such, and advances and credit notes are set against the bill. One beyond it is
    refused with the figures (ordered, received, billed, on paper), unless `open_case`: then the bill
    stands as disputed, both sides are told, and it is not paid before the case has ended.
    """
    actor.require(Permission.BILLS_RECORD)
    order = queries.order_for(actor, order_id, lock=True)
    lines = queries.lines_of(order.id)
    reference = clean(reference, MAX_REFERENCE)
    due_on = due_on or billed_on + timedelta(days=order.credit_days)
    _check_paper(order, reference, billed_on, due_on)
    found = _judge(order, lines, amount_rp, open_case)
    bill = _write(actor, order, reference, billed_on, due_on, found)
    _book(actor, order, lines, bill, found)
    if found.within:
        use_what_was_given(actor, order, bill)
    else:
        _open_case(actor, bill, found)
    return bill


def unbilled_fees_rp(order_id: int) -> int | None:
    """What a supplier could still bill (freight, trips) when all goods not billed yet went back, in rupiah.

    None while goods are there to be billed, or nothing went back: then an invoice is on its way.
    """
    waiting, back = billable(queries.lines_of(order_id)), queries.open_returns(order_id)
    goods_rp = billable_rp([line for line in waiting if line.kind == "goods"])
    if not back or sum(each.amount_rp for each in back) != goods_rp:
        return None
    return billable_rp(waiting) - goods_rp


def end_without_bill(actor: Actor, order_id: int) -> SupplierBill:
    """Everything that came went back: nothing is owed, and no invoice will come. Buyer or supplier says so.

    A bill of nothing, under the number of the return, takes the goods off what waits for its invoice; the
    order ends when nothing else is open. Freight that came along may be billed: then the supplier alone may
    let it go. Raises NotFound for an order of others, Forbidden, Refused while something is to be billed.
    """
    order = queries.order_for(actor, order_id)
    buys = actor.organization_id == order.organization_id
    actor.require(Permission.BILLS_RECORD if buys else Permission.CREDIT_ISSUE)
    order = queries.hold_orders({order.id})[order.id]
    fees_rp = unbilled_fees_rp(order.id)
    if fees_rp is None:
        raise Refused(_("Masih ada barang yang harus ditagih. Catat tagihannya."))
    if fees_rp and buys:
        text = _(
            "Pemasok masih boleh menagih ongkos %(fees)s. Catat tagihannya, atau minta pemasok melepasnya.",
            fees=money.format_rp(fees_rp),
        )
        raise Refused(text, fees_rp=fees_rp)
    lines, back = queries.lines_of(order.id), queries.open_returns(order.id)
    found, today = Match(fees_rp, 0, fees_rp, tuple(back)), clock.today()
    bill = _write(actor, order, back[-1].number, today, today, found)
    _book(actor, order, lines, bill, found)
    settle(actor, order, bill, 0)
    for sent in back:
        announce_return(sent, order.supplier_id if buys else order.organization_id)
    return bill


def _book(
    actor: Actor, order: PurchaseOrder, lines: list[PurchaseOrderLine], bill: SupplierBill, found: Match
) -> None:
    """Lines, entry and the returns that the bill leaves out; a bill of nothing has no entry."""
    for line in billable(lines):
        _bill_line(bill, line)
    faults.point("bill_written")
    draft = postings.for_supplier_bill(bill)
    if draft.lines:
        ledger.post(actor, order.organization_id, draft)
    for sent in found.returns:
        states.advance(sent, "credited", actor, stored("sudah dikurangkan di tagihan"), {"bill_id": bill.id})


def _write(
    actor: Actor, order: PurchaseOrder, reference: str, billed_on: date, due_on: date, found: Match
) -> SupplierBill:
    bill = SupplierBill(
        organization_id=order.organization_id,
        order_id=order.id,
        supplier_id=order.supplier_id,
        number=next_number(order.organization_id, "TG"),
        reference=reference,
        billed_on=billed_on,
        due_on=due_on,
        amount_rp=found.amount_rp,
        difference_rp=found.difference_rp,
        returned_rp=sum(each.amount_rp for each in found.returns),
        recorded_at=clock.now(),
    )
    db.session.add(bill)
    db.session.flush()
    states.start(bill, actor)
    return bill


def _check_paper(order: PurchaseOrder, reference: str, billed_on: date, due_on: date) -> None:
    if not reference:
        raise Refused(_("Tulis nomor tagihan pemasok."), field="reference")
    if billed_on > clock.today():
        raise Refused(_("Tanggal tagihan belum tiba."), field="billed_on")
    if due_on < billed_on:
        raise Refused(_("Jatuh tempo tidak bisa sebelum tanggal tagihan."), field="due_on")
    earlier = queries.same_reference(order.organization_id, order.supplier_id, reference)
    if earlier is not None:
        text = _("Nomor tagihan ini sudah dicatat sebagai %(number)s.", number=earlier.number)
        raise Refused(text, field="reference")


def billable(lines: list[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    """Lines of which something was received and not yet billed."""
    return [line for line in lines if line.received_packs > line.billed_packs]


def billable_rp(lines: list[PurchaseOrderLine]) -> int:
    """Price of everything received and not yet billed, in whole rupiah."""
    return sum((line.received_packs - line.billed_packs) * line.unit_price_rp for line in lines)


def _judge(order: PurchaseOrder, lines: list[PurchaseOrderLine], amount_rp: int, open_case: bool) -> Match:
    """Ordered, received and billed against what the paper says."""
    if billable_rp(lines) == 0:
        raise Refused(_("Belum ada barang diterima yang belum ditagih."))
    found = match(order, lines, amount_rp)
    if (amount_rp > 0 or amount_rp == found.expected_rp) and (found.within or open_case):
        return found
    figures = {
        "ordered_rp": sum(line.amount_rp for line in lines),
        "received_rp": sum(line.received_packs * line.unit_price_rp for line in lines),
        "billed_rp": sum(line.billed_packs * line.unit_price_rp for line in lines),
        "amount_rp": amount_rp,
        "expected_rp": found.expected_rp,
    }
    text = _(
        "Dipesan %(ordered_rp)s, diterima %(received_rp)s, sudah ditagih %(billed_rp)s: tagihan ini "
        "seharusnya %(expected_rp)s, di kertas %(amount_rp)s. Bila kertasnya memang begitu, buka selisihnya "
        "dengan pemasok.",
        **{name: money.format_rp(rp) for name, rp in figures.items()},
    )
    raise Refused(text, field="amount_rp", **figures)


def _bill_line(bill: SupplierBill, line: PurchaseOrderLine) -> None:
    packs = line.received_packs - line.billed_packs
    db.session.add(
        SupplierBillLine(
            organization_id=bill.organization_id,
            bill_id=bill.id,
            order_line_id=line.id,
            packs=packs,
            unit_price_rp=line.unit_price_rp,
            amount_rp=packs * line.unit_price_rp,
        )
    )
    line.billed_packs = line.received_packs
    db.session.flush()


def _open_case(actor: Actor, bill: SupplierBill, found: Match) -> BillCase:
    """The bill waits; the supplier has some working days to say why."""
    days = CASE_DAYS.value(organization_id=bill.organization_id)
    states.advance(bill, "disputed", actor)
    case = BillCase(
        organization_id=bill.organization_id,
        bill_id=bill.id,
        supplier_id=bill.supplier_id,
        expected_rp=found.expected_rp,
        difference_rp=found.difference_rp,
        tolerance_rp=found.tolerance_rp,
        opened_at=clock.now(),
        opened_by=actor.user_id,
        answer_by_at=answer_by(clock.now(), days),
    )
    db.session.add(case)
    db.session.flush()
    states.start(case, actor)
    faults.point("case_opened")
    announce_case(case, case.supplier_id)
    return case


def use_what_was_given(actor: Actor, order: PurchaseOrder, bill: SupplierBill) -> None:
    """Set advances of the order, then credit notes of the supplier, against a bill (both held)."""
    for payment in queries.unspent_advances(order.id):
        amount = min(payment.unspent_rp, bill.open_rp)
        if amount:
            payment.used_rp += amount
            ledger.post(actor, order.organization_id, postings.for_advance_used(payment, bill, amount))
            settle(actor, order, bill, amount)
    for note, left_rp in queries.unused_credits(order.organization_id, order.supplier_id):
        amount = min(left_rp, bill.open_rp)
        if amount:
            use_credit(actor, note, order, bill, amount)
    if not bill.amount_rp:
        settle(actor, order, bill, 0)


def use_credit(
    actor: Actor, note: CreditNote, order: PurchaseOrder, bill: SupplierBill, amount_rp: int
) -> None:
    """Set a part of a credit note against a bill of the same supplier (all held by the caller)."""
    db.session.add(
        CreditUse(
            organization_id=note.organization_id,
            note_id=note.id,
            bill_id=bill.id,
            amount_rp=amount_rp,
            used_at=clock.now(),
        )
    )
    settle(actor, order, bill, amount_rp)


def settle(actor: Actor, order: PurchaseOrder, bill: SupplierBill, amount_rp: int) -> None:
    """Count money against a bill; a paid bill may close the order (both held by the caller).

    A disputed bill stays so, whatever was set against it, until its case has ended.
    """
    bill.paid_rp += amount_rp
    db.session.flush()
    if bill.paid_rp == bill.amount_rp and bill.state == "recorded":
        states.advance(bill, "paid", actor)
        close_if_done(actor, order)


def release(actor: Actor, order: PurchaseOrder, bill: SupplierBill) -> None:
    """The case has ended and the bill stands: it may be paid, or it already is (both held)."""
    states.advance(bill, "recorded", actor)
    use_what_was_given(actor, order, bill)
    if bill.state == "recorded":
        settle(actor, order, bill, 0)


def void(actor: Actor, order: PurchaseOrder, bill: SupplierBill, reason: str) -> None:
    """The bill counts no more: its entry is reversed, its goods may be billed anew (both held).

    Raises Refused for a bill against which something was set already.
    """
    if bill.paid_rp:
        text = _("Sebagian tagihan ini sudah dikreditkan. Terima sisanya, atau minta nota kredit lagi.")
        raise Refused(text)
    states.advance(bill, "void", actor, reason)
    for row, line in queries.bill_lines(bill.id):
        line.billed_packs -= row.packs
    for sent in queries.returns_of_bill(bill.id):
        states.advance(sent, "sent", SYSTEM, stored("tagihannya dibatalkan"), {"bill_id": None})
    db.session.flush()
    entry = books.entry_by_source(bill.organization_id, f"supplier_bill:{bill.id}")
    if entry is not None:
        ledger.reverse(actor, entry.id, reason)
