"""Writing by hand: drafts for a second person, opening balances from a sheet, closing a month."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from market.core import clock
from market.core.history import history_of
from market.core.i18n import LazyText, _, lazy
from market.core.permissions import Permission
from market.ledger import chart, queries, services
from market.ledger.forms import LINES, DraftForm, OpeningForm, PeriodForm, ReasonForm
from market.ledger.models import JournalDraft
from market.ledger.routes.base import Answer, books_id, bp
from market.web.access import current_actor, requires

PATTERNS: dict[str, tuple[LazyText, str, str]] = {
    "setor-bank": (lazy("Setor kas ke bank"), chart.BANK, chart.CASH),
    "ambil-bank": (lazy("Ambil kas dari bank"), chart.CASH, chart.BANK),
    "simpanan": (lazy("Terima simpanan pokok"), chart.CASH, chart.PRINCIPAL_SAVINGS),
    "hibah": (lazy("Terima hibah"), chart.BANK, chart.GRANTS),
    "listrik": (lazy("Bayar listrik, air, internet"), chart.UTILITIES, chart.CASH),
    "sewa": (lazy("Bayar sewa"), chart.RENT, chart.CASH),
    "honor": (lazy("Bayar honor"), chart.WAGES, chart.CASH),
    "rapat": (lazy("Biaya rapat anggota"), chart.COOPERATIVE_EXPENSES, chart.CASH),
    "susut": (lazy("Penyusutan"), chart.DEPRECIATION, chart.ACCUMULATED_DEPRECIATION),
}
"""Usual entries: words, account on the debit side, account on the credit side."""


def _draft_form(data: dict[str, Any] | None = None) -> DraftForm:
    known = queries.accounts(books_id()) or chart.DEFAULT_CHART
    options = [("", _("Pilih akun")), *((each.code, f"{each.code} {_(each.name)}") for each in known)]
    return DraftForm.load(data, **{f"account_{number}": options for number in range(1, LINES + 1)})


@bp.get("/jurnal/baru")
@requires(Permission.BOOKS_POST)
def new_draft() -> Answer:
    """An empty entry, or one of the usual ones (?pola=)."""
    data: dict[str, Any] = {"effective_on": clock.today()}
    pattern = PATTERNS.get(request.args.get("pola", ""))
    if pattern is not None:
        data |= {"description": str(pattern[0]), "account_1": pattern[1], "account_2": pattern[2]}
    return _new_draft_page(_draft_form(data), 200)


def _new_draft_page(form: DraftForm, status: int) -> Answer:
    page = render_template("ledger/new_draft.html", form=form, patterns=PATTERNS, lines=LINES)
    return page, status


@bp.post("/jurnal")
@requires(Permission.BOOKS_POST)
def create_draft() -> Answer:
    """Propose the entry; another person posts it."""
    form = _draft_form()
    sound, lines = form.validate(), form.lines()
    if sound and not form.errors:
        with form.guard():
            draft = services.post_manual(
                current_actor(),
                effective_on=form.values()["effective_on"],
                description=str(form.description.data),
                lines=lines,
            )
            flash(_("Jurnal menunggu persetujuan orang kedua."))
            return redirect(url_for("ledger.show_draft", draft_id=draft.id), 303)
    return _new_draft_page(form, 422)


@bp.get("/usulan/<int:draft_id>")
@requires(Permission.BOOKS_VIEW)
def show_draft(draft_id: int) -> Answer:
    """One entry by hand and where it stands."""
    return _draft_page(queries.draft_for(current_actor(), draft_id), ReasonForm.load(), 200)


def _draft_page(draft: JournalDraft, form: ReasonForm, status: int) -> Answer:
    names = {each.code: each.name for each in queries.accounts(draft.organization_id)}
    page = render_template(
        "ledger/show_draft.html",
        draft=draft,
        names=names,
        waiting=queries.is_waiting(draft),
        mine=draft.created_by == current_actor().user_id,
        changes=history_of(draft),
        form=form,
    )
    return page, status


@bp.post("/usulan/<int:draft_id>/keputusan")
@requires(Permission.BOOKS_APPROVE)
def create_decision(draft_id: int) -> Answer:
    """The second person posts the entry or refuses it with a reason."""
    form = ReasonForm.load()
    draft = queries.draft_for(current_actor(), draft_id)
    approve = request.form.get("decision") == "approve"
    if approve or form.validate():
        with form.guard():
            reason = "" if approve else str(form.reason.data)
            entry = services.decide_manual(current_actor(), draft_id, approve, reason)
            if entry is None:
                flash(_("Jurnal ditolak. Pengusul melihat alasan Anda."))
                return redirect(url_for("ledger.show_draft", draft_id=draft_id), 303)
            flash(_("Dibukukan sebagai %(number)s.", number=entry.number))
            return redirect(url_for("ledger.show_entry", entry_id=entry.id), 303)
    return _draft_page(draft, form, 422)


@bp.post("/usulan/<int:draft_id>/pengajuan")
@requires(Permission.BOOKS_POST)
def create_proposal(draft_id: int) -> Answer:
    """Propose again what nobody decided on within three days."""
    services.renew_manual(current_actor(), draft_id)
    flash(_("Diajukan lagi."))
    return redirect(url_for("ledger.show_draft", draft_id=draft_id), 303)


@bp.post("/usulan/<int:draft_id>/penarikan")
@requires(Permission.BOOKS_POST)
def delete_draft(draft_id: int) -> Answer:
    """The writer takes the entry back."""
    services.withdraw_manual(current_actor(), draft_id)
    flash(_("Jurnal ditarik. Tidak ada yang dibukukan."))
    return redirect(url_for("ledger.show_draft", draft_id=draft_id), 303)


# --- opening balances -----------------------------------------------------------------------------


@bp.get("/saldo-awal")
@requires(Permission.OPENING_IMPORT)
def new_opening() -> Answer:
    """How to fill in the sheet, and where to hand it in."""
    form = OpeningForm.load({"effective_on": clock.today()})
    return render_template("ledger/new_opening.html", form=form)


@bp.post("/saldo-awal")
@requires(Permission.OPENING_IMPORT)
def create_opening() -> Answer:
    """Read the sheet and show what it says; nothing is posted yet."""
    form = OpeningForm.load()
    if form.validate():
        with form.guard():
            sent = form.sheet.data
            staged = services.preview_opening(
                current_actor(), sent.read(), sent.filename or "", form.values()["effective_on"]
            )
            return redirect(url_for("ledger.show_opening", import_id=staged.id), 303)
    return render_template("ledger/new_opening.html", form=form), 422


@bp.get("/saldo-awal/<int:import_id>")
@requires(Permission.OPENING_IMPORT)
def show_opening(import_id: int) -> Answer:
    """What was read: rows, faults, sums, and the button that posts it."""
    staged = queries.opening_for(current_actor(), import_id)
    names = {each.code: each.name for each in queries.accounts(staged.organization_id)}
    return render_template("ledger/show_opening.html", opening=staged, names=names)


@bp.post("/saldo-awal/<int:import_id>/pembukuan")
@requires(Permission.OPENING_IMPORT)
def create_opening_entry(import_id: int) -> Answer:
    """Post what was read and shown."""
    entry = services.confirm_opening(current_actor(), import_id)
    flash(_("Saldo awal dibukukan sebagai %(number)s.", number=entry.number))
    return redirect(url_for("ledger.show_entry", entry_id=entry.id), 303)


# --- periods --------------------------------------------------------------------------------------


@bp.get("/periode")
@requires(Permission.BOOKS_VIEW)
def index_periods() -> Answer:
    """Which months are closed."""
    return _periods_page(_period_form(), 200)


def _period_form() -> PeriodForm:
    """By default the month before this one."""
    return PeriodForm(None, data={"ends_on": clock.today().replace(day=1) - timedelta(days=1)})


def _periods_page(form: PeriodForm, status: int, reason: ReasonForm | None = None) -> Answer:
    organization_id = books_id()
    page = render_template(
        "ledger/index_periods.html",
        periods=queries.periods(organization_id),
        closed_until=queries.closed_until(organization_id),
        form=form,
        reason_form=reason or ReasonForm(None),
    )
    return page, status


@bp.post("/periode")
@requires(Permission.BOOKS_POST)
def create_period() -> Answer:
    """Close the books up to the end of a month."""
    form = PeriodForm.load()
    if form.validate():
        with form.guard():
            services.close_period(current_actor(), form.values()["ends_on"])
            flash(_("Buku ditutup. Tidak ada yang bisa dicatat mundur ke bulan itu."))
            return redirect(url_for("ledger.index_periods"), 303)
    return _periods_page(form, 422)


@bp.post("/periode/<int:period_id>/pembukaan")
@requires(Permission.BOOKS_APPROVE)
def create_reopening(period_id: int) -> Answer:
    """Open the last closed month again, with a reason."""
    reason = ReasonForm.load()
    if reason.validate():
        with reason.guard():
            services.reopen_period(current_actor(), period_id, str(reason.reason.data))
            flash(_("Buku bulan itu dibuka lagi."))
            return redirect(url_for("ledger.index_periods"), 303)
    return _periods_page(_period_form(), 422, reason)
