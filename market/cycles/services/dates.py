"""When a date of a cycle opens, closes and delivers: arithmetic on days, moved past holidays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from market.core import clock
from market.cycles.models import OrderCycle


@dataclass(frozen=True)
class Timetable:
    """One date of a cycle: instants and Jakarta's days; `moved_for` names the holidays in the way."""

    planned_on: date
    opens_at: datetime
    closes_at: datetime
    answers_due_at: datetime
    delivery_on: date
    moved_for: str


def planned_dates(cycle: OrderCycle, first: date) -> Iterator[date]:
    """The dates by the rule from `first` on, without end."""
    step = timedelta(weeks=cycle.every_weeks)
    behind = max(0, (first - cycle.first_opens_on).days)
    planned = cycle.first_opens_on + step * -(-behind // step.days)
    while True:
        yield planned
        planned += step


def timetable(cycle: OrderCycle, planned_on: date, holidays: Mapping[date, str]) -> Timetable:
    """The date's instants. Opening, closing and delivery move to the next day that is no holiday; the
    closing is counted from the planned day, so that a moved opening does not make the round longer."""
    moved: list[str] = []

    def free(day: date) -> date:
        while day in holidays:
            moved.append(holidays[day])
            day += timedelta(days=1)
        return day

    opens = free(planned_on)
    closes = free(max(planned_on + timedelta(days=cycle.open_days), opens + timedelta(days=1)))
    closes_at = _at(closes, cycle.closes_hour)
    due_at = closes_at + timedelta(hours=cycle.answer_hours)
    delivery = free(clock.wib(due_at).date() + timedelta(days=cycle.delivery_days))
    return Timetable(
        planned_on, _at(opens, cycle.opens_hour), closes_at, due_at, delivery, ", ".join(dict.fromkeys(moved))
    )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), clock.WIB)
