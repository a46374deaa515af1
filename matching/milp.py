"""The compact mixed-integer model of a part or of a neighbourhood in it.

Never a column per lane and tier: a column per lane (in lots), per offer's tier one for the volume and
one for the choice, whole trucks per trip group, and binaries only where a rule needs them. The rows of
an opening (a drop, a truck, an offer's fixed cost) are written per lane, which is what makes the bound
strong. `Compact.hint` translates a plan into the model's columns and `Compact.read` translates back.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import milp_supply
from .budget import Limits
from .highs import UNLIMITED, Answer, Floats, Model, optimise
from .milp_supply import rows_of
from .problem import Problem
from .scope import Scope
from .tally import Bools, Ints, Tally, any_by, sum_by

Encoder = Callable[[Tally], Floats | Ints | Bools]


class Compact:
    """The model in which the lanes `free` may move and everything else stays as in the plan `y`.

    `hold` prescribes fills (-1: free). The value of a plan in the model is its cost in rupiah.
    """

    def __init__(self, problem: Problem, free: Ints, y: Ints, hold: Ints | None = None) -> None:
        self.problem = problem
        self.scope = Scope(problem, free, y, hold)
        self.model = Model()
        self._encoders: list[tuple[Ints, Encoder]] = []
        self.start = y
        self._build()

    def columns(self, count: int, encode: Encoder, **bounds: object) -> Ints:
        """Add a block of columns together with the way to read their values off a plan."""
        numbers = self.model.add_columns(count, **bounds)  # type: ignore[arg-type]
        self._encoders.append((numbers, encode))
        return numbers

    def hint(self, y: Ints) -> Floats:
        """The values that the plan `y` gives to all columns."""
        values = np.zeros(self.model.columns)
        tally = Tally(self.problem, y)
        for numbers, encode in self._encoders:
            values[numbers] = encode(tally)
        return values

    def read(self, values: Floats) -> Ints:
        """The plan that the columns' values describe, rounded to whole lots."""
        y = self.start.copy()
        y[self.scope.lanes] = np.rint(values[self.lots]).astype(np.int64) * self.scope.step
        return y

    def solve(
        self, *, gap: float, slack: float = 0.0, limits: Limits = UNLIMITED, seed: int = 0
    ) -> tuple[Ints | None, Answer]:
        """Minimise from the plan the model was built around; the plan found may need a check."""
        hint = self.hint(self.start)
        answer = optimise(self.model, gap=gap, slack=slack, limits=limits, seed=seed, hint=hint)
        return (None if answer.values is None else self.read(answer.values)), answer

    def sum_rows(self, keys: Ints, rows_of: Ints, sign: float = 1.0) -> None:
        """Add sign x quantity of every free lane to the row of its key (rows_of[key], -1: none)."""
        rows = rows_of[keys]
        on = rows >= 0
        self.model.add_terms(rows[on], self.lots[on], sign * self.scope.step[on])

    def open_lanes(self, lanes: Ints, room: Ints, switches: Ints) -> None:
        """Rows quantity <= room x switch for the free lanes numbered in `lanes`."""
        if lanes.size:
            rows = self.model.add_rows(lanes.size, high=0.0)
            self.model.add_terms(rows, self.lots[lanes], self.scope.step[lanes])
            self.model.add_terms(rows, switches, -room)

    def _build(self) -> None:
        s, p = self.scope, self.problem
        self.price = milp_supply.Prices(p, s)
        room = np.where(self.price.usable, s.room, 0)
        s.room = room
        self.lots = self.columns(
            s.lanes.size,
            lambda t: t.y[s.lanes] // s.step,
            high=room // s.step,
            cost=(p.freight_rp[s.lanes] + self.price.plain_rp[s.offer]) * s.step,
            whole=True,
        )
        self._drops_and_minimums()
        self._needs()
        self._least_fills()
        self._supplier_limits()
        self.network = bool(np.all(s.step == 1))
        milp_supply.add(self)
        if self.network:
            self.model.loosen(self.lots)
        # Constants (fixed lines, what stays outside) need no formula of their own.
        value = float(self.model.column_arrays()[2] @ self.hint(self.start)) if self.model.columns else 0.0
        self.model.offset = Tally(p, self.start).cost_rp - value

    def _drops_and_minimums(self) -> None:
        s, p = self.scope, self.problem
        # Fixed units have paid the drop of their lane already.
        drop = np.where(s.fixed > 0, 0, p.drop_rp[s.lanes])
        at = np.flatnonzero((drop > 0) | (s.low > s.step))
        used = self.columns(at.size, lambda t: t.new[s.lanes[at]], high=1.0, cost=drop[at], whole=True)
        self.drop_lanes, self.drops = at, used
        self.open_lanes(at, s.room[at], used)
        short = np.flatnonzero(s.low[at] > s.step[at])
        rows = self.model.add_rows(short.size, low=0.0)
        self.model.add_terms(rows, self.lots[at[short]], s.step[at[short]])
        self.model.add_terms(rows, used[short], -s.low[at[short]])

    def _needs(self) -> None:
        s, p = self.scope, self.problem
        room, held = s.need_room(), s.hold >= 0
        lacking = np.maximum(0, p.wanted - s.base.fill)
        reach = sum_by(s.need, s.room, p.n_needs)
        here = any_by(s.need, np.ones(s.need.size, np.bool_), p.n_needs)
        soft = np.flatnonzero(here & ~held & (p.unmet_rp > 0) & (lacking > 0))
        missing = self.columns(
            soft.size,
            lambda t: np.maximum(0, p.wanted - t.fill)[soft],
            high=lacking[soft],
            cost=p.unmet_rp[soft],
        )
        exact = room[soft] == lacking[soft]
        rows = self.model.add_rows(soft.size, low=lacking[soft], high=np.where(exact, room[soft], np.inf))
        self.model.add_terms(rows, missing, 1.0)
        self.sum_rows(s.need, rows_of(p.n_needs, soft, rows))
        done = np.zeros(p.n_needs, dtype=np.bool_)
        done[soft[exact]] = True
        top = np.flatnonzero(here & ~done & (held | (reach > room)))
        low = np.where(held[top], room[top], -np.inf)
        rows = self.model.add_rows(top.size, low=low, high=room[top])
        self.sum_rows(s.need, rows_of(p.n_needs, top, rows))

    def _least_fills(self) -> None:
        s, p = self.scope, self.problem
        least = np.full(p.n_needs, np.iinfo(np.int64).max)
        np.minimum.at(least, s.need, s.low)
        short = p.min_fill - s.base.fill
        present = least < np.iinfo(np.int64).max
        bound = np.flatnonzero(present & (s.hold < 0) & s.need_taken & (short > 0))
        rows = self.model.add_rows(bound.size, low=short[bound])
        self.sum_rows(s.need, rows_of(p.n_needs, bound, rows))
        at = np.flatnonzero(present & (s.hold < 0) & ~s.need_taken & (short > least))
        served = self.columns(at.size, lambda t: t.has_new(p.lane_need, p.n_needs)[at], high=1.0, whole=True)
        rows = self.model.add_rows(at.size, low=0.0)
        self.sum_rows(s.need, rows_of(p.n_needs, at, rows))
        self.model.add_terms(rows, served, -short[at])
        rows = self.model.add_rows(at.size, high=0.0)
        self.sum_rows(s.need, rows_of(p.n_needs, at, rows))
        self.model.add_terms(rows, served, -s.need_room()[at])

    def _supplier_limits(self) -> None:
        s, p = self.scope, self.problem
        width = max(1, p.n_suppliers)
        fresh = np.flatnonzero((p.max_suppliers[s.need] >= 0) & ~s.pair_known(s.lanes))
        pairs, pair = np.unique(s.need[fresh] * width + s.supplier[fresh], return_inverse=True)
        need = pairs // width
        count = np.bincount(need, minlength=p.n_needs)
        spare = p.max_suppliers - s.base.suppliers
        tight = (count > spare)[need]
        number = np.cumsum(tight) - 1
        fresh, pair = fresh[tight[pair]], number[pair[tight[pair]]]
        pairs, need = pairs[tight], need[tight]
        keys = p.lane_need * width + p.lane_supplier
        chosen = self.columns(pairs.size, lambda t: np.isin(pairs, keys[t.new]), high=1.0, whole=True)
        self.open_lanes(fresh, s.room[fresh], chosen[pair])
        needs, of = np.unique(need, return_inverse=True)
        rows = self.model.add_rows(needs.size, high=spare[needs])
        self.model.add_terms(rows[of], chosen, 1.0)
