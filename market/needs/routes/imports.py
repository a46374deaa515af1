"""Needs from a spreadsheet: upload, look, confirm."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core import sheets
from market.core.i18n import _, ngettext
from market.core.permissions import Permission
from market.needs import queries, services
from market.needs.forms import ImportForm
from market.needs.routes.blueprint import FILES, Answer, bp, download
from market.web.access import current_actor, requires


@bp.get("/kebutuhan/impor")
@requires(Permission.NEEDS_POST)
def new_import() -> Answer:
    """Upload a spreadsheet of needs."""
    return render_template("needs/new_import.html", form=ImportForm.load(), faults=[])


@bp.get("/kebutuhan/impor/templat.xlsx")
@requires(Permission.NEEDS_POST)
def show_template() -> Answer:
    """An empty sheet to fill in."""
    return download(services.import_template(), "templat-kebutuhan.xlsx", FILES["xlsx"])


@bp.post("/kebutuhan/impor")
@requires(Permission.NEEDS_POST)
def create_import() -> Answer:
    """Read the sheet: all its faults at once, or a preview to confirm."""
    form = ImportForm.load()
    faults: list[sheets.Fault] = []
    if form.validate() and form.sheet.data is not None:
        with form.guard():
            read = services.preview_import(
                current_actor(), form.sheet.data.read(), form.sheet.data.filename or ""
            )
            if not isinstance(read, list):
                return redirect(url_for("needs.show_import", import_id=read.id), 303)
            faults = read
    return render_template("needs/new_import.html", form=form, faults=faults), 422


@bp.get("/kebutuhan/impor/<int:import_id>")
@requires(Permission.NEEDS_POST)
def show_import(import_id: int) -> Answer:
    """What the sheet would become."""
    return _preview(import_id, "", 200)


def _preview(import_id: int, refusal: str, status: int) -> Answer:
    batch = queries.import_for(current_actor(), import_id)
    packs = {pack.id: pack for pack in commodities.packs(bulk=True)}
    rows = [{**row, "needed_by_on": date.fromisoformat(row["needed_by_on"])} for row in batch.rows]
    page = render_template("needs/show_import.html", batch=batch, rows=rows, packs=packs, refusal=refusal)
    return page, status


@bp.post("/kebutuhan/impor/<int:import_id>/konfirmasi")
@requires(Permission.NEEDS_POST)
def create_confirmation(import_id: int) -> Answer:
    """Store the rows as submitted needs."""
    form, posted = ImportForm(), []
    with form.guard():
        posted = services.import_needs(current_actor(), import_id)
    if form.form_errors:
        return _preview(import_id, " ".join(form.form_errors), 422)
    flash(ngettext("%(n)s kebutuhan diajukan.", "%(n)s kebutuhan diajukan.", len(posted)))
    return redirect(url_for("needs.index", keadaan="menunggu"), 303)


@bp.post("/kebutuhan/impor/<int:import_id>/batal")
@requires(Permission.NEEDS_POST)
def delete_import(import_id: int) -> Answer:
    """Throw the preview away."""
    services.discard_import(current_actor(), import_id)
    flash(_("Impor dibatalkan. Tidak ada yang disimpan."))
    return redirect(url_for("needs.new_import"), 303)
