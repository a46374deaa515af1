"""The door to the mixed-integer solver: models built from whole arrays, never term by term.

A `Model` collects columns and rows as NumPy blocks; `optimise` hands them to HiGHS inside
OR-Tools in one message. OR-Tools is loaded at the first call, so that importing `matching`
stays cheap.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from . import wire
from .budget import Limits
from .integers import WIDE_TERM, Table, solve_whole

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

UNLIMITED = Limits()
LARGEST_COST = 2.0**20  # HiGHS keeps its tolerances honest while costs stay below about a million
TOLERANCE = 1e-6  # of the scaled value, by which a search may end too early
HIGHS = 10  # SOLVER_TYPE_HIGHS


@dataclass(slots=True)
class Model:
    """A minimisation over columns and rows, grown in blocks; `offset` is added to every value."""

    offset: float = 0.0
    columns: int = 0
    rows: int = 0
    _columns: list[tuple[Floats, Floats, Floats, Bools]] = field(default_factory=list)
    _rows: list[tuple[Floats, Floats]] = field(default_factory=list)
    _terms: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _raised: list[tuple[Ints, Floats]] = field(default_factory=list)

    def add_columns(
        self, count: int, *, low: Any = 0.0, high: Any = math.inf, cost: Any = 0.0, whole: bool = False
    ) -> Ints:
        """Add `count` columns and return their numbers; scalars are spread over the block."""
        self._columns.append(
            (_spread(low, count), _spread(high, count), _spread(cost, count), np.full(count, whole))
        )
        first, self.columns = self.columns, self.columns + count
        return np.arange(first, self.columns, dtype=np.int64)

    def add_rows(self, count: int, *, low: Any = -math.inf, high: Any = math.inf) -> Ints:
        """Add `count` rows low <= row <= high and return their numbers."""
        self._rows.append((_spread(low, count), _spread(high, count)))
        first, self.rows = self.rows, self.rows + count
        return np.arange(first, self.rows, dtype=np.int64)

    def add_terms(self, rows: Ints, columns: Ints, coefficients: Any) -> None:
        """Add coefficient x column to each row; a pair may be named once only over all calls."""
        values = _spread(coefficients, len(rows))
        self._terms.append((rows, columns, values))

    def recost(self, cost: Floats) -> None:
        """Replace the costs of all columns so far; the offset becomes 0."""
        low, high, _, whole = self.column_arrays()
        self._columns, self.offset = [(low, high, cost, whole)], 0.0

    def loosen(self, columns: Ints) -> None:
        """Let columns be fractional: where their rows are a network they come out whole by themselves."""
        low, high, cost, whole = self.column_arrays()
        whole[columns] = False
        self._columns = [(low, high, cost, whole)]

    def raise_rows(self, rows: Ints, amount: Any) -> None:
        """Raise the upper bound of rows that were added before."""
        self._raised.append((rows, _spread(amount, len(rows))))

    def column_arrays(self) -> tuple[Floats, Floats, Floats, Bools]:
        """Lower bounds, upper bounds, costs and integrality of all columns."""
        if not self._columns:
            return np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.bool_)
        low, high, cost, whole = zip(*self._columns, strict=True)
        return np.concatenate(low), np.concatenate(high), np.concatenate(cost), np.concatenate(whole)

    def row_arrays(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of all rows."""
        if not self._rows:
            return np.zeros(0), np.zeros(0)
        low, high = (np.concatenate(part) for part in zip(*self._rows, strict=True))
        for rows, amount in self._raised:
            high[rows] += amount
        return low, high

    def matrix(self) -> tuple[Ints, Ints, Floats]:
        """Row numbers, column numbers and coefficients, by row and then column, without zeros."""
        if not self._terms:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        rows, columns, values = (np.concatenate(part) for part in zip(*self._terms, strict=True))
        if not values.all():
            kept = values != 0
            rows, columns, values = rows[kept], columns[kept], values[kept]
        # One number a pair. Blocks come in order for the most part, which a stable sort makes use of.
        order = np.argsort(rows * max(1, self.columns) + columns, kind="stable")
        return rows[order], columns[order], values[order]

    def table(self) -> Table:
        """Everything but what is whole, as plain arrays."""
        low, high, cost, _ = self.column_arrays()
        (row_low, row_high), (rows, columns, values) = self.row_arrays(), self.matrix()
        return Table(low, high, cost, row_low, row_high, rows, columns, values)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver said: `values` null without a plan, `bound` null without a proof.

    `exact` says that the bound was reckoned in whole numbers: nothing need be taken off it.
    """

    values: Floats | None
    bound: float | None
    optimal: bool
    exact: bool = False
    infeasible: bool = False
    trouble: str = ""


def optimise(
    model: Model,
    *,
    gap: float,
    slack: float = 0.0,
    limits: Limits = UNLIMITED,
    seed: int = 0,
    hint: Floats | None = None,
    relaxed: bool = False,
    term: float = WIDE_TERM,
) -> Answer:
    """Minimise the model within the limits, of which only the one of nodes is reproducible.

    The search may stop at the relative `gap` or when no more than `slack` can be gained. A model with larger
    numbers than doubles can be trusted with (in rows: than `term`) is reckoned in integers if it is small;
    if not, there is no bound.

    Never raises for what the solver dislikes: the answer carries the trouble instead.
    """
    if model.columns == 0:
        return Answer(np.zeros(0), model.offset, optimal=True)
    table = model.table()
    narrow = table.narrow(term)
    if not narrow and table.whole:
        table = table.reduced()
        narrow = table.narrow(term)
    if not (narrow or relaxed):
        found = solve_whole(table, gap, slack, limits, seed, hint)
        if found is not None:
            values, least, reached = found
            return Answer(values, None if least is None else least + model.offset, reached, exact=True)
    kit = _kit()
    scale = _scale(table.cost) / table.factor
    message = _message(kit, model, table, scale, relaxed)
    asked = _parameters(kit, gap, slack * scale, limits, seed)
    hints = _hints(kit, hint)
    try:
        with _silence():
            reply = kit.solve(
                message, HIGHS, kit.initializer(), asked, hints, None, kit.callbacks(), None, None
            )
    except (
        Exception
    ) as error:  # the binding raises several unrelated classes; the reason hides in the context
        return Answer(None, None, optimal=False, trouble=f"{error} {error.__context__ or ''}".strip())
    return _answer(kit, reply, scale, model.columns, narrow)


@dataclass(frozen=True, slots=True)
class _Kit:
    solve: Any
    model: Any
    parameters: Any
    initializer: Any
    hints: Any
    callbacks: Any
    results: Any


@cache
def _kit() -> _Kit:
    # The one import that comes late: whoever only reads or checks plans does not pay for it.
    from ortools.math_opt import (
        callback_pb2,
        model_parameters_pb2,
        model_pb2,
        parameters_pb2,
        result_pb2,
    )
    from ortools.math_opt.core.python import solver

    return _Kit(
        solver.solve,
        model_pb2.ModelProto,
        parameters_pb2.SolveParametersProto,
        parameters_pb2.SolverInitializerProto,
        model_parameters_pb2.ModelSolveParametersProto,
        callback_pb2.CallbackRegistrationProto,
        result_pb2,
    )


@contextmanager
def _silence() -> Iterator[None]:
    """Keep a line that HiGHS prints past all its settings out of our standard output."""
    flush = ctypes.CDLL(None).fflush if os.name == "posix" else None
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # standard output is closed: nothing to protect
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        if flush is not None:
            flush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _spread(value: Any, count: int) -> Floats:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (count,))


def _scale(cost: Floats) -> float:
    # A power of two loses no digit of a cost.
    largest = float(np.abs(cost).max(initial=0.0))
    return 2.0 ** min(0, math.floor(math.log2(LARGEST_COST / largest))) if largest > 0 else 1.0


def _message(kit: _Kit, model: Model, table: Table, scale: float, relaxed: bool) -> Any:
    whole, cost = model.column_arrays()[3], table.cost * table.factor
    priced = np.flatnonzero(cost)
    # As bytes: value by value the message would take longer than the model.
    return kit.model.FromString(
        wire.message(
            2,
            wire.wholes(1, np.arange(model.columns)),
            wire.doubles(2, table.low),
            wire.doubles(3, table.high),
            wire.flags(4, np.zeros_like(whole) if relaxed else whole),
        )
        + wire.message(
            3,
            wire.double(2, model.offset * scale),
            wire.message(3, wire.wholes(1, priced), wire.doubles(2, cost[priced] * scale)),
        )
        + wire.message(
            4,
            wire.wholes(1, np.arange(model.rows)),
            wire.doubles(2, table.row_low),
            wire.doubles(3, table.row_high),
        )
        + wire.message(
            5, wire.wholes(1, table.rows), wire.wholes(2, table.columns), wire.doubles(3, table.values)
        )
    )


def _parameters(kit: _Kit, gap: float, slack: float, limits: Limits, seed: int) -> Any:
    asked = kit.parameters()
    asked.relative_gap_tolerance = gap
    asked.absolute_gap_tolerance = slack
    if limits.seconds is not None:
        whole = int(limits.seconds)
        asked.time_limit.seconds = whole
        asked.time_limit.nanos = int((limits.seconds - whole) * 1e9)
    if limits.nodes is not None:
        asked.node_limit = limits.nodes
    asked.random_seed = seed % 2**31
    # One thread, so that the same work gives the same plan; `threads` itself is refused for HiGHS.
    asked.highs.string_options["parallel"] = "off"
    return asked


def _hints(kit: _Kit, hint: Floats | None) -> Any:
    hints = kit.hints()
    if hint is not None:
        known = np.flatnonzero(np.isfinite(hint))
        values = hints.solution_hints.add().variable_values
        values.ids.extend(known.tolist())
        values.values.extend(hint[known].tolist())
    return hints


def _answer(kit: _Kit, reply: Any, scale: float, columns: int, trusted: bool) -> Answer:
    reason = reply.termination.reason
    names = kit.results
    infeasible = reason == names.TERMINATION_REASON_INFEASIBLE
    # The solver may be off by its tolerance, in its own measure.
    bound = (reply.termination.objective_bounds.dual_bound - TOLERANCE) / scale
    values = None
    if reply.solutions and reply.solutions[0].HasField("primal_solution"):
        values = np.zeros(columns)
        found = reply.solutions[0].primal_solution.variable_values
        values[np.asarray(found.ids, dtype=np.int64)] = found.values
    return Answer(
        values,
        bound if trusted and math.isfinite(bound) and not infeasible else None,
        optimal=trusted and reason == names.TERMINATION_REASON_OPTIMAL,
        infeasible=trusted and infeasible,
        trouble=reply.termination.detail,
    )
