"""Clerks: processes that begin together, each with its own connection, and do one piece after another.

Forked from a process that has everything imported and no connection open: sixteen begin at once.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

Piece = Callable[[int], object]
"""Does the piece with this number; no two clerks ever get the same."""
Opening = Callable[[], Piece]
"""Called within the clerk's process: opens its connection."""

WARM = 10
"""Pieces before the time runs: connections, plans, compiled statements."""
PATIENCE_S = 120.0
STRIDE = 1_000_000
"""Numbers of one round; rounds never share any."""


@dataclass(frozen=True)
class Round:
    """What the clerks did between the first one's begin and the last one's end."""

    wall_s: float
    ms: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Pieces a second."""
        return len(self.ms) / self.wall_s

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the pieces were done; nearest rank."""
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def shift(opening: Opening, clerks: int, seconds: float, number: int) -> Round:
    """One round of `clerks` processes. Raises RuntimeError with the words of the first that failed."""
    fork = multiprocessing.get_context("fork")
    gate, lines, people = fork.Barrier(clerks), [], []
    for me in range(clerks):
        ours, theirs = fork.Pipe(duplex=False)
        begin = (number + 1) * STRIDE + me
        clerk = fork.Process(target=_clerk, args=(opening, begin, clerks, seconds, gate, theirs), daemon=True)
        clerk.start()
        theirs.close()
        lines.append(ours)
        people.append(clerk)
    told = [_heard(line) for line in lines]
    for clerk in people:
        clerk.join()
    failed = [words for words in told if isinstance(words, str)]
    if failed:
        raise RuntimeError(next((words for words in failed if "BrokenBarrier" not in words), failed[0]))
    began, ended = min(each[0] for each in told), max(each[1] for each in told)
    return Round(ended - began, tuple(ms for each in told for ms in each[2]))


def _heard(line: Connection) -> Any:
    try:
        return line.recv()
    except EOFError:
        return "a clerk ended without a word"


def _clerk(opening: Opening, number: int, step: int, seconds: float, gate: Any, line: Connection) -> None:
    try:
        piece, ms = opening(), list[float]()
        for _ in range(WARM):
            piece(number)
            number += step
        gate.wait(PATIENCE_S)
        began = now = time.perf_counter()
        while now - began < seconds:
            piece(number)
            number += step
            done = time.perf_counter()
            ms.append((done - now) * 1_000)
            now = done
        line.send((began, now, ms))
    except BaseException:
        gate.abort()
        line.send(traceback.format_exc())


@dataclass(frozen=True)
class Entrant:
    """Somebody in a race."""

    name: str
    opening: Opening
    clerks: int


@dataclass(frozen=True)
class Pace:
    """Medians over the rounds."""

    rate: float
    p50_ms: float
    p99_ms: float
    pieces: int


def race(entrants: Sequence[Entrant], rounds: int, seconds: float, first: int = 0) -> dict[str, Pace]:
    """Everybody in turn, as many rounds as asked; `first` is the number of the first round."""
    seen: dict[str, list[Round]] = {each.name: [] for each in entrants}
    for n in range(rounds):
        for at, each in enumerate(entrants):
            number = (first + n) * len(entrants) + at
            seen[each.name].append(shift(each.opening, each.clerks, seconds, number))
    return {name: _pace(found) for name, found in seen.items()}


def _pace(rounds: Sequence[Round]) -> Pace:
    return Pace(
        statistics.median(each.rate for each in rounds),
        statistics.median(each.percentile(0.5) for each in rounds),
        statistics.median(each.percentile(0.99) for each in rounds),
        sum(len(each.ms) for each in rounds),
    )
