"""The pages of differences, credit notes, returns and runs: the story walked through, then who may not."""

from __future__ import annotations

import csv
import io

import pytest

from market.core import clock, db
from market.core.permissions import Role
from market.purchasing import queries, services
from market.purchasing.models_bills import CreditNote, PaymentRun, SupplierReturn
from tests import factories
from tests.purchasing.conftest import RICE_RP, bill, books_agree, delivered, words

NUMBER = "0123456789"
PAPER = {"reference": "INV-7", "amount_rp": "14.750.000"}
CASE_POSTS = ["/selisih-tagihan/1/penerimaan", "/selisih-tagihan/1/penolakan", "/selisih-tagihan/1/perbaikan"]
RUN_POSTS = [
    *("/daftar-bayar/1/persetujuan", "/daftar-bayar/1/penolakan"),
    *("/daftar-bayar/1/penarikan", "/daftar-bayar/1/transfer"),
]
TYPED = {
    "reason": "x",
    "reference": "x",
    "billed_on": "2026-01-01",
    "amount_rp": "1",
    "paid_on": "2026-01-01",
}


def today() -> str:
    return clock.today().isoformat()


@pytest.fixture
def came(cast):
    """An order of which everything came; its id."""
    with db.transaction():
        return delivered(cast).id


@pytest.fixture
def settled(cast):
    """A disputed bill (case 1), a return (1), a run that waits (1), all committed."""
    with db.transaction():
        services.name_account(cast.joko, "BRI", NUMBER, "=CV Lamongan")
        bill(cast, delivered(cast), 14_750_000, "INV-7", open_case=True)
        order = delivered(cast)
        other = bill(cast, order, reference="INV-8")
        line = queries.goods_lines(order.id)[0]
        services.return_goods(cast.sri, order.id, [(line.id, 2)], "broken")
        services.propose_run(cast.budi, [(other.id, 5_000_000)])
    return order.id


def test_the_story_from_the_difference_to_the_paid_run(cast, browsers, came):
    budi, hadi, joko = (browsers(who) for who in (cast.budi, cast.hadi, cast.joko))
    typed = {**PAPER, "billed_on": today()}
    refused = budi.post(f"/pesanan/{came}/tagihan", typed)
    assert refused.status_code == 422 and "buka selisihnya dengan pemasok" in words(refused)
    opened = budi.post(f"/pesanan/{came}/tagihan", {**typed, "open_case": "y"})
    assert opened.status_code == 303 and opened.location == "/selisih-tagihan/1"
    page = words(joko.get("/selisih-tagihan/1"))
    assert "Rp590.000" in page and "Buat nota kredit" in page and "Rp1.000" in page
    assert joko.post("/selisih-tagihan/1/pesan", {"message": "Kami periksa."}).status_code == 303
    assert "Kami periksa." in words(budi.get("/selisih-tagihan/1"))
    assert "Berselisih" in words(budi.get("/tagihan")) and "INV-7" in words(budi.get("/selisih-tagihan"))

    assert 'value="590.000"' in joko.get("/tagihan/1/nota-kredit").get_data(as_text=True)
    noted = joko.post("/tagihan/1/nota-kredit", {"amount_rp": "590.000", "reason": "salah hitung"})
    assert noted.status_code == 303
    assert "Dikreditkan" in words(budi.get("/selisih-tagihan/1"))
    assert "salah hitung" in words(budi.get(noted.location)) and "Jurnal" in words(budi.get(noted.location))
    assert "NK/" in words(budi.get("/nota-kredit")) and "NK/" in words(joko.get("/nota-kredit"))

    assert "belum mengisi rekening" in words(budi.get("/daftar-bayar"))
    account = {"bank": "BRI", "number": NUMBER, "holder": "CV Lamongan Jaya"}
    assert joko.post("/rekening-bank", account).status_code == 303
    assert "6789" in words(joko.get("/rekening-bank")) and NUMBER not in words(joko.get("/rekening-bank"))
    page = budi.get("/daftar-bayar").get_data(as_text=True)
    assert 'value="14.160.000"' in page and "checked" in page and NUMBER not in page
    listed = budi.post("/daftar-bayar", {"pick_1": "y", "amount_1": "14.160.000", "pay_on": today()})
    assert listed.status_code == 303
    assert "Setujui daftar bayar" not in words(budi.get(listed.location))
    page = words(hadi.get(listed.location))
    assert "Setujui daftar bayar" in page and "Rekening baru" in page and NUMBER not in page
    assert budi.get("/daftar-bayar/1.csv").status_code == 404, "not before a second person agreed"
    assert hadi.post("/daftar-bayar/1/persetujuan").status_code == 303
    assert NUMBER in budi.get("/daftar-bayar/1.csv").get_data(as_text=True)
    done = budi.post("/daftar-bayar/1/transfer", {"paid_on": today(), "reference": "TRX-1"})
    assert done.status_code == 303
    assert "TRX-1" in words(hadi.get("/daftar-bayar/1"))

    page = words(joko.get("/tagihan/1"))
    assert "Yang sudah dibayar" in page and "Rp14.160.000" in page and "Lunas" in page
    page = words(joko.get(f"/rekening-pemasok/{cast.makmur.id}?sampai=2099-01-01"))
    assert "Nota kredit NK/" in page and "Per siklus pengiriman" in page and "TRX-1" in page
    pdf = joko.get(f"/rekening-pemasok/{cast.makmur.id}.pdf?sampai=2099-01-01")
    assert pdf.get_data().startswith(b"%PDF")
    with db.transaction(read_only=True):
        assert books_agree(cast)


def test_goods_go_back_page_by_page(cast, browsers, came):
    sri, joko, budi = browsers(cast.sri), browsers(cast.joko), browsers(cast.budi)
    with db.transaction():
        line = queries.goods_lines(came)[0].id
        bill(cast, queries.order(came))
    assert "Kembalikan barang" in words(sri.get(f"/pesanan/{came}"))
    wrong = sri.post(f"/pesanan/{came}/retur", {f"packs_{line}": "49", "reason": "broken"})
    assert wrong.status_code == 422 and "Paling banyak 48" in words(wrong)
    sent = sri.post(f"/pesanan/{came}/retur", {f"packs_{line}": "2", "reason": "broken", "note": "robek"})
    assert sent.status_code == 303
    assert "Menunggu nota kredit" in words(sri.get(sent.location))
    assert "Buat nota kredit" not in words(sri.get(sent.location)), "the secretary writes none"
    noted = joko.post(f"{sent.location}/nota-kredit", {"reference": "CN-1"})
    assert noted.status_code == 303 and "Rp590.000" in words(budi.get(noted.location))
    assert "Dikembalikan" in words(joko.get(f"/pesanan/{came}"))


def test_the_bank_file_holds_no_formula(cast, browsers, settled):
    hadi, budi = browsers(cast.hadi), browsers(cast.budi)
    assert hadi.post("/daftar-bayar/1/persetujuan").status_code == 303
    data = budi.get("/daftar-bayar/1.csv").get_data(as_text=True).lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(data), delimiter=";"))
    assert rows[1][:4] == ["BRI", NUMBER, "'=CV Lamongan", "5000000"]


def test_a_stranger_finds_nothing(cast, browsers, settled):
    with db.transaction():
        seats = [
            factories.actor(role, cast.tetangga) for role in (Role.TREASURER, Role.CHAIR, Role.SECRETARY)
        ]
    treasurer, chair, secretary = (browsers(seat) for seat in seats)
    nur = browsers(cast.nur)
    for path in ["/selisih-tagihan/1", "/retur-pemasok/1", "/tagihan/1/nota-kredit"]:
        for browser in (treasurer, nur):
            assert browser.get(path).status_code == 404, path
    assert (
        treasurer.get("/daftar-bayar/1").status_code
        == treasurer.get("/daftar-bayar/1.csv").status_code
        == 404
    )
    assert secretary.get(f"/pesanan/{settled}/retur").status_code == 404
    for path in [*CASE_POSTS[1:], *RUN_POSTS[2:], "/tagihan/1/nota-kredit", "/retur-pemasok/1/nota-kredit"]:
        assert treasurer.post(path, TYPED).status_code == 404, path
    for path in [CASE_POSTS[0], *RUN_POSTS[:2], "/retur-pemasok/1/pelepasan"]:
        assert chair.post(path, TYPED).status_code == 404, path
    assert nur.post("/retur-pemasok/1/nota-kredit", {}).status_code == 404
    assert "INV-7" not in words(nur.get("/selisih-tagihan")) and "NK/" not in words(nur.get("/nota-kredit"))
    assert facts() == ("open", "sent", "proposed", 0)


def facts() -> tuple:
    with db.transaction(read_only=True):
        case = queries.case_of(1)
        sent = db.session.query(SupplierReturn).one()
        return (
            case.state,
            sent.state,
            db.session.query(PaymentRun).one().state,
            db.session.query(CreditNote).count(),
        )


def test_a_reader_sees_everything_and_touches_nothing(cast, browsers, settled, lurah):
    reader = browsers(lurah)
    for path in [
        "/selisih-tagihan",
        "/selisih-tagihan/1",
        "/nota-kredit",
        "/retur-pemasok/1",
        "/daftar-bayar",
    ]:
        assert reader.get(path).status_code == 200, path
    assert reader.get("/daftar-bayar/1").status_code == 200
    for path in [
        "/daftar-bayar/1.csv",
        "/tagihan/1/nota-kredit",
        f"/pesanan/{settled}/retur",
        "/rekening-bank",
    ]:
        assert reader.get(path).status_code == 403, path
    posts = [*CASE_POSTS, *RUN_POSTS, "/daftar-bayar", "/tagihan/1/nota-kredit", "/retur-pemasok/1/pelepasan"]
    for path in [
        *posts,
        "/retur-pemasok/1/nota-kredit",
        f"/pesanan/{settled}/retur",
        "/selisih-tagihan/1/pesan",
    ]:
        assert reader.post(path, {**TYPED, "message": "x"}).status_code == 403, path
    page = words(reader.get("/daftar-bayar"))
    assert "Usulkan daftar bayar" not in page
    assert facts() == ("open", "sent", "proposed", 0)


def test_each_seat_does_its_own_part_only(cast, browsers, settled):
    sri, hadi, budi, joko = (browsers(who) for who in (cast.sri, cast.hadi, cast.budi, cast.joko))
    assert budi.post(CASE_POSTS[0], TYPED).status_code == 403
    for path in CASE_POSTS[1:]:
        assert hadi.post(path, TYPED).status_code == joko.post(path, TYPED).status_code == 403, path
    for path in RUN_POSTS[:2]:
        assert budi.post(path, TYPED).status_code == sri.post(path, TYPED).status_code == 403, path
    for path in [*RUN_POSTS[2:], "/daftar-bayar"]:
        assert hadi.post(path, TYPED).status_code == joko.post(path, TYPED).status_code == 403, path
    assert joko.get("/daftar-bayar").status_code == budi.get("/rekening-bank").status_code == 403
    assert facts() == ("open", "sent", "proposed", 0)


def test_a_refusal_says_why_and_keeps_what_was_typed(cast, browsers, settled):
    hadi, budi, joko = (browsers(who) for who in (cast.hadi, cast.budi, cast.joko))
    for browser, path, typed, said in (
        (hadi, CASE_POSTS[0], {"reason": " "}, "Wajib diisi"),
        (budi, CASE_POSTS[2], {**TYPED, "billed_on": today(), "reference": "INV-7B"}, "INV-7B"),
        (hadi, RUN_POSTS[1], {"reason": ""}, "Wajib diisi"),
        (budi, RUN_POSTS[3], {"paid_on": today(), "reference": "TRX-77"}, "belum disetujui"),
        (joko, "/tagihan/1/nota-kredit", {"amount_rp": "99.000.000", "reason": "x"}, "Paling banyak"),
        (joko, "/rekening-bank", {"bank": "BRI", "number": "12", "holder": "CV"}, "6 sampai 20"),
        (joko, "/selisih-tagihan/1/pesan", {"message": ""}, "Wajib diisi"),
        (budi, "/daftar-bayar", {"pay_on": today()}, "sekurangnya satu"),
    ):
        answer = browser.post(path, typed)
        assert answer.status_code == 422 and said in answer.get_data(as_text=True), path
    assert facts() == ("open", "sent", "proposed", 0)


def test_other_ends_of_a_difference_and_a_run(cast, browsers, settled):
    hadi, budi = browsers(cast.hadi), browsers(cast.budi)
    assert "Terima selisih ini?" in words(hadi.get("/selisih-tagihan/1"))
    page = words(budi.get("/selisih-tagihan/1"))
    assert "Catat tagihan perbaikan" in page and "Terima selisih ini?" not in page
    paper = {"reference": "INV-7B", "billed_on": today(), "amount_rp": f"{RICE_RP}"}
    done = budi.post(CASE_POSTS[2], paper)
    assert done.status_code == 303 and "INV-7B" in words(budi.get(done.location))
    assert "Tidak berlaku" in words(budi.get("/tagihan/1"))
    assert budi.post(RUN_POSTS[2], {"reason": "salah pilih"}).status_code == 303
    assert "Ditarik" in words(budi.get("/daftar-bayar"))
    assert hadi.post("/retur-pemasok/1/pelepasan", {"reason": "pemasok tutup"}).status_code == 303
    assert "Dilepas" in words(budi.get("/retur-pemasok/1"))


def test_anonymous_people_are_led_to_the_login(client, cast, settled):
    pages = ["/selisih-tagihan", "/selisih-tagihan/1", "/nota-kredit", "/retur-pemasok/1", "/daftar-bayar"]
    for path in [*pages, "/daftar-bayar/1", "/daftar-bayar/1.csv", "/rekening-bank"]:
        answer = client.get(path)
        assert answer.status_code == 303 and answer.location.startswith("/masuk"), path
