"""The public side of a pool: whoever has the link sees how far it is, joins, and may step back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.core import clock, messages, money
from market.core.errors import NotFound, Refused
from market.core.i18n import _, format_date
from market.core.permissions import Permission
from market.identity import queries as identity
from market.identity.models import Organization
from market.prepaid import forms, queries, services
from market.prepaid.models import PrepaidPool
from market.prepaid.routes.blueprint import Answer, bp, cooperative, share_word
from market.prepaid.routes.buyers import receipt_page, share_page
from market.prepaid.routes.pools import accounts
from market.web.access import public, requires


def _pool_at(slug: str, pool_id: int) -> tuple[Organization, PrepaidPool]:
    shop, pool = identity.shop_at(slug), queries.public_pool(pool_id)
    if pool.organization_id != shop.id:
        raise NotFound(_("Setor beli tidak ditemukan."))
    return shop, pool


@bp.get("/toko/<slug>/setor-beli")
@public
def index_public(slug: str) -> str:
    """What residents may join at a cooperative now."""
    shop = identity.shop_at(slug)
    pools = queries.open_pools(shop.id)
    paid = queries.paid_shares([pool.id for pool in pools])
    return render_template("prepaid/index_public.html", shop=shop, pools=pools, paid=paid)


@bp.get("/toko/<slug>/setor-beli/<int:pool_id>")
@public
def show_public(slug: str, pool_id: int) -> Answer:
    """One pool for everybody: how many are in, what is missing, until when, and the way in."""
    return _public_page(slug, pool_id, forms.JoinForm.load({"shares": 1}), 200)


def _public_page(slug: str, pool_id: int, form: forms.JoinForm, status: int) -> Answer:
    shop, pool = _pool_at(slug, pool_id)
    buyers = queries.shares_of(pool.id)
    shares = queries.paid_shares([pool.id]).get(pool.id, (0, 0))[0]
    page = render_template(
        "prepaid/show_public.html",
        shop=shop,
        pool=pool,
        shares=shares,
        missing=max(0, pool.min_shares - shares),
        left=pool.max_shares - shares,
        people=sum(each.state in queries.PAID for each in buyers),
        waiting=sum(each.state == "awaiting_payment" for each in buyers),
        joinable=pool.state == "open" and pool.closes_at > clock.now() and shares < pool.max_shares,
        link=messages.link(url_for("prepaid.show_public", slug=shop.slug, pool_id=pool.id)),
        preview=_preview(shop, pool, shares),
        form=form,
    )
    return page, status


def _preview(shop: Organization, pool: PrepaidPool, shares: int) -> str:
    """What a shared link says before it is opened."""
    return _(
        "%(price)s per %(share)s di %(shop)s. Kurang %(missing)s bagian lagi, setor sampai %(day)s. "
        "Kalau tidak cukup, uang kembali.",
        price=money.format_rp(pool.price_rp),
        share=share_word(pool),
        shop=shop.name,
        missing=money.group(max(0, pool.min_shares - shares)),
        day=format_date(pool.closes_on),
    )


@bp.post("/toko/<slug>/setor-beli/<int:pool_id>/ikut")
@public
def create_join(slug: str, pool_id: int) -> Answer:
    """Join; the answer leads to the page behind the own secret link."""
    _shop, pool = _pool_at(slug, pool_id)
    form = forms.JoinForm.load()
    if form.validate():
        with form.guard():
            share = services.join_pool(pool.id, **form.values())
            flash(_("Anda tercatat. Bayar supaya bagian Anda dihitung."))
            return redirect(url_for("prepaid.show_receipt", token=share.token), 303)
    return _public_page(slug, pool_id, form, 422)


@bp.post("/setoran-saya/<token>/pengunduran")
@public
def create_withdrawal(token: str) -> Response:
    """Step back before the pool closes."""
    share = services.leave_pool(token)
    if share.state == "refund_pending" and queries.goes_back_online(share.id):
        flash(_("Anda mundur. Uang Anda kembali lewat cara Anda membayar."))
    elif share.state == "refund_pending":
        flash(_("Anda mundur. Uang Anda akan dikembalikan koperasi."))
    else:
        flash(_("Anda batal ikut."))
    return redirect(url_for("prepaid.show_receipt", token=token), 303)


@bp.post("/setoran-saya/<token>/bayar")
@public
def create_online(token: str) -> Answer:
    """The buyer pays the share now, over the internet."""
    try:
        payment = services.pay_share(token)
    except Refused as refusal:
        flash(refusal.message, "warn")
        return receipt_page(token), 422
    return redirect(url_for("payments.show", token=payment.token), 303)


@bp.post("/setor-beli/pembeli/<int:share_id>/tunai")
@requires(Permission.BOOKS_POST)
def create_share_cash(share_id: int) -> Response:
    """The buyer stands here and pays in cash after all."""
    if services.take_cash(cooperative(), share_id):
        flash(_("Pembayaran internetnya sedang ditutup. Muat ulang beberapa detik lagi."))
    return redirect(url_for("prepaid.show_share", share_id=share_id), 303)


@bp.post("/setor-beli/pembeli/<int:share_id>/pembayaran")
@requires(Permission.BOOKS_POST)
def create_share_payment(share_id: int) -> Answer:
    """The money of somebody who joined by the link."""
    form = forms.TakeForm.load(account=accounts())
    queries.share_for(cooperative(), share_id)
    if form.validate():
        try:
            share = services.take_payment(cooperative(), share_id, str(form.account.data), form.member.data)
            flash(_("Setoran %(number)s tersimpan. Kirim tautannya ke pembeli.", number=share.number))
            return redirect(url_for("prepaid.show_share", share_id=share_id), 303)
        except Refused as refusal:
            form.refuse(refusal)
    return share_page(share_id, forms.CodeForm.load(), 422, form)
