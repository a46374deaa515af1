"""Members from a sheet: good rows wait for two people, bad rows say where and why, nothing is kept open."""

from __future__ import annotations

import io
from datetime import date

import pytest

from market.core import db, sheets
from market.core.errors import Forbidden, Refused
from market.core.permissions import ANONYMOUS, Role
from market.core.states import IllegalMove
from market.members import queries, services
from market.members.models import Member, MemberIdentity, MemberImport
from market.members.types import Identity
from tests import factories

HEADERS = [
    "Nomor anggota",
    "Nama lengkap",
    "NIK",
    "Nomor KK",
    "Nomor HP",
    "Tanggal masuk",
    "Simpanan pokok dibayar",
]
NIKS = [f"35780145058010{n:02d}" for n in range(1, 30)]


def row(n, number="", nik=True, phone="", paid=50_000, name=None):
    return [
        number,
        name or f"Anggota {n}",
        NIKS[n] if nik is True else nik,
        "",
        phone,
        date(2025, 8, 1),
        paid,
    ]


def sheet(*rows):
    return sheets.write_csv(HEADERS, rows)


@pytest.fixture
def koperasi(database):
    return factories.cooperative()


@pytest.fixture
def writer(koperasi):
    return factories.actor(Role.SECRETARY, koperasi)


@pytest.fixture
def chair(koperasi):
    return factories.actor(Role.CHAIR, koperasi)


def read(actor, *rows):
    return services.preview_import(actor, sheet(*rows), "buku.csv")


def faults_of(found):
    faults = found if isinstance(found, list) else services.shown_rows(found)[1]
    return {(fault.row, fault.column) for fault in faults}


def members():
    return db.session.query(Member).order_by(Member.id).all()


def test_nobody_is_in_the_register_before_the_sheet_was_looked_at(writer):
    batch = read(writer, row(1), row(2))
    assert (batch.state, batch.row_count, members()) == ("preview", 2, [])
    shown, _faults = services.shown_rows(batch)
    assert shown[0]["nik"].endswith("********1002") and NIKS[1] not in batch.rows_sealed


def test_imported_members_count_for_nothing_until_a_second_person_has_seen_the_paper(writer, chair, koperasi):
    batch = services.store_import(writer, read(writer, row(1, phone="081234567001"), row(2, paid="")).id)
    assert {member.state for member in members()} == {"imported"}
    assert queries.by_phone(koperasi.id, "6281234567001") is None
    with pytest.raises(Refused, match="pengurus lain"):
        services.confirm_import(writer, batch.id)
    assert services.confirm_import(chair, batch.id) == (1, 1)
    first, second = members()
    assert (first.state, first.brought_rp, first.joined_on) == ("active", 50_000, date(2025, 8, 1))
    assert first.number.startswith("AGT/")
    assert (second.state, second.number) == ("verified", None), "who has not paid pays first"
    assert queries.by_phone(koperasi.id, "6281234567001") is first


def test_rows_that_are_wrong_say_row_and_column_and_the_others_are_read(writer):
    batch = read(
        writer,
        row(1),
        row(2, nik="123"),
        row(3, phone="12"),
        row(4, paid="banyak"),
        row(5, nik="3578014513801005"),
        row(6, number="AGT/2026/000001"),
        row(7, nik="3578014505150001"),
        row(8, name=" "),
    )
    assert batch.row_count == 1
    assert faults_of(batch) == {
        (3, "NIK"),
        (4, "Nomor HP"),
        (5, "Simpanan pokok dibayar"),
        (6, "NIK"),
        (7, "Nomor anggota"),
        (8, "NIK"),
        (9, "Nama lengkap"),
    }


def test_the_same_person_twice_in_a_sheet_is_read_once(writer):
    batch = read(
        writer,
        row(1, number="A-1", phone="081234567001"),
        row(2, nik=NIKS[1]),
        row(3, number="A-1"),
        row(4, phone="0812 3456 7001"),
        row(5),
    )
    assert batch.row_count == 2
    assert faults_of(batch) == {(3, "NIK"), (4, "Nomor anggota"), (5, "Nomor HP")}


def test_whom_the_register_has_already_is_not_taken_again(writer, chair, koperasi):
    services.apply(ANONYMOUS, koperasi.id, "Tutik", "081234567001", identity=Identity(NIKS[1]))
    first = services.store_import(writer, read(writer, row(9, number="A-9")).id)
    services.confirm_import(chair, first.id)
    batch = read(writer, row(1), row(2, phone="081234567001"), row(3, number="A-9"), row(4))
    assert batch.row_count == 1
    assert faults_of(batch) == {(2, "NIK"), (3, "Nomor HP"), (4, "Nomor anggota")}


def test_another_cooperatives_register_says_nothing_about_ours(writer, koperasi):
    other = factories.cooperative("Koperasi Wonokromo")
    services.apply(ANONYMOUS, other.id, "Tutik", "081234567001", identity=Identity(NIKS[1]))
    assert read(writer, row(1, phone="081234567001")).row_count == 1


def test_who_was_entered_while_the_preview_lay_open_stops_the_storing_with_her_row(writer, koperasi):
    batch = read(writer, row(1), row(2))
    services.apply(ANONYMOUS, koperasi.id, "Tutik", "081234567001", identity=Identity(NIKS[2]))
    with pytest.raises(Refused, match="Baris 3"):
        services.store_import(writer, batch.id)
    assert batch.state == "preview" and len(members()) == 1


def test_the_same_file_is_not_stored_twice(writer):
    first = read(writer, row(1))
    assert read(writer, row(1)).id == first.id
    services.store_import(writer, first.id)
    assert first.rows_sealed == ""
    with pytest.raises(Refused, match="sudah dibaca"):
        read(writer, row(1))
    with pytest.raises(IllegalMove):
        services.store_import(writer, first.id)


def test_a_sheet_that_is_not_what_the_paper_says_leaves_nobody_and_no_nik(writer, chair):
    batch = services.store_import(writer, read(writer, row(1, number="A-1"), row(2)).id)
    with pytest.raises(Refused):
        services.reject_import(chair, batch.id, " ")
    services.reject_import(chair, batch.id, "Tidak ada di buku")
    assert {member.state for member in members()} == {"declined"}
    assert db.session.query(MemberIdentity).count() == 0
    assert read(writer, row(1, number="A-1"), row(2)).row_count == 2, "the corrected file may come again"


def test_a_sheet_of_the_ministry_is_recognised_by_its_headers_and_read_sparingly(writer):
    headers = ["No", "No. Anggota", "Nama Lengkap", "NIK", "Jenis Kelamin", "No. HP/WA", "Tanggal Bergabung"]
    rows = [[1, "017", "Siti Aminah", NIKS[1], "P", "081234567001", date(2025, 8, 1)]]
    batch = services.preview_import(writer, sheets.write_xlsx("Anggota", headers, rows), "simkopdes.xlsx")
    assert isinstance(batch, MemberImport) and batch.layout == "simkopdes"
    assert "Jenis Kelamin" in batch.ignored
    shown, faults = services.shown_rows(batch)
    assert (shown[0]["number"], shown[0]["phone"], faults) == ("017", "6281234567001", [])


def test_members_without_a_nik_are_members_and_get_it_later(writer, chair):
    batch = services.store_import(writer, read(writer, row(1, nik="")).id)
    services.confirm_import(chair, batch.id)
    (member,) = members()
    assert member.state == "active" and queries.identity_of(member) is None
    services.record_identity(chair, member.id, Identity(NIKS[1]), agreed=True)


@pytest.mark.parametrize("role", [Role.TREASURER, Role.CASHIER, Role.SUPERVISOR])
def test_only_the_board_that_admits_imports(koperasi, role):
    with pytest.raises(Forbidden):
        read(factories.actor(role, koperasi), row(1))


def upload(browser, data, name="buku.csv"):
    sent = {"sheet": (io.BytesIO(data), name)}
    return browser.post("/anggota/impor", sent, content_type="multipart/form-data")


def test_from_the_upload_to_the_second_pair_of_eyes_on_the_pages(cast, browsers):
    sri, hadi = browsers(cast.sri), browsers(cast.hadi)
    template = sri.get("/anggota/impor/templat.xlsx").get_data()
    assert upload(sri, template, "templat.xlsx").status_code == 422
    preview = upload(sri, sheet(row(1), row(2, nik="123"))).location
    page = sri.get(preview).get_data(as_text=True)
    assert "35xx********1002" in page and NIKS[1] not in page and "NIK terdiri dari 16 angka" in page
    assert sri.post(f"{preview}/simpan").status_code == 303
    assert sri.post(f"{preview}/pencocokan").status_code == 422, "who uploaded does not check herself"
    assert "buku.csv" in hadi.get("/hari-ini").get_data(as_text=True)
    assert browsers(cast.wati).get(preview).status_code == 404
    assert hadi.post(f"{preview}/pencocokan").status_code == 303
    assert "Anggota 1" in hadi.get("/anggota").get_data(as_text=True)


def test_the_list_to_keep_masks_every_nik_and_the_full_one_leaves_a_trace(cast, browsers):
    with db.transaction():
        batch = services.preview_import(cast.sri, sheet(row(1, number="A-1")), "buku.csv")
        services.confirm_import(cast.hadi, services.store_import(cast.sri, batch.id).id)
    sri, hadi = browsers(cast.sri), browsers(cast.hadi)
    listed = sri.get("/anggota/daftar.csv").get_data(as_text=True)
    assert "35xx********1002" in listed and NIKS[1] not in listed
    assert sri.post("/anggota/daftar-nik", {"reason": ""}).status_code == 422
    there = sri.post("/anggota/daftar-nik", {"reason": "Diminta notaris untuk akta"}).location
    result = sheets.read(sri.get(there).get_data(), "x.xlsx", services.importing.import_columns())
    assert result.rows[0]["nik"] == NIKS[1]
    assert hadi.get(there).status_code == 404
    log = hadi.get("/anggota/nik").get_data(as_text=True)
    assert "Diminta notaris untuk akta" in log and "seluruh daftar" in log
    assert browsers(cast.budi).get("/anggota/daftar.csv").status_code == 403
