"""Rounds open by themselves on their dates, once each, and never for a time that is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from market.core import clock, db, faults, jobs
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.core.parameters import set_value
from market.core.states import IllegalMove
from market.cycles import services
from market.cycles.services.inviting import REMIND_HOURS
from market.needs.models import Need
from market.notices.models import Notice
from market.places import queries as places
from market.rounds.models import Round
from market.wiring import HANDLERS
from tests import factories
from tests.cycles.conftest import became, open_due, planned, rounds_there

DAY = 86_400


def test_the_round_opens_on_its_date_with_the_cycles_times(market, monday):
    cycle = planned(market.cast.ratna, family="beras")
    assert open_due() == 1
    (round_,) = rounds_there()
    assert (round_.state, round_.family, round_.scope_code, round_.answer_hours) == (
        "open",
        "beras",
        "3578",
        24,
    )
    assert clock.wib(round_.closes_at).isoformat() == "2027-02-04T17:00:00+07:00"
    assert round_.organization_id == market.cast.dinas.id
    assert "Belanja dua mingguan" in round_.title
    assert became(cycle) == [(monday, "opened")]


def test_looking_again_opens_nothing_until_the_next_date(market, monday):
    planned(market.cast.ratna)
    assert [open_due(), open_due()] == [1, 0]
    clock.travel(13 * DAY)
    assert open_due() == 0
    clock.travel(DAY)
    assert open_due() == 1
    assert len(rounds_there()) == 2


def test_before_the_hour_nothing_opens(market, monday):
    planned(market.cast.ratna, first_opens_on=monday + timedelta(days=1))
    clock.travel(to=clock.start_of(monday + timedelta(days=1)) + timedelta(hours=7, minutes=59))
    assert open_due() == 0
    clock.travel(120)
    assert open_due() == 1


def test_a_date_found_late_opens_while_there_is_time_and_is_left_out_when_there_is_none(market, monday):
    cycle = planned(market.cast.ratna, first_opens_on=monday + timedelta(days=1), every_weeks=1)
    clock.travel(to=clock.start_of(monday + timedelta(days=4)) + timedelta(hours=16))
    assert open_due() == 0
    assert became(cycle) == [(monday + timedelta(days=1), "skipped")]
    clock.travel(to=clock.start_of(monday + timedelta(days=9)) + timedelta(hours=9))
    assert open_due() == 1
    (round_,) = rounds_there()
    assert clock.wib(round_.closes_at).date() == monday + timedelta(days=11)


def test_a_crash_between_round_and_date_leaves_neither(market, monday):
    planned(market.cast.ratna)
    faults.configure("cycle_opened:raise")
    with pytest.raises(faults.FaultInjected):
        open_due()
    faults.configure(None)
    assert rounds_there() == []
    assert open_due() == 1


def test_a_paused_cycle_opens_nothing_and_makes_nothing_up_for(market, monday):
    cycle = planned(market.cast.ratna, every_weeks=1)
    with db.transaction():
        services.pause_cycle(market.cast.ratna, cycle.id, "menunggu kas")
    clock.travel(15 * DAY)
    assert open_due() == 0
    with db.transaction():
        services.resume_cycle(market.cast.ratna, cycle.id)
    assert open_due() == 0
    clock.travel(6 * DAY)
    assert open_due() == 1
    assert became(cycle) == [(monday + timedelta(days=21), "opened")]


def test_an_ended_cycle_is_over_and_its_round_goes_on(market, monday):
    cycle = planned(market.cast.ratna)
    open_due()
    with db.transaction():
        services.end_cycle(market.cast.ratna, cycle.id, "pindah ke jadwal baru")
    clock.travel(28 * DAY)
    assert open_due() == 0
    assert rounds_there()[0].state == "open"
    with pytest.raises(IllegalMove), db.transaction():
        services.resume_cycle(market.cast.ratna, cycle.id)
    planned(market.cast.ratna)


def test_one_date_is_left_out_with_its_reason(market, monday):
    cycle = planned(market.cast.ratna, first_opens_on=monday + timedelta(days=1))
    with db.transaction():
        services.skip_date(market.cast.ratna, cycle.id, monday + timedelta(days=1), "pasar murah")
    clock.travel(DAY)
    assert open_due() == 0
    assert became(cycle) == [(monday + timedelta(days=1), "skipped")]
    with pytest.raises(Conflict), db.transaction():
        services.skip_date(market.cast.ratna, cycle.id, monday + timedelta(days=1), "lagi")
    for day, reason in ((monday + timedelta(days=2), "bukan tanggalnya"), (monday + timedelta(days=15), " ")):
        with pytest.raises(Refused), db.transaction():
            services.skip_date(market.cast.ratna, cycle.id, day, reason)


def test_a_holiday_entered_later_moves_the_dates_ahead(market, monday):
    cycle = planned(market.cast.ratna)
    with db.transaction():
        services.enter_holiday(market.cast.ratna, date(2027, 2, 4), "Imlek", "SKB 3 Menteri")
    with db.transaction(read_only=True):
        times, row = services.coming_dates(cycle)[0]
    assert (clock.wib(times.closes_at).date(), times.moved_for, row) == (date(2027, 2, 5), "Imlek", None)
    for day, source in ((date(2027, 2, 4), "SKB"), (date(2027, 1, 31), "SKB"), (date(2027, 3, 9), " ")):
        with pytest.raises(Refused), db.transaction():
            services.enter_holiday(market.cast.ratna, day, "Libur", source)


def test_fixed_holidays_are_known_each_year(database):
    with db.transaction(read_only=True):
        found = places.holidays(date(2026, 12, 1), date(2027, 6, 30))
    assert [day.isoformat() for day in found] == ["2026-12-25", "2027-01-01", "2027-05-01", "2027-06-01"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_opens_on": date(2027, 1, 31)}, "first_opens_on"),
        ({"first_opens_on": date(2028, 3, 1)}, "first_opens_on"),
        ({"every_weeks": 0}, "every_weeks"),
        ({"every_weeks": 9}, "every_weeks"),
        ({"every_weeks": 1, "open_days": 8}, "open_days"),
        ({"open_days": 0}, "open_days"),
        ({"family": "emas"}, "family"),
    ],
)
def test_an_impossible_rhythm_is_refused_at_its_field(market, monday, changes, field):
    with pytest.raises(Refused) as refusal:
        planned(market.cast.ratna, **changes)
    assert refusal.value.field == field


def test_one_running_cycle_for_each_family(market, monday):
    planned(market.cast.ratna, family="beras")
    planned(market.cast.ratna, family="gula")
    with pytest.raises(Refused):
        planned(market.cast.ratna, family="beras")


def test_only_the_office_of_the_area_plans_and_changes(market, monday):
    cycle = planned(market.cast.ratna)
    with pytest.raises(Forbidden):
        planned(market.cast.sri)
    with db.transaction():
        stranger = factories.actor("office_officer", factories.office("3573", "Dinas Malang"))
    with pytest.raises(NotFound), db.transaction():
        services.pause_cycle(stranger, cycle.id, "bukan milik kami")


def test_a_round_of_one_family_takes_only_its_goods(market, monday):
    rice = market.need(20)
    sugar = market.need(5, code="GULA-50", ceiling_rp=900_000)
    planned(market.cast.ratna, family="beras")
    open_due()
    clock.travel(4 * DAY)
    market.close(rounds_there()[0].id)
    with db.transaction(read_only=True):
        states = {need.id: need.state for need in db.session.query(Need)}
    assert states == {rice: "in_round", sugar: "open"}


class TestTelling:
    def notices(self, kind: str) -> list[tuple[int, str, str]]:
        with db.transaction(read_only=True):
            rows = db.session.query(Notice).filter_by(kind=kind).order_by(Notice.id)
            return [(row.organization_id, row.title, row.body) for row in rows]

    def test_every_cooperative_of_the_area_hears_of_the_opening_once(self, market, monday):
        planned(market.cast.ratna)
        open_due()
        jobs.run_all(HANDLERS)
        jobs.run_all(HANDLERS)
        told = self.notices("cycle_opened")
        assert {row[0] for row in told} == {market.cast.makmur.id, market.cast.tetangga.id}
        assert "Kam 4 Feb 17.00" in told[0][2]

    def test_before_the_closing_only_those_with_something_to_do_hear_of_it_once(self, market, monday):
        planned(market.cast.ratna)
        open_due()
        market.need(20)
        clock.travel(2 * DAY)
        with db.transaction():
            assert services.remind_closing() == 0
        clock.travel(DAY)
        with db.transaction():
            assert services.remind_closing() == 1
        with db.transaction():
            assert services.remind_closing() == 0
        jobs.run_all(HANDLERS)
        told = self.notices("cycle_closing")
        assert {row[0] for row in told} == {market.cast.tetangga.id}
        assert "belum memasang" in told[0][2]

    def test_an_office_that_wants_more_time_reminds_earlier(self, market, monday):
        planned(market.cast.ratna)
        open_due()
        with db.transaction():
            set_value(market.cast.ratna, REMIND_HOURS, 96, clock.today(), "libur panjang")
        with db.transaction():
            assert services.remind_closing() == 1

    def test_a_round_closed_by_hand_reminds_nobody(self, market, monday):
        planned(market.cast.ratna)
        open_due()
        clock.travel(3 * DAY)
        with db.transaction():
            services.remind_closing()
        with db.transaction():
            db.session.query(Round).one().state = "cancelled"
        jobs.run_all(HANDLERS)
        assert self.notices("cycle_closing") == []
