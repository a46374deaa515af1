"""The office's calendar of cycles; what a cooperative may ask for; the invitation to take a little more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.commodities import queries as commodities
from market.core import clock, money
from market.core.history import history_of
from market.core.i18n import _, ngettext
from market.core.permissions import Permission
from market.cycles import queries, services
from market.cycles.forms import (
    ANSWER_HOURS,
    DELIVERY_DAYS,
    OPEN_DAYS,
    WEEKS,
    AskingForm,
    CycleForm,
    HolidayForm,
    ReasonForm,
    SkipForm,
    WideningForm,
    choices_of,
)
from market.cycles.models import OrderCycle
from market.places import queries as places
from market.web.access import current_actor, requires

bp = Blueprint("cycles", __name__)
bp.context_processor(lambda: {"number": money.group, "weeks": WEEKS})

Answer = str | Response | tuple[str, int]
HOLIDAYS_AHEAD = timedelta(days=180)


# --- the office's calendar -------------------------------------------------------------------------


@bp.get("/siklus")
@requires(Permission.ROUNDS_VIEW)
def index() -> str:
    """The rhythms in the area, each with its next dates."""
    cycles = queries.cycles_of(current_actor())
    coming = {cycle.id: services.coming_dates(cycle) for cycle in cycles}
    return render_template("cycles/index.html", cycles=cycles, coming=coming)


def _form(data: dict[str, object] | None = None) -> CycleForm:
    return CycleForm.load(
        data,
        family=[("", _("Semua barang")), *((name, name.capitalize()) for name in commodities.families())],
        every_weeks=choices_of(WEEKS),
        open_days=choices_of(OPEN_DAYS),
        answer_hours=choices_of(ANSWER_HOURS),
        delivery_days=choices_of(DELIVERY_DAYS),
    )


@bp.get("/siklus/baru")
@requires(Permission.ROUNDS_RUN)
def new() -> str:
    """The form of a new rhythm, filled in as most offices want it."""
    usual = {
        "first_opens_on": clock.today() + timedelta(days=1),
        "every_weeks": 2,
        "open_days": 3,
        "answer_hours": 24,
        "delivery_days": 5,
    }
    return render_template("cycles/new.html", form=_form(usual))


@bp.post("/siklus")
@requires(Permission.ROUNDS_RUN)
def create() -> Answer:
    """Start a rhythm."""
    form = _form()
    if form.validate():
        with form.guard():
            values = form.values()
            values["family"] = values["family"] or ""
            cycle = services.plan_cycle(current_actor(), **values)
            flash(_("Siklus tersimpan. Putarannya dibuka sendiri pada tanggalnya."))
            return _to(cycle.id)
    return render_template("cycles/new.html", form=form), 422


def _to(cycle_id: int) -> Response:
    return redirect(url_for("cycles.show", cycle_id=cycle_id), 303)


@bp.get("/siklus/<int:cycle_id>")
@requires(Permission.ROUNDS_RUN)
def show(cycle_id: int) -> Answer:
    """One rhythm: its next dates, what became of the past ones, holidays in the way."""
    return _page(queries.cycle_for(current_actor(), cycle_id))


def _page(cycle: OrderCycle, status: int = 200, **forms: Any) -> Answer:
    today = clock.today()
    shown = {
        "reason_form": ReasonForm.load(),
        "skip_form": SkipForm.load(),
        "holiday_form": HolidayForm.load(),
        **forms,
    }
    page = render_template(
        "cycles/show.html",
        cycle=cycle,
        coming=services.coming_dates(cycle, 6),
        past=[row for row in queries.dates_of(cycle.id) if row.state != "planned"],
        holidays=places.holidays(today, today + HOLIDAYS_AHEAD),
        changes=history_of(cycle),
        **shown,
    )
    return page, status


@bp.post("/siklus/<int:cycle_id>/jeda")
@requires(Permission.ROUNDS_RUN)
def create_pause(cycle_id: int) -> Answer:
    """Let the rhythm rest."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.pause_cycle(current_actor(), cycle_id, str(form.reason.data))
            flash(_("Siklus dijeda. Tidak ada putaran yang dibuka."))
            return _to(cycle_id)
    return _page(queries.cycle_for(current_actor(), cycle_id), 422, reason_form=form)


@bp.post("/siklus/<int:cycle_id>/lanjut")
@requires(Permission.ROUNDS_RUN)
def create_resumption(cycle_id: int) -> Response:
    """Go on."""
    services.resume_cycle(current_actor(), cycle_id)
    flash(_("Siklus berjalan lagi mulai tanggal berikutnya."))
    return _to(cycle_id)


@bp.post("/siklus/<int:cycle_id>/akhir")
@requires(Permission.ROUNDS_RUN)
def create_end(cycle_id: int) -> Answer:
    """End the rhythm."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.end_cycle(current_actor(), cycle_id, str(form.reason.data))
            flash(_("Siklus berakhir. Putaran yang sudah dibuka tetap berjalan."))
            return redirect(url_for("cycles.index"), 303)
    return _page(queries.cycle_for(current_actor(), cycle_id), 422, reason_form=form)


@bp.post("/siklus/<int:cycle_id>/lewati")
@requires(Permission.ROUNDS_RUN)
def create_skip(cycle_id: int) -> Answer:
    """Leave one date out."""
    form = SkipForm.load()
    if form.validate():
        with form.guard():
            services.skip_date(current_actor(), cycle_id, form.planned_on.data, str(form.reason.data))
            flash(_("Tanggal itu dilewati."))
            return _to(cycle_id)
    return _page(queries.cycle_for(current_actor(), cycle_id), 422, skip_form=form)


@bp.post("/siklus/<int:cycle_id>/libur")
@requires(Permission.ROUNDS_RUN)
def create_holiday(cycle_id: int) -> Answer:
    """Enter a holiday that moves from year to year."""
    form = HolidayForm.load()
    if form.validate():
        with form.guard():
            services.enter_holiday(current_actor(), **form.values())
            flash(_("Hari libur tercatat. Tanggal yang kena bergeser."))
            return _to(cycle_id)
    return _page(queries.cycle_for(current_actor(), cycle_id), 422, holiday_form=form)


# --- what a cooperative may ask for ----------------------------------------------------------------


@bp.get("/kebutuhan/usulan")
@requires(Permission.NEEDS_POST)
def index_proposals() -> str:
    """What sells, what is left, what came short: amounts to tick off."""
    rows = services.proposals(current_actor())
    start = {f"packs_{row.pack.id}": row.packs for row in rows}
    form = AskingForm.for_packs(row.pack.id for row in rows).load(start)
    return render_template("cycles/index_proposals.html", **_asking(rows, form))


def _asking(rows: list[Any], form: AskingForm) -> dict[str, Any]:
    by = services.next_delivery_on(current_actor())
    return {"rows": rows, "form": form, "by": by}


@bp.post("/kebutuhan/usulan")
@requires(Permission.NEEDS_POST)
def create_needs() -> Answer:
    """Post what was ticked, all or nothing."""
    rows = services.proposals(current_actor())
    form = AskingForm.for_packs(row.pack.id for row in rows).load()
    if form.validate():
        with form.guard():
            wanted = [services.Choice(row.pack.id, form[f"packs_{row.pack.id}"].data or 0) for row in rows]
            posted = services.ask_for(current_actor(), [each for each in wanted if each.packs])
            text = "%(n)s kebutuhan diajukan. Bendahara atau ketua akan menyetujui."
            flash(ngettext(text, text, len(posted)))
            return redirect(url_for("needs.index"), 303)
    return render_template("cycles/index_proposals.html", **_asking(rows, form)), 422


# --- the invitation --------------------------------------------------------------------------------


@bp.get("/kebutuhan/<int:need_id>/kelonggaran")
@requires(Permission.NEEDS_APPROVE)
def edit(need_id: int) -> str:
    """How near the pool is to its next price, and up to how much one may take."""
    found = services.invitation(current_actor(), need_id)
    form = WideningForm.load({"at_most_packs": found.need.at_most_packs})
    return render_template("cycles/edit.html", found=found, form=form)


@bp.post("/kebutuhan/<int:need_id>/kelonggaran")
@requires(Permission.NEEDS_APPROVE)
def update(need_id: int) -> Answer:
    """Allow more."""
    found = services.invitation(current_actor(), need_id)
    form = WideningForm.load()
    if form.validate():
        with form.guard():
            services.widen_need(current_actor(), need_id, int(form.at_most_packs.data))
            flash(_("Tersimpan. Tambahan hanya diambil bila jumlah yang Anda bayar tidak naik."))
            return redirect(url_for("needs.show", need_id=need_id), 303)
    return render_template("cycles/edit.html", found=found, form=form), 422
