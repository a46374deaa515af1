"""A file and a list of columns become rows of values and a list of everything that is wrong."""

import hashlib
from collections.abc import Sequence

from market.core.errors import Refused
from market.core.i18n import _
from market.core.money import group
from market.core.sheets.cells import as_text, is_blank, value_of
from market.core.sheets.columns import Column, Fault, SheetResult, normal_header
from market.core.sheets.grid import HEADER_WITHIN, MAX_ROWS, Row, rows_of


def read(data: bytes, filename: str, columns: Sequence[Column]) -> SheetResult:
    """Rows and faults of a CSV or XLSX file, told apart by content (`filename` only names it in messages).

    Raises Refused when the file cannot be read as a table at all; whatever concerns rows and
    columns comes back as faults, all at once.
    """
    grid = rows_of(data)
    if not grid:
        raise Refused(_("Berkas %(name)s kosong.", name=clean_name(filename)))
    start, found = _find_header(grid, columns)
    number, header = grid[start]
    faults = _header_faults(number, header, columns, found)
    body = grid[start + 1 :]
    if len(body) > MAX_ROWS:
        raise Refused(_("Terlalu banyak baris. Paling banyak %(most)s per berkas.", most=group(MAX_ROWS)))
    rows, numbers = _read_rows(body, columns, found, faults)
    if not body:
        faults.append(Fault(number, "", _("Tidak ada baris isi di bawah judul kolom.")))
    known = set(found.values())
    return SheetResult(
        rows=rows,
        numbers=numbers,
        faults=faults,
        digest=hashlib.sha256(data).hexdigest(),
        headers=[str(column.label) for column in columns if column.name in found],
        ignored=[_shown(cell) for i, cell in enumerate(header) if i not in known and not is_blank(cell)],
    )


def clean_name(filename: str) -> str:
    """A file's name fit for a message: no path, no hidden characters, at most 80 characters."""
    base = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in base if char.isprintable())[:80] or "?"


def _shown(cell: object) -> str:
    return "".join(char for char in as_text(cell) if char.isprintable())[:60]


def _match(header: Sequence[object], columns: Sequence[Column]) -> dict[str, int]:
    """Column name -> position, the first that answers."""
    found: dict[str, int] = {}
    for i, cell in enumerate(header):
        wanted = "" if is_blank(cell) else normal_header(as_text(cell)[:200])
        column = next((each for each in columns if wanted and each.answers_to(wanted)), None)
        if column is not None:
            found.setdefault(column.name, i)
    return found


def _find_header(grid: Sequence[Row], columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    """The row among the first few that names most columns; the earliest of equals."""
    tried = [_match(cells, columns) for _number, cells in grid[:HEADER_WITHIN]]
    best = max(range(len(tried)), key=lambda i: (len(tried[i]), -i))
    return best, tried[best]


def _header_faults(
    number: int, header: Sequence[object], columns: Sequence[Column], found: dict[str, int]
) -> list[Fault]:
    faults = [
        Fault(number, str(column.label), _("Kolom ini tidak ada dalam berkas."))
        for column in columns
        if column.required and column.name not in found
    ]
    for i, cell in enumerate(header):
        wanted = "" if is_blank(cell) else normal_header(as_text(cell)[:200])
        twice = next((c for c in columns if wanted and c.answers_to(wanted) and found[c.name] != i), None)
        if twice is not None:
            faults.append(Fault(number, str(twice.label), _("Kolom ini ada dua kali. Hapus salah satu.")))
    return faults


def _read_rows(
    body: Sequence[Row], columns: Sequence[Column], found: dict[str, int], faults: list[Fault]
) -> tuple[list[dict[str, object]], list[int]]:
    rows: list[dict[str, object]] = []
    numbers: list[int] = []
    present = [column for column in columns if column.name in found]
    for number, cells in body:
        before = len(faults)
        row: dict[str, object] = {column.name: None for column in columns}
        for column in present:
            at = found[column.name]
            row[column.name] = _cell(number, cells[at] if at < len(cells) else None, column, faults)
        if len(faults) == before:
            rows.append(row)
            numbers.append(number)
    return rows, numbers


def _cell(number: int, raw: object, column: Column, faults: list[Fault]) -> object:
    label = str(column.label)
    if is_blank(raw):
        if column.required:
            faults.append(Fault(number, label, _("Belum diisi.")))
        return None
    try:
        value = value_of(raw, column)
    except Refused as refused:
        faults.append(Fault(number, label, refused.message))
        return None
    if value == "" and column.required:  # nothing but invisible characters
        faults.append(Fault(number, label, _("Belum diisi.")))
    return value
