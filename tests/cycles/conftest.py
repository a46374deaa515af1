"""The cast at work, with an office that plans and cooperatives that sell."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from market.core import clock, db
from market.cycles import queries, services
from market.cycles.models import OrderCycle
from market.rounds.models import Round
from tests.rounds.conftest import Market, matcher, warm_matcher, world  # noqa: F401


@pytest.fixture
def market(cast):
    return Market(cast)


@pytest.fixture
def monday():
    """The clock stands at 09.00 of a Monday in Jakarta, in a month without a fixed holiday."""
    clock.travel(to=clock.start_of(date(2027, 2, 1)) + timedelta(hours=9))
    yield date(2027, 2, 1)
    clock.reset()


def planned(actor, **changes: object) -> OrderCycle:
    """A fortnightly cycle that begins today."""
    given: dict[str, object] = {
        "title": "Belanja dua mingguan",
        "first_opens_on": clock.today(),
        "every_weeks": 2,
        "open_days": 3,
        "answer_hours": 24,
        "delivery_days": 5,
    }
    with db.transaction():
        return services.plan_cycle(actor, **{**given, **changes})  # type: ignore[arg-type]


def open_due() -> int:
    with db.transaction():
        return services.open_due_cycles()


def rounds_there() -> list[Round]:
    with db.transaction(read_only=True):
        return list(db.session.query(Round).order_by(Round.id))


def became(cycle: OrderCycle) -> list[tuple[date, str]]:
    """What the cycle's dates became, oldest first."""
    with db.transaction(read_only=True):
        return [(row.planned_on, row.state) for row in reversed(queries.dates_of(cycle.id))]
