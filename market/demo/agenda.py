"""A walk through the past: acts with their moment, run in order on a clock that was moved back."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import count

from market.core import clock, db, jobs
from market.core.jobs import Handler
from market.wiring import HANDLERS

Act = Callable[[], None]
LATEST_MINUTES = 3
"""Nothing of the past is later than this many minutes before the walk began."""


class Agenda:
    """Acts to come, by moment; an act may plan further acts, never in its own past.

    Acts of one moment share a transaction. An act planned with `alone` runs with no transaction
    open, as the solver does. After each moment the jobs that are due are run, as a worker would.
    """

    def __init__(self, handlers: Mapping[str, Handler] | None = None) -> None:
        self.began = clock.now()
        self.today = clock.today()
        self.handlers = HANDLERS if handlers is None else handlers
        self._acts: list[tuple[datetime, int, Act, bool]] = []
        self._order = count()
        self._now = datetime.min.replace(tzinfo=clock.WIB)

    def day(self, days_ago: int) -> date:
        """The date so many days before today."""
        return self.today - timedelta(days=days_ago)

    def plan(self, days_ago: int, at: str, act: Act, alone: bool = False) -> None:
        """Plan an act for "09:30" (Jakarta) of a day; what is already past happens next."""
        hour, minute = at.split(":")
        moment = datetime.combine(self.day(days_ago), time(int(hour), int(minute)), clock.WIB)
        latest = self.began - timedelta(minutes=LATEST_MINUTES)
        heapq.heappush(self._acts, (max(self._now, min(moment, latest)), next(self._order), act, alone))

    def plan_on(self, day: date, at: str, act: Act) -> None:
        """Plan an act for a date; a date after today is left to the people of the demo."""
        if day <= self.today:
            self.plan((self.today - day).days, at, act)

    def run(self) -> None:
        """Walk to the present; the clock is put right again whatever happens."""
        try:
            while self._acts:
                self._step()
        finally:
            clock.reset()

    def _step(self) -> None:
        moment, _number, act, alone = heapq.heappop(self._acts)
        self._now = moment
        clock.travel(to=moment)
        if alone:
            act()
        else:
            with db.transaction():
                act()
                while self._acts and self._acts[0][0] == moment and not self._acts[0][3]:
                    heapq.heappop(self._acts)[2]()
        work_off(self.handlers)


def work_off(handlers: Mapping[str, Handler] | None = None) -> None:
    """Run the jobs that are due now."""
    jobs.run_all(HANDLERS if handlers is None else handlers, owner="demo")
