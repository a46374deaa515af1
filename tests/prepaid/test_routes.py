"""The pages of prepaid buying: the cooperative's and each buyer's own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.prepaid import services
from tests.prepaid.conftest import PHONE, PRICE_RP, pool_of, share_of, states_of
from tests.support.papers import pages


def page_of(answer) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:800]
    return answer.get_data(as_text=True)


def test_a_pool_is_opened_by_form_and_approved_by_another(pools, browsers):
    sri = browsers(pools.cast.sri)
    assert page_of(sri.get("/setor-beli/baru"))
    with db.transaction(read_only=True):
        rice = commodities.pack_by_code("BRS-PRM-25").id
    typed = {
        "pack_id": rice,
        "shares_per_pack": 5,
        "price_rp": "62.000",
        "min_packs": 2,
        "max_packs": "",
        "closes_on": (clock.today() + timedelta(days=7)).isoformat(),
        "delivery_on": (clock.today() + timedelta(days=14)).isoformat(),
    }
    answer = sri.post("/setor-beli", typed)
    assert answer.status_code == 303
    path = answer.headers["Location"]
    assert 'data-testid="approve-pool"' not in page_of(sri.get(path))
    hadi = browsers(pools.cast.hadi)
    assert 'data-testid="approve-pool"' in page_of(hadi.get(path))
    assert "task-pool_to_approve" in page_of(hadi.get("/hari-ini"))
    assert hadi.post(f"{path}/persetujuan").status_code == 303
    assert sri.post("/setor-beli", {**typed, "price_rp": "90.000"}).status_code == 422


def test_a_payment_ends_on_the_buyers_page(pools, browsers, client):
    pool = pools.open()
    budi = browsers(pools.cast.budi)
    answer = budi.post(
        f"/setor-beli/{pool}/setoran",
        {"buyer_name": "Bu Tini", "phone": PHONE, "shares": 3, "account": "1-1100"},
    )
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    text = page_of(page)
    assert "Uang Anda dititipkan" in text
    assert "Rp186.000" in text
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert client.get("/setoran-saya/tidak-ada").status_code == 404


def test_a_wrong_phone_number_is_said_at_its_field(pools, browsers):
    pool = pools.open()
    typed = {"buyer_name": "Bu Tini", "phone": "12", "shares": 3, "account": "1-1100"}
    answer = browsers(pools.cast.budi).post(f"/setor-beli/{pool}/setoran", typed)
    assert answer.status_code == 422
    assert "phone-error" in answer.get_data(as_text=True)


def test_a_stranger_sees_nothing_and_a_cashier_takes_no_money(pools, browsers):
    pool = pools.open()
    share = pools.pay(pool, 1)
    wati = browsers(pools.cast.wati)
    assert wati.get(f"/setor-beli/{pool}").status_code == 404
    assert wati.get(f"/setor-beli/pembeli/{share}").status_code == 404
    assert browsers(pools.cast.kasir).post(f"/setor-beli/{pool}/setoran", {}).status_code == 403
    assert browsers(pools.cast.joko).get("/setor-beli").status_code == 403


@pytest.mark.parametrize("path", ["persetujuan", "setoran", "pembatalan", "pengembalian", "kesiapan"])
def test_a_change_is_no_get(pools, browsers, path):
    pool = pools.open()
    assert browsers(pools.cast.budi).get(f"/setor-beli/{pool}/{path}").status_code == 405


def test_wrong_codes_are_counted_and_the_right_one_hands_over(pools, browsers, client):
    pool = pools.fired(15)
    pools.stock(3)
    kasir = browsers(pools.cast.kasir)
    assert kasir.post(f"/setor-beli/{pool}/kesiapan").status_code == 303
    with db.transaction(read_only=True):
        share = db.session.connection().exec_driver_sql("SELECT max(id) FROM prepaid_share").scalar_one()
    path = f"/setor-beli/pembeli/{share}"
    assert kasir.post(f"{path}/serah-terima", {"pickup_code": "abc"}).status_code == 422
    assert share_of(share).wrong_codes == 1
    seen = page_of(client.get(f"/setoran-saya/{share_of(share).token}"))
    code = re.search(r'data-testid="pickup-code">(\d{6})<', seen)
    assert code is not None
    assert kasir.post(f"{path}/serah-terima", {"pickup_code": code.group(1)}).status_code == 303
    assert pool_of(pool).state == "closed"
    assert "Barang sudah Anda terima" in page_of(client.get(f"/setoran-saya/{share_of(share).token}"))


def test_a_buyer_makes_a_new_code(pools, client):
    share = share_of(pools.pay(pools.open(), 1))
    with db.transaction():
        for _time in range(services.MAX_WRONG_CODES):
            services.note_wrong_code(share.id)
    assert "Buat kode baru" in page_of(client.get(f"/setoran-saya/{share.token}"))
    assert client.post(f"/setoran-saya/{share.token}/kode").status_code == 303
    assert share_of(share.id).wrong_codes == 0


def test_the_money_goes_back_through_two_pages(pools, browsers, client):
    pool = pools.open()
    share = share_of(pools.pay(pool, 4))
    with db.transaction():
        services.give_up(pools.cast.hadi, pool, "pemasok tutup")
    budi, hadi = browsers(pools.cast.budi), browsers(pools.cast.hadi)
    assert "task-pool_to_refund" in page_of(budi.get("/hari-ini"))
    assert budi.post(f"/setor-beli/{pool}/pengembalian", {"account": "1-1100"}).status_code == 303
    assert "task-pool_refund_waits" in page_of(hadi.get("/hari-ini"))
    assert "Uang Anda akan dikembalikan" in page_of(client.get(f"/setoran-saya/{share.token}"))
    assert hadi.post(f"/setor-beli/{pool}/pengembalian/persetujuan").status_code == 303
    assert "Uang Anda sudah dikembalikan" in page_of(client.get(f"/setoran-saya/{share.token}"))
    assert states_of(pool) == ["refunded"]


def test_the_list_says_how_much_cash_is_missing(pools, browsers):
    pools.pay(pools.open(), 4)
    page = page_of(browsers(pools.cast.budi).get("/setor-beli"))
    assert 'data-testid="cash-gap"' in page
    assert f"Rp{4 * PRICE_RP:,}".replace(",", ".") in page
    assert 'data-testid="cash-gap"' not in page_of(browsers(pools.cast.kasir).get("/setor-beli"))


def test_the_receipt_on_paper_names_the_sum_in_words_and_leads_back(pools, client):
    share = share_of(pools.pay(pools.open(), 2))
    answer = client.get(f"/setoran-saya/{share.token}/kuitansi.pdf")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    (text,) = pages(answer.data)
    said = [
        "Kuitansi setor beli",
        share.number,
        "Bu Tini",
        "Rp124.000",
        "seratus dua puluh empat ribu rupiah",
    ]
    assert [word for word in said if word not in text] == []
    assert client.get("/setoran-saya/bukan-tautan/kuitansi.pdf").status_code == 404
