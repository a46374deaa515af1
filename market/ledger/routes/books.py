"""Reading the books: overview, journal, accounts, trial balance, statements; cancelling an entry."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core import clock
from market.core.i18n import _
from market.core.permissions import Permission
from market.ledger import chart, queries, services
from market.ledger.forms import AccountForm, ReasonForm
from market.ledger.models import JournalEntry, Posting
from market.ledger.routes.base import (
    Answer,
    books_exist,
    books_id,
    bp,
    day_asked,
    year_start,
)
from market.web.access import current_actor, requires
from market.web.paging import keyset

KEY_FIGURES = (chart.CASH, chart.BANK, chart.INVENTORY, chart.PAYABLE_SUPPLIERS)


@bp.get("/")
@requires(Permission.BOOKS_VIEW)
def index() -> Answer:
    """Cash, bank, stock, debts, surplus of the year; what waits; the last entries."""
    organization_id, today = books_id(), clock.today()
    rows = {row.code: row for row in queries.trial_balance(organization_id).rows}
    return render_template(
        "ledger/index.html",
        begun=books_exist(organization_id),
        figures=[(code, rows[code].name, rows[code].natural_rp) for code in KEY_FIGURES if code in rows],
        surplus_rp=queries.surplus_rp(organization_id, year_start(today), today),
        drafts=[draft for draft in queries.drafts(organization_id, 5) if draft.state == "proposed"],
        latest=queries.latest_entries(organization_id, 5),
        closed_until=queries.closed_until(organization_id),
    )


@bp.get("/jurnal")
@requires(Permission.BOOKS_VIEW)
def index_entries() -> Answer:
    """Every entry, newest first."""
    page = keyset(queries.entries(books_id()), JournalEntry.seq)
    return render_template("ledger/index_entries.html", page=page)


@bp.get("/jurnal/<int:entry_id>")
@requires(Permission.BOOKS_VIEW)
def show_entry(entry_id: int) -> Answer:
    """One entry: its lines, its document, its link in the chain, and how to cancel it."""
    return _entry_page(entry_id, ReasonForm.load(), 200)


def _entry_page(entry_id: int, form: ReasonForm, status: int) -> Answer:
    actor = current_actor()
    entry = queries.entry_for(actor, entry_id)
    page = render_template(
        "ledger/show_entry.html",
        entry=entry,
        lines=queries.entry_lines(entry.id),
        poster=queries.poster_name(entry),
        reversal=queries.reversal_of(entry.id),
        cancellable=services.may_reverse_by_hand(actor, entry),
        form=form,
    )
    return page, status


@bp.post("/jurnal/<int:entry_id>/pembatalan")
@requires(Permission.BOOKS_REVERSE)
def create_reversal(entry_id: int) -> Answer:
    """Cancel an entry by its negation; both stay in the books."""
    form = ReasonForm.load()
    queries.entry_for(current_actor(), entry_id)
    if form.validate():
        with form.guard():
            undone = services.reverse_by_hand(current_actor(), entry_id, str(form.reason.data))
            flash(_("Jurnal dibatalkan oleh %(number)s. Keduanya tetap tercatat.", number=undone.number))
            return redirect(url_for("ledger.show_entry", entry_id=undone.id), 303)
    return _entry_page(entry_id, form, 422)


# --- accounts -------------------------------------------------------------------------------------


@bp.get("/akun")
@requires(Permission.BOOKS_VIEW)
def index_accounts() -> Answer:
    """The chart with the balance of each account."""
    return _chart_page(_account_form(), 200)


def _account_form() -> AccountForm:
    kinds = {
        "asset": _("Harta"),
        "liability": _("Utang"),
        "equity": _("Modal"),
        "income": _("Pendapatan"),
        "expense": _("Beban"),
    }
    return AccountForm.load(kind=list(kinds.items()))


def _chart_page(form: AccountForm, status: int) -> Answer:
    page = render_template("ledger/index_accounts.html", accounts=queries.accounts(books_id()), form=form)
    return page, status


@bp.post("/akun")
@requires(Permission.BOOKS_POST)
def create_account() -> Answer:
    """A further account: a second bank, a cash box of the outlet."""
    form = _account_form()
    if form.validate():
        with form.guard():
            made = services.add_account(current_actor(), **form.values())
            flash(_("Akun %(code)s siap dipakai.", code=made.code))
            return redirect(url_for("ledger.index_accounts"), 303)
    return _chart_page(form, 422)


@bp.get("/akun/<code>")
@requires(Permission.BOOKS_VIEW)
def show_account(code: str) -> Answer:
    """The general ledger of one account: each line with the balance after it and its entry."""
    organization_id = books_id()
    account = queries.account(organization_id, code)
    page = keyset(queries.account_postings(organization_id, code), Posting.id)
    lines = queries.account_page(page.rows)
    return render_template("ledger/show_account.html", account=account, lines=lines, after=page.after)


# --- statements -----------------------------------------------------------------------------------


@bp.get("/neraca-saldo")
@requires(Permission.BOOKS_VIEW)
def show_trial_balance() -> Answer:
    """Every account that holds something at the end of a day, debit and credit side by side."""
    on = day_asked("sampai", clock.today())
    trial = queries.trial_balance(books_id(), on)
    return render_template("ledger/show_trial_balance.html", trial=trial, on=on)
