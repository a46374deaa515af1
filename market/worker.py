"""The embedded worker: one loop that runs due jobs and schedules; no broker needed.

Several may run at once: jobs are claimed with leases, and a schedule writes when it last ran
through the job table's unique keys, so that two workers do not do the same round twice.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Mapping

from market.core import clock, db, jobs
from market.core.jobs import Handler
from market.wiring import HANDLERS, SCHEDULES, Schedule

log = logging.getLogger(__name__)

IDLE_S = 0.5
SCHEDULES_EVERY_S = 5
"""How often the table of periods is asked; no schedule is shorter."""


def owner_name() -> str:
    """Which worker this is, for the lease: host, process, thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def run_schedules(schedules: tuple[Schedule, ...] = SCHEDULES) -> list[str]:
    """Run the schedules whose period has begun and was claimed by nobody yet; returns their names."""
    ran = []
    for schedule in schedules:
        if _claim_period(schedule):
            with db.transaction():
                schedule.act()
            ran.append(schedule.name)
    return ran


def _claim_period(schedule: Schedule) -> bool:
    """One row per schedule and period says who does it; the insert of the second one is ignored."""
    period = int(clock.now().timestamp()) // schedule.every_s
    with db.transaction():
        return jobs.mark_period(f"schedule:{schedule.name}", period)


class Worker:
    """A thread (or the main thread of `lumbung work`) that works until told to stop."""

    def __init__(self, handlers: Mapping[str, Handler] = HANDLERS) -> None:
        self.handlers = handlers
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None
        self._next_look = 0.0

    def run(self) -> None:
        """Work until `stop`; an unexpected failure is logged and the line goes on."""
        owner = owner_name()
        while not self.stopping.is_set():
            try:
                busy = jobs.run_next(self.handlers, owner)
                self._keep_schedules()
            except Exception:
                log.exception("the worker stumbled; it goes on")
                busy = False
            if not busy:
                self.stopping.wait(IDLE_S)

    def _keep_schedules(self) -> None:
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + SCHEDULES_EVERY_S
            run_schedules()

    def start(self) -> None:
        """Work in a thread beside the web server."""
        self.thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self.thread.start()

    def stop(self, timeout_s: float = 10) -> None:
        """Finish the job at hand and end."""
        self.stopping.set()
        if self.thread is not None:
            self.thread.join(timeout_s)
