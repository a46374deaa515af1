"""The office asks "what if", shares the answer with a colleague, throws it away; the round goes on."""

from __future__ import annotations

from playwright.sync_api import expect

from market.core import db
from market.rounds.models import Assignment, Round, RoundPlan
from market.rounds.models_scenarios import Scenario
from tests.journeys import steps
from tests.journeys.conftest import fits


def facts() -> tuple[object, ...]:
    """What a what-if may not touch."""
    with db.transaction(read_only=True):
        round_ = db.session.query(Round).one()
        plans = [(plan.id, plan.cost_rp, plan.published_at) for plan in db.session.query(RoundPlan)]
        asked = [(each.id, each.state, each.packs) for each in db.session.query(Assignment)]
        return round_.state, round_.attempt, plans, asked


def test_a_what_if_is_compared_shared_and_thrown_away(live, cast, books_are_true):
    steps.approve_need(live, cast.budi, steps.post_need(live, cast.sri))
    steps.offer(cast.joko, 48, 295_000)
    steps.offer(cast.nur, 60, 302_500)
    page = steps.run_round(live, cast.ratna)
    page.get_by_test_id("publish").click()
    steps.state(page, "round-state", "Terbit")
    before = facts()

    page.get_by_test_id("scenarios-link").click()
    page.get_by_test_id("new-scenario").click()
    fits(page)
    page.get_by_test_id("field-name").fill("Lamongan berhenti")
    page.get_by_test_id("field-supplier_out").select_option(label="Penggilingan Lamongan Jaya")
    page.get_by_test_id("submit").click()
    steps.until(page, "totals")
    fits(page)
    expect(page.get_by_test_id("changes")).to_contain_text("Penggilingan Lamongan Jaya tidak ikut")
    expect(page.get_by_test_id("totals")).to_contain_text("Rp18.150.000")
    expect(page.get_by_test_id("comparison")).to_contain_text("60 dari 80 sak")
    expect(page.get_by_test_id("never-applied")).to_be_visible()
    expect(page.get_by_role("button", name="Terbitkan")).to_have_count(0)

    phone = steps.see(live.of(cast.agus), page.url)
    expect(phone.get_by_test_id("comparison")).to_contain_text("60 dari 80 sak")

    page.locator("summary", has_text="Buang skenario").click()
    page.get_by_test_id("discard-scenario").click()
    expect(page.get_by_test_id("empty")).to_contain_text("Belum ada skenario")
    with db.transaction(read_only=True):
        assert db.session.query(Scenario).one().state == "discarded"
    assert facts() == before

    steps.accept_all(live, cast.joko)
    steps.accept_all(live, cast.nur)
    page.goto(f"/putaran/{round_id()}")
    steps.state(page, "round-state", "Selesai")
    books_are_true(cast.makmur.id)


def round_id() -> int:
    with db.transaction(read_only=True):
        return int(db.session.query(Round).one().id)
