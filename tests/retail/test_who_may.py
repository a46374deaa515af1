"""Each page and act of orders, deliveries, vouchers and complaints, for each kind of person."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from market.core import db
from market.core.permissions import Role
from market.retail import queries, services
from market.retail.services import Extras
from tests import factories
from tests.faults import kill
from tests.retail import door

PEOPLE = ("guest", "sri", "kasir", "pengawas", "tini", "joko", "ratna", "wati")
"""Nobody, secretary, cashier, supervisor, a seller, a supplier, the city's office, another cooperative."""
SHOP = (303, 200, 200, 200, 403, 403, 403, 200)
OWN = (303, 200, 200, 200, 403, 403, 403, 404)
PAGES = {
    "/penjualan": SHOP,
    "/penjualan/daftar-kemas": SHOP,
    "/penjualan/daftar-penjual": SHOP,
    "/penjualan/hari-ambil": SHOP,
    "/penjualan/jawaban": SHOP,
    "/penjualan/antaran": SHOP,
    "/penjualan/wilayah-antar": SHOP,
    "/penjualan/voucher": SHOP,
    "/penjualan/{order}": OWN,
    "/penjualan/setoran/{hand_in}": (303, 303, 303, 303, 403, 403, 403, 404),
    "/keluhan": (303, 200, 200, 200, 200, 403, 403, 200),
    "/keluhan/{complaint}": (303, 200, 200, 200, 200, 403, 403, 404),
    "/keluhan/{complaint}/foto": (303, 404, 404, 404, 404, 403, 403, 404),
    "/pesanan-saya/{token}": (200,) * 8,
    "/pesanan-saya/{token}/kontrak": (200,) * 8,
    "/pesanan-saya/{token}/keluhan": (200,) * 8,
    "/kurir/{run_token}": (200,) * 8,
}
"""What each person is answered: 303 leads to the login (or on), 403 is not for this role, 404 not theirs."""
HANDS, BOARD = {"sri", "kasir"}, {"sri"}
ACTS = {
    "/penjualan/{order}/siap": HANDS,
    "/penjualan/{order}/serah-terima": HANDS,
    "/penjualan/{order}/pembatalan": HANDS,
    "/penjualan/bagian/{part}/penolakan": HANDS,
    "/penjualan/antaran": HANDS,
    "/penjualan/antaran/{run}/akhir": HANDS,
    "/penjualan/antaran/{run}/setoran": HANDS,
    "/penjualan/antaran/gagal/{delivery}": HANDS,
    "/keluhan/{complaint}/serah": HANDS,
    "/penjualan/wilayah-antar": BOARD,
    "/penjualan/wilayah-antar/{zone}/akhir": BOARD,
    "/penjualan/voucher": BOARD,
    "/penjualan/voucher/{voucher}/akhir": BOARD,
    "/keluhan/{complaint}/uang": BOARD,
    "/keluhan/{complaint}/pengganti": BOARD,
    "/keluhan/{complaint}/penolakan": BOARD,
}


@dataclass(frozen=True)
class Papers:
    """One of everything, and the numbers in its addresses."""

    numbers: dict[str, object]
    people: dict[str, object]

    def at(self, path: str) -> str:
        return path.format(**self.numbers)


@pytest.fixture
def papers(cast, shop) -> Papers:
    with db.transaction():
        zone, voucher = door.zone(cast), door.voucher(cast)
        brought = door.to_the_door(cast, shop, crisps=1)
        run, stop = door.on_the_way(cast, brought), door.delivery_of(brought)
        services.deliver(run.token, stop.id, pickup_code=brought.pickup_code)
        cash = services.hand_in(cast.kasir, run.id, 1_000)
        order = door.order(shop, Extras(), crisps=1)
        line = next(each for each in queries.lines_of(brought.id) if each.seller_id == shop.seller.id)
        numbers = {
            "order": order.id,
            "token": brought.token,
            "part": queries.lines_of(order.id)[0].part_id,
            "hand_in": cash.id,
            "run": run.id,
            "run_token": run.token,
            "delivery": stop.id,
            "zone": zone.id,
            "voucher": voucher.id,
            "complaint": door.complaint(brought, line.id).id,
        }
        guard = factories.actor(Role.SUPERVISOR, cast.makmur, "Pak Lurah", "pengawas")
        mine = {"tini": shop.tini, "pengawas": guard}
        people = {name: mine.get(name) or getattr(cast, name) for name in PEOPLE if name != "guest"}
        return Papers(numbers, people)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_sees_which_page(papers, client, browsers, who):
    browser = client if who == "guest" else browsers(papers.people[who])
    answered = {path: browser.get(papers.at(path)).status_code for path in PAGES}
    assert answered == {path: said[PEOPLE.index(who)] for path, said in PAGES.items()}


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_not_act_changes_nothing(papers, client, browsers, who):
    """Whoever may not is told so (403), led to the login (303), or finds nothing there (404)."""
    browser = client if who == "guest" else browsers(papers.people[who])
    kept = {"guest": {303}, "wati": {403, 404, 422}}.get(who, {403})
    before = kill.snapshot()
    for path, may in ACTS.items():
        if who not in may:
            answer = browser.post(papers.at(path), {})
            assert answer.status_code in kept, (path, answer.status_code)
            assert who != "guest" or answer.location.startswith("/masuk")
    assert set(kill.changed(before, kill.snapshot())) <= {"session", "idempotency_key"}
