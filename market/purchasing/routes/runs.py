"""Runs: bills paid together by bank transfer; and where a supplier is paid."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.core import clock, sheets
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.ledger import chart
from market.ledger import queries as books
from market.purchasing import queries, services
from market.purchasing.forms_bills import BANKS, AccountForm, ReasonForm, RunForm, TransferForm
from market.purchasing.models_bills import PaymentRun
from market.purchasing.routes.base import Answer, bp, download
from market.web.access import current_actor, requires
from market.web.forms import Form

SOON_DAYS = 7
"""Bills due within a week are picked before anybody clicks."""
FRESH_ACCOUNT_DAYS = 30
"""An account that is newer is pointed out to whoever approves."""


@bp.get("/daftar-bayar")
@requires(Permission.BOOKS_VIEW)
def index_runs() -> Answer:
    """What may be paid now, what the bank holds, and the runs so far."""
    due = queries.due_bills(current_actor().organization_id or 0)
    return _index_runs(due, _form(due).load(_start(due)), 200)


def _form(due: list[queries.Due]) -> type[RunForm]:
    return RunForm.for_bills([(row.bill.id, row.bill.reference) for row in due])


def _start(due: list[queries.Due]) -> dict[str, Any]:
    start: dict[str, Any] = {"pay_on": clock.today()}
    for row in due:
        start[f"pick_{row.bill.id}"] = row.account is not None and row.days_late(clock.today()) >= -SOON_DAYS
        start[f"amount_{row.bill.id}"] = row.bill.open_rp
    return start


def _index_runs(due: list[queries.Due], form: RunForm, status: int) -> Answer:
    actor = current_actor()
    organization_id = actor.organization_id or 0
    runs = queries.runs(organization_id)
    there = books.balance_rp(organization_id, chart.BANK)
    waits = sum(run.total_rp for run, *_rest in runs if run.state in PaymentRun.LIVE)
    page = render_template(
        "purchasing/index_runs.html",
        due=due,
        runs=runs,
        bank_rp=there,
        waits_rp=waits,
        back=queries.returns_waiting([row.order.id for row in due]),
        today=clock.today(),
        form=form,
    )
    return page, status


@bp.post("/daftar-bayar")
@requires(Permission.PAYMENT_PROPOSE)
def create_run() -> Answer:
    """Propose to pay the picked bills."""
    due = queries.due_bills(current_actor().organization_id or 0)
    form = _form(due).load()
    if form.validate():
        with form.guard():
            typed = form.values()
            picks = [
                (row.bill.id, typed[f"amount_{row.bill.id}"] or 0)
                for row in due
                if typed[f"pick_{row.bill.id}"]
            ]
            run = services.propose_run(current_actor(), picks, typed["pay_on"], typed["note"] or "")
            flash(_("Daftar bayar %(number)s menunggu persetujuan orang kedua.", number=run.number))
            return redirect(url_for("purchasing.show_run", run_id=run.id), 303)
    return _index_runs(due, form, 422)


@bp.get("/daftar-bayar/<int:run_id>")
@requires(Permission.BOOKS_VIEW)
def show_run(run_id: int) -> Answer:
    """One run: who is paid how much into which account, and what comes next."""
    return _show_run(run_id, {}, 200)


def _show_run(run_id: int, typed: dict[str, Form], status: int) -> Answer:
    actor = current_actor()
    run = queries.run_for(actor, run_id)
    rows = queries.run_payments(run.id)
    forms: dict[str, Form] = {
        "approve": Form(),
        "reject": ReasonForm(),
        "withdraw": ReasonForm(),
        "transfer": TransferForm(data={"paid_on": clock.today()}),
        **typed,
    }
    page = render_template(
        "purchasing/show_run.html",
        run=run,
        rows=rows,
        bank_rp=books.balance_rp(run.organization_id, chart.BANK),
        mine=run.proposed_by == actor.user_id,
        history=history_of(run),
        fresh={row[3].id for row in rows if (clock.now() - row[3].added_at).days < FRESH_ACCOUNT_DAYS},
        typed=typed,
        forms_of=forms,
    )
    return page, status


@bp.post("/daftar-bayar/<int:run_id>/persetujuan")
@requires(Permission.PAYMENT_APPROVE)
def create_run_approval(run_id: int) -> Answer:
    """The second person says yes: the money may leave."""
    form = Form()
    try:
        run = services.decide_run(current_actor(), run_id, approve=True)
    except Refused as refusal:
        form.refuse(refusal)
        return _show_run(run_id, {"approve": form}, 422)
    flash(_("Daftar bayar %(number)s disetujui. Bendahara bisa mentransfer.", number=run.number))
    return redirect(url_for("purchasing.show_run", run_id=run_id), 303)


@bp.post("/daftar-bayar/<int:run_id>/penolakan")
@requires(Permission.PAYMENT_APPROVE)
def create_run_rejection(run_id: int) -> Answer:
    """The second person says no, with a reason."""
    queries.run_for(current_actor(), run_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.decide_run(current_actor(), run_id, False, str(form.reason.data))
            flash(_("Daftar bayar ditolak. Pengusul membaca alasan Anda."))
            return redirect(url_for("purchasing.show_run", run_id=run_id), 303)
    return _show_run(run_id, {"reject": form}, 422)


@bp.post("/daftar-bayar/<int:run_id>/penarikan")
@requires(Permission.PAYMENT_PROPOSE)
def create_run_withdrawal(run_id: int) -> Answer:
    """Taken back before the money has left."""
    queries.run_for(current_actor(), run_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.withdraw_run(current_actor(), run_id, str(form.reason.data))
            flash(_("Daftar bayar ditarik. Tagihannya kembali menunggu."))
            return redirect(url_for("purchasing.show_run", run_id=run_id), 303)
    return _show_run(run_id, {"withdraw": form}, 422)


@bp.post("/daftar-bayar/<int:run_id>/transfer")
@requires(Permission.PAYMENT_PROPOSE)
def create_run_transfer(run_id: int) -> Answer:
    """The bank has transferred: everything is booked, or nothing."""
    queries.run_for(current_actor(), run_id)
    form = TransferForm.load()
    if form.validate():
        with form.guard():
            run = services.record_transfer(current_actor(), run_id, **form.values())
            flash(_("Daftar bayar %(number)s dibukukan. Pemasok sudah diberi tahu.", number=run.number))
            return redirect(url_for("purchasing.show_run", run_id=run_id), 303)
    return _show_run(run_id, {"transfer": form}, 422)


@bp.get("/daftar-bayar/<int:run_id>.csv")
@requires(Permission.PAYMENT_PROPOSE)
def export_run(run_id: int) -> Answer | Response:
    """The file for the bank, once a second person has agreed: the only place with whole account numbers."""
    run = queries.run_for(current_actor(), run_id)
    if run.state not in ("approved", "paid"):
        raise NotFound(_("Berkas bank ada setelah daftar ini disetujui."))
    headers = [_("Bank"), _("Nomor rekening"), _("Atas nama"), _("Jumlah (Rp)"), _("Berita")]
    rows = [
        (
            account.bank,
            services.number_of(account),
            account.holder,
            payment.amount_rp,
            f"{payment.number} {bill.reference}",
        )
        for payment, bill, _name, account in queries.run_payments(run.id)
    ]
    return download(sheets.write_csv(headers, rows), run.number.replace("/", "-"), "csv")


# --- where a supplier is paid ----------------------------------------------------------------------


@bp.get("/rekening-bank")
@requires(Permission.ACCOUNT_KEEP)
def show_account() -> Answer:
    """The account to which one's own house is paid, masked."""
    return _show_account(AccountForm.load(), 200)


def _show_account(form: AccountForm, status: int) -> Answer:
    accounts = queries.past_accounts(current_actor().organization_id or 0)
    page = render_template("purchasing/show_account.html", accounts=accounts, banks=BANKS, form=form)
    return page, status


@bp.post("/rekening-bank")
@requires(Permission.ACCOUNT_KEEP)
def create_account() -> Answer:
    """A new account takes the place of the old one."""
    form = AccountForm.load()
    if form.validate():
        with form.guard():
            services.name_account(current_actor(), **form.values())
            flash(_("Rekening tersimpan. Koperasi yang masih berutang sudah diberi tahu."))
            return redirect(url_for("purchasing.show_account"), 303)
    return _show_account(form, 422)
