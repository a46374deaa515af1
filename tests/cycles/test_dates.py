"""Arithmetic of a rhythm: dates by the rule, moved past holidays, in Jakarta's time."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core import clock
from market.cycles.models import OrderCycle
from market.cycles.services import planned_dates, timetable

MONDAY = date(2027, 2, 1)


def cycle(**changes: object) -> OrderCycle:
    given_ = {
        "first_opens_on": MONDAY,
        "every_weeks": 2,
        "opens_hour": 8,
        "open_days": 3,
        "closes_hour": 17,
        "answer_hours": 24,
        "delivery_days": 5,
    }
    return OrderCycle(**{**given_, **changes})


def test_dates_come_every_so_many_weeks_from_the_first():
    assert list(islice(planned_dates(cycle(), MONDAY), 3)) == [
        date(2027, 2, 1),
        date(2027, 2, 15),
        date(2027, 3, 1),
    ]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        (date(2027, 1, 1), date(2027, 2, 1)),
        (date(2027, 2, 2), date(2027, 2, 15)),
        (date(2027, 2, 15), date(2027, 2, 15)),
        (date(2027, 2, 16), date(2027, 3, 1)),
    ],
)
def test_the_first_date_is_none_before_the_day_asked_for(asked, first):
    assert next(planned_dates(cycle(), asked)) == first


@given(st.integers(1, 8), st.integers(-400, 4000))
def test_every_date_is_a_whole_number_of_steps_from_the_first(weeks, offset):
    found = next(planned_dates(cycle(every_weeks=weeks), MONDAY + timedelta(days=offset)))
    behind = (found - MONDAY).days
    assert behind >= 0
    assert behind % (7 * weeks) == 0
    assert found >= MONDAY + timedelta(days=offset)
    assert found - timedelta(weeks=weeks) < max(MONDAY, MONDAY + timedelta(days=offset))


def test_opening_closing_answers_and_delivery_follow_each_other():
    times = timetable(cycle(), MONDAY, {})
    wib = clock.wib
    assert (wib(times.opens_at).isoformat(), wib(times.closes_at).isoformat()) == (
        "2027-02-01T08:00:00+07:00",
        "2027-02-04T17:00:00+07:00",
    )
    assert times.answers_due_at - times.closes_at == timedelta(hours=24)
    assert times.delivery_on == date(2027, 2, 10)
    assert times.moved_for == ""


def test_a_holiday_moves_what_falls_on_it_and_is_named():
    closing = {date(2027, 2, 4): "Imlek", date(2027, 2, 5): "Cuti bersama"}
    times = timetable(cycle(), MONDAY, closing)
    assert clock.wib(times.closes_at).date() == date(2027, 2, 6)
    assert times.moved_for == "Imlek, Cuti bersama"
    delivery = timetable(cycle(), MONDAY, {date(2027, 2, 10): "Nyepi"})
    assert delivery.delivery_on == date(2027, 2, 11)
    assert clock.wib(delivery.closes_at).date() == date(2027, 2, 4)


def test_a_moved_opening_does_not_make_the_round_longer_but_never_closes_before_it_opens():
    opening = {MONDAY: "Libur"}
    assert clock.wib(timetable(cycle(), MONDAY, opening).closes_at).date() == date(2027, 2, 4)
    week = {MONDAY + timedelta(days=n): "Lebaran" for n in range(5)}
    times = timetable(cycle(), MONDAY, week)
    assert clock.wib(times.opens_at).date() == date(2027, 2, 6)
    assert clock.wib(times.closes_at).date() == date(2027, 2, 7)


@given(st.sets(st.integers(0, 60), max_size=40), st.integers(1, 14))
def test_nothing_ever_falls_on_a_holiday_and_the_order_holds(off, open_days):
    holidays = {MONDAY + timedelta(days=n): "Libur" for n in off}
    times = timetable(cycle(open_days=open_days), MONDAY, holidays)
    days = [clock.wib(times.opens_at).date(), clock.wib(times.closes_at).date(), times.delivery_on]
    assert not set(days) & holidays.keys()
    assert times.opens_at < times.closes_at < times.answers_due_at
    assert days == sorted(days)
