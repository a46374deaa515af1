"""Subsidised rice ordered by phone counts on the person who takes it, with what the counter sold her."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from market.core import db
from market.retail import services as retail
from tests.counter import shop as counters
from tests.journeys import steps
from tests.journeys.conftest import fits

NIK, OTHER_NIK = counters.NIK, counters.OTHER_NIK


@pytest.fixture
def till(cast):
    return counters.open_till(cast)


def test_who_has_had_her_rice_at_the_counter_collects_no_more_by_phone(live, cast, till, books_are_true):
    till.sold((till.sphp, 4), nik=NIK)
    with db.transaction():
        goods = {int(till.sphp[1:]): 2}
        order = retail.place_order(retail.BUYER, till.id, goods, "Bu Ani", "0812-3456-7890")
    page = steps.see(live.of(cast.kasir), f"/penjualan/{order.id}?kode={order.pickup_code}")
    expect(page.get_by_test_id("card-of-buyer")).to_contain_text("dijatah per orang")
    page.get_by_test_id("hand-over").get_by_test_id("submit").click()
    expect(page.get_by_test_id("hand-over")).to_contain_text("isi NIK pembeli dahulu")
    page.get_by_test_id("field-nik").fill(NIK)
    page.get_by_test_id("hand-over").get_by_test_id("submit").click()
    expect(page.get_by_test_id("hand-over")).to_contain_text("sisa 1")
    expect(page.get_by_test_id("field-nik")).to_have_value("")
    expect(page.get_by_test_id("field-pickup_code")).to_have_value(order.pickup_code)
    fits(page)
    page.get_by_test_id("field-nik").fill(OTHER_NIK)
    page.get_by_test_id("hand-over").get_by_test_id("submit").click()
    page.wait_for_url("**/penjualan")
    steps.state(steps.see(page, f"/penjualan/{order.id}"), "order-state", "Sudah diambil")
    books_are_true(cast.makmur.id)
