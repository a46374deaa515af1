"""Rounds that open by themselves, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from market.core import clock, faults, jobs, states
from market.core.i18n import _, format_date, format_datetime
from market.core.permissions import SYSTEM, Actor, Role
from market.cycles import queries
from market.cycles.models import CycleDate, OrderCycle
from market.cycles.services.dates import Timetable, planned_dates, timetable
from market.cycles.services.planning import date_row, leave_out
from market.identity import queries as identity
from market.notices import services as notices
from market.places import queries as places
from market.rounds import queries as rounds
from market.rounds import services as round_services

BUYERS = (Role.CHAIR, Role.SECRETARY, Role.TREASURER)
SHORTEST_OPEN = timedelta(hours=2)
"""A date found late (the worker was down) opens only while cooperatives still have this long to ask."""
LOOK_BACK = timedelta(days=60)


def open_due_cycles() -> int:
    """Open the round of each date that has come (a schedule); returns how many were opened.

    A date missed for too long is written down as left out, never made up for; said twice at the same time,
    the date's row decides: the second finds it there.
    """
    return sum(_open_due(cycle) for cycle in queries.running_cycles())


def _open_due(cycle: OrderCycle) -> int:
    now = clock.now()
    opened = 0
    for planned_on in planned_dates(cycle, (now - LOOK_BACK).date()):
        times = _times(cycle, planned_on)
        if times.opens_at > now:
            return opened
        if queries.date_of(cycle.id, planned_on) is None and planned_on >= _since(cycle):
            opened += _open_or_leave(cycle, times)
    return opened


def _since(cycle: OrderCycle) -> date:
    """A cycle owes nothing from before it last began to run."""
    return clock.wib(cycle.state_at).date()


def _times(cycle: OrderCycle, planned_on: date) -> Timetable:
    return timetable(cycle, planned_on, places.holidays(planned_on, planned_on + timedelta(days=120)))


def _open_or_leave(cycle: OrderCycle, times: Timetable) -> int:
    actor = _machine(cycle)
    if times.closes_at < clock.now() + SHORTEST_OPEN:
        leave_out(actor, cycle, times.planned_on, _("terlewat: sistem tidak berjalan saat waktunya buka"))
        return 0
    row = date_row(cycle, times.planned_on)
    states.start(row, actor)
    title = _("%(title)s, %(day)s", title=cycle.title, day=format_date(times.planned_on))
    round_ = round_services.open_round(
        actor, title, times.closes_at, cycle.answer_hours, cycle.scope_code, cycle.family
    )
    faults.point("cycle_opened")
    row.round_id = round_.id
    states.advance(row, "opened", actor)
    jobs.enqueue("cycle_opened", {"date_id": row.id}, unique_key=f"cycle_opened:{row.id}")
    return 1


def _machine(cycle: OrderCycle) -> Actor:
    """The system at work for the office that planned the cycle."""
    return replace(
        SYSTEM,
        organization_id=cycle.organization_id,
        organization_kind="office",
        scope_code=cycle.scope_code,
    )


def announce_opening(date_id: int) -> int:
    """Tell every cooperative of the area that it can ask now, and until when; returns how many were told."""
    row = queries.date_by_id(date_id)
    round_ = rounds.round_by_id(row.round_id or 0)
    if round_.state != "open":
        return 0
    facts = {"title": round_.title, "closes": format_datetime(round_.closes_at)}
    buyers = identity.organizations("cooperative", round_.scope_code)
    for buyer in buyers:
        notices.notify(
            buyer.id,
            BUYERS,
            "cycle_opened",
            _("%(title)s dibuka", **facts),
            _("Pasang kebutuhan Anda sebelum %(closes)s. Barang datang paling lambat %(day)s.",
              day=format_date(row.delivery_on), **facts),
            "/kebutuhan/usulan",
        )  # fmt: skip
    return len(buyers)


def coming_dates(cycle: OrderCycle, count: int = 4) -> list[tuple[Timetable, CycleDate | None]]:
    """The dates by the rule that have not closed yet, each with what was already decided about it."""
    first = clock.today() - timedelta(days=cycle.open_days + 14)
    ahead = (_times(cycle, day) for day in planned_dates(cycle, first))
    found = islice((times for times in ahead if times.closes_at > clock.now()), count)
    return [(times, queries.date_of(cycle.id, times.planned_on)) for times in found]
