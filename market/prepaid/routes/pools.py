"""Prepaid buying at /setor-beli, and each buyer's own page behind a secret link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.commodities import queries as commodities
from market.core import approvals, clock, messages
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.prepaid import forms, queries, services
from market.prepaid.models import PrepaidPool
from market.prepaid.routes.blueprint import Answer, bp, cooperative
from market.web.access import current_actor, requires
from market.web.forms import Choices


def accounts() -> Choices:
    """Where money may go to or come from."""
    return [(value, str(word)) for value, word in forms.ACCOUNTS.items()]


@bp.get("/setor-beli")
@requires(Permission.RETAIL_VIEW)
def index() -> str:
    """The cooperative's pools, and the cash that is missing for what it asked for."""
    actor = cooperative()
    pools = queries.pools_of(actor.organization_id or 0)
    gap = queries.cash_gap(actor.organization_id or 0) if actor.may(Permission.BOOKS_VIEW) else None
    return render_template(
        "prepaid/index.html", pools=pools, paid=queries.paid_shares([pool.id for pool in pools]), gap=gap
    )


@bp.get("/setor-beli/baru")
@requires(Permission.NEEDS_POST)
def new() -> str:
    """The form of a new pool."""
    today = clock.today()
    usual = {
        "shares_per_pack": 1,
        "closes_on": today + timedelta(days=7),
        "delivery_on": today + timedelta(days=14),
    }
    return render_template("prepaid/new.html", form=_pool_form(usual))


def _pool_form(data: dict[str, Any] | None = None) -> forms.PoolForm:
    cooperative()
    packs = [(str(pack.id), pack.name) for pack in commodities.packs(bulk=True)]
    return forms.PoolForm.load(data, pack_id=packs)


@bp.post("/setor-beli")
@requires(Permission.NEEDS_POST)
def create() -> Answer:
    """Propose the pool to a second person."""
    form = _pool_form()
    if form.validate():
        with form.guard():
            pool = services.open_pool(current_actor(), **form.values())
            flash(_("Tersimpan. Setoran bisa diterima setelah orang kedua menyetujui."))
            return to_pool(pool.id)
    return render_template("prepaid/new.html", form=form), 422


def to_pool(pool_id: int) -> Response:
    return redirect(url_for("prepaid.show", pool_id=pool_id), 303)


# --- one pool --------------------------------------------------------------------------------------


@bp.get("/setor-beli/<int:pool_id>")
@requires(Permission.RETAIL_VIEW)
def show(pool_id: int) -> Answer:
    """How far it is, who paid, and what this person may do."""
    return _page(pool_id)


def _page(pool_id: int, status: int = 200, **sent: Any) -> Answer:
    pool = queries.pool_for(cooperative(), pool_id)
    shares, paid_rp = queries.paid_shares([pool.id]).get(pool.id, (0, 0))
    buyers = queries.shares_of(pool.id)
    shown = {
        "payment": forms.PaymentForm.load({"shares": 1}, account=accounts()),
        "reason": forms.ReasonForm.load(),
        "refund": forms.RefundForm.load(account=accounts()),
        **sent,
    }
    page = render_template(
        "prepaid/show.html",
        pool=pool,
        shares=shares,
        paid_rp=paid_rp,
        buyers=buyers,
        owed_rp=sum(each.amount_rp for each in queries.back_by_hand(pool.id)),
        opening=approvals.waiting(queries.POOL, pool, pool.organization_id),
        refunding=approvals.waiting(queries.REFUND, pool, pool.organization_id),
        me=current_actor().user_id,
        link=public_link(pool),
        changes=history_of(pool),
        **shown,
    )
    return page, status


def public_link(pool: PrepaidPool) -> str:
    """What is shared with residents: the pool's page for everybody."""
    slug = identity.organization(pool.organization_id).slug
    return messages.link(url_for("prepaid.show_public", slug=slug, pool_id=pool.id))


@bp.post("/setor-beli/<int:pool_id>/persetujuan")
@requires(Permission.NEEDS_APPROVE)
def create_approval(pool_id: int) -> Response:
    """The second person opens it."""
    services.decide_pool(cooperative(), pool_id, approve=True)
    flash(_("Dibuka. Bendahara bisa menerima setoran."))
    return to_pool(pool_id)


@bp.post("/setor-beli/<int:pool_id>/penolakan")
@requires(Permission.NEEDS_APPROVE)
def create_rejection(pool_id: int) -> Answer:
    """The second person refuses it."""
    form = forms.ReasonForm.load()
    if form.validate():
        with form.guard():
            services.decide_pool(cooperative(), pool_id, False, str(form.reason.data))
            flash(_("Ditolak."))
            return to_pool(pool_id)
    return _page(pool_id, 422, reason=form)


@bp.post("/setor-beli/<int:pool_id>/setoran")
@requires(Permission.BOOKS_POST)
def create_payment(pool_id: int) -> Answer:
    """Write a payment down; the receipt is on the buyer's page."""
    form = forms.PaymentForm.load(account=accounts())
    if form.validate():
        with form.guard():
            share = services.record_payment(cooperative(), pool_id, **form.values())
            flash(_("Setoran %(number)s tersimpan. Kirim tautannya ke pembeli.", number=share.number))
            return redirect(url_for("prepaid.show_receipt", token=share.token), 303)
    return _page(pool_id, 422, payment=form)


@bp.post("/setor-beli/<int:pool_id>/pembatalan")
@requires(Permission.NEEDS_APPROVE)
def create_cancellation(pool_id: int) -> Answer:
    """Give it up: everybody is paid back."""
    form = forms.ReasonForm.load()
    if form.validate():
        with form.guard():
            services.give_up(cooperative(), pool_id, str(form.reason.data))
            flash(_("Dibatalkan. Setoran yang ada harus dikembalikan."))
            return to_pool(pool_id)
    return _page(pool_id, 422, reason=form)


@bp.post("/setor-beli/<int:pool_id>/pengembalian")
@requires(Permission.PAYMENT_PROPOSE)
def create_refund(pool_id: int) -> Answer:
    """Ask a second person to pay everybody back."""
    form = forms.RefundForm.load(account=accounts())
    if form.validate():
        with form.guard():
            services.propose_refunds(cooperative(), pool_id, form.account.data)
            flash(_("Pengembalian diusulkan. Orang kedua akan memutuskan."))
            return to_pool(pool_id)
    return _page(pool_id, 422, refund=form)


@bp.post("/setor-beli/<int:pool_id>/pengembalian/persetujuan")
@requires(Permission.PAYMENT_APPROVE)
def create_refund_approval(pool_id: int) -> Response:
    """The second person pays back."""
    services.decide_refunds(cooperative(), pool_id, approve=True)
    flash(_("Setoran dikembalikan dan dibukukan."))
    return to_pool(pool_id)


@bp.post("/setor-beli/<int:pool_id>/kesiapan")
@requires(Permission.RETAIL_HAND_OVER)
def create_readiness(pool_id: int) -> Answer:
    """The goods are set aside for those who paid."""
    services.mark_ready(cooperative(), pool_id)
    flash(_("Barang disisihkan untuk semua pembeli."))
    return to_pool(pool_id)
