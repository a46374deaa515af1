"""Members in and out of spreadsheets: upload, look, store, a second person confirms; and the list to keep."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core import sheets
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.members import queries, services
from market.members.forms import ImportForm, ReasonForm
from market.members.models import MemberImport
from market.members.routes.blueprint import FILES, Answer, bp, download
from market.web.access import current_actor, requires

SHOWN = 200
"""Rows of a preview on the page; the others are in the file that the person has."""


@bp.get("/anggota/impor")
@requires(Permission.MEMBERS_ADMIT)
def new_import() -> Answer:
    """Upload a spreadsheet of members."""
    return render_template("members/new_import.html", form=ImportForm.load(), faults=[])


@bp.get("/anggota/impor/templat.xlsx")
@requires(Permission.MEMBERS_ADMIT)
def show_template() -> Answer:
    """An empty sheet to fill in."""
    return download(services.import_template(), "templat-anggota.xlsx", "xlsx")


@bp.post("/anggota/impor")
@requires(Permission.MEMBERS_ADMIT)
def create_import() -> Answer:
    """Read the sheet: a preview of its good rows, or every fault."""
    form = ImportForm.load()
    faults: list[sheets.Fault] = []
    if form.validate() and form.sheet.data is not None:
        with form.guard():
            sent = form.sheet.data
            read = services.preview_import(current_actor(), sent.read(), sent.filename or "")
            if isinstance(read, MemberImport):
                return redirect(url_for("members.show_import", import_id=read.id), 303)
            faults = read
    return render_template("members/new_import.html", form=form, faults=faults), 422


@bp.get("/anggota/impor/<int:import_id>")
@requires(Permission.MEMBERS_ADMIT)
def show_import(import_id: int) -> Answer:
    """What the sheet would become, or who waits for the second person."""
    return _sheet(import_id, ReasonForm())


def _sheet(import_id: int, form: ReasonForm) -> str:
    actor = current_actor()
    batch = queries.import_for(actor, import_id)
    rows, faults = services.shown_rows(batch)
    waiting = queries.of_import(batch.id) if batch.state == "stored" else []
    return render_template(
        "members/show_import.html",
        batch=batch,
        rows=rows[:SHOWN],
        faults=faults,
        waiting=waiting[:SHOWN],
        paid=sum(member.brought_rp > 0 for member in waiting),
        mine=batch.created_by == actor.user_id,
        form=form,
    )


@bp.post("/anggota/impor/<int:import_id>/simpan")
@requires(Permission.MEMBERS_ADMIT)
def create_storing(import_id: int) -> Answer:
    """Take the good rows into the register."""
    form = ReasonForm()
    with form.guard():
        batch = services.store_import(current_actor(), import_id)
        flash(_("%(n)s baris tersimpan dan menunggu pengurus lain.", n=batch.row_count))
    if form.errors:
        return _sheet(import_id, form), 422
    return redirect(url_for("members.show_import", import_id=import_id), 303)


@bp.post("/anggota/impor/<int:import_id>/pencocokan")
@requires(Permission.MEMBERS_ADMIT)
def create_import_confirmation(import_id: int) -> Answer:
    """A second person has held the rows against the paper register."""
    form = ReasonForm()
    with form.guard():
        active, unpaid = services.confirm_import(current_actor(), import_id)
        flash(_("%(n)s menjadi anggota, %(m)s menunggu simpanan pokok.", n=active, m=unpaid))
    if form.errors:
        return _sheet(import_id, form), 422
    return redirect(url_for("members.index"), 303)


@bp.post("/anggota/impor/<int:import_id>/penolakan")
@requires(Permission.MEMBERS_ADMIT)
def create_import_rejection(import_id: int) -> Answer:
    """The sheet is not what the paper says."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.reject_import(current_actor(), import_id, str(form.reason.data))
            flash(_("Berkas ditolak. Barisnya tidak menjadi anggota dan NIK-nya dihapus."))
            return redirect(url_for("members.show_import", import_id=import_id), 303)
    return _sheet(import_id, form), 422


@bp.post("/anggota/impor/<int:import_id>/batal")
@requires(Permission.MEMBERS_ADMIT)
def delete_import(import_id: int) -> Answer:
    """Throw the preview away."""
    services.discard_import(current_actor(), import_id)
    flash(_("Impor dibatalkan. Tidak ada yang disimpan."))
    return redirect(url_for("members.new_import"), 303)


@bp.get("/anggota/daftar.<kind>")
@requires(Permission.MEMBERS_ADMIT)
def export(kind: str) -> Answer:
    """The register with masked NIKs, as CSV or XLSX."""
    if kind not in FILES:
        raise NotFound(_("Halaman ini tidak ada"))
    return download(services.export_register(current_actor(), kind), f"anggota.{kind}", kind)


@bp.get("/anggota/daftar-nik")
@requires(Permission.MEMBERS_REVEAL)
def new_export() -> Answer:
    """Ask for the register with whole NIKs."""
    return render_template("members/new_export.html", form=ReasonForm.load())


@bp.post("/anggota/daftar-nik")
@requires(Permission.MEMBERS_REVEAL)
def create_export() -> Answer:
    """Who and why is written down; the file can be fetched for five minutes."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            opened = services.reveal_identity(current_actor(), None, str(form.reason.data))
            return redirect(url_for("members.export_in_full", reveal_id=opened.id), 303)
    return render_template("members/new_export.html", form=form), 422


@bp.get("/anggota/daftar-nik/<int:reveal_id>.xlsx")
@requires(Permission.MEMBERS_REVEAL)
def export_in_full(reveal_id: int) -> Answer:
    """The register with whole NIKs."""
    return download(services.export_with_nik(current_actor(), reveal_id, "xlsx"), "anggota-nik.xlsx", "xlsx")
