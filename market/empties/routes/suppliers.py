"""Empties to the supplier, and those bought instead."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from market.core import money
from market.core.errors import Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.empties import queries, services
from market.empties.forms import HandBackForm, PurchaseForm, RejectionForm
from market.empties.routes.base import ACCOUNTS, Answer, bp, container_at, own_id
from market.empties.types import CONTAINERS, Container
from market.identity import queries as identity
from market.ledger import queries as ledger
from market.web.access import current_actor, requires


def _suppliers(code: str) -> list[tuple[str, str]]:
    """Who brought containers, those to whom empties are owed first."""
    organization_id = own_id()
    owed = {
        side.supplier_id: _("%(name)s (terutang %(n)s)", name=side.supplier, n=money.group(side.owed))
        for side in queries.supplier_sides(organization_id)
        if side.owed and side.container.code == code
    }
    others = [(key, name) for key, name in queries.suppliers_of(organization_id) if key not in owed]
    return [(str(key), name) for key, name in [*owed.items(), *others]]


def _asked() -> int | None:
    """The supplier that the page before named."""
    typed = request.args.get("pemasok", "")
    return int(typed) if typed.isdecimal() and len(typed) < 18 else None


@bp.get("/tabung/<code>/penyerahan")
@requires(Permission.GOODS_RECEIVE)
def new_hand_back(code: str) -> Answer:
    """Empties that the driver takes along today."""
    container = container_at(code)
    held = queries.holding(own_id(), code)
    given = {"supplier_id": _asked(), "count": min(held.empty_count, _owed(code)) or held.empty_count}
    form = HandBackForm.load(given, supplier_id=_suppliers(code))
    return _supplier_page("empties/new_hand_back.html", container, form, 200)


def _owed(code: str) -> int:
    return sum(side.owed for side in queries.supplier_sides(own_id()) if side.container.code == code)


def _supplier_page(template: str, container: Container, form: Any, status: int) -> Answer:
    organization_id = own_id()
    page = render_template(
        template,
        container=container,
        held=queries.holding(organization_id, container.code),
        price_rp=container.price.value(organization_id=organization_id),
        form=form,
    )
    return page, status


@bp.post("/tabung/<code>/penyerahan")
@requires(Permission.GOODS_RECEIVE)
def create_hand_back(code: str) -> Answer:
    """Count them off."""
    container = container_at(code)
    form = HandBackForm.load(supplier_id=_suppliers(code))
    if form.validate():
        with form.guard():
            services.hand_back(current_actor(), container.code, **form.values())
            flash(_("Penyerahan tabung kosong tercatat."))
            return redirect(url_for("empties.index"), 303)
    return _supplier_page("empties/new_hand_back.html", container, form, 422)


def _accounts() -> list[tuple[str, str]]:
    organization_id = own_id()
    return [
        (code, f"{label} ({money.format_rp(ledger.balance_rp(organization_id, code))})")
        for code, label in ACCOUNTS.items()
    ]


@bp.get("/tabung/<code>/pembelian")
@requires(Permission.PAYMENT_PROPOSE)
def new_purchase(code: str) -> Answer:
    """Buy the containers that are missing, at the price of the day."""
    container = container_at(code)
    given = {"supplier_id": _asked(), "count": _owed(code) or None}
    form = PurchaseForm.load(given, supplier_id=_suppliers(code), account=_accounts())
    return _supplier_page("empties/new_purchase.html", container, form, 200)


@bp.post("/tabung/<code>/pembelian")
@requires(Permission.PAYMENT_PROPOSE)
def create_purchase(code: str) -> Answer:
    """Ask the second person."""
    container = container_at(code)
    form = PurchaseForm.load(supplier_id=_suppliers(code), account=_accounts())
    if form.validate():
        with form.guard():
            purchase = services.propose_purchase(current_actor(), container.code, **form.values())
            flash(_("Usulan tersimpan. Uang keluar setelah orang kedua menyetujui."))
            return redirect(url_for("empties.show_purchase", purchase_id=purchase.id), 303)
    return _supplier_page("empties/new_purchase.html", container, form, 422)


@bp.get("/tabung/pembelian/<int:purchase_id>")
@requires(Permission.STOCK_VIEW)
def show_purchase(purchase_id: int) -> Answer:
    """One purchase, and the decision if it waits."""
    return _show_purchase(purchase_id, RejectionForm(), 200)


def _show_purchase(purchase_id: int, form: RejectionForm, status: int) -> Answer:
    actor = current_actor()
    purchase = queries.purchase_for(actor, purchase_id)
    waiting = {row[0].id: row for row in queries.waiting_purchases(purchase.organization_id)}
    row = waiting.get(purchase.id)
    page = render_template(
        "empties/show_purchase.html",
        purchase=purchase,
        container=CONTAINERS[purchase.container],
        supplier=identity.organization(purchase.supplier_id).name,
        decides=row is not None and row[3] != actor.user_id and actor.may(Permission.PAYMENT_APPROVE),
        form=form,
        history=history_of(purchase),
    )
    return page, status


@bp.post("/tabung/pembelian/<int:purchase_id>/persetujuan")
@requires(Permission.PAYMENT_APPROVE)
def create_approval(purchase_id: int) -> Answer:
    """The second person says yes."""
    form = RejectionForm.load()
    try:
        services.decide_purchase(current_actor(), purchase_id, approve=True)
    except Refused as refusal:
        form.refuse(refusal)
        return _show_purchase(purchase_id, form, 422)
    flash(_("Pembelian disetujui. Tabung dan buku sudah berubah."))
    return redirect(url_for("empties.index"), 303)


@bp.post("/tabung/pembelian/<int:purchase_id>/penolakan")
@requires(Permission.PAYMENT_APPROVE)
def create_rejection(purchase_id: int) -> Answer:
    """The second person says no, with a reason."""
    form = RejectionForm.load()
    queries.purchase_for(current_actor(), purchase_id)
    if form.validate():
        with form.guard():
            services.decide_purchase(
                current_actor(), purchase_id, approve=False, reason=form.values()["reason"]
            )
            flash(_("Usulan ditolak. Tidak ada yang dibayar."))
            return redirect(url_for("empties.index"), 303)
    return _show_purchase(purchase_id, form, 422)
