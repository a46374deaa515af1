"""A supplier asks for more; the buyer leaves it; what was accepted stays and another supplier steps in."""

from __future__ import annotations

from playwright.sync_api import expect

from market.core import db
from market.needs.models import Need
from market.rounds import services
from market.rounds.models import Assignment
from tests.journeys import steps
from tests.journeys.conftest import fits


def test_a_counter_offer_that_the_buyer_refuses_is_matched_again(live, cast, books_are_true):
    steps.approve_need(live, cast.budi, steps.post_need(live, cast.sri))
    steps.offer(cast.joko, 48, 295_000)
    steps.offer(cast.nur, 90, 302_500)
    office = steps.run_round(live, cast.ratna)
    office.get_by_test_id("publish").click()
    steps.state(office, "round-state", "Terbit")
    counter(live, cast.joko, "300.000")
    steps.accept_all(live, cast.nur)
    refuse(live, cast.budi)
    steps.wait(lambda: bool(waiting(cast.nur)))
    steps.accept_all(live, cast.nur)
    with db.transaction(read_only=True):
        states = sorted(each.state for each in db.session.query(Assignment))
        need = db.session.query(Need).one()
        assert (need.matched_packs, need.wanted_packs) == (80, 80), "Ngawi's 32 stayed, its 48 came on top"
    assert states == ["accepted", "accepted", "refused"]
    for order_id in steps.orders_of(cast.sri):
        steps.receive(live, cast.kasir, order_id)
        steps.bill_and_pay(live, cast.budi, cast.hadi, order_id)
    card = steps.see(live.of(cast.joko), "/rapor")
    expect(card.get_by_test_id("fact")).to_contain_text("48 dari 48")
    books_are_true(cast.makmur.id)


def counter(live, who, price: str) -> None:
    """Type a dearer price, look at what it would mean, send it."""
    page = steps.see(live.of(who), f"/penugasan/{steps.assignment_of(who)}")
    page.get_by_test_id("adjust").locator("summary").first.click()
    page.locator("input[name^=price_]").fill(price)
    page.locator("select[name^=reason_]").select_option("price_rose")
    page.get_by_test_id("preview-answer").click()
    expect(page.get_by_test_id("preview")).to_contain_text("Pembeli memutuskan")
    fits(page)
    page.get_by_test_id("send-previewed").click()
    steps.state(page, "assignment-state", "Jawaban berbeda")
    fits(page)


def refuse(live, who) -> None:
    """The treasurer finds the proposal among today's tasks and leaves it."""
    page = steps.see(live.of(who), "/hari-ini")
    page.get_by_test_id("task-proposal_waits").get_by_role("link").click()
    expect(page.get_by_test_id("changes")).to_contain_text("Rp300.000")
    fits(page)
    page.get_by_test_id("withdraw-proposal").click()
    steps.state(page, "proposal-state", "Ditarik")


def waiting(who) -> int:
    with db.transaction(read_only=True):
        found = db.session.query(Assignment).filter_by(organization_id=who.organization_id, state="offered")
        return found.count()


def test_somebody_answers_on_a_cheap_phone_behind_the_link(live, cast, open_page):
    """No password and no scripts: the link, the code, one button."""
    steps.approve_need(live, cast.budi, steps.post_need(live, cast.sri))
    steps.offer(cast.joko, 90, 295_000)
    office = steps.run_round(live, cast.ratna)
    office.get_by_test_id("publish").click()
    steps.state(office, "round-state", "Terbit")
    with db.transaction(read_only=True):
        asked = db.session.query(Assignment).one()
        link, code = services.link_of(asked), services.code_of(asked)
    page = open_page(live.url, scripts=False)
    page.goto(link)
    fits(page)
    page.get_by_test_id("field-code").fill(code)
    page.get_by_test_id("open-link").click()
    fits(page)
    page.get_by_test_id("accept-all").click()
    steps.state(page, "assignment-state", "Disanggupi")
    fits(page)
