"""Limits are dated rows with a source, never constants."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db, parameters
from market.core.errors import Forbidden, Refused
from market.core.parameters import Parameter

DAYS = Parameter("test.days", 14, "assumption", least=1, most=365, by="office")


@pytest.fixture
def cast(cast):
    with db.transaction():
        yield cast


def set_days(actor, value, on=None, source="rapat dinas 3 November"):
    return parameters.set_value(actor, DAYS, value, on or clock.today(), source)


def test_a_parameter_starts_at_its_declared_value(cast):
    assert DAYS.value() == 14


def test_a_change_counts_from_its_day_on(cast):
    tomorrow = clock.today() + timedelta(days=1)
    set_days(cast.ratna, 10, tomorrow)
    assert DAYS.value(clock.today(), cast.dinas.id) == 14
    assert DAYS.value(tomorrow, cast.dinas.id) == 10


def test_an_offices_own_value_is_its_own(cast):
    set_days(cast.ratna, 10)
    assert DAYS.value(organization_id=cast.dinas.id) == 10
    assert DAYS.value(organization_id=cast.makmur.id) == 14


def test_the_newest_value_of_a_day_wins_and_the_old_one_stays_readable(cast):
    set_days(cast.ratna, 10)
    set_days(cast.ratna, 12)
    assert DAYS.value(organization_id=cast.dinas.id) == 12
    assert db.session.query(parameters.ParameterValue).count() == 2


@pytest.mark.parametrize(
    ("value", "shift", "source", "field"),
    [(0, 0, "x", "value"), (366, 0, "x", "value"), (10, -1, "x", "valid_from_on"), (10, 0, " ", "source")],
)
def test_a_value_out_of_bounds_in_the_past_or_without_a_source_is_refused(cast, value, shift, source, field):
    with pytest.raises(Refused) as refusal:
        set_days(cast.ratna, value, clock.today() + timedelta(days=shift), source)
    assert refusal.value.field == field


def test_a_cooperative_sets_no_limits_of_the_office(cast):
    with pytest.raises(Forbidden):
        set_days(cast.hadi, 10)
