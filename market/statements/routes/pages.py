"""Reading the statements: the overview, each paper, what stands behind a figure, the notes."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity.queries import organization
from market.ledger.models import Posting
from market.ledger.routes.base import source_href, source_label
from market.statements import chart, queries, services
from market.statements.forms import NoteForm
from market.statements.routes.base import Answer, Asked, asked, bp, own_id
from market.statements.types import Pack
from market.web.access import current_actor, requires
from market.web.paging import keyset

PAPERS = ("posisi", "hasil", "arus-kas", "ekuitas", "catatan", "neraca-saldo")
"""Addresses of the papers, in the order of the pack."""


@bp.get("/")
@requires(Permission.BOOKS_VIEW)
def show() -> Answer:
    """The few figures of a period, whether the papers agree, and the way to each of them."""
    days = asked()
    return _page("show", days, papers=queries.pack(own_id(), days.period, days.other))


def _page(view: str, days: Asked, **values: Any) -> str:
    return render_template(f"statements/{view}.html", days=days, owner=organization(own_id()), **values)


@bp.get("/<paper>")
@requires(Permission.BOOKS_VIEW)
def show_paper(paper: str) -> Answer:
    """Financial position, result or cash flow: rows of figures, each of them a link; else NotFound."""
    if paper not in PAPERS[:3]:
        raise NotFound(_("Laporan ini tidak ada."))
    days = asked()
    papers = queries.pack(own_id(), days.period, days.other)
    return _page("show_paper", days, papers=papers, statement=statement_of(papers, paper), paper=paper)


@bp.get("/ekuitas")
@requires(Permission.BOOKS_VIEW)
def show_equity() -> Answer:
    """Changes in equity: a column per kind of equity."""
    days = asked()
    papers = queries.pack(own_id(), days.period, days.other)
    return _page("show_equity", days, papers=papers, paper="ekuitas")


@bp.get("/catatan")
@requires(Permission.BOOKS_VIEW)
def show_notes() -> Answer:
    """The notes: what follows from the books, and the cooperative's own words."""
    days = asked()
    found = queries.books(own_id(), days.period, days.other)
    return _page("show_notes", days, notes=queries.notes(own_id(), found), paper="catatan")


@bp.get("/neraca-saldo")
@requires(Permission.BOOKS_VIEW)
def show_trial() -> Answer:
    """Every account over the days: before, both sides, after."""
    days = asked()
    rows = queries.trial(queries.books(own_id(), days.period, None))
    return _page("show_trial", days, rows=rows, paper="neraca-saldo")


def statement_of(papers: Pack, paper: str) -> Any:
    """The paper with that address."""
    return next(each for each in (papers.position, papers.result, papers.cash) if each.key == paper)


@bp.get("/angka/<key>")
@requires(Permission.BOOKS_VIEW)
def show_figure(key: str) -> Answer:
    """The accounts that make a figure, each with its share."""
    days = asked()
    rows = queries.behind(own_id(), key, days.period, days.other)
    back = request.args.get("dari_laporan", "")
    return _page(
        "show_figure",
        days,
        label=_label(key),
        rows=rows,
        paper=back if back in PAPERS else "posisi",
    )


def _label(key: str) -> str:
    """The words of a line; a sum is named by the page it stands on."""
    line = chart.PLACE_LINES.get(key) or chart.CASH_LINES.get(key)
    return str(line.label) if line else _("Jumlah")


@bp.get("/buku-besar/<code>")
@requires(Permission.BOOKS_VIEW)
def show_ledger(code: str) -> Answer:
    """The general ledger of one account in the days: before, each entry, after."""
    days, typed = asked(), request.args.get("lihat", "semua")
    view: queries.View = next((each for each in queries.VIEWS if each == typed), "semua")
    account, accounts = queries.account_on(own_id(), code, days.period.until)
    only = queries.entries_in_view(view, accounts)
    page = keyset(queries.ledger_lines(own_id(), account, days.period, only), Posting.id)
    sums = queries.ledger_sums(own_id(), account, days.period, only)
    links = {"source_href": source_href, "source_label": source_label}
    return _page("show_ledger", days, account=account, page=page, sums=sums, seen=view, **links)


# --- the words of the notes ------------------------------------------------------------------------


@bp.get("/catatan/<int:year>/<key>")
@requires(Permission.BOOKS_POST)
def edit_note(year: int, key: str) -> Answer:
    """What stands under a heading of a year, or what stood there the year before."""
    if key not in queries.KEYS:
        raise NotFound(_("Catatan ini tidak ada."))
    written = queries.note_of(own_id(), year, key) or queries.note_of(own_id(), year - 1, key)
    return _note_page(year, key, NoteForm.load({"words": written.words if written else ""}), 200)


def _note_page(year: int, key: str, form: NoteForm, status: int) -> Answer:
    title = str(dict(queries.HEADINGS)[key])
    return render_template("statements/edit_note.html", year=year, key=key, title=title, form=form), status


@bp.post("/catatan/<int:year>/<key>")
@requires(Permission.BOOKS_POST)
def update_note(year: int, key: str) -> Answer:
    """Keep the words for that year."""
    if key not in queries.KEYS:
        raise NotFound(_("Catatan ini tidak ada."))
    form = NoteForm.load()
    if form.validate():
        with form.guard():
            services.write_note(current_actor(), year, key, str(form.words.data or ""))
            flash(_("Catatan disimpan."))
            return redirect(url_for("statements.show_notes", periode=str(year)), 303)
    return _note_page(year, key, form, 422)
