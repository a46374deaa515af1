"""Pieces worked on one after the other, or by several processes at once: with the same result.

When work is counted every piece gets its share of it before the start, so that neither the number of
processes nor their speed can change a plan. By the clock, what a piece leaves over goes to the next ones.
"""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from .budget import Budget
from .guide import Guide
from .options import Options
from .problem import Problem
from .search import Found, search
from .tally import Ints

WORTH = 300  # lanes below which a piece does not pay for another process


@dataclass(frozen=True, slots=True)
class Task:
    """One piece and everything its search needs; `old` is the plan to stay near to, if any."""

    problem: Problem
    found: Found
    guide: Guide | None
    hold: Ints | None
    old: Ints | None


Take = Callable[[int, Found], None]


class Crew:
    """Those who work on the pieces, and how long they may."""

    def __init__(self, options: Options, budget: Budget) -> None:
        self.options, self.budget = options, budget

    def work(self, tasks: list[Task], take: Take) -> None:
        """Search every piece; `take` is told the number of the piece and what was found."""
        sizes = [task.problem.n_lanes for task in tasks]
        large = sum(size >= WORTH for size in sizes)
        if self.options.processes > 1 and large > 1:
            self._together(tasks, sizes, take)
        else:
            self._alone(tasks, sizes, take)

    def _share(self, size: int, todo: int) -> Budget:
        return self.budget.part(size / max(1, todo))

    def _alone(self, tasks: list[Task], sizes: list[int], take: Take) -> None:
        todo = whole = sum(sizes)
        for number, (task, size) in enumerate(zip(tasks, sizes, strict=True)):
            share = self._share(size, whole if self.budget.work is not None else todo)
            take(number, run(task, self.options, share, lambda better, n=number: take(n, better)))  # type: ignore[misc]
            todo -= size

    def _together(self, tasks: list[Task], sizes: list[int], take: Take) -> None:
        hands = min(self.options.processes, len(tasks))
        with processes(hands) as pool:
            futures: dict[Future[Found], int] = {}
            for number in sorted(range(len(tasks)), key=lambda n: -sizes[n]):
                counted = self.budget.work is not None
                share = self._share(sizes[number] * (1 if counted else hands), sum(sizes))
                share.seconds = min(share.seconds, self.budget.seconds)
                futures[pool.submit(_apart, tasks[number], self.options, share)] = number
            for future in as_completed(futures):
                take(futures[future], future.result())


def processes(count: int) -> ProcessPoolExecutor:
    """Fresh processes to work with."""
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


def run(task: Task, options: Options, budget: Budget, report: Callable[[Found], None]) -> Found:
    """Search one piece; a failure of the search leaves what was known before."""
    try:
        search(task.problem, task.found, task.guide, task.hold, task.old, options, budget, report)
    except Exception as error:  # a plan must come out whatever the solver's libraries think of a problem
        warnings.warn(f"search given up: {error!r}", RuntimeWarning, stacklevel=2)
    return task.found


def _apart(task: Task, options: Options, budget: Budget) -> Found:
    # The clock of another process starts anew.
    fresh = Budget(budget.seconds, budget.work)
    return run(task, options, fresh, lambda _: None)
