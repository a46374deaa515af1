"""The payer's side of a refund, behind the payment's secret link: where to, how far, when it has arrived."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from market.core.i18n import _
from market.identity import queries as identity
from market.payments import queries, services
from market.payments import queries_payouts as out
from market.payments.routes.blueprint import Answer, bp
from market.payments.routes.earnings import target_form
from market.web.access import public
from market.web.forms import Form
from market.web.requests import behind_secret_link


@bp.get("/bayar/<token>/pengembalian")
@public
def show_going_back(token: str) -> Response:
    """Every refund of a payment; for no cache and no search engine."""
    return behind_secret_link(make_response(_page(token, target_form())))


def _page(token: str, form: Form) -> str:
    payment = queries.payment_by_token(token)
    return render_template(
        "payments/show_going_back.html",
        payment=payment,
        seller=identity.organization(payment.organization_id),
        going_back=out.refunds_of_payment(payment.id),
        masked=services.masked,
        form=form,
    )


@bp.post("/bayar/<token>/pengembalian/<int:refund_id>/tujuan")
@public
def create_destination(token: str, refund_id: int) -> Answer:
    """The payer says where the money goes: a bank or wallet, or the counter."""
    if request.form.get("way") == "cash":
        services.name_destination(token, refund_id, "cash")
        flash(_("Ambil uangnya di gerai dengan kode di halaman ini, setelah koperasi menyetujuinya."))
        return redirect(url_for("payments.show_going_back", token=token), 303)
    form = target_form()
    if form.validate():
        with form.guard():
            services.name_destination(token, refund_id, "bank", **form.values())
            flash(_("Tersimpan. Koperasi mengirim uangnya ke sini."))
            return redirect(url_for("payments.show_going_back", token=token), 303)
    return _page(token, form), 422
