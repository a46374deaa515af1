"""The office's side: sums of what is offered, never a price, and who is an authorised source."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import Forbidden
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.offers import queries, services
from market.offers.forms import AuthorisationForm
from market.offers.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


@bp.get("/dinas/penawaran")
@requires(Permission.BOARD_VIEW)
def index_office() -> Answer:
    """How much is offered to the city per good; prices stay sealed until a round is published."""
    actor = current_actor()
    if actor.organization_kind != "office":
        raise Forbidden(_("Halaman ini untuk dinas."))
    rows = queries.supply(actor.scope_code or "?", clock.today())
    return render_template("offers/index_office.html", rows=rows, now=clock.now())


@bp.get("/dinas/izin-pemasok")
@requires(Permission.SUPPLIER_AUTHORISE)
def index_authorisations() -> Answer:
    """Who may sell administered goods, since when, by which paper."""
    return _page(_form(), 200)


def _form() -> AuthorisationForm:
    suppliers = identity.organizations("supplier")
    goods = [each for each in commodities.commodities() if each.handling == "administered"]
    return AuthorisationForm.load(
        {"valid_from_on": clock.today()},
        supplier_id=[(str(each.id), each.name) for each in suppliers],
        commodity_id=[(str(each.id), each.name) for each in goods],
    )


def _page(form: AuthorisationForm, status: int) -> Answer:
    today = clock.today()
    held = queries.authorisations()
    return render_template("offers/index_authorisations.html", held=held, form=form, today=today), status


@bp.post("/dinas/izin-pemasok")
@requires(Permission.SUPPLIER_AUTHORISE)
def create_authorisation() -> Answer:
    """Note an authorisation."""
    form = _form()
    if form.validate():
        with form.guard():
            values = {**form.values(), "source": form.source.data or ""}
            supplier_id, commodity_id = values.pop("supplier_id"), values.pop("commodity_id")
            services.authorise_supplier(current_actor(), supplier_id, commodity_id, **values)
            flash(_("Izin tercatat."))
            return redirect(url_for("offers.index_authorisations"), 303)
    return _page(form, 422)


@bp.post("/dinas/izin-pemasok/<int:authorisation_id>/akhir")
@requires(Permission.SUPPLIER_AUTHORISE)
def delete_authorisation(authorisation_id: int) -> Answer:
    """End an authorisation today."""
    services.end_authorisation(current_actor(), authorisation_id)
    flash(_("Izin diakhiri hari ini."))
    return redirect(url_for("offers.index_authorisations"), 303)
