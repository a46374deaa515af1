"""The basket before it is paid: lines, the member's card, the buyer of scarce goods, cash and QRIS."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from market.core import text
from market.core.i18n import _
from market.core.permissions import Permission
from market.counter import queries, queries_goods, services
from market.counter.forms import BuyerForm, CardForm, CashForm, OnlineForm, ReasonForm, TermsForm
from market.counter.models import Sale
from market.counter.routes.blueprint import Answer, bp, own_id
from market.counter.services import Terms
from market.members import queries as members
from market.payments import queries as money_in
from market.rations.forms import categories
from market.web.access import current_actor, requires

QUICK_RP = (10_000, 20_000, 50_000, 100_000)


@bp.get("/kasir/bayar")
@requires(Permission.COUNTER_SELL)
def show_basket() -> Answer:
    """What is to be paid, and how: the newest basket, or the one that was asked for (`nota`)."""
    own_id()
    shift = queries.own_shift(current_actor())
    baskets = [sale for sale in queries.unfinished(shift.id) if sale.state == "open"] if shift else []
    asked = request.args.get("nota", "")
    sale = next((each for each in baskets if str(each.id) == asked), baskets[-1] if baskets else None)
    if sale is None:
        return redirect(url_for("counter.show"))
    return _page(sale, 200)


def _page(sale: Sale, status: int, **forms: Any) -> Answer:
    lines = queries.lines_of(sale.id)
    goods = queries_goods.goods_by_code(sale.organization_id, [line.good for line in lines])
    rules = [goods[line.good].rule for line in lines if line.good in goods and goods[line.good].rule]
    known = {"buyer_name": sale.buyer_name, "map_reference": sale.map_reference}
    page = render_template(
        "counter/show_basket.html",
        sale=sale,
        lines=lines,
        goods=goods,
        identity=any(rule.needs_identity for rule in rules if rule),
        register=any(rule.needs_register for rule in rules if rule),
        limits=services.limits(sale, lines),
        member=members.member_for(current_actor(), sale.member_id) if sale.member_id else None,
        quick=[note for note in QUICK_RP if note > sale.total_rp][:3],
        payable=money_in.takes_payments(sale.organization_id),
        card=forms.get("card") or CardForm(),
        buyer=forms.get("buyer") or _buyer_form(),
        cash=_named("cash", forms.get("cash") or CashForm(data={"given_rp": sale.total_rp, **known})),
        online=_named("online", forms.get("online") or OnlineForm(data=known)),
        void=forms.get("void") or ReasonForm(),
    )
    return page, status


def _named(name: str, form: TermsForm) -> TermsForm:
    """Two forms with the same fields on one page: each field has an id of its own."""
    for field in form:
        field.id = f"{name}-{field.name}"
    return form


def _buyer_form() -> BuyerForm:
    return BuyerForm.load({"category": "RT"}, category=categories())


def _back(sale_id: int) -> Answer:
    return redirect(url_for("counter.show_basket", nota=sale_id), 303)


@bp.post("/kasir/bayar/<int:sale_id>/baris/<int:line_id>")
@requires(Permission.COUNTER_SELL)
def update_line(sale_id: int, line_id: int) -> Answer:
    """Another quantity; 0 takes the good off."""
    quantity = text.whole_number(request.form.get("quantity", ""), most=1_000)
    empties = request.form.get("empties_in", "").strip()
    back = text.whole_number(empties, most=1_000) if empties else None
    services.change(current_actor(), sale_id, line_id, quantity, back)
    return _back(sale_id)


@bp.post("/kasir/bayar/<int:sale_id>/harga")
@requires(Permission.COUNTER_SELL)
def create_refresh(sale_id: int) -> Answer:
    """Prices of this moment."""
    services.refresh(current_actor(), sale_id)
    return _back(sale_id)


@bp.post("/kasir/bayar/<int:sale_id>/anggota")
@requires(Permission.COUNTER_SELL)
def create_card(sale_id: int) -> Answer:
    """The buyer's card."""
    sale = queries.sale_for(current_actor(), sale_id)
    form = CardForm.load()
    if form.validate():
        with form.guard():
            services.name_member(current_actor(), sale_id, form.values()["card"] or "")
            return _back(sale_id)
    return _page(sale, 422, card=form)


@bp.post("/kasir/bayar/<int:sale_id>/pembeli")
@requires(Permission.COUNTER_SELL)
def create_buyer(sale_id: int) -> Answer:
    """Who buys scarce goods; what was typed is not shown again, not even when it is wrong."""
    sale = queries.sale_for(current_actor(), sale_id)
    form = _buyer_form()
    valid, shown = form.validate(), form.taken()
    if valid:
        with form.guard():
            services.name_buyer(current_actor(), sale_id, shown.nik, shown.category, shown.nib)
            return _back(sale_id)
    return _page(sale, 422, buyer=form)


def _terms(form: TermsForm) -> Terms:
    typed = form.values()
    return Terms(
        typed["recorded"], typed["map_reference"] or "", typed["buyer_name"] or "", typed["phone"] or ""
    )


@bp.post("/kasir/bayar/<int:sale_id>/tunai")
@requires(Permission.COUNTER_SELL)
def create_cash(sale_id: int) -> Answer:
    """Cash on the counter."""
    sale = queries.sale_for(current_actor(), sale_id)
    form = CashForm.load()
    if form.validate():
        with form.guard():
            services.pay_cash(current_actor(), sale_id, form.values()["given_rp"], _terms(form))
            return redirect(url_for("counter.show_sale", sale_id=sale_id), 303)
    return _page(sale, 422, cash=form)


@bp.post("/kasir/bayar/<int:sale_id>/qris")
@requires(Permission.COUNTER_SELL)
def create_online(sale_id: int) -> Answer:
    """QRIS for all of it, or for what cash leaves."""
    sale = queries.sale_for(current_actor(), sale_id)
    form = OnlineForm.load()
    if form.validate():
        with form.guard():
            services.pay_online(current_actor(), sale_id, form.values()["cash_rp"] or 0, _terms(form))
            return redirect(url_for("counter.show_sale", sale_id=sale_id), 303)
    return _page(sale, 422, online=form)


@bp.post("/kasir/bayar/<int:sale_id>/batal")
@requires(Permission.COUNTER_SELL)
def create_void(sale_id: int) -> Answer:
    """Nothing comes of it."""
    sale = queries.sale_for(current_actor(), sale_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.void_sale(current_actor(), sale_id, form.values()["reason"])
            flash(_("Dibatalkan. Barang tetap di rak."))
            return redirect(url_for("counter.show"), 303)
    return _page(sale, 422, void=form)
