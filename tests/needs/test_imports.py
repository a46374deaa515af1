"""Needs from a spreadsheet: all errors at once, nothing before the word, the same file once."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from market.core import clock, db, faults, i18n, sheets
from market.core.errors import Conflict, NotFound, Refused
from market.core.permissions import Role
from market.needs import services
from market.needs.models import Need, NeedImport
from market.needs.services.importing import TERMS_LABELS
from tests import factories

HEADERS = (
    "Barang",
    "Jumlah",
    "Paling banyak",
    "Paling lambat",
    "Harga tertinggi",
    "Kas",
    "Cara bayar",
    "Catatan",
)


def later(days=10):
    return clock.today() + timedelta(days=days)


def row(good="BRS-PRM-25", wanted="40", **changes):
    cells = {
        "Barang": good,
        "Jumlah": wanted,
        "Paling banyak": None,
        "Paling lambat": later(),
        "Harga tertinggi": None,
        "Kas": None,
        "Cara bayar": None,
        "Catatan": None,
        **changes,
    }
    return [cells[name] for name in HEADERS]


def xlsx(*rows):
    return sheets.write_xlsx("Kebutuhan", HEADERS, rows or [row()])


def upload(browser, data, name="kebutuhan.xlsx"):
    return browser.post(
        "/kebutuhan/impor", {"sheet": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


def counted():
    with db.transaction(read_only=True):
        return db.session.query(Need).count(), db.session.query(NeedImport).count()


def test_the_template_comes_back_in_with_what_was_filled_in(cast, browsers):
    sri = browsers(cast.sri)
    template = sri.get("/kebutuhan/impor/templat.xlsx")
    assert template.status_code == 200
    empty = upload(sri, template.get_data())
    assert empty.status_code == 422
    assert "Tidak ada baris isi" in empty.get_data(as_text=True)


def test_good_rows_are_shown_first_and_stored_only_when_confirmed(cast, browsers):
    sri = browsers(cast.sri)
    rows = row(), row("Gula konsumsi, sak 50 kg", "300 kg", **{"Cara bayar": "tempo", "Catatan": "siang"})
    preview = upload(sri, xlsx(*rows))
    assert preview.status_code == 303
    page = sri.get(preview.location).get_data(as_text=True)
    assert "Gula konsumsi, sak 50 kg" in page
    assert "Belum ada yang tersimpan" in page
    assert counted() == (0, 1)
    assert sri.post(f"{preview.location}/konfirmasi").status_code == 303
    with db.transaction(read_only=True):
        stored = [
            (n.pack.code, n.wanted_packs, n.terms, n.state) for n in db.session.query(Need).order_by(Need.id)
        ]
    assert stored == [("BRS-PRM-25", 40, "cod", "submitted"), ("GULA-50", 6, "tempo", "submitted")]


def test_semicolon_files_of_spreadsheet_programs_work_as_well(cast, browsers):
    text = f"Barang;Jumlah;Paling lambat\nBRS-PRM-25;40 sak;{later():%d/%m/%Y}\n"
    preview = upload(browsers(cast.sri), text.encode("utf-8-sig"), "kebutuhan.csv")
    assert preview.status_code == 303


def test_everything_that_is_wrong_is_told_at_once_with_row_and_column(cast, browsers):
    rows = (
        row("Emas batangan"),
        row(wanted="1.010 kg"),
        row(**{"Paling lambat": clock.today() - timedelta(days=1)}),
        row(**{"Harga tertinggi": 400_000}),
        row(Kas="banyak"),
        row(),
    )
    with db.transaction():
        faults_found = services.preview_import(cast.sri, xlsx(*rows), "x.xlsx")
    assert [(fault.row, fault.column) for fault in faults_found] == [(2, "Barang"), (3, "Jumlah"), (6, "Kas")]
    answer = upload(browsers(cast.sri), xlsx(*rows))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Ada 3 kesalahan" in page
    assert "1.000 kg atau 1.025 kg" in page
    assert counted() == (0, 0)


def test_rules_of_the_business_are_told_by_row_too(cast):
    rows = (
        row(**{"Paling lambat": clock.today() - timedelta(days=1)}),
        row(**{"Harga tertinggi": 400_000}),
        row(**{"Paling banyak": "10"}),
        row("BRS-PRM-5"),
    )
    with db.transaction():
        found = services.preview_import(cast.sri, xlsx(*rows[:3]), "x.xlsx")
        small = services.preview_import(cast.sri, xlsx(rows[3]), "y.xlsx")
    assert [(fault.row, fault.column) for fault in found] == [
        (2, "Paling lambat"),
        (3, "Harga tertinggi"),
        (4, "Paling banyak"),
    ]
    assert "Di atas HET" in found[1].message
    assert small[0].column == "Barang"


def test_a_quota_counts_over_all_rows_of_the_sheet(cast):
    rows = row("BRS-SPHP-5", "300"), row("BRS-SPHP-5", "101")
    with db.transaction():
        found = services.preview_import(cast.sri, xlsx(*rows), "x.xlsx")
    assert [fault.row for fault in found] == [3]
    assert "sisa 100" in found[0].message


def test_the_same_file_is_recognised_and_says_when_it_was_imported(cast, browsers):
    sri, data = browsers(cast.sri), xlsx()
    first = upload(sri, data)
    assert upload(sri, data).location == first.location, "before it is confirmed the same preview is shown"
    sri.post(f"{first.location}/konfirmasi")
    again = upload(sri, data)
    assert again.status_code == 422
    assert "sudah diimpor" in again.get_data(as_text=True)
    assert counted() == (1, 1)


def test_a_neighbour_may_import_the_same_file_and_sees_nothing_of_ours(cast, browsers):
    data = xlsx()
    mine = upload(browsers(cast.sri), data).location
    wati = browsers(cast.wati)
    assert upload(wati, data).location != mine
    answers = [wati.get(mine), wati.post(f"{mine}/konfirmasi"), wati.post(f"{mine}/batal")]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_a_preview_that_was_thrown_away_may_be_uploaded_again(cast, browsers):
    sri, data = browsers(cast.sri), xlsx()
    first = upload(sri, data).location
    assert sri.post(f"{first}/batal").status_code == 303
    assert sri.post(f"{first}/konfirmasi").status_code == 409
    assert upload(sri, data).location != first


def test_an_import_is_confirmed_once(cast, browsers):
    sri = browsers(cast.sri)
    preview = upload(sri, xlsx()).location
    assert sri.post(f"{preview}/konfirmasi").status_code == 303
    assert sri.post(f"{preview}/konfirmasi").status_code == 409
    assert counted() == (1, 1)


def test_what_became_wrong_since_the_preview_stores_nothing(cast, browsers):
    sri = browsers(cast.sri)
    preview = upload(sri, xlsx(row(), row(**{"Paling lambat": later(1)}))).location
    clock.travel(5 * 86_400)
    answer = sri.post(f"{preview}/konfirmasi")
    assert answer.status_code == 422
    assert "Baris 3" in answer.get_data(as_text=True)
    assert counted() == (0, 1)
    assert "Belum ada yang tersimpan" in sri.get(preview).get_data(as_text=True)


def test_a_crash_in_the_middle_imports_nothing(cast):
    with db.transaction():
        batch = services.preview_import(cast.sri, xlsx(row(), row("GULA-50")), "x.xlsx")
    with pytest.raises(faults.FaultInjected), db.transaction(), faults.armed("needs.row_imported", nth=2):
        services.import_needs(cast.sri, batch.id)
    assert counted() == (0, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Berkas"),
        (b"%PDF-1.7", "bukan tabel"),
        (b"PK\x03\x04rusak", "bukan tabel"),
        (b"a\0b;c", "bukan tabel"),
        (b"tanggal;warna\n1;2\n", "Kolom ini tidak ada"),
        (b"warna;rasa\n1;2\n", "Kolom ini tidak ada"),
    ],
)
def test_files_that_are_no_sheets_are_refused_and_never_500(cast, browsers, data, words):
    answer = upload(browsers(cast.sri), data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert counted() == (0, 0)


def test_no_file_and_too_many_rows_are_refused(cast, browsers):
    sri = browsers(cast.sri)
    assert "Pilih berkas" in sri.post("/kebutuhan/impor").get_data(as_text=True)
    many = upload(sri, xlsx(*(row() for _each in range(501))))
    assert (many.status_code, counted()) == (422, (0, 0))
    assert "Terlalu banyak baris" in many.get_data(as_text=True)


def test_readers_and_strangers_import_nothing(cast, browsers):
    with db.transaction():
        lurah = factories.actor(Role.LURAH, cast.makmur)
    assert upload(browsers(lurah), xlsx()).status_code == 403
    with db.transaction(), pytest.raises(NotFound):
        services.import_needs(cast.sri, 10**30)


def test_an_import_that_was_confirmed_cannot_be_thrown_away(cast):
    with db.transaction():
        batch = services.preview_import(cast.sri, xlsx(), "x.xlsx")
        services.import_needs(cast.sri, batch.id)
        with pytest.raises(Conflict):
            services.discard_import(cast.sri, batch.id)
        with pytest.raises(Refused, match="1 kebutuhan"):
            services.preview_import(cast.sri, xlsx(), "x.xlsx")


@pytest.mark.parametrize("spoken", ["id", "en"])
@pytest.mark.parametrize("written", ["id", "en"])
def test_a_sheet_in_either_language_is_read_whoever_looks_at_it(cast, spoken, written):
    columns = ("pack", "wanted", "needed_by_on", "terms")
    with db.transaction():
        with i18n.use_locale(written):
            headers = [str(c.label) for c in services.import_columns() if c.name in columns]
            cells = [*("BRS-PRM-25", "40", later()), str(TERMS_LABELS["prepaid"])]
            sheet = sheets.write_xlsx("Kebutuhan", headers, [cells])
        with i18n.use_locale(spoken):
            read = services.preview_import(cast.sri, sheet, "kebutuhan.xlsx")
    assert not isinstance(read, list), [fault.message for fault in read]
    assert (read.ignored, read.rows[0]["terms"]) == ([], "prepaid")
