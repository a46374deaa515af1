"""An office plans its cycles: their rhythm, pauses, single dates that are left out, holidays."""

from __future__ import annotations

from datetime import date, timedelta

from market.commodities import queries as commodities
from market.core import clock, db, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.cycles import queries
from market.cycles.models import CycleDate, OrderCycle
from market.cycles.services.dates import planned_dates, timetable
from market.places import queries as places
from market.places.models import Holiday

AHEAD = timedelta(days=366)


def plan_cycle(
    actor: Actor,
    *,
    title: str,
    first_opens_on: date,
    every_weeks: int,
    open_days: int,
    answer_hours: int,
    delivery_days: int,
    family: str = "",
    opens_hour: int = 8,
    closes_hour: int = 17,
) -> OrderCycle:
    """A rhythm of rounds for the office's area and a family of goods (empty: all).

    Raises Forbidden, and Refused at the field: a first day that is past or over a year ahead, an unknown
    family, a rhythm whose rounds would overlap, a family that a running cycle already serves.
    """
    actor.require(Permission.ROUNDS_RUN)
    _check(first_opens_on, every_weeks, open_days, family)
    if any(cycle.family == family for cycle in queries.cycles_of(actor)):
        raise Refused(_("Sudah ada siklus untuk barang ini. Akhiri dahulu yang lama."), field="family")
    now = clock.now()
    cycle = OrderCycle(
        organization_id=actor.organization_id or 0,
        title=title,
        scope_code=actor.scope_code,
        family=family,
        first_opens_on=first_opens_on,
        every_weeks=every_weeks,
        opens_hour=opens_hour,
        open_days=open_days,
        closes_hour=closes_hour,
        answer_hours=answer_hours,
        delivery_days=delivery_days,
        state_at=now,
        created_at=now,
    )
    db.session.add(cycle)
    db.session.flush()
    states.start(cycle, actor)
    return cycle


def _check(first_opens_on: date, every_weeks: int, open_days: int, family: str) -> None:
    today = clock.today()
    if not today <= first_opens_on <= today + AHEAD:
        raise Refused(_("Mulai paling cepat hari ini, paling lambat setahun lagi."), field="first_opens_on")
    if not 1 <= every_weeks <= 8:
        raise Refused(_("Ulangi setiap 1 sampai 8 minggu."), field="every_weeks")
    if not 1 <= open_days <= min(28, 7 * every_weeks):
        raise Refused(
            _("Putaran harus tutup sebelum putaran berikutnya dibuka: paling lama %(days)s hari.",
              days=min(28, 7 * every_weeks)),
            field="open_days",
        )  # fmt: skip
    if family and family not in commodities.families():
        raise Refused(_("Pilih salah satu dari daftar."), field="family")


def pause_cycle(actor: Actor, cycle_id: int, reason: str) -> OrderCycle:
    """Open nothing until the cycle is taken up again. Raises NotFound, IllegalMove, Refused."""
    return _advance(actor, cycle_id, "paused", reason)


def resume_cycle(actor: Actor, cycle_id: int) -> OrderCycle:
    """Go on from the next date; what fell into the pause is not made up for."""
    cycle = queries.cycle_for(actor, cycle_id, lock=True)
    states.advance(cycle, "active", actor)
    return cycle


def end_cycle(actor: Actor, cycle_id: int, reason: str) -> OrderCycle:
    """End the rhythm for good; rounds that it opened go on. Raises as `pause_cycle`."""
    return _advance(actor, cycle_id, "ended", reason)


def _advance(actor: Actor, cycle_id: int, state: str, reason: str) -> OrderCycle:
    cycle = queries.cycle_for(actor, cycle_id, lock=True)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    states.advance(cycle, state, actor, reason)
    return cycle


def skip_date(actor: Actor, cycle_id: int, planned_on: date, reason: str) -> CycleDate:
    """Leave one coming date out. Raises NotFound, Conflict when it was opened or skipped already, Refused for
    a day that is no date of the cycle or without a reason."""
    cycle = queries.cycle_for(actor, cycle_id, lock=True)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    if planned_on < clock.today() or next(planned_dates(cycle, planned_on)) != planned_on:
        raise Refused(_("Tanggal ini bukan tanggal siklus yang akan datang."), field="planned_on")
    if queries.date_of(cycle.id, planned_on) is not None:
        raise Conflict(_("Tanggal ini sudah dibuka atau sudah dilewati."))
    return leave_out(actor, cycle, planned_on, reason)


def leave_out(actor: Actor, cycle: OrderCycle, planned_on: date, reason: str) -> CycleDate:
    """Write down that a date opens no round."""
    row = date_row(cycle, planned_on)
    row.reason = reason
    states.start(row, actor)
    states.advance(row, "skipped", actor, reason)
    return row


def date_row(cycle: OrderCycle, planned_on: date) -> CycleDate:
    """A new row for one date, with its times by the rule and the holidays; flushed."""
    times = timetable(cycle, planned_on, places.holidays(planned_on, planned_on + timedelta(days=120)))
    row = CycleDate(
        organization_id=cycle.organization_id,
        cycle_id=cycle.id,
        planned_on=planned_on,
        closes_at=times.closes_at,
        delivery_on=times.delivery_on,
        moved_for=times.moved_for[:80],
        state_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def enter_holiday(actor: Actor, day_on: date, name: str, source: str) -> Holiday:
    """A holiday that moves from year to year, from the yearly decree. Raises Refused for a day that is over
    or already a holiday, or without a source."""
    actor.require(Permission.ROUNDS_RUN)
    if day_on < clock.today():
        raise Refused(_("Hari ini sudah lewat."), field="day_on")
    if not source.strip():
        raise Refused(_("Tulis dasarnya, misalnya SKB tiga menteri."), field="source")
    if places.holidays(day_on, day_on):
        raise Refused(_("Tanggal ini sudah tercatat sebagai hari libur."), field="day_on")
    row = Holiday(day_on=day_on, name=name, source=source, entered_by=actor.user_id)
    db.session.add(row)
    db.session.flush()
    return row
