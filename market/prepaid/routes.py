"""Prepaid buying at /setor-beli, and each buyer's own page behind a secret link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.commodities import queries as commodities
from market.core import approvals, clock, messages, money, quantity
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.prepaid import forms, queries, services
from market.prepaid.models import PrepaidPool
from market.web.access import current_actor, public, requires
from market.web.forms import Choices
from market.web.requests import after_refusal

bp = Blueprint("prepaid", __name__)

Answer = str | Response | tuple[str, int]


def share_word(pool: PrepaidPool) -> str:
    """What one share is: "5 kg", "1 tabung"."""
    return quantity.format_base(pool.share_base, pool.pack.commodity.base_unit)


bp.context_processor(lambda: {"number": money.group, "share_word": share_word})


def _cooperative() -> Actor:
    actor = current_actor()
    if actor.organization_kind != "cooperative":
        raise NotFound(_("Halaman ini untuk koperasi."))
    return actor


def _accounts() -> Choices:
    return [(value, str(word)) for value, word in forms.ACCOUNTS.items()]


@bp.get("/setor-beli")
@requires(Permission.RETAIL_VIEW)
def index() -> str:
    """The cooperative's pools, and the cash that is missing for what it asked for."""
    actor = _cooperative()
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
    _cooperative()
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
            return _to(pool.id)
    return render_template("prepaid/new.html", form=form), 422


def _to(pool_id: int) -> Response:
    return redirect(url_for("prepaid.show", pool_id=pool_id), 303)


# --- one pool --------------------------------------------------------------------------------------


@bp.get("/setor-beli/<int:pool_id>")
@requires(Permission.RETAIL_VIEW)
def show(pool_id: int) -> Answer:
    """How far it is, who paid, and what this person may do."""
    return _page(pool_id)


def _page(pool_id: int, status: int = 200, **sent: Any) -> Answer:
    pool = queries.pool_for(_cooperative(), pool_id)
    shares, paid_rp = queries.paid_shares([pool.id]).get(pool.id, (0, 0))
    buyers = queries.shares_of(pool.id)
    shown = {
        "payment": forms.PaymentForm.load({"shares": 1}, account=_accounts()),
        "reason": forms.ReasonForm.load(),
        "refund": forms.RefundForm.load(account=_accounts()),
        **sent,
    }
    page = render_template(
        "prepaid/show.html",
        pool=pool,
        shares=shares,
        paid_rp=paid_rp,
        buyers=buyers,
        owed_rp=sum(each.amount_rp for each in buyers if each.state == "refund_pending"),
        opening=approvals.waiting(queries.POOL, pool, pool.organization_id),
        refunding=approvals.waiting(queries.REFUND, pool, pool.organization_id),
        me=current_actor().user_id,
        changes=history_of(pool),
        **shown,
    )
    return page, status


@bp.post("/setor-beli/<int:pool_id>/persetujuan")
@requires(Permission.NEEDS_APPROVE)
def create_approval(pool_id: int) -> Response:
    """The second person opens it."""
    services.decide_pool(_cooperative(), pool_id, approve=True)
    flash(_("Dibuka. Bendahara bisa menerima setoran."))
    return _to(pool_id)


@bp.post("/setor-beli/<int:pool_id>/penolakan")
@requires(Permission.NEEDS_APPROVE)
def create_rejection(pool_id: int) -> Answer:
    """The second person refuses it."""
    form = forms.ReasonForm.load()
    if form.validate():
        with form.guard():
            services.decide_pool(_cooperative(), pool_id, False, str(form.reason.data))
            flash(_("Ditolak."))
            return _to(pool_id)
    return _page(pool_id, 422, reason=form)


@bp.post("/setor-beli/<int:pool_id>/setoran")
@requires(Permission.BOOKS_POST)
def create_payment(pool_id: int) -> Answer:
    """Write a payment down; the receipt is on the buyer's page."""
    form = forms.PaymentForm.load(account=_accounts())
    if form.validate():
        with form.guard():
            share = services.record_payment(_cooperative(), pool_id, **form.values())
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
            services.give_up(_cooperative(), pool_id, str(form.reason.data))
            flash(_("Dibatalkan. Setoran yang ada harus dikembalikan."))
            return _to(pool_id)
    return _page(pool_id, 422, reason=form)


@bp.post("/setor-beli/<int:pool_id>/pengembalian")
@requires(Permission.PAYMENT_PROPOSE)
def create_refund(pool_id: int) -> Answer:
    """Ask a second person to pay everybody back."""
    form = forms.RefundForm.load(account=_accounts())
    if form.validate():
        with form.guard():
            services.propose_refunds(_cooperative(), pool_id, form.account.data)
            flash(_("Pengembalian diusulkan. Orang kedua akan memutuskan."))
            return _to(pool_id)
    return _page(pool_id, 422, refund=form)


@bp.post("/setor-beli/<int:pool_id>/pengembalian/persetujuan")
@requires(Permission.PAYMENT_APPROVE)
def create_refund_approval(pool_id: int) -> Response:
    """The second person pays back."""
    services.decide_refunds(_cooperative(), pool_id, approve=True)
    flash(_("Setoran dikembalikan dan dibukukan."))
    return _to(pool_id)


@bp.post("/setor-beli/<int:pool_id>/kesiapan")
@requires(Permission.RETAIL_HAND_OVER)
def create_readiness(pool_id: int) -> Answer:
    """The goods are set aside for those who paid."""
    services.mark_ready(_cooperative(), pool_id)
    flash(_("Barang disisihkan untuk semua pembeli."))
    return _to(pool_id)


# --- one buyer -------------------------------------------------------------------------------------


@bp.get("/setor-beli/pembeli/<int:share_id>")
@requires(Permission.RETAIL_VIEW)
def show_share(share_id: int) -> Answer:
    """The counter's page of one buyer."""
    return _share_page(share_id, forms.CodeForm.load(), 200)


def _share_page(share_id: int, form: forms.CodeForm, status: int) -> Answer:
    share = queries.share_for(_cooperative(), share_id)
    pool, link = queries.pool_of(share), _link(share.token)
    return render_template("prepaid/show_share.html", share=share, pool=pool, form=form, link=link), status


@bp.post("/setor-beli/pembeli/<int:share_id>/serah-terima")
@requires(Permission.RETAIL_HAND_OVER)
def create_collection(share_id: int) -> Answer:
    """Goods for the code."""
    form = forms.CodeForm.load()
    share = queries.share_for(_cooperative(), share_id)
    if form.validate():
        try:
            services.collect_share(current_actor(), share_id, str(form.pickup_code.data))
            flash(_("Diserahkan dan dibukukan sebagai penjualan."))
            return _to(share.pool_id)
        except Refused as refusal:
            if refusal.field == "pickup_code":
                after_refusal(lambda: services.note_wrong_code(share_id))
            form.refuse(refusal)
    return _share_page(share_id, form, 422)


def _link(token: str) -> str:
    return messages.link(url_for("prepaid.show_receipt", token=token))


@bp.get("/setoran-saya/<token>")
@public
def show_receipt(token: str) -> Response:
    """The buyer's receipt and where it stands; for no cache and no search engine."""
    share = queries.share_by_token(token)
    page = render_template(
        "prepaid/show_receipt.html",
        share=share,
        pool=queries.pool_of(share),
        shop=identity.organization(share.organization_id),
        locked=share.wrong_codes >= services.MAX_WRONG_CODES,
        link=_link(token),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.post("/setoran-saya/<token>/kode")
@public
def create_code(token: str) -> Response:
    """A new pickup code; the old one opens nothing any more."""
    services.renew_code(token)
    flash(_("Kode baru sudah dibuat."))
    return redirect(url_for("prepaid.show_receipt", token=token), 303)
