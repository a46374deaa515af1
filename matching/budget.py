"""How long a solve may still take: by the clock, or by counted work when it must be reproducible."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import NamedTuple

NODES = 100  # search nodes that a unit of work stands for where a whole piece is searched
FEW_NODES = 10  # that one neighbourhood may take when work is counted
NEIGHBOURHOOD = 4  # units of work that it counts for
ROUGH = 3  # nodes of a model that shares something out to many, when work is counted: they are slow


class Limits(NamedTuple):
    """Where one search ends: by the clock, or after so many nodes (null: no such limit)."""

    seconds: float | None = None
    nodes: int | None = None


@dataclass(slots=True)
class Budget:
    """A share of a solve. `work` null: `seconds` by the clock from now on; else units of work, no clock.

    A unit of work is 256 small moves or a quarter of a small neighbourhood's search, some 0.05 to 0.1 seconds
    either way; a search of a whole piece takes what is left.
    """

    seconds: float
    work: int | None = None
    started: float = field(default_factory=time.monotonic)
    spent: int = 0

    def left(self) -> float:
        """Seconds still there (none at all when work is counted and used up)."""
        if self.work is not None:
            return float("inf") if self.spent < self.work else 0.0
        return max(0.0, self.seconds - (time.monotonic() - self.started))

    def over(self) -> bool:
        """Is nothing left?"""
        return self.left() <= 0.0

    def late(self) -> bool:
        """Has the clock run out? Never where work is counted: for what must come to its end."""
        return self.work is None and self.over()

    def to_the_end(self) -> Limits:
        """Limits for a search that must come to its end: only the clock stops it."""
        return Limits() if self.work is not None else Limits(max(0.01, self.left()))

    def limits(self, seconds: float) -> Limits:
        """Limits for one search of a neighbourhood; counts it."""
        if self.work is not None:
            self.spent += NEIGHBOURHOOD
            return Limits(nodes=FEW_NODES)
        self.spent += 1
        return Limits(max(0.01, min(seconds, self.left())))

    def all_limits(self, share: float = 1.0) -> Limits:
        """Limits for one search with this share of everything that is left; counts it."""
        if self.work is not None:
            units = max(1, int((self.work - self.spent) * share))
            self.spent += units
            return Limits(nodes=units * NODES)
        return Limits(max(0.01, self.left() * share))

    def part(self, share: float) -> Budget:
        """A budget of its own with this share of what is left."""
        if self.work is not None:
            return Budget(0.0, max(1, int(self.work * share)))
        return Budget(self.left() * share)
