"""Bu Kasir on a phone: sells while the signal is gone, and tells a buyer of gas what the limit is."""

from __future__ import annotations

from playwright.sync_api import expect

from market.catalogue import services as catalogue
from market.commodities import queries as commodities
from market.commodities.models import Quota
from market.core import clock, db
from market.counter import queries
from market.counter.models import Sale
from market.empties import services as cylinders
from tests.counter.shop import FLOAT, stock_pack
from tests.counter.shop import services as counter_services
from tests.journeys import counter, steps
from tests.journeys.conftest import fits

NIK = "3578014507800001"
SUGAR_RP = 17_000


def sales(cast) -> list[tuple[str, bool]]:
    """Every sale of the shop: its state, and whether it was made without signal."""
    with db.transaction(read_only=True):
        rows = db.session.query(Sale).filter_by(organization_id=cast.makmur.id).order_by(Sale.id)
        return [(row.state, row.offline) for row in rows]


def open_shop(cast) -> None:
    with db.transaction():
        pack_id = stock_pack(cast, "GULA-1", 20, 15_000)
        catalogue.sell_pack(cast.sri, pack_id, SUGAR_RP)
        counter_services.open_shift(cast.kasir, "1", FLOAT)


def test_a_sale_without_signal_is_told_once_by_two_tabs_and_a_reload(live, cast, books_are_true):
    open_shop(cast)
    page = steps.see(live.of(cast.kasir), "/kasir")
    fits(page)
    sugar = page.get_by_test_id("good").filter(has_text="Gula")
    other = page.context.new_page()
    other.goto(f"{live.url}/kasir")
    expect(other.get_by_test_id("good")).to_have_count(1)
    # What is sent while the signal is gone arrives nowhere.
    page.context.set_offline(True)
    page.wait_for_function("() => !navigator.onLine")
    sugar.click()
    sugar.click()
    expect(page.get_by_test_id("total")).to_contain_text("Rp34.000")
    page.get_by_test_id("given").fill("50.000")
    expect(page.get_by_test_id("change")).to_contain_text("Rp16.000")
    page.get_by_test_id("pay-cash").click()
    expect(page.get_by_test_id("done")).to_contain_text("tanpa sinyal")
    expect(page.get_by_test_id("waiting-item")).to_have_count(1)
    assert sales(cast) == []
    page.context.set_offline(False)
    for each in (other, page):
        each.goto(f"{live.url}/kasir")
    expect(page.get_by_test_id("waiting-item")).to_have_count(0)
    steps.wait(lambda: sales(cast) == [("done", True)])
    page.reload()
    expect(page.get_by_test_id("good")).to_contain_text("sisa 18")
    assert sales(cast) == [("done", True)]
    with db.transaction(read_only=True):
        shift = queries.shifts_of(cast.makmur.id)[0]
        assert queries.drawer(shift).cash_rp == 2 * SUGAR_RP
    books_are_true(cast.makmur.id)


def test_a_buyer_who_has_had_enough_gas_is_told_why(live, cast, books_are_true):
    with db.transaction():
        stock_pack(cast, "LPG-3", 10, 16_000)
        cylinders.record_owned(cast.budi, "TABUNG-3", 5, 150_000)
        db.session.add(
            Quota(
                commodity_id=commodities.pack_by_code("LPG-3").commodity_id,
                kind="consumer_cap",
                scope="consumer",
                amount_base=2,
                period_days=30,
                region_key="national",
                valid_from_on=clock.today(),
                legal_ref="aturan uji",
            )
        )
    counter.open_counter(cast.kasir, cast.sri)
    page = counter.lay_gas(live.of(cast.kasir), 2)
    counter.name_buyer(page, NIK)
    expect(page.get_by_test_id("limit")).to_contain_text("sisa hak 2 dari 2 tabung")
    fits(page)
    counter.record_in_register(page, "MAP-1")
    page.get_by_test_id("cash-form").get_by_test_id("pay-cash").click()
    expect(page.get_by_test_id("receipt")).to_contain_text("NIK berakhir 0001")
    fits(page)
    page = counter.lay_gas(page, 1)
    counter.name_buyer(page, NIK)
    expect(page.get_by_test_id("limit")).to_contain_text("sisa hak 0 dari 2 tabung")
    counter.record_in_register(page, "MAP-2")
    page.get_by_test_id("cash-form").get_by_test_id("pay-cash").click()
    expect(page.get_by_test_id("form-errors")).to_contain_text("2 tabung per bulan, sisa 0")
    books_are_true(cast.makmur.id)
