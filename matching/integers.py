"""Models whose numbers are too far apart for doubles: cut by common factors, or solved in whole numbers.

A mixed-integer solver in doubles proves nothing about a rupiah where coefficients reach far beyond a
million million. Such models are rare (a penalty that means "at any price", goods counted in grams by the
shipload): their rows and costs are divided by their greatest common factor, which is often all it takes.
What is still too wide is given to a solver that reckons in integers, if it is small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .budget import NODES, Limits

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WIDE_TERM = 2.0**41  # a row's largest term up to which doubles keep well below their tolerance
WIDE_COST = 2.0**36  # the largest cost of one unit of a column, and ...
WIDE_VALUE = 2.0**47  # ... of all that a column may be, up to which a bound in doubles is worth something
MOST_COLUMNS = 3_000  # of a model that is given to the solver in integers
STEP = 0.02  # its deterministic time for one unit of counted nodes


@dataclass(frozen=True, slots=True)
class Table:
    """A model as plain arrays: columns, rows, and terms by row; costs are `factor` times `cost`."""

    low: Floats
    high: Floats
    cost: Floats
    row_low: Floats
    row_high: Floats
    rows: Ints
    columns: Ints
    values: Floats
    factor: float = 1.0

    def narrow(self, term: float = WIDE_TERM) -> bool:
        """Can doubles be trusted with it, when no term of a row is larger than `term`?"""
        reach = np.maximum(np.abs(self.low), np.where(np.isfinite(self.high), np.abs(self.high), 1.0))
        cost = np.abs(self.cost)
        sides = np.concatenate((self.row_low, self.row_high))
        return (
            _top(cost) <= WIDE_COST
            and _top(cost * reach) <= WIDE_VALUE
            and _top(self.values * np.maximum(1.0, reach[self.columns])) <= term
            and _top(sides[np.isfinite(sides)]) <= term
        )

    def reduced(self) -> Table:
        """The same with every row and the costs divided by their factors; needs whole numbers throughout."""
        factor = float(max(1, int(np.gcd.reduce(self.cost.astype(np.int64), initial=0))))
        first = np.flatnonzero(np.diff(self.rows, prepend=-1))
        shared = np.ones(self.row_low.size)
        if first.size:
            found = np.gcd.reduceat(self.values.astype(np.int64), first)
            shared[self.rows[first]] = np.maximum(1, np.abs(found))
        return Table(
            self.low,
            self.high,
            self.cost / factor,
            np.ceil(self.row_low / shared),
            np.floor(self.row_high / shared),
            self.rows,
            self.columns,
            self.values / shared[self.rows],
            factor,
        )

    @property
    def whole(self) -> bool:
        """Are all its numbers integers that int64 holds?"""
        sides = np.concatenate((self.low, self.high, self.row_low, self.row_high))
        found = np.concatenate((sides[np.isfinite(sides)], self.cost, self.values))
        return bool(np.all(found == np.rint(found))) and _top(found) < 2.0**60


def _top(values: Floats) -> float:
    return float(np.abs(values).max(initial=0.0))


def solve_whole(
    table: Table, gap: float, slack: float, limits: Limits, seed: int, hint: Floats | None
) -> tuple[Floats | None, float | None, bool] | None:
    """Values, proven least cost (exact below 2^53) and whether it is reached; None if it cannot be done.

    All columns are taken as whole numbers.
    """
    if table.low.size > MOST_COLUMNS or not table.whole:
        return None
    kit = _kit()
    model = kit.CpModel()
    high = np.minimum(table.high, _reach(table))
    if not bool(np.all(np.isfinite(table.low) & np.isfinite(high) & (table.low <= high))):
        return None
    bounds = zip(table.low.tolist(), high.tolist(), strict=True)
    columns = [model.new_int_var(int(low), int(top), "") for low, top in bounds]
    _add_rows(model, table, columns)
    model.minimize(kit.LinearExpr.weighted_sum(columns, [int(c) for c in table.cost.tolist()]))
    for column, value in zip(columns, [] if hint is None else hint.tolist(), strict=hint is not None):
        if math.isfinite(value):
            model.add_hint(column, round(value))
    solver = kit.CpSolver()
    _ask(solver.parameters, gap, slack / table.factor, limits, seed)
    status = solver.solve(model)
    if status not in (kit.OPTIMAL, kit.FEASIBLE):
        return None
    values = np.array([solver.value(column) for column in columns], dtype=np.float64)
    # Of the two bounds that it tells this one is a whole number and exact.
    least = int(solver.response_proto.inner_objective_lower_bound)
    return values, least * table.factor, status == kit.OPTIMAL


def _add_rows(model: Any, table: Table, columns: list[Any]) -> None:
    expression = _kit().LinearExpr.weighted_sum
    edges = np.searchsorted(table.rows, np.arange(table.row_low.size + 1)).tolist()
    terms, numbers = [int(v) for v in table.values.tolist()], table.columns.tolist()
    sides = zip(table.row_low.tolist(), table.row_high.tolist(), strict=True)
    for row, (low, high) in enumerate(sides):
        here = slice(edges[row], edges[row + 1])
        total = expression([columns[k] for k in numbers[here]], terms[here])
        if math.isfinite(low):
            model.add(total >= int(low))
        if math.isfinite(high):
            model.add(total <= int(high))


def _reach(table: Table) -> Floats:
    """What a column without a limit of its own can be at most by the rows "column <= others"."""
    most = np.full(table.low.size, np.inf)
    high = np.where(np.isfinite(table.high), table.high, 0.0)
    open_ = ~np.isfinite(table.high)
    rest = np.zeros(table.row_low.size)
    closed = ~open_[table.columns]
    gives = np.maximum(-table.values * table.low[table.columns], -table.values * high[table.columns])
    np.add.at(rest, table.rows[closed], gives[closed])
    count = np.bincount(table.rows[~closed], minlength=table.row_low.size)
    on = np.flatnonzero(~closed & (table.values > 0) & (count[table.rows] == 1))
    top = np.floor((table.row_high[table.rows] + rest[table.rows])[on] / table.values[on])
    np.minimum.at(most, table.columns[on], top)
    return most


def _ask(asked: Any, gap: float, slack: float, limits: Limits, seed: int) -> None:
    # One thread: the same work then gives the same plan.
    asked.num_workers = 1
    asked.random_seed = seed % 2**31
    asked.relative_gap_limit = gap
    asked.absolute_gap_limit = max(slack, 0.0)
    if limits.seconds is not None:
        asked.max_time_in_seconds = limits.seconds
    if limits.nodes is not None:
        asked.max_deterministic_time = max(STEP, STEP * limits.nodes / NODES)


@cache
def _kit() -> Any:
    # Slow to load (it brings pandas along), hence only where doubles are not enough.
    from ortools.sat.python import cp_model

    return cp_model
