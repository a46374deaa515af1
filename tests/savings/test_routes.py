"""The pages of savings by kind of person."""

from __future__ import annotations

from market.core import db
from tests import factories
from tests.savings.conftest import PRINCIPAL_RP, set_up


def test_without_a_resolution_the_pages_say_what_to_do_and_who_does_it(cast, browsers):
    till = set_up(cast, rate=False)
    kasir, hadi = browsers(cast.kasir), browsers(cast.hadi)
    assert "Ketua membuka Simpanan" in kasir.get(f"/simpanan/pokok/{till.member_id}").get_data(as_text=True)
    wrong = hadi.post("/simpanan/besaran", {"amount_rp": "50.000", "resolution": "", "resolved_on": ""})
    assert wrong.status_code == 422 and "50.000" in wrong.get_data(as_text=True)
    sent = {
        "amount_rp": "50.000",
        "resolution": "Rapat pendirian",
        "resolved_on": "2026-01-05",
        "valid_from_on": "2026-01-05",
    }
    assert kasir.post("/simpanan/besaran", sent).status_code == 403
    assert hadi.post("/simpanan/besaran", sent).status_code == 303
    assert "Rp50.000" in kasir.get(f"/simpanan/pokok/{till.member_id}").get_data(as_text=True)


def test_from_the_till_to_the_card(till, browsers):
    kasir, tutik = browsers(till.cast.kasir), browsers(till.tutik)
    assert "Tutik" in kasir.get("/hari-ini").get_data(as_text=True)
    paid = kasir.post(f"/simpanan/pokok/{till.member_id}", {"seen_rp": str(PRINCIPAL_RP)})
    assert kasir.get(paid.location).status_code == 200
    receipt_id = paid.location.rsplit("/", 1)[1]
    assert "Rp50.000" in tutik.get("/simpanan-saya").get_data(as_text=True)
    assert tutik.get(paid.location).status_code == 403, "it is a page of the cooperative"
    assert tutik.post(f"/simpanan-saya/{receipt_id}/persetujuan").location.endswith("/kartu-anggota")
    assert "AGT/" in tutik.get("/kartu-anggota").get_data(as_text=True)


def test_strangers_find_nothing_and_readers_change_nothing(till, browsers):
    receipt_id = till.paid()
    paths = (f"/simpanan/tanda-terima/{receipt_id}", f"/simpanan/pokok/{till.member_id}")
    wati, budi = browsers(till.cast.wati), browsers(till.cast.budi)
    assert wati.get(paths[0]).status_code == 404
    assert browsers(till.cast.joko).get("/simpanan").status_code == 403
    assert budi.post(f"{paths[0]}/pencocokan").status_code == 403
    assert browsers(till.cast.sri).post(paths[1], {"seen_rp": "50000"}).status_code == 403
    assert browsers(till.cast.sri).get(f"{paths[0]}/pencocokan").status_code == 405
    with db.transaction():
        watcher = factories.actor("supervisor", till.cast.makmur)
    lurah = browsers(watcher)
    assert lurah.get("/simpanan").status_code == 200 and lurah.get(paths[0]).status_code == 200
    assert lurah.post(f"{paths[0]}/pembatalan", {"reason": "x"}).status_code == 403


def test_paper_confirmation_and_cancellation_on_the_page(till, browsers):
    first = f"/simpanan/tanda-terima/{till.paid()}"
    hadi = browsers(till.cast.hadi)
    assert hadi.post(f"{first}/pembatalan", {"reason": ""}).status_code == 422
    assert hadi.post(f"{first}/pembatalan", {"reason": "Salah orang"}).status_code == 303
    second = f"/simpanan/tanda-terima/{till.paid()}"
    assert browsers(till.cast.sri).post(f"{second}/pencocokan").status_code == 303
    assert till.state == "active"


def test_money_back_is_decided_and_paid_on_its_page(till, browsers):
    till.joined()
    page = f"/simpanan/pengembalian/{till.left(by=till.cast.hadi)}"
    hadi, budi, kasir = browsers(till.cast.hadi), browsers(till.cast.budi), browsers(till.cast.kasir)
    assert hadi.post(f"{page}/keputusan", {"answer": "approve"}).status_code == 422
    assert budi.post(f"{page}/keputusan", {"answer": "reject", "reason": ""}).status_code == 422
    assert kasir.post(f"{page}/keputusan", {"answer": "approve"}).status_code == 403
    assert "Tutik" in budi.get("/hari-ini").get_data(as_text=True)
    assert budi.post(f"{page}/keputusan", {"answer": "approve"}).status_code == 303
    assert kasir.post(f"{page}/pembayaran", {"account": "1-9999"}).status_code == 422
    assert kasir.post(f"{page}/pembayaran", {"account": "1-1200"}).status_code == 422
    assert kasir.post(f"{page}/pembayaran", {"account": "1-1100"}).status_code == 303
    assert "Dibayar" in kasir.get(page).get_data(as_text=True)
