"""Steps at the counter that journeys share."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from market.commodities import queries as commodities
from market.core import db
from market.core.permissions import Actor
from market.counter import queries, services
from tests.journeys import steps

GAS_RP = 18_000


def open_counter(cashier: Actor, secretary: Actor) -> None:
    """Gas has its price and the cashier an open shift, from here on."""
    with db.transaction():
        services.set_price(secretary, commodities.pack_by_code("LPG-3").id, GAS_RP)
        if queries.own_shift(cashier) is None:
            services.open_shift(cashier, "1", {50_000: 4})


def lay_gas(page: Page, count: int) -> Page:
    """So many refills on the counter, and on to the page that asks who buys."""
    steps.see(page, "/kasir")
    good = page.get_by_test_id("good").filter(has_text="LPG")
    for _each in range(count):
        good.click()
    expect(page.get_by_test_id("lines")).to_contain_text("LPG")
    page.get_by_test_id("further").click()
    page.wait_for_url("**/kasir/bayar")
    return page


def name_buyer(page: Page, nik: str) -> None:
    """The buyer's card is read; what is left of the ration is said."""
    page.get_by_test_id("field-nik").fill(nik)
    page.get_by_test_id("check-buyer").click()
    expect(page.get_by_test_id("buyer")).to_contain_text(nik[-4:])


def record_in_register(page: Page, reference: str) -> None:
    """The sale stands in the ministry's register."""
    form = page.get_by_test_id("cash-form")
    form.get_by_test_id("field-recorded").check()
    form.get_by_test_id("field-map_reference").fill(reference)
