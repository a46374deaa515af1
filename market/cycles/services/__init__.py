"""What may be done with cycles."""

from market.cycles.services.asking import Choice, ask_for, next_delivery_on, proposals
from market.cycles.services.dates import Timetable, planned_dates, timetable
from market.cycles.services.inviting import announce_closing, invitation, remind_closing, widen_need
from market.cycles.services.opening import announce_opening, coming_dates, open_due_cycles
from market.cycles.services.planning import (
    end_cycle,
    enter_holiday,
    pause_cycle,
    plan_cycle,
    resume_cycle,
    skip_date,
)

__all__ = [
    "Choice",
    "Timetable",
    "announce_closing",
    "announce_opening",
    "ask_for",
    "coming_dates",
    "end_cycle",
    "enter_holiday",
    "invitation",
    "next_delivery_on",
    "open_due_cycles",
    "pause_cycle",
    "plan_cycle",
    "planned_dates",
    "proposals",
    "remind_closing",
    "resume_cycle",
    "skip_date",
    "timetable",
    "widen_need",
]
