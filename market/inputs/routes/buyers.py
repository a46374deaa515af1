"""What a UMKM does with its own requests."""

from __future__ import annotations

from flask import flash, render_template, url_for
from werkzeug.wrappers import Response

from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.identity.models import Organization
from market.inputs import forms, services
from market.inputs.routes import blueprint as shared
from market.inputs.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


def _form(first: bool = False) -> forms.RequestForm:
    start = shared.usual() if first else None
    return forms.RequestForm.load(start, commodity_id=shared.goods(), terms=shared.terms())


def _shop() -> Organization:
    mine = identity.organization(current_actor().organization_id or 0)
    if mine.sells_through_id is None:
        raise NotFound(_("UMKM ini belum terhubung ke koperasi. Hubungi koperasi di kelurahan Anda."))
    return identity.organization(mine.sells_through_id)


@bp.get("/bahan/baru")
@requires(Permission.INPUTS_POST)
def new() -> str:
    """One short page: what, how much, by when."""
    return _page(_form(first=True))


def _page(form: forms.RequestForm) -> str:
    return render_template(
        "inputs/new.html", form=form, shop=_shop(), action=url_for("inputs.create"), guest=False
    )


@bp.post("/bahan")
@requires(Permission.INPUTS_POST)
def create() -> Answer:
    """Ask the cooperative."""
    form = _form()
    values = shared.typed(form) if form.validate() else None
    if values is not None:
        with form.guard():
            found = services.post_request(current_actor(), **values)
            flash(_("Terkirim. Koperasi akan menyetujui atau menolak dengan alasan."))
            return shared.to(found.id)
    return _page(form), 422


@bp.post("/bahan/<int:request_id>/penarikan")
@requires(Permission.INPUTS_POST)
def create_withdrawal(request_id: int) -> Response:
    """Take it back."""
    services.withdraw_request(current_actor(), request_id)
    flash(_("Permintaan ditarik."))
    return shared.to(request_id)


@bp.post("/bahan/<int:request_id>/kode")
@requires(Permission.INPUTS_POST)
def create_code(request_id: int) -> Response:
    """A new pickup code; the old one opens nothing any more."""
    services.renew_code(current_actor(), request_id)
    flash(_("Kode baru sudah dibuat."))
    return shared.to(request_id)
