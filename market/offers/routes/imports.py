"""Offers from a spreadsheet: upload, look, confirm."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core import sheets
from market.core.i18n import _, ngettext
from market.core.permissions import Permission
from market.offers import queries, services
from market.offers.forms import ImportForm
from market.offers.routes.blueprint import FILES, Answer, bp, download
from market.places import queries as places
from market.web.access import current_actor, requires


@bp.get("/penawaran/impor")
@requires(Permission.OFFERS_MAKE)
def new_import() -> Answer:
    """Upload a spreadsheet of offers."""
    return render_template("offers/new_import.html", form=ImportForm.load(), faults=[])


@bp.get("/penawaran/impor/templat.xlsx")
@requires(Permission.OFFERS_MAKE)
def show_template() -> Answer:
    """An empty sheet to fill in."""
    return download(services.import_template(), "templat-penawaran.xlsx", FILES["xlsx"])


@bp.post("/penawaran/impor")
@requires(Permission.OFFERS_MAKE)
def create_import() -> Answer:
    """Read the sheet: all its faults at once, or a preview to confirm."""
    form = ImportForm.load()
    faults: list[sheets.Fault] = []
    if form.validate() and form.sheet.data is not None:
        with form.guard():
            file = form.sheet.data
            read = services.preview_import(current_actor(), file.read(), file.filename or "")
            if not isinstance(read, list):
                return redirect(url_for("offers.show_import", import_id=read.id), 303)
            faults = read
    return render_template("offers/new_import.html", form=form, faults=faults), 422


@bp.get("/penawaran/impor/<int:import_id>")
@requires(Permission.OFFERS_MAKE)
def show_import(import_id: int) -> Answer:
    """What the sheet would become."""
    return _preview(import_id, "", 200)


def _preview(import_id: int, refusal: str, status: int) -> Answer:
    batch = queries.import_for(current_actor(), import_id)
    packs = {pack.id: pack for pack in commodities.packs(bulk=True)}
    names = places.names({zone[0] for row in batch.rows for zone in row["zones"]})
    rows = [{**row, "valid_until_on": date.fromisoformat(row["valid_until_on"])} for row in batch.rows]
    page = render_template(
        "offers/show_import.html", batch=batch, rows=rows, packs=packs, places=names, refusal=refusal
    )
    return page, status


@bp.post("/penawaran/impor/<int:import_id>/konfirmasi")
@requires(Permission.OFFERS_MAKE)
def create_confirmation(import_id: int) -> Answer:
    """Store the rows as live offers."""
    form, made = ImportForm(), []
    with form.guard():
        made = services.import_offers(current_actor(), import_id)
    if form.form_errors:
        return _preview(import_id, " ".join(form.form_errors), 422)
    flash(ngettext("%(n)s penawaran berlaku.", "%(n)s penawaran berlaku.", len(made)))
    return redirect(url_for("offers.index", keadaan="berlaku"), 303)


@bp.post("/penawaran/impor/<int:import_id>/batal")
@requires(Permission.OFFERS_MAKE)
def delete_import(import_id: int) -> Answer:
    """Throw the preview away."""
    services.discard_import(current_actor(), import_id)
    flash(_("Impor dibatalkan. Tidak ada yang disimpan."))
    return redirect(url_for("offers.new_import"), 303)
