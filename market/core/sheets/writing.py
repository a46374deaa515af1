"""Sheets for people: typed cells, and no text that a spreadsheet program would run as a formula."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]
from xlsxwriter.format import Format  # type: ignore[import-untyped, unused-ignore]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped, unused-ignore]

from market.core import clock
from market.core.i18n import _
from market.core.sheets.cells import FORMULA_STARTS
from market.core.sheets.columns import Column
from market.core.sheets.grid import MAX_ROWS

Cell = str | int | float | Decimal | bool | dt.date | dt.datetime | None

_EXACT = 2**53  # beyond it a spreadsheet's number loses its last digits
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_EPOCH = dt.datetime(2026, 1, 1)  # noqa: DTZ001 -- the format wants naive; fixed, so that equal rows give equal bytes


class _Book:
    """A workbook in memory with our few formats."""

    def __init__(self, title: str) -> None:
        self._buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self._buffer, _SAFE)
        self.book.set_properties({"title": _fit(title), "created": _EPOCH})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = self.book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.whole = self.book.add_format({"num_format": "#,##0"})
        self.day = self.book.add_format({"num_format": "dd/mm/yyyy"})
        self.moment = self.book.add_format({"num_format": "dd/mm/yyyy hh:mm"})

    def sheet(self, title: str) -> Worksheet:
        name = re.sub(r"[\[\]:*?/\\']", " ", _fit(title)).strip()[:31].strip()
        return self.book.add_worksheet(name or "Lumbung")

    def put(self, sheet: Worksheet, row: int, column: int, value: Cell) -> None:
        """Write by the type of `value` only: a text is never guessed to be something else."""
        if value is None:
            return
        if isinstance(value, str | bool):
            text = value if isinstance(value, str) else _yes_no(value)
            sheet.write_string(row, column, _fit(text), self.text)
        elif isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, clock.wib(value).replace(tzinfo=None), self.moment)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), self.day)
        elif not -_EXACT <= value <= _EXACT:  # nan, too, is written as text
            sheet.write_string(row, column, str(value), self.text)
        else:
            sheet.write_number(row, column, value, self.whole if isinstance(value, int) else None)

    def bytes(self) -> bytes:
        self.book.close()
        return self._buffer.getvalue()


def _fit(text: str) -> str:
    return _UNFIT.sub("", str(text))


def _yes_no(value: bool) -> str:
    return _("ya") if value else _("tidak")


def write_xlsx(title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet: a bold head that stays, typed cells. Numbers stay numbers, text stays text."""
    return write_book(title, [(title, headers, rows)])


def write_book(title: str, pages: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """Several sheets in one file, each with title, head and rows; titles differ in their first 31 letters."""
    book = _Book(title)
    for name, headers, rows in pages:
        sheet = book.sheet(name)
        _head(book, sheet, headers)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                book.put(sheet, number, column, value)
    return book.bytes()


def _head(book: _Book, sheet: Worksheet, headers: Sequence[str]) -> None:
    for column, header in enumerate(headers):
        sheet.write_string(0, column, _fit(header), book.head)
        sheet.set_column(column, column, min(40, max(12, len(str(header)) + 2)))
    sheet.freeze_panes(1, 0)


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]], delimiter: str = ";") -> bytes:
    """The same as CSV, as Indonesian spreadsheet programs open it (UTF-8 with mark, semicolons).

    A text that could start a formula gets an apostrophe in front, which `read` takes off again.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_plain(header) for header in headers])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _plain(value: Cell) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, dt.datetime):
        return f"{clock.wib(value):%d/%m/%Y %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float | Decimal):
        return f"{value}".replace(".", ",")
    if isinstance(value, int):
        return value
    text = _fit(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_STARTS) else text


def template(columns: Sequence[Column], examples: Iterable[Sequence[Cell]] = ()) -> bytes:
    """An empty sheet to fill in, and a second one that explains each column and shows the examples.

    Examples stand on the second sheet, so that nobody uploads them by mistake.
    """
    book = _Book(_("Isian"))
    sheet, guide = book.sheet(_("Isian")), book.sheet(_("Petunjuk"))
    _head(book, sheet, [_headed(column) for column in columns])
    for at, column in enumerate(columns):
        _prepare(book, sheet, at, column)
    _head(book, guide, [_("Kolom"), _("Wajib"), _("Cara mengisi")])
    for row, column in enumerate(columns, 1):
        guide.write_string(row, 0, _fit(column.label), book.text)
        guide.write_string(row, 1, _yes_no(column.required), book.text)
        guide.write_string(row, 2, _fit(_advice(column)), book.text)
    _examples(book, guide, len(columns) + 2, columns, examples)
    guide.set_column(0, max(2, len(columns) - 1), 24)
    return book.bytes()


def _headed(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    return f"{column.label}{unit}{' *' if column.required else ''}"


def _prepare(book: _Book, sheet: Worksheet, at: int, column: Column) -> None:
    formats: dict[str, Format] = {"date": book.day, "rupiah": book.whole, "packs": book.whole}
    sheet.set_column(
        at, at, max(14, min(40, len(str(column.label)) + 6)), formats.get(column.kind, book.text)
    )
    names = [_fit(str(name)) for name in column.choices]
    if names and len(",".join(names)) <= 255 and not any("," in name for name in names):
        sheet.data_validation(1, at, MAX_ROWS, at, {"validate": "list", "source": names})


def _advice(column: Column) -> str:
    if column.help:
        return str(column.help)
    if column.kind == "choice":
        return _("Pilih salah satu: %(known)s.", known=", ".join(str(name) for name in column.choices))
    if column.kind == "quantity" and column.unit:
        return _("Angka dalam %(unit)s, atau tulis satuannya.", unit=column.unit)
    return {
        "rupiah": _("Rupiah bulat, misalnya 12.500."),
        "packs": _("Jumlah kemasan utuh, angka bulat."),
        "date": _("Tanggal, misalnya 22/11/2026."),
        "quantity": _("Jumlah dengan satuannya, misalnya 25 kg."),
    }.get(column.kind, _("Tulisan bebas, paling banyak %(most)s huruf.", most=column.max_chars))


def _examples(
    book: _Book, guide: Worksheet, row: int, columns: Sequence[Column], examples: Iterable[Sequence[Cell]]
) -> None:
    for number, example in enumerate(examples):
        if number == 0:
            guide.write_string(row, 0, _("Contoh isian"), book.head)
            for at, column in enumerate(columns):
                guide.write_string(row + 1, at, _fit(str(column.label)), book.head)
        for at, value in enumerate(example):
            book.put(guide, row + 2 + number, at, value)
