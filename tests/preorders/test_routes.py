"""The pages of pre-orders work without a script, for residents and for the cooperative."""

from __future__ import annotations

import re

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.preorders import services
from market.rations import queries as rations
from market.rations.types import buyer_of
from tests.counter.shop import NIK
from tests.preorders.conftest import broken, preorder_of, wishes_of


@pytest.fixture
def found(hall):
    return hall.open(goal_units=20, goal_price_rp=66_000)


def public(hall, preorder_id: int) -> str:
    return f"/toko/{hall.cast.makmur.slug}/pra-pesan/{preorder_id}"


def test_a_guest_orders_changes_and_steps_back(hall, found, client):
    page = client.get(public(hall, found)).get_data(as_text=True)
    assert "Kurang 20 kemasan lagi" in page and "og:description" in page
    typed = {"buyer_name": "Bu Tini", "phone": "0812-3456-7890", "wanted": "3", "at_most": "5"}
    answer = client.post(public(hall, found), typed)
    assert answer.status_code == 303
    own = answer.location
    page = client.get(own)
    assert "Bisa diubah sampai" in page.get_data(as_text=True)
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert client.post(own, {"wanted": "2", "at_most": ""}).status_code == 303
    assert client.post(own, {"wanted": "99"}).status_code == 422
    assert [(wish.wanted, wish.at_most) for wish in wishes_of(found)] == [(2, 2)]
    assert client.post(f"{own}/pengunduran", {}).status_code == 303
    assert "Anda batal ikut" in client.get(own).get_data(as_text=True)
    assert wishes_of(found) == []


def test_wrong_typing_is_kept_and_said(hall, found, client):
    answer = client.post(public(hall, found), {"buyer_name": "Bu Tini", "phone": "1", "wanted": "3"})
    assert answer.status_code == 422
    assert "Bu Tini" in answer.get_data(as_text=True)


def test_the_board_opens_closes_and_finds_its_need(hall, browsers):
    sri = browsers(hall.cast.sri)
    assert "Belum ada pra-pesan" in sri.get("/pra-pesan").get_data(as_text=True)
    assert sri.get("/pra-pesan/baru").status_code == 200
    found = hall.open()
    hall.ask(found, 1, wanted=4)
    assert "Warga 1" in sri.get(f"/pra-pesan/{found}").get_data(as_text=True)
    answer = sri.post(f"/pra-pesan/{found}/penutupan", {})
    need_id = preorder_of(found).need_id
    assert answer.location.endswith(f"/kebutuhan/{need_id}")
    page = sri.get(f"/kebutuhan/{need_id}").get_data(as_text=True)
    assert f"/pra-pesan/{found}" in page and "4 kemasan" in page
    assert "Lihat kebutuhan" in sri.get(f"/pra-pesan/{found}").get_data(as_text=True)


def test_sharing_on_the_page_says_what_stands_in_the_way(hall, found, browsers, client):
    wish = hall.ask(found, 1, wanted=4)
    hall.close(found)
    kasir = browsers(hall.cast.kasir)
    assert "Di rak belum ada yang bebas" in kasir.get(f"/pra-pesan/{found}").get_data(as_text=True)
    hall.arrive(1)
    assert "Pasang dahulu" in kasir.get(f"/pra-pesan/{found}").get_data(as_text=True)
    hall.shelf(66_000)
    assert kasir.post(f"/pra-pesan/{found}/pembagian", {"units": "9"}).status_code == 422
    assert kasir.post(f"/pra-pesan/{found}/pembagian", {"units": "4"}).status_code == 303
    assert "Lihat kode ambil" in client.get(f"/pra-pesan-saya/{wish.token}").get_data(as_text=True)


def test_a_stranger_finds_nothing_and_a_reader_changes_nothing(hall, found, browsers, client):
    assert browsers(hall.cast.wati).get(f"/pra-pesan/{found}").status_code == 404
    assert browsers(hall.cast.kasir).post(f"/pra-pesan/{found}/penutupan", {}).status_code == 403
    assert client.get(f"/toko/{hall.cast.tetangga.slug}/pra-pesan/{found}").status_code == 404
    assert client.get("/pra-pesan-saya/nothing").status_code == 404
    assert client.get(f"/toko/{hall.cast.makmur.slug}/pra-pesan").status_code == 200


def test_cylinders_are_handed_over_at_the_counter_against_their_empties(hall, browsers, client):
    found = hall.open("LPG-3", price_rp=18_000, most_units=2)
    wish = hall.ask(found, 1, wanted=2)
    hall.ask(found, 2, wanted=1)
    hall.close(found)
    hall.arrive(2, "LPG-3", 16_000)
    kasir = browsers(hall.cast.kasir)
    assert kasir.post(f"/pra-pesan/{found}/pembagian", {"units": "2"}).status_code == 303
    assert [each.given for each in wishes_of(found)] == [1, 1]
    page = client.get(f"/pra-pesan-saya/{wish.token}").get_data(as_text=True)
    code = re.search(r'data-testid="pickup-code">(\d{6})', page).group(1)
    path = f"/pra-pesan/ambil/{wish.id}"
    assert kasir.get(path).status_code == 200
    assert kasir.post(path, {"pickup_code": "1", "empties_in": "1", "recorded": "y"}).status_code == 422
    typed = {"pickup_code": code, "empties_in": "1", "recorded": "y"}
    nameless = kasir.post(path, typed)
    assert nameless.status_code == 422
    assert "isi NIK pembeli dahulu" in nameless.get_data(as_text=True)
    again = kasir.post(path, {**typed, "pickup_code": "1", "nik": NIK}).get_data(as_text=True)
    assert NIK not in again, "what was read off the card is not shown again"
    assert kasir.post(path, {**typed, "nik": NIK}).status_code == 303
    assert taken_this_month("LPG-3", hall.cast.makmur.id) == 1
    assert wishes_of(found)[0].state == "collected"
    assert wishes_of(found)[0].wrong_codes == 2
    clock.travel(20 * 86_400)
    with db.transaction():
        assert services.return_uncollected() == 1
    assert wishes_of(found)[1].state == "expired"
    assert broken() == []


def taken_this_month(pack_code: str, cooperative_id: int) -> int:
    """Packs that the person of NIK has got of a good."""
    with db.transaction(read_only=True):
        pack, month = commodities.pack_by_code(pack_code), clock.today().isoformat()[:7]
        index = buyer_of(cooperative_id, NIK, "RT").index
        return rations.used_base(cooperative_id, index, pack.commodity_id, month) // pack.size_base
