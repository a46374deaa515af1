"""Rice that nobody buys in one kelurahan fills an approved need in the next, and both books agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.permissions import SYSTEM, Role
from market.ledger import chart
from market.ledger import queries as ledger
from market.ledger import services as books
from market.ledger.types import EntryDraft, credit, debit
from market.needs import services as needs
from market.stock import services as stock
from tests import factories
from tests.faults import story
from tests.journeys import steps

SACKS, COST_RP = 20, 290_000


@pytest.fixture
def next_door(cast):
    """Tetangga's treasurer and chair, money in its bank, and an approved need of 20 sacks."""
    with db.transaction():
        treasurer = factories.actor(Role.TREASURER, cast.tetangga, "Bendahara", "bendahara2")
        chair = factories.actor(Role.CHAIR, cast.tetangga, "Ketua", "ketua2")
        capital = (debit(chart.BANK, 20_000_000), credit(chart.GRANTS, 20_000_000))
        books.post(SYSTEM, cast.tetangga.id, EntryDraft("opening:1", clock.today(), "Modal awal", capital))
        day = clock.today() + timedelta(days=7)
        need = needs.post_need(cast.wati, pack_id=story.rice(), wanted_packs=SACKS, needed_by_on=day)
        needs.approve_need(treasurer, need.id)
    return treasurer, chair


@pytest.fixture
def stuck(cast):
    """Forty days ago makmur got sacks that nobody has bought since."""
    with db.transaction():
        item = stock.item_for_pack(cast.makmur.id, story.rice())
        value = SACKS * COST_RP
        stock.move_in(
            SYSTEM, cast.makmur.id, item.id, SACKS * item.pack_base, value, "opening:beras", "opening"
        )
        item.moved_at = clock.now() - timedelta(days=40)


def test_stuck_stock_reaches_the_neighbour_who_looks_for_it(live, cast, next_door, stuck, books_are_true):
    treasurer, chair = next_door
    offer(live, cast)
    path = take(live, treasurer)
    page = steps.see(live.of(cast.kasir), path)
    page.get_by_test_id("send").click()
    steps.state(page, "lot-state", "Terkirim")
    receive(live, cast, path)
    settle(live, cast, treasurer, chair, path)
    worth = SACKS * COST_RP
    with db.transaction(read_only=True):
        assert ledger.balance_rp(cast.tetangga.id, chart.INVENTORY) == worth
        assert ledger.balance_rp(cast.tetangga.id, chart.BANK) == 20_000_000 - worth
        assert ledger.balance_rp(cast.tetangga.id, chart.PAYABLE_COOPERATIVES) == 0
        assert ledger.balance_rp(cast.makmur.id, chart.RECEIVABLE_COOPERATIVES) == 0
        assert ledger.balance_rp(cast.makmur.id, chart.GOODS_ON_THE_WAY) == 0
        assert ledger.balance_rp(cast.makmur.id, chart.BANK) == story.CAPITAL_RP + worth
    books_are_true(cast.makmur.id, cast.tetangga.id)


def offer(live, cast) -> None:
    page = steps.see(live.of(cast.sri), "/stok")
    page.get_by_role("link", name="Antarkoperasi").click()
    page.get_by_test_id("offer").click()
    steps.state(page, "lot-state", "Ditawarkan")


def take(live, treasurer) -> str:
    page = steps.see(live.of(treasurer), "/antarkoperasi/")
    page.get_by_test_id("nearby-lot").click()
    page.get_by_test_id("take").click()
    steps.state(page, "lot-state", "Disanggupi")
    return page.url


def receive(live, cast, path: str) -> None:
    page = steps.see(live.of(cast.wati), "/hari-ini")
    page.get_by_test_id("task-lot_arrives").get_by_role("link").click()
    page.get_by_test_id("save-arrival").click()
    steps.state(page, "lot-state", "Barang diterima")


def settle(live, cast, treasurer, chair, path: str) -> None:
    page = steps.see(live.of(treasurer), path)
    page.get_by_test_id("field-account").select_option("1-1200")
    page.get_by_test_id("pay").click()
    steps.state(page, "payment-state", "Diusulkan")
    page = steps.see(live.of(chair), path)
    page.get_by_test_id("approve-payment").click()
    steps.state(page, "payment-state", "Lunas")
    page = steps.see(live.of(cast.budi), path)
    page.get_by_test_id("field-account").select_option("1-1200")
    page.get_by_test_id("money-in").click()
    steps.state(page, "payment-state", "Dikonfirmasi")
