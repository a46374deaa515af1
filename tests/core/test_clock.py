"""The one clock: UTC inside, Jakarta outside, movable in tests only."""

import datetime as dt

import pytest

from market.core import clock


@pytest.fixture(autouse=True)
def _true_time():
    clock.configure()
    clock.reset()
    yield
    clock.configure()
    clock.reset()


def test_now_is_aware_and_utc():
    assert clock.now().utcoffset() == dt.timedelta()
    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (dt.datetime(2026, 11, 22, 16, 59, 59, tzinfo=dt.UTC), dt.date(2026, 11, 22)),
        (dt.datetime(2026, 11, 22, 17, 0, 0, tzinfo=dt.UTC), dt.date(2026, 11, 23)),
        (dt.datetime(2026, 12, 31, 17, 0, 0, tzinfo=dt.UTC), dt.date(2027, 1, 1)),
        (dt.datetime(2028, 2, 28, 17, 0, 0, tzinfo=dt.UTC), dt.date(2028, 2, 29)),
    ],
)
def test_the_day_turns_at_midnight_in_jakarta(instant, day):
    clock.travel(to=instant)
    assert clock.today() == day


def test_a_day_starts_at_seventeen_hours_utc_of_the_day_before():
    start = clock.start_of(dt.date(2026, 11, 23))
    assert start == dt.datetime(2026, 11, 22, 17, tzinfo=dt.UTC)
    assert clock.wib(start).date() == dt.date(2026, 11, 23)
    assert clock.wib(start - dt.timedelta(microseconds=1)).date() == dt.date(2026, 11, 22)


def test_travelling_adds_up_and_reset_goes_back_to_the_configured_offset():
    clock.configure(offset_s=3600)
    clock.travel(60)
    clock.travel(60)
    assert clock.offset_s() == 3720
    assert clock.now() - dt.datetime.now(dt.UTC) > dt.timedelta(seconds=3700)
    clock.reset()
    assert clock.offset_s() == 3600


def test_starting_the_product_leaves_a_traveller_where_they_are():
    day = dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC)
    clock.travel(to=day)
    clock.configure()
    assert clock.now() - day < dt.timedelta(seconds=5)
    clock.configure(offset_s=3600)
    assert dt.timedelta(seconds=3600) <= clock.now() - day < dt.timedelta(seconds=3605)
    clock.configure(production=True)
    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)


def test_time_goes_on_after_travelling():
    clock.travel(to=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    first, second = clock.now(), clock.now()
    assert first <= second < first + dt.timedelta(seconds=5)


def test_production_refuses_every_other_time():
    with pytest.raises(ValueError, match="production"):
        clock.configure(offset_s=1, production=True)
    clock.configure(production=True)
    with pytest.raises(RuntimeError):
        clock.travel(1)
    assert clock.offset_s() == 0


def test_a_time_without_zone_is_refused():
    naive = dt.datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="naive"):
        clock.wib(naive)
    with pytest.raises(ValueError, match="aware"):
        clock.travel(to=naive)
