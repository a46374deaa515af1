"""Money to suppliers by hand: one person proposes, another decides; money that comes back."""

from __future__ import annotations

from market.core import approvals, clock, db, faults, jobs, money, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.ledger import chart
from market.ledger import queries as books
from market.ledger import services as ledger
from market.purchasing import postings, queries
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierPayment
from market.purchasing.services import online
from market.purchasing.services.billing import settle
from market.purchasing.services.ordering import close_if_done
from market.purchasing.services.runs import lapse_runs

PAYMENT, ADVANCE = queries.PAYMENT, queries.ADVANCE
PAYING_ACCOUNTS = (chart.CASH, chart.BANK)
MAX_REASON = 300
MAX_REFERENCE = 80


def propose_payment(actor: Actor, bill_id: int, account: str, reference: str = "") -> SupplierPayment:
    """Ask a second person to pay what is open of a bill, from cash, bank or `SupplierPayment.ONLINE`.

    Raises NotFound for a bill of others, Refused for a paid one or one that waits already, and at
    `account` for a supplier that takes nothing over the internet.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    bill = queries.bill_for(actor, bill_id, lock=True)
    if bill.state == "disputed":
        raise Refused(_("Tagihan ini berselisih. Selesaikan selisihnya dahulu."))
    if bill.state != "recorded":
        raise Refused(_("Tagihan ini sudah lunas."))
    order = queries.order(bill.order_id)
    if account == SupplierPayment.ONLINE:
        online.require_taken(bill.supplier_id)
    return _propose(actor, order, bill.id, bill.open_rp, account, reference)


def propose_advance(actor: Actor, order_id: int, account: str, reference: str = "") -> SupplierPayment:
    """Ask a second person to pay a prepaid order before the goods come.

    The amount is what is still to come and not billed. Raises NotFound, Refused for an order of
    other terms or one that has its advance.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    order = queries.order_for(actor, order_id, lock=True)
    _lapse_if_stale(order.id, None)
    due_rp = advance_due_rp(queries.lines_of(order.id))
    if order.terms != "prepaid" or order.state != "issued" or not due_rp:
        raise Refused(_("Pesanan ini tidak menunggu uang muka."))
    if queries.advance_of(order.id) is not None:
        raise Refused(_("Uang muka pesanan ini sudah dibayar atau menunggu persetujuan."))
    return _propose(actor, order, None, due_rp, account, reference)


def advance_due_rp(lines: list[PurchaseOrderLine]) -> int:
    """What an advance may cover: everything still to come, and what came and is not billed."""
    return sum(
        (line.ordered_packs - line.cancelled_packs - line.billed_packs) * line.unit_price_rp for line in lines
    )


def _propose(
    actor: Actor, order: PurchaseOrder, bill_id: int | None, amount_rp: int, account: str, reference: str
) -> SupplierPayment:
    if account not in PAYING_ACCOUNTS and (bill_id is None or account != SupplierPayment.ONLINE):
        raise Refused(_("Pilih kas atau bank."), field="account")
    _lapse_if_stale(order.id, bill_id)
    waiting = queries.waiting_payment(order.id, bill_id)
    if waiting is not None and waiting.state == "approved":
        raise Refused(_("Pembayaran %(number)s sudah disetujui dan menunggu dibayar.", number=waiting.number))
    if waiting is not None:
        raise Refused(_("Pembayaran yang sama sudah menunggu persetujuan."))
    payment = SupplierPayment(
        organization_id=order.organization_id,
        order_id=order.id,
        bill_id=bill_id,
        supplier_id=order.supplier_id,
        number=next_number(order.organization_id, "BK"),
        amount_rp=amount_rp,
        account=account,
        reference=clean(reference, MAX_REFERENCE),
        proposed_at=clock.now(),
    )
    db.session.add(payment)
    db.session.flush()
    states.start(payment, actor)
    approvals.propose(actor, queries.kind_of(payment), payment)
    return payment


def _lapse_if_stale(order_id: int, bill_id: int | None) -> None:
    """A proposal that nobody decided in three days makes room for a new one."""
    earlier = queries.waiting_payment(order_id, bill_id)
    if earlier is None or earlier.state != "proposed" or earlier.run_id is not None:
        return
    if _approval(earlier) is None:
        states.advance(earlier, "lapsed", SYSTEM, stored("lewat 72 jam"))


def _approval(payment: SupplierPayment) -> approvals.Approval | None:
    return approvals.waiting(queries.kind_of(payment), payment, payment.organization_id)


def lapse_payments() -> int:
    """Close proposals and runs that nobody decided within 72 hours; returns how many (a scheduled job)."""
    stale = queries.stale_payments()
    for payment in stale:
        states.advance(payment, "lapsed", SYSTEM, stored("lewat 72 jam"))
    return len(stale) + lapse_runs()


def decide_payment(actor: Actor, payment_id: int, approve: bool, reason: str = "") -> SupplierPayment:
    """Approve (pay and post, or open the page on which it is paid) or reject; never one's own proposal.

    Raises NotFound for a payment of others; Refused for one's own, a decided or lapsed one, a
    refusal without reason, a payment that is no longer owed, and when cash or bank does not hold
    the amount: then nothing has changed.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    order = queries.order_for(actor, queries.payment_for(actor, payment_id).order_id, lock=True)
    payment = queries.payment_for(actor, payment_id, lock=True)
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = _approval(payment)
    if waiting is None or payment.state != "proposed":
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    reason = clean(reason, MAX_REASON)
    approvals.decide(actor, waiting.id, approve, reason)
    yes = "approved" if payment.online else "paid"
    states.advance(payment, yes if approve else "rejected", actor, reason)
    if approve:
        _pay(actor, order, payment)
    return payment


def _pay(actor: Actor, order: PurchaseOrder, payment: SupplierPayment) -> None:
    """The money may leave; by hand it does so now: posting, bill, order, and the news to the supplier."""
    bill = None
    if payment.bill_id is not None:
        bill = queries.bill_for(actor, payment.bill_id, lock=True)
        still_due = bill.open_rp if bill.state == "recorded" else 0
    else:
        still_due = advance_due_rp(queries.lines_of(order.id)) if order.state == "issued" else 0
    if payment.amount_rp > still_due:
        raise Refused(_("Sejak diusulkan, yang harus dibayar berubah. Tolak, lalu minta usulan baru."))
    _require_money(payment, payment.amount_rp)
    if payment.online and bill is not None:
        online.start(actor, payment, bill)
        faults.point("online_started")
        return
    payment.paid_on = clock.today()
    ledger.post(actor, payment.organization_id, postings.for_payment(payment))
    _require_money(payment, 0)
    faults.point("payment_posted")
    if bill is not None:
        settle(actor, order, bill, payment.amount_rp)
    jobs.enqueue("supplier_paid", {"payment_id": payment.id}, unique_key=f"supplier_paid:{payment.id}")


def _require_money(payment: SupplierPayment, amount_rp: int) -> None:
    """Cash and bank hold the amount. Asked again with 0 after posting, when the books are held."""
    code = chart.BANK if payment.online else payment.account
    there = books.balance_rp(payment.organization_id, code)
    if there < amount_rp:
        account = books.account(payment.organization_id, code)
        raise Refused(
            _(
                "Saldo %(account)s hanya %(there)s, pembayaran ini %(amount)s. Belum ada yang dibayar. Isi "
                "dahulu, atau tolak dan minta usulan dari rekening lain.",
                account=_(account.name),
                there=money.format_rp(there if amount_rp else there + payment.amount_rp),
                amount=money.format_rp(payment.amount_rp),
            ),
            balance_rp=there,
        )


def record_refund(actor: Actor, order_id: int, account: str, reference: str = "") -> int:
    """The supplier gave back what was paid in advance for goods that did not come; returns rupiah.

    Raises Refused while goods may still come or wait for their bill, while a bill of the order is open
    (a disputed one may still use the advance), and when nothing is owed back.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    order = queries.order_for(actor, order_id, lock=True)
    if account not in PAYING_ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    if any(line.open_packs or line.billed_packs < line.received_packs for line in queries.lines_of(order.id)):
        raise Refused(_("Masih ada barang yang ditunggu atau belum ditagih."))
    unpaid = queries.unpaid_bill(order.id)
    if unpaid is not None and unpaid.state == "disputed":
        raise Refused(_("Tagihan ini berselisih. Selesaikan selisihnya dahulu."))
    if unpaid is not None:
        raise Refused(_("%(rp)s belum dibayar.", rp=money.format_rp(unpaid.open_rp)))
    left = queries.unspent_advances(order.id)
    if not left:
        raise Refused(_("Tidak ada uang muka yang harus dikembalikan."))
    for payment in left:
        amount_rp = payment.unspent_rp
        payment.returned_rp += amount_rp
        draft = postings.for_refund(payment, account, amount_rp, clean(reference, MAX_REFERENCE))
        ledger.post(actor, order.organization_id, draft)
    faults.point("refund_posted")
    db.session.flush()
    close_if_done(actor, order)
    return sum(payment.returned_rp for payment in left)
