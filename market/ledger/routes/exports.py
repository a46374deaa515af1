"""The books as sheets: trial balance and journal, XLSX or CSV, and the empty sheet of opening balances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask import Response

from market.core import clock, sheets
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.ledger import queries, services
from market.ledger.chart import DEFAULT_CHART
from market.ledger.routes.base import books_id, bp, day_asked, days_asked, source_label
from market.web.access import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


def _sheet(
    name: str, title: str, kind: str, headers: Sequence[str], rows: Iterable[Sequence[sheets.Cell]]
) -> Response:
    if kind not in KINDS:
        raise NotFound(_("Unduhan ini tidak ada."))
    data = sheets.write_csv(headers, rows) if kind == "csv" else sheets.write_xlsx(title, headers, rows)
    return _download(data, f"{name}.{kind}", KINDS[kind])


def _download(data: bytes, filename: str, mimetype: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(data, headers=headers, content_type=mimetype)


@bp.get("/neraca-saldo.<kind>")
@requires(Permission.BOOKS_VIEW)
def export_trial_balance(kind: str) -> Response:
    """The trial balance of a day as a sheet."""
    on = day_asked("sampai", clock.today())
    rows = queries.trial_balance(books_id(), on).rows
    headers = [_("Kode akun"), _("Nama akun"), _("Debit"), _("Kredit")]
    cells = [(row.code, row.name, row.debit_rp or None, row.credit_rp or None) for row in rows]
    return _sheet(f"neraca-saldo-{on.isoformat()}", _("Neraca saldo"), kind, headers, cells)


@bp.get("/jurnal.<kind>")
@requires(Permission.BOOKS_VIEW)
def export_entries(kind: str) -> Response:
    """Every line of the journal of some days as a sheet."""
    since, until = days_asked()
    headers = [
        *(_("Nomor"), _("Tanggal"), _("Dicatat"), _("Sumber"), _("Untuk apa"), _("Kode akun")),
        *(_("Nama akun"), _("Debit"), _("Kredit"), _("Catatan"), _("Pihak lain")),
    ]
    name = f"jurnal-{since.isoformat()}-{until.isoformat()}"
    return _sheet(name, _("Jurnal"), kind, headers, _journal_cells(since, until))


def _journal_cells(since: date, until: date) -> Iterable[Sequence[sheets.Cell]]:
    for row in queries.journal_lines(books_id(), since, until):
        yield (
            *(row.number, row.effective_on, row.recorded_at),
            *(f"{source_label(row.source)} ({row.source})", row.description, row.code, row.name),
            *(max(row.amount_rp, 0) or None, max(-row.amount_rp, 0) or None, row.memo, row.counterparty),
        )


@bp.get("/saldo-awal.xlsx")
@requires(Permission.OPENING_IMPORT)
def export_opening_template() -> Response:
    """The sheet to fill in, with the codes of the chart on its second page."""
    examples = [(each.code, str(each.name), None, None) for each in DEFAULT_CHART]
    return _download(sheets.template(services.OPENING_COLUMNS, examples), "saldo-awal.xlsx", XLSX)
