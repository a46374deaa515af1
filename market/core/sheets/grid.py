"""A file becomes rows of raw cells: CSV as spreadsheets and phones save it, or XLSX. Nothing is trusted."""

import csv
import importlib
import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from market.core.errors import Refused
from market.core.i18n import _
from market.core.money import group
from market.core.sheets.cells import is_blank

MAX_BYTES = 5_000_000
MAX_UNPACKED = 25_000_000
MAX_PARTS = 300
MAX_ROWS = 5_000
MAX_COLUMNS = 60
MAX_CELLS = 1_500_000  # blank ones included: a cell far to the right makes a long row of nothing
LAST_ROW = 1_048_576  # of the XLSX format; a larger number in a file is a trap
HEADER_WITHIN = 20  # rows in which a header may stand, below titles and remarks

Row = tuple[int, list[object]]  # number as in the sheet, cells

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, and any .xlsx with a password
_NOT_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PAR1", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf")
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def rows_of(data: bytes) -> list[Row]:
    """Every row that holds something. Raises Refused for what is no table, or too large a one."""
    if len(data) > MAX_BYTES:
        raise Refused(_("Berkas terlalu besar. Paling besar %(most)s MB.", most=MAX_BYTES // 1_000_000))
    if data.startswith(_OLD_OFFICE):
        raise Refused(_("Berkas .xls lama atau berkata sandi tidak bisa dibaca. Simpan sebagai .xlsx biasa."))
    if data.startswith(_NOT_TABLES):
        raise _not_a_table()
    rows = _xlsx_rows(data) if data.startswith(b"PK") else _csv_rows(data)
    return list(_bounded(rows))


def _not_a_table() -> Refused:
    return Refused(_("Berkas ini bukan tabel yang bisa dibaca. Unggah .xlsx atau .csv."))


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    """Only rows with something in them, and never more than the limits."""
    seen = total = 0
    for number, cells in rows:
        total += len(cells)
        if number > LAST_ROW or total > MAX_CELLS:
            raise _not_a_table()
        while cells and is_blank(cells[-1]):
            cells.pop()
        if not cells:
            continue
        seen += 1
        if seen > MAX_ROWS + HEADER_WITHIN:
            raise Refused(_("Terlalu banyak baris. Paling banyak %(most)s per berkas.", most=group(MAX_ROWS)))
        if len(cells) > MAX_COLUMNS:
            raise Refused(_("Terlalu banyak kolom. Paling banyak %(most)s.", most=MAX_COLUMNS))
        yield number, cells


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    _refuse_bomb(data)
    # By name: a tenth of the time in which a serving process starts, for what most of them never read.
    openpyxl = importlib.import_module("openpyxl")
    unfit = importlib.import_module("openpyxl.utils.exceptions").InvalidFileException
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
            if sheet is None:
                raise _not_a_table()
            sheet.reset_dimensions()  # the size a file claims is not believed
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                yield number, list(cells)
        finally:
            book.close()
    except (unfit, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError) as error:
        raise _not_a_table() from error
    except (AttributeError, IndexError, EOFError, OverflowError, OSError, NotImplementedError) as error:
        raise _not_a_table() from error  # what openpyxl raises for parts that lie about each other


def _refuse_bomb(data: bytes) -> None:
    """Look into the archive before any parser does: sizes, number of parts, entity declarations."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Refused(_("Isi berkas terlalu besar setelah dibuka. Bagi menjadi beberapa berkas."))
            for part in parts:
                # Reading checks the CRC and stops at the declared size, so the sum above holds.
                content = archive.read(part)
                if any(doctype in content for doctype in _DOCTYPES):
                    raise _not_a_table()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise _not_a_table() from error


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decode(data)
    first, _newline, rest = text.partition("\n")
    skipped = 0
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text, skipped = first.strip()[4], rest, 1
    else:
        delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = skipped + 1
    try:
        for cells in reader:
            yield number, list(cells)
            number = skipped + reader.line_num + 1  # a cell may hold line ends: count as an editor does
    except csv.Error as error:
        raise _not_a_table() from error


def _decode(data: bytes) -> str:
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_a_table()
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _not_a_table()


def _delimiter(text: str) -> str:
    """The separator that the first lines use most, outside quotes; a semicolon wins a tie."""
    head = re.sub(r'"[^"]*"', "", "\n".join(text.splitlines()[:HEADER_WITHIN])[:20_000])
    return max(";\t,", key=lambda sign: (head.count(sign), ";\t,".index(sign) == 0))
