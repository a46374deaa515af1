"""The pages of stock between cooperatives: who sees what, and the whole way through them."""

from __future__ import annotations

import pytest

from market.core import db
from tests.transfers.conftest import COST_RP, lot_of


def page_of(answer) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def test_the_list_shows_what_lies_still_and_offers_it_with_one_button(next_door, browsers):
    item = next_door.put(40)
    page = page_of(browsers(next_door.cast.sri).get("/antarkoperasi/"))
    assert "tidak bergerak 40 hari" in page
    assert f'name="price_rp" value="{COST_RP}"' in page
    answer = browsers(next_door.cast.sri).post(
        f"/antarkoperasi/barang/{item}", {"packs": 40, "price_rp": COST_RP}
    )
    assert answer.status_code == 303


def test_a_price_above_cost_is_said_at_its_field(next_door, browsers):
    item = next_door.put(40)
    sri = browsers(next_door.cast.sri)
    assert page_of(sri.get(f"/antarkoperasi/barang/{item}"))
    answer = sri.post(f"/antarkoperasi/barang/{item}", {"packs": 40, "price_rp": COST_RP + 1})
    assert answer.status_code == 422
    assert "Paling tinggi sama dengan harga beli" in answer.get_data(as_text=True)


def test_a_lot_on_offer_is_seen_in_its_city_and_nowhere_else(next_door, browsers):
    from_afar = next_door.offer(next_door.put(40))
    assert page_of(browsers(next_door.cast.wati).get(f"/antarkoperasi/{from_afar}"))
    assert browsers(next_door.cast.joko).get(f"/antarkoperasi/{from_afar}").status_code in (403, 404)
    assert browsers(next_door.cast.ratna).get(f"/antarkoperasi/{from_afar}").status_code in (403, 404)


def test_what_two_deal_with_a_third_does_not_see(next_door, browsers):
    lot = next_door.arrived(20)
    assert browsers(next_door.far).get(f"/antarkoperasi/{lot}").status_code == 404
    assert browsers(next_door.far).get("/antarkoperasi/999999").status_code == 404


@pytest.mark.parametrize("path", ["pengambilan", "kiriman", "penerimaan", "sisa", "penarikan", "pembayaran"])
def test_a_change_is_no_get(next_door, browsers, path):
    lot = next_door.offer(next_door.put(20))
    assert browsers(next_door.cast.sri).get(f"/antarkoperasi/{lot}/{path}").status_code == 405


def test_a_secretary_may_look_but_not_take(next_door, browsers):
    lot = next_door.offer(next_door.put(20))
    next_door.wish(20)
    wati = browsers(next_door.cast.wati)
    assert 'data-testid="take"' not in page_of(wati.get(f"/antarkoperasi/{lot}"))
    assert wati.post(f"/antarkoperasi/{lot}/pengambilan", {"packs": 5}).status_code == 403


def test_the_whole_way_through_the_pages(next_door, browsers):
    """Taken, sent, received short, cleared, paid, confirmed: each page leads to the next."""
    lot = next_door.offer(next_door.put(20))
    next_door.wish(20)
    ours, theirs = browsers(next_door.cast.budi), browsers(next_door.bendahara)
    chair = browsers(next_door.ketua)
    path = f"/antarkoperasi/{lot}"

    def do(who, address: str, **data) -> None:
        answer = who.post(address, data)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:800]

    do(theirs, f"{path}/pengambilan", packs=20)
    do(browsers(next_door.cast.kasir), f"{path}/kiriman")
    short = chair.post(f"{path}/penerimaan", {"packs": 18})
    assert short.status_code == 422
    do(chair, f"{path}/penerimaan", packs=18, shortage="broken", note="dua sobek")
    do(ours, f"{path}/sisa", returned_packs=1)
    do(theirs, f"{path}/pembayaran", account="1-1200", reference="TRF 7")
    with db.transaction(read_only=True):
        payment = db.session.connection().exec_driver_sql("SELECT max(id) FROM transfer_payment").scalar_one()
    do(chair, f"/antarkoperasi/pembayaran/{payment}/persetujuan")
    do(ours, f"/antarkoperasi/pembayaran/{payment}/uang-masuk", account="1-1200")
    page = page_of(ours.get(path))
    assert "dua sobek" in page
    assert lot_of(lot).state == "closed"
    assert page_of(theirs.get("/antarkoperasi/"))
    assert ours.get(f"/antarkoperasi/pembayaran/{payment}").status_code == 303


def test_home_names_the_next_step(next_door, browsers):
    lot = next_door.offer(next_door.put(20))
    next_door.wish(20)
    next_door.take(lot, 20)
    assert "task-lot_to_send" in page_of(browsers(next_door.cast.kasir).get("/hari-ini"))
    next_door.send(lot)
    assert "task-lot_arrives" in page_of(browsers(next_door.cast.wati).get("/hari-ini"))
    next_door.receive(lot, 15, "missing")
    assert "task-lot_to_clear" in page_of(browsers(next_door.cast.budi).get("/hari-ini"))
    assert "task-lot_unpaid" in page_of(browsers(next_door.bendahara).get("/hari-ini"))
