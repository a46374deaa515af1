"""Opening, closing, solving, ending a round: what is allowed, and what failures and crashes leave."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.errors import Forbidden, IllegalMove, NotFound, Refused
from market.core.history import history_of
from market.core.permissions import Role
from market.needs import services as needs
from market.needs.models import Need
from market.offers import services as offers
from market.purchasing.models import PurchaseOrder
from market.rounds import queries, services
from market.wiring import SCHEDULES
from tests import factories
from tests.rounds.conftest import RICE, asked, asked_id, pack_id, the_round

READ = {"read_only": True}


def state(round_id: int) -> str:
    with db.transaction(**READ):
        return the_round(round_id).state


def need_states() -> set[str]:
    with db.transaction(**READ):
        return {need.state for need in db.session.query(Need)}


def opens(actor, hours: float = 5, title: str = "Beras", **changes):
    with db.transaction():
        return services.open_round(actor, title, clock.now() + timedelta(hours=hours), **changes)


# --- opening -------------------------------------------------------------------------------------


def test_an_officer_opens_a_round_of_the_own_city(market):
    round_ = opens(market.cast.ratna)
    assert (round_.state, round_.scope_code, round_.answer_hours) == ("open", "3578", 24)
    assert round_.number.startswith("PTR/")


def test_only_the_office_opens_rounds(market):
    for stranger in (market.cast.sri, market.cast.joko):
        with pytest.raises(Forbidden):
            opens(stranger)


@pytest.mark.parametrize("hours", [-1, 0, 61 * 24])
def test_a_round_closes_after_now_and_within_sixty_days(market, hours):
    with pytest.raises(Refused) as refusal:
        opens(market.cast.ratna, hours)
    assert refusal.value.field == "closes_at"


def test_a_round_stays_within_the_area_of_its_office(market):
    with pytest.raises(Refused) as refusal:
        opens(market.cast.ratna, scope_code="3573")
    assert refusal.value.field == "scope_code"


@pytest.mark.parametrize("answer_hours", [0, -5, 24 * 15])
def test_suppliers_have_between_an_hour_and_two_weeks_to_answer(market, answer_hours):
    with pytest.raises(Refused) as refusal:
        opens(market.cast.ratna, answer_hours=answer_hours)
    assert refusal.value.field == "answer_hours"


# --- closing -------------------------------------------------------------------------------------


def test_a_round_without_needs_is_not_closed(market):
    number = market.open()
    with pytest.raises(Refused, match="Belum ada kebutuhan"):
        market.close(number)
    assert state(number) == "open"


def test_closing_freezes_the_open_needs_of_the_city_and_no_others(market, rice):
    far = need_in_malang()
    number = market.close()
    with db.transaction(**READ):
        frozen = queries.round_needs(number)
        assert [(row.need_id, row.wanted_packs) for row in frozen] == [(rice, 80)]
        assert frozen[0].market_rp == commodities.market_price_rp(
            commodities.pack_by_code(RICE), "3578", clock.today()
        )
        assert db.session.get_one(Need, rice).state == "in_round"
        assert db.session.get_one(Need, far).state == "open"


def need_in_malang() -> int:
    with db.transaction():
        malang = factories.cooperative("Koperasi Malang", "3573011001")
        poster, approver = (factories.actor(role, malang) for role in (Role.SECRETARY, Role.CHAIR))
        day = clock.today() + timedelta(days=9)
        need = needs.post_need(poster, pack_id=pack_id(RICE), wanted_packs=5, needed_by_on=day)
        return needs.approve_need(approver, need.id).id


def test_only_one_round_of_an_area_is_computed_at_a_time(market, rice):
    first = market.close()
    market.need(5)
    second = market.open()
    with pytest.raises(Refused, match="sedang dihitung"):
        market.close(second)
    market.work()
    with pytest.raises(Refused, match="sedang dihitung"):
        market.close(second)
    market.publish(first)
    assert state(market.close(second)) == "closed"


def test_the_database_itself_keeps_a_second_round_from_being_computed(market, rice):
    number, other = market.close(), market.open()
    with pytest.raises(IntegrityError), db.transaction():
        db.session.query(type(the_round(other))).filter_by(id=other).update({"state": "solving"})
    assert (state(number), state(other)) == ("closed", "open")


def test_the_office_of_another_city_cannot_touch_a_round(market, rice):
    number = market.open()
    with db.transaction():
        elsewhere = factories.actor(Role.OFFICE_OFFICER, factories.office("3573", "Dinas Malang"))
    for act in (services.close_round, services.publish_plan, services.solve_again):
        with pytest.raises(NotFound), db.transaction():
            act(elsewhere, number)
    with pytest.raises(NotFound), db.transaction():
        services.cancel_round(elsewhere, number, "alasan")


# --- by the clock --------------------------------------------------------------------------------


def close_due() -> int:
    with db.transaction():
        return services.close_due_rounds()


def test_a_round_closes_when_its_time_is_over_and_not_before(market, rice):
    number = market.open(hours=2)
    assert (close_due(), state(number)) == (0, "open")
    clock.travel(2 * 3600 + 1)
    assert (close_due(), state(number)) == (1, "closed")
    assert close_due() == 0


def test_a_due_round_without_needs_is_cancelled_with_the_reason(market):
    number = market.open(hours=2)
    clock.travel(3 * 3600)
    close_due()
    with db.transaction(**READ):
        assert history_of(the_round(number))[-1].to_state == "cancelled"
        assert "Belum ada kebutuhan" in history_of(the_round(number))[-1].reason


def test_a_due_round_waits_while_another_of_its_area_is_computed(market, rice):
    first = market.close()
    market.need(5)
    second = market.open(hours=2)
    clock.travel(3 * 3600)
    assert (close_due(), state(second)) == (0, "open")
    market.work()
    market.publish(first)
    assert (close_due(), state(second)) == (1, "closed")


def test_the_schedule_is_wired():
    schedule = next(each for each in SCHEDULES if each.name == "close_due_rounds")
    assert (schedule.every_s, schedule.act) == (30, services.close_due_rounds)


# --- before publishing ---------------------------------------------------------------------------


def test_a_plan_can_be_made_again_before_it_is_published_and_the_old_one_is_dropped(market, rice):
    number = market.solved()
    with db.transaction():
        services.solve_again(market.cast.ratna, number)
    market.work()
    with db.transaction(**READ):
        states = [(a.state, a.packs) for a in queries.assignments_of_round(number)]
        assert states == [("dropped", 48), ("dropped", 32), ("proposed", 48), ("proposed", 32)]
        assert queries.round_needs(number)[0].planned_rp == 23_840_000
    market.publish(number)
    with db.transaction(**READ):
        assert [a.state for a in queries.assignments_of_round(number)] == ["dropped"] * 2 + ["offered"] * 2


@pytest.mark.parametrize("until", ["open", "closed", "solved", "failed"])
def test_a_round_that_is_given_up_returns_its_needs(market, rice, broken_matcher, until):
    broken_matcher("fails" if until == "failed" else None)
    number = {"open": market.open, "closed": market.close}.get(until, market.solved)()
    assert state(number) == until
    with pytest.raises(Refused) as refusal, db.transaction():
        services.cancel_round(market.cast.ratna, number, "  ")
    assert refusal.value.field == "reason"
    with db.transaction():
        services.cancel_round(market.cast.ratna, number, "salah tanggal")
    assert (state(number), need_states()) == ("cancelled", {"open"})
    market.work()
    assert state(number) == "cancelled"


def test_what_was_published_cannot_be_given_up_or_run_again(market, rice):
    number = market.published()
    with pytest.raises(IllegalMove), db.transaction():
        services.cancel_round(market.cast.ratna, number, "terlambat")
    with pytest.raises(IllegalMove), db.transaction():
        services.solve_again(market.cast.ratna, number)


def test_a_plan_that_asks_nobody_ends_the_round_at_once(market):
    need_id = market.need(80)
    number = market.published()
    with db.transaction(**READ):
        assert the_round(number).state == "finished"
        assert queries.round_needs(number)[0].unmet_reason == "no_offer"
        assert db.session.get_one(Need, need_id).state == "open"


# --- what may change meanwhile -------------------------------------------------------------------


def test_an_offer_that_is_changed_after_the_plan_is_answered_as_it_was(market, rice):
    number = market.published()
    with db.transaction():
        mine = asked(number, market.cast.joko)
        offers.update_offer(
            market.cast.joko, mine.offer_id, tiers=[(1, 320_000)], terms="tempo", credit_days=9
        )
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    with db.transaction(**READ):
        order = db.session.query(PurchaseOrder).one()
        assert (order.total_rp, order.terms) == (14_160_000, "cod")


def test_an_offer_that_ends_after_it_accepted_does_not_stop_the_rematch(market, rice):
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    with db.transaction():
        offers.withdraw_offer(market.cast.joko, asked(number, market.cast.joko).offer_id)
    third = market.third_mill(310_000, 100)
    market.answer(market.cast.nur, asked_id(number, market.cast.nur), decline_reason="no_stock")
    market.work()
    with db.transaction(**READ):
        assert (asked(number, third).packs, the_round(number).state) == (32, "published")


def test_what_one_round_took_of_an_offer_is_not_sold_again_by_the_next(market, rice):
    first = market.published()
    market.answer(market.cast.joko, asked_id(first, market.cast.joko))
    market.need(50)
    second = market.solved()
    with db.transaction(**READ):
        problem = json.loads(queries.newest_plan(second).problem_json)
        free = {row["supplier"]: row["capacity"] for row in problem["offers"]}
        assert free == {f"s{market.cast.ngawi.id}": 60 - 32}


def test_the_rest_of_a_need_goes_before_new_needs_in_the_next_round(market, rice):
    first = market.published()
    market.answer(market.cast.joko, asked_id(first, market.cast.joko))
    market.answer(market.cast.nur, asked_id(first, market.cast.nur), decline_reason="date")
    fresh = market.need(5)
    market.work()
    second = market.solved()
    with db.transaction(**READ):
        problem = json.loads(queries.newest_plan(second).problem_json)
        ranks = {row["id"]: row["order"] for row in problem["needs"]}
        rest = db.session.query(Need).filter_by(carried_from_id=rice).one().id
        assert ranks == {f"n{rest}": 0, f"n{fresh}": 1}
