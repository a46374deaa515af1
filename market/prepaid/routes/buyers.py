"""One buyer: the counter's page, and the buyer's own behind a secret link."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.core import clock, messages
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.payments import queries as payments
from market.prepaid import forms, queries, services
from market.prepaid.routes.blueprint import Answer, bp, cooperative
from market.prepaid.routes.pools import accounts, to_pool
from market.web.access import current_actor, public, requires
from market.web.requests import after_refusal, behind_secret_link


@bp.get("/setor-beli/pembeli/<int:share_id>")
@requires(Permission.RETAIL_VIEW)
def show_share(share_id: int) -> Answer:
    """The counter's page of one buyer."""
    return share_page(share_id, forms.CodeForm.load(), 200)


def share_page(
    share_id: int, form: forms.CodeForm, status: int, take: forms.TakeForm | None = None
) -> Answer:
    """The counter's page with what was typed into its forms."""
    take = take or forms.TakeForm.load({}, account=accounts())
    share = queries.share_for(cooperative(), share_id)
    pool, link = queries.pool_of(share), _link(share.token)
    page = render_template(
        "prepaid/show_share.html",
        share=share,
        pool=pool,
        form=form,
        take=take,
        link=link,
        paying=services.being_paid(share),
        word=(forms.ACCOUNTS | forms.ONLINE)[share.account],
        back_online=queries.goes_back_online(share.id),
        now=clock.now(),
    )
    return page, status


@bp.post("/setor-beli/pembeli/<int:share_id>/serah-terima")
@requires(Permission.RETAIL_HAND_OVER)
def create_collection(share_id: int) -> Answer:
    """Goods for the code."""
    form = forms.CodeForm.load()
    share = queries.share_for(cooperative(), share_id)
    if form.validate():
        try:
            services.collect_share(current_actor(), share_id, str(form.pickup_code.data))
            flash(_("Diserahkan dan dibukukan sebagai penjualan."))
            return to_pool(share.pool_id)
        except Refused as refusal:
            if refusal.field == "pickup_code":
                after_refusal(lambda: services.note_wrong_code(share_id))
            form.refuse(refusal)
    return share_page(share_id, form, 422)


def _link(token: str) -> str:
    return messages.link(url_for("prepaid.show_receipt", token=token))


@bp.get("/setoran-saya/<token>")
@public
def show_receipt(token: str) -> Response:
    """The buyer's receipt and where it stands; for no cache and no search engine."""
    return behind_secret_link(make_response(receipt_page(token)))


def receipt_page(token: str) -> str:
    """The buyer's page: what to do next, what was paid, what goes back."""
    share = queries.share_by_token(token)
    pool = queries.pool_of(share)
    return render_template(
        "prepaid/show_receipt.html",
        share=share,
        pool=pool,
        shop=identity.organization(share.organization_id),
        leaving=pool.state == "open" and pool.closes_at > clock.now(),
        payable=payments.takes_payments(share.organization_id),
        payment=services.payment_of(share),
        back_online=queries.goes_back_online(share.id),
        online=share.account in forms.ONLINE,
        locked=share.wrong_codes >= services.MAX_WRONG_CODES,
        link=_link(token),
    )


@bp.post("/setoran-saya/<token>/kode")
@public
def create_code(token: str) -> Response:
    """A new pickup code; the old one opens nothing any more."""
    services.renew_code(token)
    flash(_("Kode baru sudah dibuat."))
    return redirect(url_for("prepaid.show_receipt", token=token), 303)
