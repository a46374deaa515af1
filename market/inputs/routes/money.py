"""Money at the counter, by hand: advance, settlement, refund with two persons, receipts."""

from __future__ import annotations

from flask import flash, render_template
from werkzeug.wrappers import Response

from market.core import money
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.inputs import forms, queries, services
from market.inputs.routes import blueprint as shared
from market.inputs.routes.blueprint import Answer, bp
from market.inputs.routes.pages import shown
from market.web.access import current_actor, requires


@bp.post("/bahan/<int:request_id>/uang-muka")
@requires(Permission.INPUTS_CASH)
def create_advance(request_id: int) -> Answer:
    """Take the advance: the whole of it, at the promised price."""
    shared.cooperative()
    form = forms.AdvanceForm.load(account=shared.accounts())
    if form.validate():
        with form.guard():
            services.record_advance(current_actor(), request_id, **form.values())
            flash(_("Uang muka diterima. Sekarang bisa digabung ke kebutuhan koperasi."))
            return shared.to(request_id)
    return shown(request_id, 422, advance=form)


@bp.post("/bahan/<int:request_id>/pelunasan")
@requires(Permission.INPUTS_CASH)
def create_settlement(request_id: int) -> Answer:
    """Take money for goods that she has."""
    shared.cooperative()
    form = forms.SettlementForm.load(account=shared.accounts())
    if form.validate():
        with form.guard():
            services.record_settlement(current_actor(), request_id, **form.values())
            flash(_("Pembayaran diterima dan dibukukan."))
            return shared.to(request_id)
    return shown(request_id, 422, settlement=form)


@bp.post("/bahan/<int:request_id>/pengembalian")
@requires(Permission.PAYMENT_PROPOSE)
def create_refund(request_id: int) -> Answer:
    """Ask a second person to pay the buyer back."""
    shared.cooperative()
    form = forms.RefundForm.load(account=shared.accounts())
    if form.validate():
        with form.guard():
            services.propose_refund(current_actor(), request_id, form.account.data)
            flash(_("Pengembalian diusulkan. Orang kedua akan memutuskan."))
            return shared.to(request_id)
    return shown(request_id, 422, refund=form)


@bp.post("/bahan/<int:request_id>/pengembalian/persetujuan")
@requires(Permission.PAYMENT_APPROVE)
def create_refund_approval(request_id: int) -> Response:
    """The second person pays back."""
    shared.cooperative()
    services.decide_refund(current_actor(), request_id, approve=True)
    flash(_("Uang muka dikembalikan dan dibukukan."))
    return shared.to(request_id)


@bp.post("/bahan/<int:request_id>/titipan")
@requires(Permission.INPUTS_VIEW)
def create_keeping(request_id: int) -> Response:
    """The buyer leaves the money for the next request."""
    services.keep_money(current_actor(), request_id)
    flash(_("Uang disimpan untuk permintaan berikutnya."))
    return shared.to(request_id)


@bp.post("/bahan/<int:request_id>/titipan/penarikan")
@requires(Permission.INPUTS_CASH)
def create_keeping_withdrawal(request_id: int) -> Response:
    """The buyer wants kept money back."""
    shared.cooperative()
    services.ask_back(current_actor(), request_id)
    flash(_("Dicatat. Usulkan pengembaliannya."))
    return shared.to(request_id)


@bp.get("/bahan/kuitansi/<int:payment_id>")
@requires(Permission.INPUTS_VIEW)
def show_payment(payment_id: int) -> str:
    """A receipt to print."""
    payment, request = queries.payment_for(current_actor(), payment_id)
    shop = identity.organization(request.organization_id)
    words = money.terbilang(payment.amount_rp)
    return render_template("inputs/show_payment.html", payment=payment, wish=request, shop=shop, words=words)
