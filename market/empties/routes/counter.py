"""Refills that were sold at the counter, and what comes back of their containers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core import clock, money
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.empties import queries, services
from market.empties.forms import KeepingForm, ReturnForm, UndoForm
from market.empties.routes.base import Answer, bp
from market.empties.types import CONTAINERS
from market.web.access import current_actor, requires


@bp.get("/tabung/penjualan/<int:sale_id>")
@requires(Permission.STOCK_VIEW)
def show_sale(sale_id: int) -> Answer:
    """What was sold, what to take in, what is on deposit."""
    return _show_sale(sale_id, UndoForm.load({}), 200)


def _show_sale(sale_id: int, form: UndoForm, status: int) -> Answer:
    actor = current_actor()
    sale = queries.sale_for(actor, sale_id)
    mine = sale.sold_by is not None and sale.sold_by == actor.user_id
    page = render_template(
        "empties/show_sale.html",
        sale=sale,
        container=CONTAINERS[sale.container],
        deposit=queries.deposit_of_sale(sale.id),
        may_undo=mine
        and not sale.receipt
        and sale.undone_at is None
        and clock.wib(sale.sold_at).date() == clock.today(),
        form=form,
    )
    return page, status


@bp.post("/tabung/penjualan/<int:sale_id>/pembatalan")
@requires(Permission.RETAIL_HAND_OVER)
def create_sale_undo(sale_id: int) -> Answer:
    """It was a slip: everything is as before."""
    queries.sale_for(current_actor(), sale_id)
    form = UndoForm.load()
    if form.validate():
        with form.guard():
            sale = services.undo_refill(current_actor(), sale_id, str(form.reason.data))
            amount = money.format_rp(sale.amount_rp + sale.deposit_rp)
            flash(_("Penjualan dibatalkan. Kembalikan %(amount)s tunai, terima tabungnya.", amount=amount))
            return redirect(url_for("empties.show_sale", sale_id=sale_id), 303)
    return _show_sale(sale_id, form, 422)


# --- deposits --------------------------------------------------------------------------------------


@bp.get("/tabung/titipan/<int:deposit_id>")
@requires(Permission.STOCK_VIEW)
def show_deposit(deposit_id: int) -> Answer:
    """Who has how many, for how much; and the two ways in which that ends."""
    return _show_deposit(deposit_id, status=200)


def _show_deposit(
    deposit_id: int, back: ReturnForm | None = None, keep: KeepingForm | None = None, status: int = 422
) -> Answer:
    deposit = queries.deposit_for(current_actor(), deposit_id)
    page = render_template(
        "empties/show_deposit.html",
        deposit=deposit,
        container=CONTAINERS[deposit.container],
        sale=queries.sale_for(current_actor(), deposit.sale_id),
        back=back or ReturnForm(data={"count": deposit.still_out}),
        keep=keep or KeepingForm(data={"count": deposit.still_out}),
        history=history_of(deposit),
    )
    return page, status


@bp.post("/tabung/titipan/<int:deposit_id>/kembali")
@requires(Permission.RETAIL_HAND_OVER)
def create_return(deposit_id: int) -> Answer:
    """Empties for the deposit."""
    form = ReturnForm.load()
    queries.deposit_for(current_actor(), deposit_id)
    if form.validate():
        with form.guard():
            deposit = services.return_containers(current_actor(), deposit_id, form.values()["count"])
            amount = money.format_rp(form.values()["count"] * deposit.unit_rp)
            flash(_("Tabung kembali. Serahkan %(amount)s kepada pembeli.", amount=amount))
            return redirect(url_for("empties.show_deposit", deposit_id=deposit_id), 303)
    return _show_deposit(deposit_id, back=form)


@bp.post("/tabung/titipan/<int:deposit_id>/tidak-kembali")
@requires(Permission.RETAIL_HAND_OVER)
def create_keeping(deposit_id: int) -> Answer:
    """The buyer keeps the container and leaves the money."""
    form = KeepingForm.load()
    queries.deposit_for(current_actor(), deposit_id)
    if form.validate():
        with form.guard():
            services.keep_containers(current_actor(), deposit_id, **form.values())
            flash(_("Titipan menjadi milik koperasi, tabungnya milik pembeli."))
            return redirect(url_for("empties.show_deposit", deposit_id=deposit_id), 303)
    return _show_deposit(deposit_id, keep=form)
