"""Bu Tini bakes: she asks for flour, it is pooled, matched, brought and collected with a code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from market.core import clock, db
from market.core.permissions import Actor, Role
from market.ledger import chart
from market.ledger import queries as ledger
from market.offers import services as offers
from tests import factories
from tests.inputs.conftest import flour
from tests.journeys import steps
from tests.journeys.conftest import fits

PRICE_RP = 9_888
"""240.000 a sack at the door, 3 % on top."""


@pytest.fixture
def tini(cast) -> Actor:
    """The baker, who sells through the cooperative, and a mill with flour."""
    with db.transaction():
        bakery = factories.seller(cast.makmur, "Roti Bu Tini")
        tini = factories.actor(Role.SELLER_OWNER, bakery, "Tini", "tini")
        offers.make_offer(
            cast.joko,
            pack_id=flour().id,
            tiers=[(1, 240_000)],
            zones=[("3578", 0, 0)],
            capacity_packs=40,
            valid_until_on=clock.today() + timedelta(days=20),
        )
    return tini


def ask(live, tini: Actor) -> str:
    """50 kg of flour, at most 80, in five days; returns the address of the request."""
    page = steps.see(live.of(tini), "/hari-ini")
    page.get_by_role("link", name="Bahan").first.click()
    page.get_by_test_id("new-request").click()
    page.get_by_test_id("field-commodity_id").select_option(label="Tepung terigu")
    page.get_by_test_id("field-wanted").fill("50 kg")
    page.get_by_test_id("field-at_most").fill("80 kg")
    page.get_by_test_id("field-needed_by_on").fill((clock.today() + timedelta(days=5)).isoformat())
    fits(page)
    page.get_by_test_id("save-request").click()
    steps.state(page, "request-state", "Menunggu persetujuan")
    return str(page.url)


def approve(live, cast) -> None:
    page = steps.see(live.of(cast.sri), "/hari-ini")
    page.get_by_test_id("task-input_to_decide").get_by_role("link").click()
    page.get_by_test_id("field-quote_rp").fill("11.000")
    fits(page)
    page.get_by_test_id("approve-request").click()
    steps.state(page, "request-state", "Disetujui")


def prepay(live, cast, address: str) -> None:
    page = steps.see(live.of(cast.kasir), address)
    expect(page.get_by_role("heading", name="Terima uang muka Rp550.000")).to_be_visible()
    page.get_by_test_id("save-advance").click()
    steps.state(page, "request-state", "Uang muka diterima")


def pool(live, cast) -> str:
    """Sri pools it with one sack of her own; Budi lets the need in. Returns the address of the pool."""
    page = steps.see(live.of(cast.sri), "/hari-ini")
    page.get_by_test_id("task-input_to_pool").get_by_role("link").click()
    page.get_by_test_id("field-own_packs").fill("1")
    fits(page)
    page.get_by_test_id("save-pool").click()
    steps.state(page, "need-state", "Menunggu persetujuan")
    address = str(page.url)
    page.get_by_test_id("to-need").click()
    page.wait_for_url("**/kebutuhan/*")
    steps.approve_need(live, cast.budi, page.url)
    return address


def bring(live, cast, address: str) -> Page:
    """The round is matched and answered, the truck comes, the cashier shares the goods out."""
    steps.run_round(live, cast.ratna).get_by_test_id("publish").click()
    page = live.of(cast.ratna)
    steps.state(page, "round-state", "Terbit")
    steps.accept_all(live, cast.joko)
    steps.wait(lambda: steps.orders_of(cast.sri))
    steps.receive(live, cast.kasir, steps.orders_of(cast.sri)[0])
    counter = steps.see(live.of(cast.kasir), address)
    steps.until(counter, "share")
    counter.get_by_test_id("share").click()
    expect(counter.get_by_test_id("shared")).to_be_visible()
    return counter


def give_change_back(live, cast, address: str) -> None:
    """Change beyond what the counter gives back alone: the treasurer proposes, another one approves."""
    treasurer = steps.see(live.of(cast.budi), address)
    treasurer.get_by_test_id("propose-refund").click()
    expect(treasurer.get_by_test_id("refund")).to_contain_text("Menunggu orang kedua")
    chair = steps.see(live.of(cast.hadi), address)
    chair.get_by_test_id("approve-refund").click()
    steps.state(chair, "request-state", "Dana kembali")


def test_flour_for_a_baker_from_the_wish_to_the_sale(live, cast, tini, books_are_true):
    address = ask(live, tini)
    approve(live, cast)
    prepay(live, cast, address)
    counter = bring(live, cast, pool(live, cast))
    phone = steps.see(live.of(tini), "/hari-ini")
    phone.get_by_test_id("task-input_to_collect").get_by_role("link").click()
    steps.state(phone, "request-state", "Siap diambil")
    code = phone.get_by_test_id("pickup-code").inner_text()
    fits(phone)
    counter.get_by_role("link", name="Roti Bu Tini").click()
    counter.get_by_test_id("field-pickup_code").fill(code)
    counter.get_by_test_id("hand-over").click()
    steps.state(counter, "request-state", "Dana sedang dikembalikan")
    give_change_back(live, cast, counter.url)
    with db.transaction(read_only=True):
        books = {
            code: ledger.balance_rp(cast.makmur.id, code) for code in (chart.CUSTOMER_ADVANCES, chart.CASH)
        }
        assert books == {chart.CUSTOMER_ADVANCES: 0, chart.CASH: 50 * PRICE_RP}
        assert ledger.balance_rp(cast.makmur.id, chart.SALES_NON_MEMBERS) == -50 * PRICE_RP
    books_are_true(cast.makmur.id)
