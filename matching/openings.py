"""How the cost of an opening (a truck, an offer's fixed cost) is shared out between weight and lanes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .highs import Floats
from .tally import Ints


@dataclass(frozen=True, slots=True)
class Shares:
    """How a cost of openings is shared out: entries by opening, one of them for the weight or none."""

    row: Ints
    of: Ints
    start: Ints
    lane: Ints
    unit: Floats
    pull: Floats

    def split(self, logits: Floats) -> tuple[Floats, Floats]:
        """Weights that add up to one per opening, and prices per unit."""
        logits = self.pull * logits
        top = np.maximum.reduceat(logits, self.start)
        weight = np.exp(logits - top[self.of])
        weight /= np.add.reduceat(weight, self.start)[self.of]
        return weight, weight * self.unit

    def back(self, weight: Floats, slope: Floats) -> Floats:
        """Slope by logit from the slope by price per unit."""
        pull = weight * slope * self.unit
        return self.pull * (pull - weight * np.add.reduceat(pull, self.start)[self.of])


def grouped(row: Ints, lane: Ints, unit: Floats, pull: Floats) -> Shares:
    """Entries sorted by opening: `row` its number, `lane` the lane or -1, `unit` its cost by unit or gram."""
    order = np.argsort(row, kind="stable")
    row = row[order]
    first = np.diff(row, prepend=-1) != 0
    return Shares(row, np.cumsum(first) - 1, np.flatnonzero(first), lane[order], unit[order], pull[order])
