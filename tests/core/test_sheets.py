"""Spreadsheets: forgiving about form, strict about meaning, never a formula on the way out."""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from market.core import i18n
from market.core.errors import Refused
from market.core.sheets import Column, Fault, read, write_csv, write_xlsx
from market.core.sheets.grid import MAX_BYTES, MAX_COLUMNS, MAX_ROWS

DAY = dt.date(2026, 11, 22)
COLUMNS = [
    Column("goods", "Barang"),
    Column("packs", "Jumlah sak", "packs"),
    Column("max_rp", "Harga maksimum", "rupiah", aliases=["plafon", "harga maks"]),
    Column("by_on", "Paling lambat", "date"),
    Column("weight_g", "Berat", "quantity", required=False, unit="kg"),
    Column("terms", "Bayar", "choice", required=False, choices={"Tunai": "cash", "14 hari": 14}),
    Column("note", "Catatan", required=False, max_chars=20),
]
HEADERS = ["Barang", "Jumlah sak", "Harga maksimum", "Paling lambat", "Berat", "Bayar", "Catatan"]
GOOD: list[Any] = ["Beras medium", 3, 12_500, DAY, "2 ton", "tunai", None]
WANTED = {
    "goods": "Beras medium",
    "packs": 3,
    "max_rp": 12_500,
    "by_on": DAY,
    "weight_g": 2_000_000,
    "terms": "cash",
    "note": None,
}
WRITERS: dict[str, Callable[..., bytes]] = {
    "xlsx": lambda headers, rows: write_xlsx("Kebutuhan", headers, rows),
    "csv": write_csv,
}


def plain_csv(*lines, sep=";", encoding="utf-8"):
    return "\n".join(sep.join(line) if isinstance(line, list) else line for line in lines).encode(encoding)


def opened(data: bytes) -> Any:
    """The workbook as openpyxl sees it: cells of any type."""
    return load_workbook(io.BytesIO(data))


def typed_csv(**cells):
    """One row of typed text, good everywhere but where `cells` says otherwise."""
    typed = dict(
        zip(
            [c.name for c in COLUMNS],
            ["Beras", "3", "12.500", "22/11/2026", "2 ton", "Tunai", ""],
            strict=True,
        )
    )
    return plain_csv(HEADERS, list((typed | cells).values()))


@pytest.mark.parametrize("kind", WRITERS)
def test_what_we_write_we_read(kind):
    result = read(WRITERS[kind](HEADERS, [GOOD, GOOD]), f"kebutuhan.{kind}", COLUMNS)
    assert result.faults == []
    assert result.rows == [WANTED, WANTED]
    assert result.numbers == [2, 3]
    assert result.ok
    assert result.headers == HEADERS


@pytest.mark.parametrize("sep", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_common_way_of_saving_csv_is_read(sep, encoding):
    data = plain_csv(
        ["Barang", "Jumlah sak", "Plafon", "Paling lambat"],
        ["Café", "3", "12.500", "22/11/2026"],
        sep=sep,
        encoding=encoding,
    )
    result = read(data, "a.csv", COLUMNS)
    assert result.faults == []
    assert result.rows[0]["goods"] == "Café"


def test_quoted_cells_may_hold_separators_and_lines_and_rows_keep_their_numbers():
    data = (
        b"sep=,\r\nBarang,Jumlah sak,Plafon,Paling lambat\r\n"
        b'"Beras, ""super""\r\nbaru",3,12500,22/11/2026\r\n,x,12500,22/11/2026\r\n'
    )
    result = read(data, "a.csv", COLUMNS)
    assert result.rows[0]["goods"] == 'Beras, "super" baru'
    assert result.numbers == [3]
    assert {fault.row for fault in result.faults} == {5}


@pytest.mark.parametrize(
    "headers",
    [
        ["barang", "JUMLAH SAK", "harga maksimum", "paling lambat"],
        [" Barang * ", "Jumlah_Sak", "Harga Maks. (Rp)", "Paling  lambat:"],
        ["goods", "packs", "plafon", "by_on"],
    ],
)
def test_headers_are_matched_forgivingly(headers):
    assert read(plain_csv(headers, ["Beras", "3", "12.500", "22/11/2026"]), "a.csv", COLUMNS).ok


def test_a_column_answers_in_every_language_and_speaks_that_of_the_reader():
    column = Column("note", i18n.lazy("Catatan"), required=False)
    english = i18n.in_every_language(column.label)[1]
    assert english != "Catatan"
    for locale, shown in (("id", "Catatan"), ("en", english)):
        with i18n.use_locale(locale):
            for written in ("Catatan", english):
                result = read(plain_csv(written, "halo"), "x.csv", [column])
                assert (result.rows, result.headers) == ([{"note": "halo"}], [shown])


def test_titles_above_the_header_and_blank_rows_do_not_disturb():
    data = plain_csv(
        "Kebutuhan bulan ini", "", HEADERS, "", ["Beras", "x", "12.500", "22/11/2026", "", "", ""], ";;;"
    )
    result = read(data, "a.csv", COLUMNS)
    assert result.faults == [Fault(5, "Jumlah sak", "Tulis angka bulat, misalnya 1.250.")]


def test_unknown_columns_are_named_not_obeyed():
    data = plain_csv(
        ["Barang", "Jumlah sak", "Plafon", "Paling lambat", "Warna"],
        ["Beras", "3", "12500", "22/11/2026", "=1"],
    )
    assert read(data, "a.csv", COLUMNS).ignored == ["Warna"]


def test_all_faults_come_at_once_with_row_and_column():
    rows: list[list[Any]] = [
        ["Beras", 3, 12_500, DAY],
        [None, "tiga", -1, "31/02/2026"],
        ["Gula", 1.5, 12.5, None],
        ["Gula", 1, 100, DAY],
    ]
    result = read(write_xlsx("x", HEADERS[:4], rows), "a.xlsx", COLUMNS)
    assert [(fault.row, fault.column) for fault in result.faults] == [
        *((3, "Barang"), (3, "Jumlah sak"), (3, "Harga maksimum"), (3, "Paling lambat")),
        *((4, "Jumlah sak"), (4, "Harga maksimum"), (4, "Paling lambat")),
    ]
    assert all(len(fault.message) > 5 for fault in result.faults)
    assert result.numbers == [2, 5]
    assert not result.ok
    assert [number for number, _row in result.numbered()] == [2, 5]


def test_missing_and_doubled_columns_are_faults_of_the_header():
    result = read(
        plain_csv(["Barang", "Jumlah sak", "plafon", "Harga maksimum"], ["Beras", "3", "1", "2"]),
        "a.csv",
        COLUMNS,
    )
    assert [(fault.row, fault.column) for fault in result.faults] == [
        (1, "Paling lambat"),
        (1, "Harga maksimum"),
    ]


def test_a_file_with_headers_only_is_said_to_be_empty():
    result = read(plain_csv(HEADERS), "a.csv", COLUMNS)
    assert not result.ok
    assert "Tidak ada baris" in result.faults[0].message


def test_the_same_file_is_recognised():
    data = write_xlsx("x", HEADERS, [GOOD])
    assert (
        read(data, "a.xlsx", COLUMNS).digest
        == read(data, "b.xlsx", COLUMNS).digest
        == hashlib.sha256(data).hexdigest()
    )
    assert (
        opened(data).properties.created.isoformat() == "2026-01-01T00:00:00"
    )  # and not the time of the export


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        *(
            ("packs", typed)
            for typed in ("-1", "1,5", "1e3", "NaN", "१२", "9223372036854775808", "2147483648000", "tiga")
        ),
        *(
            ("max_rp", typed)
            for typed in ("-1", "12,500", "12.500,50", "1e309", "inf", "99999999999999", "Rp")
        ),
        *(("by_on", typed) for typed in ("besok", "31/02/2026", "46348", "22/11/26", "2026")),
        *(("weight_g", typed) for typed in ("-2", "1,0005", "2 liter", "x")),
        *(("terms", typed) for typed in ("kredit", "15 hari", "-")),
        *(("note", typed) for typed in ("a" * 21, "a\u202eb", "a\x1bb", "#REF!")),
    ],
)
def test_one_bad_cell_is_one_fault_in_its_column(column, typed):
    result = read(typed_csv(**{column: typed}), "a.csv", COLUMNS)
    label = next(each.label for each in COLUMNS if each.name == column)
    assert [(fault.row, fault.column) for fault in result.faults] == [(2, label)]
    assert result.rows == []


def test_numbers_of_a_spreadsheet_keep_their_meaning_in_every_kind_of_column():
    book: Any = Workbook()
    book.active.append(HEADERS)
    book.active.append([8_123_456_789.0, 3.0, 12_500.0, dt.datetime(2026, 11, 22), 25, "14 HARI", 1.5])  # noqa: DTZ001
    book.active.append([True, 3, "Rp 12.500", "22 Nov 2026", "1,5 kg", "Tunai", DAY])
    out = io.BytesIO()
    book.save(out)
    result = read(out.getvalue(), "a.xlsx", COLUMNS)
    assert result.faults == []
    assert result.rows[0] == {
        **WANTED,
        "goods": "8123456789",
        "weight_g": 25_000,
        "terms": 14,
        "note": "1,5",
    }
    assert (result.rows[1]["goods"], result.rows[1]["weight_g"], result.rows[1]["note"]) == (
        "ya",
        1_500,
        "22/11/2026",
    )


def test_a_formula_gives_its_stored_value_and_never_runs():
    book: Any = Workbook()
    book.active.append(HEADERS)
    book.active.append(["=1+1", 3, 12_500, DAY])
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue(), "a.xlsx", COLUMNS).faults == [Fault(2, "Barang", "Belum diisi.")]


def test_only_the_first_visible_sheet_is_read():
    book: Any = Workbook()
    book.active.append(["rahasia"])
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("Isian")
    shown.append(HEADERS)
    shown.append(GOOD)
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue(), "a.xlsx", COLUMNS).rows == [WANTED]


def with_part(content, name="xl/worksheets/sheet1.xml", data=None):
    """A workbook of ours in which one part was replaced by `content`."""
    source, out = zipfile.ZipFile(io.BytesIO(data or write_xlsx("x", HEADERS, [GOOD]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, content if part == name else source.read(part))
    return out.getvalue()


def sheet_xml(rows, before=""):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    )


CELL = '<row><c r="A1"><v>1</v></c></row>'
HOSTILE = {
    "unpacks to more than 25 MB": lambda: with_part(sheet_xml(CELL * 800_000)),
    "entities": lambda: with_part(sheet_xml("", '<!DOCTYPE a [<!ENTITY x "y">]>')),
    "entities in UTF-16": lambda: with_part(sheet_xml("", '<!DOCTYPE a [<!ENTITY x "y">]>').encode("utf-16")),
    "a row number beyond the format": lambda: with_part(
        sheet_xml('<row r="99999999999"><c r="A1"><v>1</v></c></row>')
    ),
    "cells far to the right": lambda: with_part(sheet_xml('<row><c r="XFD1"/></row>' * 20_000)),
    "text beyond the last column": lambda: with_part(sheet_xml('<row r="1"><c r="BZ1"><v>1</v></c></row>')),
    "a shared text that is not there": lambda: with_part(
        sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')
    ),
    "a row without number": lambda: with_part(sheet_xml('<row r="x"><c r="A1"><v>1</v></c></row>')),
    "broken XML": lambda: with_part("<worksheet"),
    "no workbook": lambda: with_part("", "xl/workbook.xml"),
    "half a file": lambda: write_xlsx("x", HEADERS, [GOOD])[:3_000],
    "a zip of something else": lambda: with_part("<x/>", "[Content_Types].xml"),
    "PK only": lambda: b"PK\x03\x04",
    "old Excel or password": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "PDF": lambda: b"%PDF-1.7 Barang;Jumlah",
    "PNG": lambda: b"\x89PNG\r\n\x1a\n",
    "NUL bytes": lambda: plain_csv(HEADERS) + b"\nBeras\0;1",
    "a cell of 200,000 letters": lambda: b"a" * 200_000,
    "an open quote": lambda: b'Barang;"Jumlah\nBeras;1',
    "too large": lambda: b"a;b\n" * (MAX_BYTES // 4 + 1),
    "too many rows": lambda: plain_csv(HEADERS, *["Beras;1"] * (MAX_ROWS + 1)),
    "too many rows as XLSX": lambda: write_xlsx("x", HEADERS, [GOOD] * (MAX_ROWS + 1)),
    "too many columns": lambda: plain_csv([str(i) for i in range(MAX_COLUMNS + 1)]),
    "nothing": lambda: b"",
    "spaces": lambda: b" \n;;\n",
    "undefined in every encoding": lambda: b"Barang;\x81\x8d\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_honest_table_is_refused_in_words(name):
    with pytest.raises(Refused) as refused:
        read(HOSTILE[name](), "a.xlsx", COLUMNS)
    assert len(refused.value.message) > 10


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cells far to the right", "bukan tabel"),
        ("entities", "bukan tabel"),
        ("entities in UTF-16", "bukan tabel"),
        ("unpacks to more than 25 MB", "setelah dibuka"),
    ],
)
def test_the_reason_of_a_refusal_is_the_true_one(name, message):
    with pytest.raises(Refused, match=message):
        read(HOSTILE[name](), "a.xlsx", COLUMNS)


def test_the_size_that_a_sheet_claims_is_not_believed():
    rows = "".join(
        f'<row r="{i}"><c r="A{i}" t="inlineStr"><is><t>Nama</t></is></c></row>' for i in (1, 2, 3)
    )
    claimed = sheet_xml(rows).replace("<sheetData>", '<dimension ref="A1:A2"/><sheetData>')
    assert read(with_part(claimed), "a.xlsx", [Column("name", "Nama")]).numbers == [2, 3]


def test_a_cell_of_invisible_letters_is_an_empty_one():
    assert read(typed_csv(goods="\u200b"), "a.csv", COLUMNS).faults == [Fault(2, "Barang", "Belum diisi.")]
    assert read(typed_csv(note="\u200b"), "a.csv", COLUMNS).ok


def test_exactly_the_largest_sheet_is_read():
    assert len(read(write_xlsx("x", HEADERS, [GOOD] * MAX_ROWS), "a.xlsx", COLUMNS).rows) == MAX_ROWS


@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_reader(data):
    for sent in (data, b"PK\x03\x04" + data, b"Barang;Plafon\n" + data):
        try:
            assert not read(sent, "a\x00/../b.csv", COLUMNS).ok
        except Refused as refused:
            assert len(refused.message) > 10
