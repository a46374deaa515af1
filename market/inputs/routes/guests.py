"""The same for a person with nothing but a telephone: a public form, and a page behind a secret link."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.core.errors import NotFound
from market.core.i18n import _
from market.identity import queries as identity
from market.identity.models import Organization
from market.inputs import forms, queries, services
from market.inputs.routes import blueprint as shared
from market.inputs.routes.blueprint import Answer, bp
from market.web.access import public
from market.web.requests import behind_secret_link


def _shop(slug: str) -> Organization:
    found = identity.organization_by_slug(slug)
    if found.kind != "cooperative" or not found.active:
        raise NotFound(_("Toko tidak ditemukan."))
    return found


def _form(first: bool = False) -> forms.GuestRequestForm:
    start = shared.usual() if first else None
    return forms.GuestRequestForm.load(start, commodity_id=shared.goods(), terms=shared.terms())


@bp.get("/toko/<slug>/bahan")
@public
def new_guest(slug: str) -> str:
    """One short page: what, how much, by when, and a telephone number."""
    return _page(_shop(slug), _form(first=True))


def _page(shop: Organization, form: forms.GuestRequestForm) -> str:
    action = url_for("inputs.create_guest", slug=shop.slug)
    return render_template("inputs/new.html", form=form, shop=shop, action=action, guest=True)


@bp.post("/toko/<slug>/bahan")
@public
def create_guest(slug: str) -> Answer:
    """Ask the cooperative; the answer is read behind the link."""
    shop, form = _shop(slug), _form()
    values = shared.typed(form) if form.validate() else None
    if values is not None:
        with form.guard():
            found = services.post_guest_request(shop.id, **values)
            flash(_("Terkirim. Simpan halaman ini: di sini Anda membaca jawabannya."))
            return _to(found.token)
    return _page(shop, form), 422


def _to(token: str) -> Response:
    return redirect(url_for("inputs.show_own", token=token), 303)


@bp.get("/bahan-saya/<token>")
@public
def show_own(token: str) -> Response:
    """The buyer's own page; for no cache and no search engine."""
    found = queries.request_by_token(token)
    page = render_template(
        "inputs/show_own.html",
        wish=found,
        shop=identity.organization(found.organization_id),
        payments=queries.payments_of(found.id),
        locked=found.wrong_codes >= services.MAX_WRONG_CODES,
        link=shared.link(token),
    )
    return behind_secret_link(make_response(page))


@bp.post("/bahan-saya/<token>/penarikan")
@public
def create_own_withdrawal(token: str) -> Response:
    """Take it back."""
    services.withdraw_own_request(token)
    flash(_("Permintaan ditarik."))
    return _to(token)


@bp.post("/bahan-saya/<token>/kode")
@public
def create_own_code(token: str) -> Response:
    """A new pickup code; the old one opens nothing any more."""
    services.renew_own_code(token)
    flash(_("Kode baru sudah dibuat."))
    return _to(token)


@bp.post("/bahan-saya/<token>/titipan")
@public
def create_own_keeping(token: str) -> Response:
    """Leave the money for the next request."""
    services.keep_own_money(token)
    flash(_("Uang Anda disimpan untuk permintaan berikutnya."))
    return _to(token)
