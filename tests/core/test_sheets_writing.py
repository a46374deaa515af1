"""Exports and templates: no text that leaves the house is ever run as a formula."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from market.core.sheets import Column, read, template, write_csv, write_xlsx
from tests.core.test_sheets import COLUMNS, DAY, GOOD, HEADERS, WANTED, WRITERS, opened

FORMULAS = [
    *(
        '=HYPERLINK("http://x","y")',
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=cmd|'/c calc'!A1",
        " =1",
        "＝1+1",
    ),
    *("{=1}", "'=1", "http://x.id", "mailto:a@b.id", "0123", "1e5", "TRUE", "#REF!"),
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_leaves_as_a_formula_link_or_number(text):
    data = write_xlsx("=1+1", [text], [[text]])
    sheet = opened(data)[opened(data).sheetnames[0]]
    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type in ("s", "e")
        assert cell.hyperlink is None
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert xml.count(b't="s"') == 2
    exported = io.StringIO(write_csv([text], [[text]]).decode("utf-8-sig"), newline="")
    for (field,) in csv.reader(exported, delimiter=";"):
        assert not field.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@pytest.mark.parametrize("text", ["=1+1", "+62 812", "-", "@sri", "biasa", "'kutip", "1'000"])
@pytest.mark.parametrize("kind", WRITERS)
def test_guarded_text_comes_back_as_it_was(kind, text):
    columns = [Column("name", "Nama"), Column("other", "Lain")]
    assert read(WRITERS[kind](["Nama", "Lain"], [[text, "x"]]), "a", columns).rows[0]["name"] == text


def test_typed_numbers_stay_numbers():
    moment = dt.datetime(2026, 11, 22, 7, 5, tzinfo=dt.UTC)
    row: list[Any] = [-12_500, 2**60, Decimal("1.5"), True, None, DAY, moment, float("nan")]
    sheet = opened(write_xlsx("x", ["a"] * 8, [row])).active
    values = [cell.value for cell in sheet[2]]
    assert values[:5] == [-12_500, str(2**60), 1.5, "ya", None]
    assert values[5].date() == DAY
    assert (values[6].hour, values[6].minute) == (14, 5)
    assert values[7] == "nan"
    line = write_csv(["a"] * 8, [row]).decode("utf-8-sig").splitlines()[1]
    assert line == f"-12500;{2**60};1,5;ya;;22/11/2026;22/11/2026 14:05;nan"


def test_letters_that_xml_cannot_hold_do_not_break_an_export():
    sheet = opened(write_xlsx("a/b:c*?" * 9, ["x"], [["a\x00b\ud800c\x0b"], ["é" * 40_000]])).active
    assert sheet["A2"].value == "abc"
    assert len(sheet["A3"].value) == 32_767


def test_a_template_is_empty_explains_itself_and_reads_back():
    data = template(COLUMNS, [GOOD])
    result = read(data, "a.xlsx", COLUMNS)
    assert result.headers == HEADERS
    assert result.rows == []
    book = opened(data)
    guide = [cell.value for row in book["Petunjuk"].iter_rows() for cell in row]
    assert {"Barang", "Beras medium", "Pilih salah satu: Tunai, 14 hari."} <= set(guide)
    assert book["Isian"]["A1"].value == "Barang *"
    assert book["Isian"]["E1"].value == "Berat (kg)"
    book["Isian"].append(GOOD)
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue(), "a.xlsx", COLUMNS).rows == [WANTED]


def test_choices_belong_to_choice_columns():
    assert not Column("a", "A", "choice").choices, "a catalogue may still be empty"
    with pytest.raises(ValueError, match="choices"):
        Column("a", "A", "text", choices={"x": 1})
