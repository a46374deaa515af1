"""A cycle opens its round by itself; five sacks are missing for a better price, and somebody takes them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from market.core import clock, db
from market.core.parameters import set_value
from market.core.permissions import Role
from market.cycles import services as cycles
from market.cycles.services.inviting import REMIND_HOURS
from market.notices.models import Notice
from market.offers import services as offers
from market.purchasing.models import PurchaseOrderLine
from market.rounds.models import Round
from tests import factories
from tests.faults import story
from tests.journeys import steps


@pytest.fixture
def morning(live):
    """Nine o'clock in Jakarta, so that what opens at eight is open; starting the product sets the clock."""
    clock.travel(to=clock.start_of(clock.today()) + timedelta(hours=9))
    yield
    clock.reset()


def falling_price(who, price_rp: int, from_50_rp: int | None = None) -> None:
    with db.transaction():
        offers.make_offer(
            who,
            pack_id=story.rice(),
            tiers=[(1, price_rp), *([(50, from_50_rp)] if from_50_rp else [])],
            zones=[("3578", 0, 0)],
            capacity_packs=100,
            valid_until_on=clock.today() + timedelta(days=20),
        )


def test_the_pool_reaches_its_next_price_because_everybody_was_asked(morning, live, cast, books_are_true):
    with db.transaction():
        yani = factories.actor(Role.CHAIR, cast.tetangga, "Yani", "yani")
        set_value(cast.ratna, REMIND_HOURS, 48, clock.today(), "cerita ini")
    falling_price(cast.joko, 300_000, 265_000)
    falling_price(cast.nur, 301_000)

    office = steps.see(live.of(cast.ratna, wide=True), "/siklus/baru")
    office.get_by_test_id("field-title").fill("Beras mingguan")
    office.get_by_test_id("field-first_opens_on").fill(clock.today().isoformat())
    office.get_by_test_id("field-every_weeks").select_option("1")
    office.get_by_test_id("field-open_days").select_option("1")
    steps.press(office, "Simpan siklus")
    expect(office.get_by_test_id("cycle-dates")).to_contain_text("17.00")
    with db.transaction():
        assert cycles.open_due_cycles() <= 1  # the worker beside us may have been first
    steps.wait(lambda: open_rounds() == 1)

    mine = steps.post_need(live, cast.sri, amount="30")
    steps.approve_need(live, cast.budi, mine)
    steps.approve_need(live, yani, steps.post_need(live, cast.wati, amount="15"))
    with db.transaction():
        cycles.remind_closing()
    steps.wait(lambda: told("pool_near") == {cast.makmur.id, cast.tetangga.id})

    budi = steps.see(live.of(cast.budi), "/kabar")
    expect(budi.locator("main")).to_contain_text("Kurang 5 sak")
    page = steps.see(live.of(cast.budi), f"{mine}/kelonggaran")
    expect(page.get_by_test_id("invitation")).to_contain_text("Rp35.000")
    page.get_by_test_id("field-at_most_packs").fill("35")
    page.get_by_test_id("allow-more").click()
    page.wait_for_url(mine)

    office = steps.see(live.of(cast.ratna, wide=True), f"/putaran/{the_round()}")
    office.get_by_test_id("close-round").click()
    steps.until(office, "publish")
    office.get_by_test_id("publish").click()
    steps.state(office, "round-state", "Terbit")
    steps.accept_all(live, cast.joko)
    with db.transaction(read_only=True):
        goods = db.session.query(PurchaseOrderLine).filter_by(kind="goods").order_by(PurchaseOrderLine.id)
        assert [(line.ordered_packs, line.unit_price_rp) for line in goods] == [(35, 265_000), (15, 265_000)]
    books_are_true(cast.makmur.id, cast.tetangga.id)


def open_rounds() -> int:
    with db.transaction(read_only=True):
        return db.session.query(Round).filter_by(state="open").count()


def the_round() -> int:
    with db.transaction(read_only=True):
        return int(db.session.query(Round.id).one()[0])


def told(kind: str) -> set[int]:
    with db.transaction(read_only=True):
        found = db.session.query(Notice).filter_by(kind=kind)
        return {row.organization_id for row in found}
