"""Solving: what a failing matcher does to a round, what a crash leaves, what a repeat changes."""

from __future__ import annotations

import pytest

from market.core import db, faults, jobs
from market.core.errors import IllegalMove, Refused
from market.needs.models import Need
from market.rounds import queries, services, solver
from market.rounds.models import Assignment, RoundNeed, RoundPlan
from market.wiring import HANDLERS
from tests.rounds.conftest import asked, asked_id, the_round
from tests.rounds.test_services import READ, need_states, state

# --- a failing matcher ---------------------------------------------------------------------------


def solve_with(market, broken_matcher, mode) -> int:
    broken_matcher(mode)
    number = market.solved()
    broken_matcher(None)
    return number


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("fails", "ended with 3: ran out of luck"),
        ("killed", "ended with -9"),
        ("garbage", "no readable plan"),
        ("half", "no proper lines"),
        ("silent", "no readable plan"),
        ("refused", "too much"),
    ],
)
def test_a_matcher_that_goes_wrong_fails_the_round_and_nothing_is_applied(
    market, rice, broken_matcher, mode, says
):
    number = solve_with(market, broken_matcher, mode)
    with db.transaction(**READ):
        round_ = the_round(number)
        assert round_.state == "failed"
        assert says in round_.failure
        assert queries.newest_plan(number) is None
        assert queries.assignments_of_round(number) == []
    assert need_states() == {"in_round"}


def test_a_matcher_that_hangs_is_ended_with_everything_it_started(market, rice, broken_matcher, monkeypatch):
    monkeypatch.setattr(solver, "GRACE_S", 1.0)
    broken_matcher("hangs")
    number = market.close()
    services.solve_round(number, solver.Limits(seconds=0.5))
    with db.transaction(**READ):
        assert (the_round(number).state, the_round(number).failure) == (
            "failed",
            "the solver did not stop within 1.5 seconds",
        )


def test_a_failed_round_runs_again_and_then_has_its_plan(market, rice, broken_matcher):
    number = solve_with(market, broken_matcher, "fails")
    with db.transaction():
        services.solve_again(market.cast.ratna, number)
    market.work()
    with db.transaction(**READ):
        assert (the_round(number).state, the_round(number).attempt, the_round(number).failure) == (
            "solved",
            2,
            "",
        )
        assert queries.newest_plan(number).attempt == 2
        assert queries.round_needs(number)[0].alone_rp is not None


def test_a_chatty_matcher_is_heard_out_and_only_its_true_progress_is_kept(market, rice, broken_matcher):
    number = solve_with(market, broken_matcher, "chatty")
    with db.transaction(**READ):
        assert the_round(number).state == "solved"
        assert all(point.cost_rp == 23_840_000 for point in queries.progress(number, 1) if point.cost_rp)


def test_a_round_is_not_lost_because_its_yardsticks_are(market, rice, broken_matcher):
    number = solve_with(market, broken_matcher, "blind")
    with db.transaction(**READ):
        assert the_round(number).state == "solved"
        assert queries.newest_plan(number).greedy_cost_rp is None
        assert queries.round_needs(number)[0].alone_rp is None


def test_a_matcher_that_fails_in_a_rematch_leaves_what_was_accepted(market, rice, broken_matcher):
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    market.answer(market.cast.nur, asked_id(number, market.cast.nur), decline_reason="no_stock")
    broken_matcher("fails")
    market.work()
    with db.transaction(**READ):
        assert the_round(number).state == "finished"
        assert db.session.get_one(Need, rice).matched_packs == 48


# --- crashes and repeats -------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["solver_start", "plan_found", "plan_recorded"])
def test_a_crash_while_solving_leaves_nothing_and_the_job_does_it_again(market, rice, where):
    number = market.close()
    with faults.armed(where), pytest.raises(faults.FaultInjected):
        services.solve_round(number)
    with db.transaction(**READ):
        assert the_round(number).state == "solving"
        assert (queries.newest_plan(number), queries.assignments_of_round(number)) == (None, [])
    market.work()
    with db.transaction(**READ):
        assert (the_round(number).state, the_round(number).attempt) == ("solved", 1)
        assert queries.newest_plan(number).cost_rp == 23_840_000


def test_a_crash_while_publishing_or_answering_leaves_nothing(market, rice):
    number = market.solved()
    with faults.armed("plan_offered"), pytest.raises(faults.FaultInjected):
        market.publish(number)
    assert state(number) == "solved"
    market.publish(number)
    for where in ("order_issued", "answer_written"):
        with faults.armed(where), pytest.raises(faults.FaultInjected):
            market.answer(market.cast.joko, asked_id(number, market.cast.joko))
        with db.transaction(**READ):
            assert asked(number, market.cast.joko).state == "offered"
            assert queries.lines_of(asked(number, market.cast.joko).id)[0].order_id is None


def test_a_crash_while_closing_leaves_the_round_open(market, rice):
    number = market.open()
    with faults.armed("round_frozen"), pytest.raises(faults.FaultInjected):
        market.close(number)
    assert (state(number), need_states()) == ("open", {"open"})
    with db.transaction(**READ):
        assert db.session.query(RoundNeed).count() == 0


def test_a_job_that_is_run_twice_changes_nothing_the_second_time(market, rice):
    number = market.solved()
    payload = {"round_id": number}
    for kind in ("round_closed", "round_rematch"):
        HANDLERS[kind](payload)
    with db.transaction():
        HANDLERS["answers_due"](payload)
    with db.transaction(**READ):
        assert the_round(number).state == "solved"
        assert db.session.query(RoundPlan).count() == 1
        assert db.session.query(Assignment).count() == 2


def test_a_plan_that_comes_after_another_worker_was_faster_is_thrown_away(market, rice, monkeypatch, caplog):
    number = market.close()
    real, beaten = solver.check, []

    def overtaken(folder):
        if not beaten:
            beaten.append(1)
            services.solve_round(number)
        return real(folder)

    monkeypatch.setattr(solver, "check", overtaken)
    services.solve_round(number)
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []
    with db.transaction(**READ):
        assert (the_round(number).state, the_round(number).failure) == ("solved", "")
        assert db.session.query(RoundPlan).count() == 1


def test_closing_twice_asks_the_solver_once(market, rice):
    number = market.close()
    with pytest.raises((IllegalMove, Refused)):
        market.close(number)
    with db.transaction(**READ):
        assert db.session.query(jobs.Job).filter_by(kind="round_closed").count() == 1
