"""Money to suppliers: proposed by one person, decided by another, given back when too much."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for

from market.core import clock
from market.core.errors import NotFound, Refused
from market.core.history import StateChange, history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.ledger import queries as books
from market.payments import queries as money_in
from market.purchasing import queries, services
from market.purchasing.forms import PaymentForm, RefundForm, RejectionForm
from market.purchasing.models import PurchaseOrder, SupplierPayment
from market.purchasing.routes.base import ACCOUNTS, Answer, account_choices, balances, bp, sides
from market.web.access import current_actor, requires
from market.web.forms import Choices


@bp.get("/pembayaran")
@requires(Permission.BOOKS_VIEW)
def index_payments() -> Answer:
    """Payments that wait, with what cash and bank hold before and after, and those decided."""
    return _index_payments(RejectionForm.load(), 0, 200)


def _index_payments(form: RejectionForm, payment_id: int, status: int) -> Answer:
    organization_id = current_actor().organization_id or 0
    page = render_template(
        "purchasing/index_payments.html",
        waiting=queries.waiting_payments(organization_id),
        to_pay=queries.unpaid_online(organization_id),
        past=queries.past_payments(organization_id),
        balances=balances(),
        form=form,
        payment_id=payment_id,
    )
    return page, status


@bp.post("/pembayaran/<int:payment_id>/persetujuan")
@requires(Permission.PAYMENT_APPROVE)
def create_approval(payment_id: int) -> Answer:
    """The second person says yes: the money leaves and the books know."""
    form = RejectionForm.load()
    try:
        payment = services.decide_payment(current_actor(), payment_id, approve=True)
    except Refused as refusal:
        form.refuse(refusal)
        return _index_payments(form, payment_id, 422)
    asked = services.payment_of(payment)
    if asked is not None:
        flash(_("Pembayaran %(number)s disetujui. Bayar di sini dari bank koperasi.", number=payment.number))
        return redirect(url_for("payments.show", token=asked.token), 303)
    flash(_("Pembayaran %(number)s disetujui dan dibukukan.", number=payment.number))
    return redirect(url_for("purchasing.show_payment", payment_id=payment.id), 303)


@bp.post("/pembayaran/<int:payment_id>/penolakan")
@requires(Permission.PAYMENT_APPROVE)
def create_rejection(payment_id: int) -> Answer:
    """The second person says no, with a reason."""
    form = RejectionForm.load()
    queries.payment_for(current_actor(), payment_id)
    if form.validate():
        with form.guard():
            reason = str(form.reason.data)
            payment = services.decide_payment(current_actor(), payment_id, approve=False, reason=reason)
            flash(_("Pembayaran %(number)s ditolak. Pengusul membaca alasan Anda.", number=payment.number))
            return redirect(url_for("purchasing.index_payments"), 303)
    return _index_payments(form, payment_id, 422)


@bp.get("/pembayaran/<int:payment_id>")
@requires(Permission.BOOKS_VIEW)
def show_payment(payment_id: int) -> Answer:
    """One payment on A4: to whom, for what, from where, and who stands for it."""
    payment = queries.payment_for(current_actor(), payment_id)
    order = queries.order(payment.order_id)
    buyer, supplier = sides(order)
    bill = None if payment.bill_id is None else queries.bill_for(current_actor(), payment.bill_id)
    asked = services.payment_of(payment)
    history = history_of(payment)
    return render_template(
        "purchasing/show_payment.html",
        payment=payment,
        asked=asked,
        ending=asked is not None and (asked.state != "open" or asked.due_at <= clock.now()),
        second=_second_person(history),
        order=order,
        bill=bill,
        buyer=buyer,
        supplier=supplier,
        history=history,
        entry=books.entry_by_source(payment.organization_id, f"supplier_payment:{payment.id}"),
    )


def _second_person(history: Sequence[StateChange]) -> str:
    """Who said yes to the money; blank while nobody has."""
    yes = (each.actor_name for each in history if each.to_state in ("approved", "paid"))
    return next(yes, "")


@bp.post("/pembayaran/<int:payment_id>/pembatalan")
@requires(Permission.PAYMENT_PROPOSE)
def create_payment_withdrawal(payment_id: int) -> Answer:
    """Give up an approved payment that nobody has made over the internet."""
    payment = services.withdraw_payment(current_actor(), payment_id)
    if payment.state == "lapsed":
        flash(_("Pembayaran dibatalkan. Tagihannya bisa diusulkan lagi."))
    else:
        flash(_("Pembayaran sedang dihentikan di penyedia. Jangan membayarnya lagi."))
    return redirect(url_for("purchasing.show_payment", payment_id=payment.id), 303)


def _ways(supplier_id: int) -> Choices:
    """Cash, bank, and over the internet where the supplier takes it."""
    online = [(SupplierPayment.ONLINE, str(ACCOUNTS[SupplierPayment.ONLINE]))]
    return [*account_choices(), *(online if money_in.takes_payments(supplier_id) else [])]


@bp.get("/tagihan/<int:bill_id>/pembayaran")
@requires(Permission.PAYMENT_PROPOSE)
def new_payment(bill_id: int) -> Answer:
    """From where shall this bill be paid?"""
    bill = queries.bill_for(current_actor(), bill_id)
    return _new_payment(bill_id, PaymentForm.load(account=_ways(bill.supplier_id)), 200)


def _new_payment(bill_id: int, form: PaymentForm, status: int) -> Answer:
    bill = queries.bill_for(current_actor(), bill_id)
    order = queries.order_for(current_actor(), bill.order_id)
    page = render_template(
        "purchasing/new_payment.html",
        bill=bill,
        order=order,
        supplier=identity.organization(bill.supplier_id),
        amount_rp=bill.amount_rp - bill.paid_rp,
        balances=balances(),
        form=form,
    )
    return page, status


@bp.post("/tagihan/<int:bill_id>/pembayaran")
@requires(Permission.PAYMENT_PROPOSE)
def create_payment(bill_id: int) -> Answer:
    """Propose to pay what is open of a bill."""
    form = PaymentForm.load(account=_ways(queries.bill_for(current_actor(), bill_id).supplier_id))
    if form.validate():
        with form.guard():
            services.propose_payment(current_actor(), bill_id, form.account.data, form.reference.data or "")
            flash(_("Usulan tersimpan. Ketua atau wakil ketua akan menyetujui."))
            return redirect(url_for("purchasing.show_bill", bill_id=bill_id), 303)
    return _new_payment(bill_id, form, 422)


@bp.get("/pesanan/<int:order_id>/uang-muka")
@requires(Permission.PAYMENT_PROPOSE)
def new_advance(order_id: int) -> Answer:
    """From where shall a prepaid order be paid?"""
    return _new_advance(order_id, PaymentForm.load(account=account_choices()), 200)


def _new_advance(order_id: int, form: PaymentForm, status: int) -> Answer:
    order = _own_order(order_id)
    page = render_template(
        "purchasing/new_advance.html",
        order=order,
        supplier=sides(order)[1],
        amount_rp=services.advance_due_rp(queries.lines_of(order.id)),
        balances=balances(),
        form=form,
    )
    return page, status


def _own_order(order_id: int) -> PurchaseOrder:
    actor = current_actor()
    order = queries.order_for(actor, order_id)
    if order.organization_id != actor.organization_id:
        raise NotFound(_("Pesanan tidak ditemukan."))
    return order


@bp.post("/pesanan/<int:order_id>/uang-muka")
@requires(Permission.PAYMENT_PROPOSE)
def create_advance(order_id: int) -> Answer:
    """Propose to pay a prepaid order."""
    form = PaymentForm.load(account=account_choices())
    if form.validate():
        with form.guard():
            services.propose_advance(current_actor(), order_id, form.account.data, form.reference.data or "")
            flash(_("Usulan tersimpan. Ketua atau wakil ketua akan menyetujui."))
            return redirect(url_for("purchasing.show", order_id=order_id), 303)
    return _new_advance(order_id, form, 422)


@bp.get("/pesanan/<int:order_id>/uang-kembali")
@requires(Permission.PAYMENT_PROPOSE)
def new_refund(order_id: int) -> Answer:
    """The supplier gave back what no goods came for."""
    return _new_refund(order_id, RefundForm.load(account=account_choices()), 200)


def _new_refund(order_id: int, form: RefundForm, status: int) -> Answer:
    order = _own_order(order_id)
    advance = queries.advance_of(order.id)
    page = render_template(
        "purchasing/new_refund.html",
        order=order,
        supplier=sides(order)[1],
        amount_rp=advance.unspent_rp if advance is not None and advance.state == "paid" else 0,
        form=form,
    )
    return page, status


@bp.post("/pesanan/<int:order_id>/uang-kembali")
@requires(Permission.PAYMENT_PROPOSE)
def create_refund(order_id: int) -> Answer:
    """Book the money that came back."""
    form = RefundForm.load(account=account_choices())
    if form.validate():
        with form.guard():
            services.record_refund(current_actor(), order_id, form.account.data, form.reference.data or "")
            flash(_("Uang kembali tercatat."))
            return redirect(url_for("purchasing.show", order_id=order_id), 303)
    return _new_refund(order_id, form, 422)
