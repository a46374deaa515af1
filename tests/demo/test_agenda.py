"""The walk through the past: in order, on the clock of each moment, and back to the present."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db, jobs
from market.demo.agenda import Agenda


@pytest.fixture
def agenda(database: str) -> Agenda:
    return Agenda({})


def test_acts_happen_in_the_order_of_their_moments_whatever_the_order_of_planning(agenda):
    seen: list[tuple[str, object]] = []
    agenda.plan(2, "09:00", lambda: seen.append(("second", clock.today())))
    agenda.plan(30, "09:00", lambda: seen.append(("first", clock.today())))
    agenda.run()
    assert seen == [("first", agenda.day(30)), ("second", agenda.day(2))]


def test_an_act_plans_what_follows_from_it(agenda):
    seen: list[object] = []
    agenda.plan(
        9, "08:00", lambda: agenda.plan_on(agenda.day(7), "08:00", lambda: seen.append(clock.today()))
    )
    agenda.plan(8, "08:00", lambda: seen.append(clock.today()))
    agenda.run()
    assert seen == [agenda.day(8), agenda.day(7)]


def test_nothing_happens_later_than_now_and_the_future_is_left_to_people(agenda):
    seen: list[object] = []
    agenda.plan(0, "23:59", lambda: seen.append(clock.now() <= agenda.began))
    agenda.plan_on(agenda.today + timedelta(days=1), "08:00", lambda: seen.append("tomorrow"))
    agenda.run()
    assert seen == [True]


def test_the_clock_is_right_again_even_when_an_act_fails(agenda):
    def fail() -> None:
        raise RuntimeError("planted")

    agenda.plan(50, "08:00", fail)
    with pytest.raises(RuntimeError, match="planted"):
        agenda.run()
    assert abs((clock.now() - agenda.began).total_seconds()) < 60


def test_acts_of_one_moment_share_a_transaction_and_an_act_alone_has_none(agenda):
    seen: list[bool] = []

    def look() -> None:
        seen.append(db.session.registry.has() and db.session().in_transaction())

    agenda.plan(3, "08:00", look)
    agenda.plan(2, "08:00", look, alone=True)
    agenda.run()
    assert seen == [True, False]


def test_jobs_are_run_at_the_moment_that_caused_them(database):
    ran: list[object] = []
    agenda = Agenda({"echo": lambda payload: ran.append((payload["n"], clock.today()))})
    agenda.plan(5, "08:00", lambda: jobs.enqueue("echo", {"n": 1}))
    agenda.run()
    assert ran == [(1, agenda.day(5))]
