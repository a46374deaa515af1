"""The provider's books beside the cooperative's: one look, one button for each difference."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from market.core import sheets
from market.core.errors import NotFound
from market.core.i18n import _, lazy
from market.core.permissions import Permission
from market.ledger import queries as ledger
from market.payments import queries, services
from market.payments import queries_reconciliation as reconciliation
from market.payments.forms import ReasonForm, SettlementForm
from market.payments.models import MerchantAccount, Payment, PaymentAttempt
from market.payments.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = {
    "behind": lazy("Buku ketinggalan dari penyedia"),
    "ahead": lazy("Buku mendahului penyedia"),
    "missing_there": lazy("Tidak ada di penyedia"),
    "missing_here": lazy("Uang tanpa pesanan"),
    "amount": lazy("Jumlahnya berbeda"),
    "refund": lazy("Pengembaliannya berbeda"),
    "unclear": lazy("Keadaannya tidak dikenal"),
    "withdrawal": lazy("Pencairan belum dicatat"),
    "fee": lazy("Biaya penyedia berbeda"),
    "balance": lazy("Selisih saldo belum diketahui"),
}
BUTTONS = {
    "withdrawal": lazy("Catat pencairan"),
    "fee": lazy("Catat selisih biaya"),
    "missing_here": lazy("Uang tanpa pesanan"),
}
"""What a posting settles. All others that are about one payment are asked again: "Terapkan"."""
WHY = {
    "withdrawal": lazy("Penyedia sudah mengirim uang ini ke rekening bank. Cek di mutasi bank, lalu catat."),
    "fee": lazy("Penyedia memotong biaya lain dari perkiraan. Catat supaya buku sama."),
    "missing_here": lazy(
        "Uang ini masuk ke akun Anda, tetapi koperasi tidak punya pesanannya. Catat dulu, lalu kembalikan."
    ),
    "balance": lazy(
        "Unggah laporan penyedia supaya sebabnya terlihat. Kalau Anda sudah tahu, tulis penjelasannya."
    ),
}
ITEMS = {
    "fees_waiting": lazy("Biaya yang akan dipotong penyedia"),
    "fee_difference": lazy("Selisih biaya yang belum dicatat"),
    "in_flight": lazy("Baru masuk, sedang dicatat"),
    "refunds_under_way": lazy("Pengembalian yang sedang dikirim"),
    "withdrawals_waiting": lazy("Pencairan yang belum dicatat"),
    "payments_differ": lazy("Pembayaran yang berbeda"),
    "unknown_money": lazy("Uang tanpa pesanan"),
    "report_only": lazy("Ada di laporan, belum di saldo penyedia"),
    "other_accounts": lazy("Uang di akun pembayaran lain"),
    "explained": lazy("Selisih yang sudah dijelaskan"),
}


@bp.get("/uang-masuk/cocok")
@requires(Permission.BOOKS_VIEW)
def index_differences() -> str:
    """The last run of each account, and what it found."""
    return _page(ReasonForm())


def _page(form: ReasonForm, refused: int = 0) -> str:
    organization_id = current_actor().organization_id or 0
    runs = reconciliation.runs_of(organization_id)
    accounts = reconciliation.merchants(organization_id)
    last = {run.account_id: run for run in reversed(runs)}
    return render_template(
        "payments/index_differences.html",
        accounts=[(each, last.get(each.id)) for each in accounts],
        items={run.id: reconciliation.items_of(run.id) for run in last.values()},
        cases=[_case(*row) for row in reconciliation.cases_of(organization_id)],
        settled=reconciliation.cases_of(organization_id, ("applied", "booked", "explained", "gone"), 10),
        explanations=reconciliation.explanations(organization_id),
        form=form,
        refused=refused,
        titles=TITLES,
        names=ITEMS,
    )


def _case(case: Any, attempt: PaymentAttempt | None, payment: Payment | None, move: Any) -> dict[str, Any]:
    """A case with its links and the word on its one button."""
    return {
        "case": case,
        "payment": payment,
        "move": move,
        "order": _order_href(payment) if payment else None,
        "entry": _entry_id(attempt) if attempt else None,
        "why": WHY.get(case.kind, case.detail),
        "button": BUTTONS.get(case.kind),
        "applies": case.attempt_id is not None,
    }


def _order_href(payment: Payment) -> str | None:
    """The page of what the payment is for; which part shows it is wired above."""
    pages: dict[str, tuple[Any, str, str]] = current_app.config.get("SOURCE_PAGES", {})
    if payment.purpose not in pages:
        return None
    _word, endpoint, argument = pages[payment.purpose]
    values: dict[str, Any] = {argument: payment.purpose_id}
    return url_for(endpoint, **values)


def _entry_id(attempt: PaymentAttempt) -> int | None:
    """The entry in the books of the money that came."""
    received = queries.effect(attempt.id, "received")
    if received is None:
        return None
    entry = ledger.entry_by_source(attempt.organization_id, f"payment_effect:{received.id}")
    return entry.id if entry else None


@bp.post("/uang-masuk/cocok")
@requires(Permission.BOOKS_POST)
def create_run() -> Answer:
    """Compare now: the questions are asked by a job."""
    for account in reconciliation.merchants(current_actor().organization_id or 0):
        services.ask_run(current_actor(), account.id)
    flash(_("Pencocokan dimulai. Muat ulang halaman ini sebentar lagi."))
    return _back()


def _back() -> Response:
    return redirect(url_for("payments.index_differences"), 303)


@bp.post("/uang-masuk/cocok/<int:case_id>/penerapan")
@requires(Permission.BOOKS_POST)
def create_application(case_id: int) -> Answer:
    """The provider is asked again and believed."""
    services.ask_apply(current_actor(), case_id)
    flash(_("Penyedia ditanya lagi. Muat ulang halaman ini sebentar lagi."))
    return _back()


@bp.post("/uang-masuk/cocok/<int:case_id>/pencatatan")
@requires(Permission.BOOKS_POST)
def create_booking(case_id: int) -> Answer:
    """The posting that settles the difference."""
    case = services.book_case(current_actor(), case_id)
    if case.kind == "missing_here":
        flash(_("Tercatat di pos sementara. Sekarang kembalikan uangnya dari daftar ini."))
        return redirect(url_for("payments.index"), 303)
    flash(_("Tercatat di buku."))
    return _back()


@bp.post("/uang-masuk/cocok/<int:case_id>/penjelasan")
@requires(Permission.BOOKS_POST)
def create_explanation(case_id: int) -> Answer:
    """Why a difference may stay; a second person agrees."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.explain_case(current_actor(), case_id, **form.values())
            flash(_("Penjelasan tersimpan. Ketua menyetujuinya."))
            return _back()
    return _page(form, case_id), 422


@bp.post("/uang-masuk/cocok/<int:case_id>/penjelasan/persetujuan")
@requires(Permission.BOOKS_APPROVE)
def create_explanation_approval(case_id: int) -> Answer:
    """The second person agrees."""
    services.decide_explanation(current_actor(), case_id, approve=True)
    flash(_("Selisih ditandai sudah dijelaskan."))
    return _back()


@bp.post("/uang-masuk/cocok/<int:case_id>/penjelasan/penolakan")
@requires(Permission.BOOKS_APPROVE)
def create_explanation_rejection(case_id: int) -> Answer:
    """The second person does not agree."""
    services.decide_explanation(current_actor(), case_id, approve=False)
    flash(_("Penjelasan ditolak. Selisih tetap terbuka."))
    return _back()


@bp.get("/uang-masuk/pencairan/<int:withdrawal_id>")
@requires(Permission.BOOKS_VIEW)
def show_withdrawal(withdrawal_id: int) -> Answer:
    """From an entry in the books to where withdrawals are compared."""
    reconciliation.withdrawal_for(current_actor(), withdrawal_id)
    return redirect(url_for("payments.index_differences"))


@bp.get("/uang-masuk/selisih-biaya/<int:correction_id>")
@requires(Permission.BOOKS_VIEW)
def show_correction(correction_id: int) -> Answer:
    """From an entry in the books to where fees are compared."""
    reconciliation.correction_for(current_actor(), correction_id)
    return redirect(url_for("payments.index_differences"))


# --- the provider's report -----------------------------------------------------------------------


def _account() -> MerchantAccount:
    """The account whose report is read: the one asked for, else the newest. Raises NotFound."""
    accounts = reconciliation.merchants(current_actor().organization_id or 0)
    wanted = request.values.get("account_id", "")
    found = [each for each in accounts if str(each.id) == wanted] or accounts[-1:]
    if not found:
        raise NotFound(_("Koperasi ini belum punya akun pembayaran."))
    return found[0]


@bp.get("/uang-masuk/laporan")
@requires(Permission.BOOKS_POST)
def new_settlement() -> Answer:
    """Upload the provider's settlement report."""
    return render_template(
        "payments/new_settlement.html", form=SettlementForm.load(), faults=[], account=_account()
    )


@bp.get("/uang-masuk/laporan/templat.xlsx")
@requires(Permission.BOOKS_POST)
def show_settlement_template() -> Answer:
    """An empty sheet with each column explained."""
    headers = {"Content-Disposition": "attachment; filename=templat-laporan-penyedia.xlsx"}
    return Response(services.settlement_template(), headers=headers, mimetype=XLSX)


@bp.post("/uang-masuk/laporan")
@requires(Permission.BOOKS_POST)
def create_settlement() -> Answer:
    """Read the report: all its faults at once, or a preview to confirm."""
    form, account, faults = SettlementForm.load(), _account(), list[sheets.Fault]()
    if form.validate() and form.sheet.data is not None:
        with form.guard():
            upload = form.sheet.data
            read = services.preview_file(current_actor(), account.id, upload.read(), upload.filename or "")
            if not isinstance(read, list):
                return redirect(url_for("payments.show_settlement", file_id=read.id), 303)
            faults = read
    page = render_template("payments/new_settlement.html", form=form, faults=faults, account=account)
    return page, 422


@bp.get("/uang-masuk/laporan/<int:file_id>")
@requires(Permission.BOOKS_POST)
def show_settlement(file_id: int) -> Answer:
    """What the report says, and what confirming it does."""
    staged = reconciliation.file_for(current_actor(), file_id)
    return render_template("payments/show_settlement.html", staged=staged)


@bp.post("/uang-masuk/laporan/<int:file_id>/konfirmasi")
@requires(Permission.BOOKS_POST)
def create_settlement_confirmation(file_id: int) -> Answer:
    """Keep the lines and book what they settle."""
    services.confirm_file(current_actor(), file_id)
    flash(_("Laporan tercatat. Yang masih berbeda ada di daftar ini."))
    return _back()


@bp.post("/uang-masuk/laporan/<int:file_id>/batal")
@requires(Permission.BOOKS_POST)
def delete_settlement(file_id: int) -> Answer:
    """Throw the preview away."""
    services.discard_file(current_actor(), file_id)
    flash(_("Laporan dibatalkan. Tidak ada yang disimpan."))
    return redirect(url_for("payments.new_settlement"), 303)
