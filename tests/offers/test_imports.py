"""Offers from a spreadsheet: one row per offer, all errors at once, nothing before the word."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from market.core import clock, db, faults, sheets
from market.offers import queries, services
from market.offers.models import Offer, OfferImport
from tests.offers.conftest import authorise


def headers():
    return [str(column.label) for column in services.import_columns()]


def row(good="BRS-PRM-25", **changes):
    """A good row; changes are named by the column's key."""
    cells = {
        "pack": good,
        "capacity": "440",
        "price_1": 350_000,
        "from_2": 40,
        "price_2": 345_000,
        "place_1": "Kota Surabaya",
        "freight_1": 6_000,
        "drop_1": 20_000,
        "valid_until_on": clock.today() + timedelta(days=14),
        **changes,
    }
    return [cells.get(column.name) for column in services.import_columns()]


def xlsx(*changes):
    """A sheet with one row for each set of changes."""
    with db.transaction(read_only=True):
        return sheets.write_xlsx("Penawaran", headers(), [row(**each) for each in changes or ({},)])


def preview(cast, *changes):
    data = xlsx(*changes)
    with db.transaction():
        return services.preview_import(cast.joko, data, "penawaran.xlsx")


def upload(browser, data):
    file = {"sheet": (io.BytesIO(data), "penawaran.xlsx")}
    return browser.post("/penawaran/impor", file, content_type="multipart/form-data")


def counted():
    with db.transaction(read_only=True):
        return db.session.query(Offer).count(), db.session.query(OfferImport).count()


def test_good_rows_are_shown_first_and_published_only_when_confirmed(cast, browsers):
    joko = browsers(cast.joko)
    shown = upload(
        joko, xlsx({}, {"good": "GULA-50", "capacity": "5 ton", "terms": "tempo", "credit_days": 14})
    )
    page = joko.get(shown.location).get_data(as_text=True)
    assert "mulai 40: Rp345.000" in page
    assert counted() == (0, 1)
    assert joko.post(f"{shown.location}/konfirmasi").status_code == 303
    with db.transaction(read_only=True):
        stored = [
            (o.pack.code, o.capacity_packs, o.state) for o in db.session.query(Offer).order_by(Offer.id)
        ]
        first = db.session.query(Offer).order_by(Offer.id).first()
        assert queries.price_curve(first) == [(1, 350_000), (40, 345_000)]
        assert [(zone.place_code, zone.freight_rp, zone.drop_rp) for zone in first.zones] == [
            ("3578", 6_000, 20_000)
        ]
    assert stored == [("BRS-PRM-25", 440, "live"), ("GULA-50", 100, "live")]


def test_the_template_names_every_column(cast, browsers):
    answer = browsers(cast.joko).get("/penawaran/impor/templat.xlsx")
    with db.transaction(read_only=True):
        read = sheets.read(answer.get_data(), "x.xlsx", services.import_columns())
        assert read.headers == headers()


def test_everything_that_cannot_be_read_is_told_at_once(cast):
    found = preview(
        cast,
        {"good": "Emas"},
        {"capacity": "1.010 kg"},
        {"place_1": "Jakarta"},
        {"from_2": 40, "price_2": None},
        {"freight_2": 5_000},
        {"valid_until_on": "kapan-kapan"},
    )
    assert [(fault.row, fault.column) for fault in found] == [
        (2, "Barang"),
        (3, "Kapasitas"),
        (4, "Wilayah 1"),
        (5, "Harga 2"),
        (6, "Wilayah 2"),
        (7, "Berlaku sampai"),
    ]
    assert counted() == (0, 0)


def test_rules_of_the_business_are_told_by_row_and_column(cast):
    found = preview(
        cast,
        {"price_2": 350_000},
        {"price_1": 400_000},
        {"from_2": 441},
        {"pooled_min": "441"},
        {"terms": "tempo"},
        {"good": "BRS-SPHP-5", "price_1": 55_000, "from_2": None, "price_2": None},
        {"valid_until_on": clock.today() - timedelta(days=1)},
    )
    assert [(fault.row, fault.column) for fault in found] == [
        (2, "Harga 2"),
        (3, "Harga 1"),
        (4, "Mulai 2"),
        (5, "Minimum gabungan"),
        (6, "Tempo hari"),
        (7, "Barang"),
        (8, "Berlaku sampai"),
    ]
    assert "sumber resmi" in found[5].message


def test_an_authorised_supplier_imports_administered_goods(cast):
    with db.transaction():
        authorise(cast)
    batch = preview(cast, {"good": "BRS-SPHP-5", "price_1": 55_000, "from_2": None, "price_2": None})
    assert isinstance(batch, OfferImport)


def test_the_same_file_is_recognised_and_says_when_it_was_imported(cast, browsers):
    joko, data = browsers(cast.joko), xlsx()
    first = upload(joko, data).location
    assert upload(joko, data).location == first
    joko.post(f"{first}/konfirmasi")
    again = upload(joko, data)
    assert again.status_code == 422
    assert "sudah diimpor" in again.get_data(as_text=True)
    assert joko.post(f"{first}/konfirmasi").status_code == 409
    assert counted() == (1, 1)


def test_a_preview_that_was_thrown_away_may_be_uploaded_again(cast, browsers):
    joko, data = browsers(cast.joko), xlsx()
    first = upload(joko, data).location
    assert joko.post(f"{first}/batal").status_code == 303
    assert upload(joko, data).location != first


def test_another_supplier_does_not_find_the_preview(cast, browsers):
    mine = upload(browsers(cast.joko), xlsx()).location
    nur = browsers(cast.nur)
    answers = [nur.get(mine), nur.post(f"{mine}/konfirmasi"), nur.post(f"{mine}/batal")]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_what_became_wrong_since_the_preview_stores_nothing(cast, browsers):
    joko = browsers(cast.joko)
    shown = upload(joko, xlsx({}, {"valid_until_on": clock.today() + timedelta(days=1)})).location
    clock.travel(5 * 86_400)
    answer = joko.post(f"{shown}/konfirmasi")
    assert answer.status_code == 422
    assert "Baris 3" in answer.get_data(as_text=True)
    assert counted() == (0, 1)


def test_a_crash_in_the_middle_imports_nothing(cast):
    batch = preview(cast, {}, {"good": "GULA-50"})
    with pytest.raises(faults.FaultInjected), db.transaction(), faults.armed("offers.row_imported", nth=2):
        services.import_offers(cast.joko, batch.id)
    assert counted() == (0, 1)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04rusak", b"a\0b;c", b"warna;rasa\n1;2\n"])
def test_files_that_are_no_sheets_are_refused_and_never_500(cast, browsers, data):
    assert upload(browsers(cast.joko), data).status_code == 422
    assert counted() == (0, 0)
