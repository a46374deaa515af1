"""The statements as paper (PDF) and as sheets (XLSX): each alone, or the whole pack for the meeting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response

from market.core import db, render, sheets
from market.core.errors import NotFound
from market.core.i18n import LazyText, _, format_day, lazy
from market.core.permissions import Permission, Role
from market.identity.models import Organization
from market.identity.queries import organization, seat_holders
from market.ledger.routes.base import source_label
from market.statements import queries
from market.statements.routes.base import Asked, amount, asked, bp, own_id
from market.statements.routes.pages import PAPERS
from market.statements.types import Equity, Pack, Statement
from market.web.access import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIGNERS: tuple[tuple[LazyText, tuple[Role, ...]], ...] = (
    (lazy("Ketua"), (Role.CHAIR,)),
    (lazy("Bendahara"), (Role.TREASURER,)),
    (lazy("Pengawas"), (Role.SUPERVISOR, Role.LURAH)),
)
"""Who signs the statements: the board's chair and treasurer, and the supervisor who read them."""


class _Papers:
    """All papers of the days asked for, computed when the first of them is wanted."""

    def __init__(self, days: Asked) -> None:
        self.days = days
        self.pack: Pack = queries.pack(own_id(), days.period, days.other)
        self.titles = {"catatan": _("Catatan atas laporan keuangan"), "neraca-saldo": _("Neraca saldo")}

    def sections(self, paper: str) -> list[render.Section]:
        """One paper as parts of a document; the first begins a page."""
        if paper == "ekuitas":
            return [_equity_section(self.pack.equity, self._says(dated=False))]
        if paper == "catatan":
            return self._notes()
        if paper == "neraca-saldo":
            return [self._trial()]
        statement = self._statement(paper)
        return [_section(statement, self._says(dated=paper == "posisi"), self._columns(paper == "posisi"))]

    def _statement(self, paper: str) -> Statement:
        return next(
            each for each in (self.pack.position, self.pack.result, self.pack.cash) if each.key == paper
        )

    def _says(self, *, dated: bool) -> str:
        until = self.days.period
        return (
            _("Per %(day)s, dalam rupiah", day=format_day(until.until))
            if dated
            else _("%(period)s, dalam rupiah", period=until.label)
        )

    def _columns(self, dated: bool) -> list[str]:
        other = self.days.other
        spans = [self.days.period, *([other] if other else [])]
        return [format_day(each.until) if dated else each.label for each in spans]

    def _notes(self) -> list[render.Section]:
        found = queries.books(own_id(), self.days.period, self.days.other)
        heads = self._columns(dated=True)
        parts = [
            render.Section(
                f"{note.number}. {note.title}",
                lines=[*note.sentences, *note.words.splitlines()],
                columns=_pdf_columns(heads) if note.details else (),
                rows=_note_rows(note, len(heads)),
                strong=frozenset({len(note.details)}) if note.details else frozenset(),
            )
            for note in queries.notes(own_id(), found)
        ]
        return [render.Section(self.titles["catatan"], [self._says(dated=False)], new_page=True), *parts]

    def _trial(self) -> render.Section:
        rows = queries.trial(queries.books(own_id(), self.days.period, None))
        heads = [_("Saldo awal"), _("Debit"), _("Kredit"), _("Saldo akhir")]
        cells = [
            [
                f"{row.code} {_(row.name)}",
                *map(amount, (row.before_rp, row.debit_rp, row.credit_rp, row.after_rp)),
            ]
            for row in rows
        ]
        totals = [amount(sum(getattr(row, name) for row in rows)) for name in queries.TRIAL_COLUMNS]
        return render.Section(
            self.titles["neraca-saldo"],
            [self._says(dated=False)],
            columns=[render.PdfColumn(_("Akun"), 2.2), *(render.PdfColumn(h, 1, "right") for h in heads)],
            rows=[*cells, [_("Jumlah"), *totals]],
            strong=frozenset({len(cells)}),
            new_page=True,
        )

    def sheet(self, paper: str) -> tuple[str, Sequence[str], list[Sequence[sheets.Cell]]]:
        """One paper as a sheet: title, heads, typed rows."""
        if paper == "ekuitas":
            return _equity_sheet(self.pack.equity)
        if paper == "catatan":
            return self._notes_sheet()
        if paper == "neraca-saldo":
            return self._trial_sheet()
        statement = self._statement(paper)
        heads = [_("Uraian"), *self._columns(paper == "posisi")]
        wide = len(heads) - 1
        return (
            statement.title,
            heads,
            [[row.label, *[row.now_rp, row.then_rp][:wide]] for row in statement.rows],
        )

    def _notes_sheet(self) -> tuple[str, Sequence[str], list[Sequence[sheets.Cell]]]:
        rows: list[Sequence[sheets.Cell]] = []
        heads = self._columns(dated=True)
        found = queries.books(own_id(), self.days.period, self.days.other)
        for note in queries.notes(own_id(), found):
            rows.append([f"{note.number}. {note.title}"])
            rows += [[line] for line in (*note.sentences, *note.words.splitlines())]
            rows += [[each.label, *[each.now_rp, each.then_rp][: len(heads)]] for each in note.details]
        return self.titles["catatan"], [_("Uraian"), *heads], rows

    def _trial_sheet(self) -> tuple[str, Sequence[str], list[Sequence[sheets.Cell]]]:
        heads = [_("Kode akun"), _("Nama akun"), _("Saldo awal"), _("Debit"), _("Kredit"), _("Saldo akhir")]
        rows: list[Sequence[sheets.Cell]] = [
            [row.code, _(row.name), row.before_rp, row.debit_rp, row.credit_rp, row.after_rp]
            for row in queries.trial(queries.books(own_id(), self.days.period, None))
        ]
        return self.titles["neraca-saldo"], heads, rows


def _pdf_columns(heads: Sequence[str]) -> list[render.PdfColumn]:
    return [render.PdfColumn(_("Uraian"), 2.6), *(render.PdfColumn(head, 1, "right") for head in heads)]


def _section(statement: Statement, says: str, heads: Sequence[str]) -> render.Section:
    wide = len(heads)
    return render.Section(
        statement.title,
        [says],
        columns=_pdf_columns(heads),
        rows=[
            [row.label, *[amount(row.now_rp), amount(row.then_rp)][:wide]]
            if row.kind != "head"
            else [row.label, *[""] * wide]
            for row in statement.rows
        ],
        strong=frozenset(n for n, row in enumerate(statement.rows) if row.kind != "line"),
        new_page=True,
    )


def _equity_section(equity: Equity, says: str) -> render.Section:
    heads = [*(label for _key, label in equity.columns), _("Jumlah")]
    return render.Section(
        equity.title,
        [says],
        columns=[render.PdfColumn("", 1.5), *(render.PdfColumn(head, 1, "right") for head in heads)],
        rows=[[row.label, *map(amount, (*row.cells, row.sum_rp))] for row in equity.rows],
        strong=frozenset(n for n, row in enumerate(equity.rows) if row.strong),
        new_page=True,
    )


def _equity_sheet(equity: Equity) -> tuple[str, Sequence[str], list[Sequence[sheets.Cell]]]:
    heads = [_("Uraian"), *(label for _key, label in equity.columns), _("Jumlah")]
    return equity.title, heads, [[row.label, *row.cells, row.sum_rp] for row in equity.rows]


def _note_rows(note: queries.Note, wide: int) -> list[list[str]]:
    if not note.details:
        return []
    rows = [[each.label, *[amount(each.now_rp), amount(each.then_rp)][:wide]] for each in note.details]
    return [*rows, [_("Jumlah"), *[amount(note.sum_rp), amount(note.then_sum_rp)][:wide]]]


def _signers(owner: Organization) -> list[tuple[str, str]]:
    """Role and name of everybody who signs; a seat that nobody holds leaves room for a name."""
    held = [seat_holders(owner.id, tuple(roles)) for _says, roles in SIGNERS]
    names = [people[0].name if people else "" for people in held]
    return [(str(says), name) for (says, _roles), name in zip(SIGNERS, names, strict=True)]


def _pdf(title: str, wanted: Sequence[str], days: Asked) -> bytes:
    owner, papers = organization(own_id()), _Papers(days)
    phone = f"+{owner.phone}" if owner.phone else ""
    return render.document(
        title,
        days.period.label,
        letterhead=render.Letterhead(owner.name, [part for part in (owner.address, phone) if part]),
        sections=_bound([papers.sections(paper) for paper in wanted]),
        notes=papers.pack.faults,
        signatures=[render.Signature(role, name) for role, name in _signers(owner)],
    )


def _bound(papers: Sequence[list[render.Section]]) -> list[render.Section]:
    """The papers one after another; the first stands under the head of the document."""
    first, *rest = [part for paper in papers for part in paper]
    return [render.Section(first.title, first.lines, first.columns, first.rows, strong=first.strong), *rest]


def _xlsx(title: str, wanted: Sequence[str], days: Asked) -> bytes:
    owner, papers = organization(own_id()), _Papers(days)
    foot: list[Sequence[sheets.Cell]] = [[], [owner.name], [days.period.label]]
    foot += [[f"{role}: {name or '........................'}"] for role, name in _signers(owner)]
    pages = [papers.sheet(paper) for paper in wanted]
    return sheets.write_book(title, [(name, heads, [*rows, *foot]) for name, heads, rows in pages])


def _answer(title: str, name: str, kind: str, wanted: Sequence[str]) -> Response:
    days = asked()
    if kind not in ("pdf", "xlsx"):
        raise NotFound(_("Unduhan ini tidak ada."))
    data = _pdf(title, wanted, days) if kind == "pdf" else _xlsx(title, wanted, days)
    span = days.period.code or f"{days.period.since.isoformat()}-{days.period.until.isoformat()}"
    headers = {"Content-Disposition": f'attachment; filename="{name}-{span}.{kind}"'}
    return Response(data, headers=headers, content_type="application/pdf" if kind == "pdf" else XLSX)


@bp.get("/<paper>.<kind>")
@requires(Permission.BOOKS_VIEW)
def export_paper(paper: str, kind: str) -> Response:
    """One paper; raises NotFound for another name or kind of file."""
    if paper not in PAPERS:
        raise NotFound(_("Laporan ini tidak ada."))
    return _answer(_("Laporan keuangan"), paper, kind, [paper])


@bp.get("/lengkap.<kind>")
@requires(Permission.BOOKS_VIEW)
def export_pack(kind: str) -> Response:
    """Everything, one paper after another, signed once at the end."""
    return _answer(_("Laporan keuangan"), "laporan-keuangan", kind, PAPERS)


@bp.get("/buku-besar.xlsx")
@requires(Permission.BOOKS_VIEW)
def export_ledger() -> Response:
    """The general ledger of the days: every account with its balance before and after each entry."""
    days = asked()
    heads = [
        *(_("Kode akun"), _("Nama akun"), _("Tanggal"), _("Nomor"), _("Sumber"), _("Untuk apa")),
        *(_("Debit"), _("Kredit"), _("Saldo")),
    ]
    data = sheets.write_xlsx(_("Buku besar"), heads, _ledger_cells(days))
    name = f"buku-besar-{days.period.since.isoformat()}-{days.period.until.isoformat()}.xlsx"
    return Response(
        data, headers={"Content-Disposition": f'attachment; filename="{name}"'}, content_type=XLSX
    )


def _ledger_cells(days: Asked) -> Iterator[Sequence[sheets.Cell]]:
    found = queries.books(own_id(), days.period, None)
    named = {each.id: each for each in found.accounts}
    held = {row.code: row.before_rp for row in queries.trial(found)}
    for row in db.session.execute(queries.whole_ledger(own_id(), days.period)):
        account = named[row.account_id]
        held[account.code] = held.get(account.code, 0) + row.amount_rp
        text = " · ".join(part for part in (row.description, row.memo) if part)
        yield (
            *(account.code, _(account.name), row.effective_on, row.number, source_label(row.source), text),
            *(max(row.amount_rp, 0) or None, max(-row.amount_rp, 0) or None, held[account.code]),
        )
