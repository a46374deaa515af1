"""Bills paid together by bank transfer: one proposes, another approves, all of it is booked or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

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
from market.purchasing.models import SupplierPayment
from market.purchasing.models_bills import PaymentRun
from market.purchasing.services.announcing import announce_run
from market.purchasing.services.billing import settle

MOST_BILLS = 100
MAX_REASON = 300
MAX_REFERENCE = 80


def propose_run(
    actor: Actor, picks: Sequence[tuple[int, int]], pay_on: date | None = None, note: str = ""
) -> PaymentRun:
    """Ask a second person to pay some bills by bank transfer: (bill, whole rupiah of it).

    A bill may be paid in part. Raises NotFound for a bill of others, Refused for one that may not be paid
    (paid, disputed, in another run), for more than is open, a supplier without a bank account, no bill at
    all or more than MOST_BILLS.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    wanted = {bill_id: amount for bill_id, amount in picks if amount}
    if not wanted:
        raise Refused(_("Pilih sekurangnya satu tagihan."))
    if len(wanted) > MOST_BILLS:
        raise Refused(_("Paling banyak %(n)s tagihan dalam satu daftar.", n=MOST_BILLS))
    pay_on = pay_on or clock.today()
    if pay_on < clock.today():
        raise Refused(_("Tanggal bayar paling cepat hari ini."), field="pay_on")
    run = PaymentRun(
        organization_id=actor.organization_id,
        number=next_number(actor.organization_id or 0, "DB"),
        total_rp=max(1, sum(wanted.values())),
        pay_on=pay_on,
        note=clean(note, MAX_REASON),
        proposed_at=clock.now(),
        proposed_by=actor.user_id,
    )
    db.session.add(run)
    db.session.flush()
    states.start(run, actor)
    for bill_id in sorted(wanted):
        _plan(actor, run, bill_id, wanted[bill_id])
    faults.point("run_written")
    approvals.propose(actor, queries.RUN, run)
    announce_run(run)
    return run


def _plan(actor: Actor, run: PaymentRun, bill_id: int, amount_rp: int) -> None:
    bill = queries.bill_for(actor, bill_id, lock=True)
    where = f"amount_{bill_id}"
    if bill.state != "recorded":
        text = _("Tagihan %(reference)s tidak bisa dibayar sekarang.", reference=bill.reference)
        raise Refused(text, field=where)
    if queries.waiting_payment(bill.order_id, bill.id) is not None:
        text = _("Tagihan %(reference)s sudah menunggu pembayaran lain.", reference=bill.reference)
        raise Refused(text, field=where)
    if not 0 < amount_rp <= bill.open_rp:
        most = money.format_rp(bill.open_rp)
        text = _("Paling banyak %(most)s untuk tagihan %(reference)s.", most=most, reference=bill.reference)
        raise Refused(text, field=where)
    account = queries.account_of(bill.supplier_id)
    if account is None:
        text = _("Pemasok tagihan %(reference)s belum mengisi rekening bank.", reference=bill.reference)
        raise Refused(text, field=where)
    payment = SupplierPayment(
        organization_id=run.organization_id,
        order_id=bill.order_id,
        bill_id=bill.id,
        run_id=run.id,
        to_account_id=account.id,
        supplier_id=bill.supplier_id,
        number=next_number(run.organization_id, "BK"),
        amount_rp=amount_rp,
        account=chart.BANK,
        proposed_at=run.proposed_at,
    )
    db.session.add(payment)
    db.session.flush()
    states.start(payment, actor)


def decide_run(actor: Actor, run_id: int, approve: bool, reason: str = "") -> PaymentRun:
    """Approve a run (the money may leave) or reject it with a reason; never one's own.

    Raises NotFound, Forbidden, Refused for one's own, a decided or lapsed one, and an approval when a bill
    or a supplier's account has changed since: then nothing has changed here.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    run = queries.run_for(actor, run_id, lock=True)
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = approvals.waiting(queries.RUN, run, run.organization_id)
    if waiting is None or run.state != "proposed":
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    if approve:
        _check_unchanged(run)
    reason = clean(reason, MAX_REASON)
    approvals.decide(actor, waiting.id, approve, reason)
    states.advance(run, "approved" if approve else "rejected", actor, reason)
    if not approve:
        _let_go(actor, run, "rejected", reason)
    faults.point("run_decided")
    announce_run(run)
    return run


def _check_unchanged(run: PaymentRun) -> None:
    for payment, bill, name, account in queries.run_payments(run.id, lock=True):
        if bill.state != "recorded" or payment.amount_rp > bill.open_rp:
            text = _(
                "Tagihan %(reference)s berubah sejak diusulkan. Tolak, lalu minta daftar baru.",
                reference=bill.reference,
            )
            raise Refused(text)
        if account.ended_at is not None:
            text = _("Rekening %(name)s berubah sejak diusulkan. Tolak, lalu minta daftar baru.", name=name)
            raise Refused(text)


def _let_go(actor: Actor, run: PaymentRun, state: str, reason: str) -> None:
    """The payments of a run that is not paid make room for others."""
    for payment, _bill, _name, _account in queries.run_payments(run.id, lock=True):
        states.advance(payment, state, actor, reason)


def withdraw_run(actor: Actor, run_id: int, reason: str) -> PaymentRun:
    """Take a run back before its money has left: a proposed one, or one that the bank refused.

    Raises NotFound, Forbidden, Refused without a reason or for one that has ended.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    run = queries.run_for(actor, run_id, lock=True)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    if run.state not in PaymentRun.LIVE:
        raise Refused(_("Daftar bayar ini sudah selesai."))
    reason = clean(reason, MAX_REASON)
    waiting = approvals.waiting(queries.RUN, run, run.organization_id)
    if waiting is not None:
        states.advance(waiting, "lapsed", actor, stored("ditarik pengusul"))
    states.advance(run, "withdrawn", actor, reason)
    _let_go(actor, run, "lapsed", reason)
    announce_run(run)
    return run


def record_transfer(actor: Actor, run_id: int, paid_on: date, reference: str) -> PaymentRun:
    """The bank has transferred: every payment of the run is booked on that day, or none.

    Raises NotFound, Forbidden, Refused for a run that was not approved, a day in the future or before the
    proposal, no reference, when less is open of a bill than the run pays, and when the bank account of
    the books does not hold the total.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    run = queries.run_for(actor, run_id, lock=True)
    if run.state != "approved":
        raise Refused(_("Daftar bayar ini belum disetujui atau sudah selesai."))
    reference = clean(reference, MAX_REFERENCE)
    if not reference:
        raise Refused(_("Tulis nomor bukti transfer."), field="reference")
    if not clock.wib(run.proposed_at).date() <= paid_on <= clock.today():
        raise Refused(_("Tanggal transfer: sejak diusulkan, paling lambat hari ini."), field="paid_on")
    _require_money(run, run.total_rp)
    rows = queries.run_payments(run.id)
    orders = queries.hold_orders({payment.order_id for payment, *_rest in rows})
    states.advance(run, "paid", actor, also={"paid_on": paid_on, "reference": reference})
    for payment, bill, _name, _account in queries.run_payments(run.id, lock=True):
        if payment.amount_rp > bill.open_rp:
            raise Refused(_("Tagihan %(reference)s tidak bisa dibayar sekarang.", reference=bill.reference))
        states.advance(payment, "paid", actor, also={"paid_on": paid_on, "reference": reference})
        ledger.post(actor, run.organization_id, postings.for_payment(payment))
        faults.point("run_payment_posted")
        settle(actor, orders[payment.order_id], bill, payment.amount_rp)
        jobs.enqueue("supplier_paid", {"payment_id": payment.id}, unique_key=f"supplier_paid:{payment.id}")
    _require_money(run, 0)
    faults.point("run_paid")
    return run


def _require_money(run: PaymentRun, amount_rp: int) -> None:
    """The bank holds the total. Asked again with 0 after posting, when the books are held."""
    there = books.balance_rp(run.organization_id, chart.BANK)
    if there < amount_rp:
        text = _(
            "Saldo bank di buku hanya %(there)s, daftar ini %(total)s. Belum ada yang dibukukan.",
            there=money.format_rp(there if amount_rp else there + run.total_rp),
            total=money.format_rp(run.total_rp),
        )
        raise Refused(text, balance_rp=there)


def lapse_runs() -> int:
    """Close runs that nobody decided within 72 hours; returns how many (part of a schedule)."""
    stale = queries.stale_runs()
    for run in stale:
        states.advance(run, "lapsed", SYSTEM, stored("lewat 72 jam"))
        _let_go(SYSTEM, run, "lapsed", stored("lewat 72 jam"))
    return len(stale)
