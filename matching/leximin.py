"""The fairest fills under all rules: ascending ratios of filled to weight, lexicographically greatest.

Among sorted ratios the fairer plan is the one with fewer needs below the first level at which the counts
differ. So level by level two models are solved: how high can the level rise with as many needs left below
as before, and how few needs need stay at that level. Ties go to the list of fills by (`order`, id).
Where needs are many, those that a level holds back are fixed by name instead of by count.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import count

import numpy as np

from .budget import ROUGH, Budget, Limits
from .even import least_first
from .highs import Floats, optimise
from .milp import Compact
from .problem import Problem
from .tally import Ints, Tally

FINE = 2**16  # of fill times weight: beyond it, doubles may miss a level
LEVEL = 50  # units of counted work that one level takes where needs are many
BY_COUNT = 24  # up to this many needs the levels bind by count, which is exact under every rule


def fairest(
    problem: Problem, needs: Ints, free: Ints, start: Ints, hold: Ints, budget: Budget, seed: int
) -> tuple[Ints, bool]:
    """The plan in which `needs` are filled as fairly as possible, and whether it came to its end.

    The clock may end it early; where work is counted and needs are many, so does the number of levels. What
    comes out then is no less fair than `start`.
    """
    levels = _Levels(problem, needs, free, start, hold, budget, seed)
    turns = count()
    while not levels.done and not levels.late(next(turns)):
        levels.raise_level()
        levels.least_below()
    done = levels.done
    for need in needs[np.lexsort((needs, problem.order[needs]))].tolist() if done else []:
        if budget.late():
            done = False
            break
        levels.most_for(need)
    if not done and least_first(Tally(problem, start), needs) > least_first(Tally(problem, levels.y), needs):
        return start, False
    return levels.y, done


class _Levels:
    """What is settled so far: floors for needs, by name or by count of exceptions."""

    def __init__(
        self, problem: Problem, needs: Ints, free: Ints, start: Ints, hold: Ints, budget: Budget, seed: int
    ) -> None:
        self.problem, self.needs, self.free = problem, needs, free
        self.hold, self.budget, self.seed = hold, budget, seed
        self.y, self.below = start, 0
        self.weight = [int(w) for w in problem.weight[needs]]
        self.counts: list[tuple[list[int], int]] = []
        self.named: dict[int, int] = {}
        self.exact: dict[int, int] = {}
        self.level = Fraction(-1)
        self.fine = max(self._most()) * max(self.weight) >= FINE

    @property
    def done(self) -> bool:
        """Is every need settled?"""
        return self.below >= self.needs.size

    def late(self, turns: int) -> bool:
        """Is there no time, or no work, for one level more?"""
        if self.budget.work is not None and self.needs.size > BY_COUNT:
            return turns >= self.budget.work // LEVEL
        return self.budget.late()

    def _limits(self) -> Limits:
        many = self.budget.work is not None and self.needs.size > BY_COUNT
        return Limits(nodes=ROUGH) if many else self.budget.to_the_end()

    def ratios(self) -> list[Fraction]:
        """Filled by weight, per need."""
        fill = Tally(self.problem, self.y).fill[self.needs].tolist()
        return [Fraction(int(f), w) for f, w in zip(fill, self.weight, strict=True)]

    def raise_level(self) -> None:
        """Raise the level that all but `below` needs reach, as high as possible."""
        self._raise_at_once()
        if self.fine:
            self._raise_by_halving()
        self.level = sorted(self.ratios())[self.below]
        reached = [-(-self.level.numerator * w // self.level.denominator) for w in self.weight]
        if self.needs.size <= BY_COUNT:
            self.counts.append((reached, self.below))
        else:
            self.named |= {k: floor for k, floor in enumerate(reached) if k not in self.exact}

    def _raise_at_once(self) -> None:
        model = self._model()
        top = max(Fraction(int(q), w) for q, w in zip(self._most(), self.weight, strict=True))
        height = model.model.add_columns(1, high=float(top), cost=-1.0)
        weight = np.array(self.weight, dtype=np.float64)
        rows = self._fill_rows(model, np.zeros(self.needs.size))
        model.model.add_terms(rows, np.repeat(height, self.needs.size), -weight)
        left = model.model.add_columns(self.needs.size, high=1.0, whole=True)
        model.model.add_terms(rows, left, weight * float(top))
        limit = model.model.add_rows(1, high=float(self.below))
        model.model.add_terms(np.repeat(limit, self.needs.size), left, 1.0)
        self._solve(model)

    def _raise_by_halving(self) -> None:
        """Further up, where ratios lie too close together for doubles: is there a plan above this level?"""
        high = max(Fraction(most, w) for most, w in zip(self._most(), self.weight, strict=True))
        place = 0
        while not self.budget.late():
            levels = self._between(sorted(self.ratios())[self.below], high)
            if not levels:
                return
            # The very next level first: mostly there is none.
            asked = levels[place * len(levels) // 2]
            if not self._reaches(asked):
                if asked == levels[0]:
                    return
                high = max(level for level in levels if level < asked)
            place = 1

    def _between(self, low: Fraction, high: Fraction) -> list[Fraction]:
        """Levels above `low` up to `high` at which the halves of each need's fills end, ascending."""
        found = set()
        for w in self.weight:
            first, last = int(low * w) + 1, int(high * w)
            if first <= last:
                found |= {Fraction(first, w), Fraction((first + last) // 2, w), Fraction(last, w)}
        return sorted(found)

    def _reaches(self, level: Fraction) -> bool:
        """Try to bring all but `below` needs to the level; is it so now?"""
        model = self._model()
        left = self._floor(model, [-(-level.numerator * w // level.denominator) for w in self.weight])
        limit = model.model.add_rows(1, high=float(self.below))
        model.model.add_terms(np.repeat(limit, self.needs.size), left, 1.0)
        self._solve(model)
        return sorted(self.ratios())[self.below] >= level

    def least_below(self) -> None:
        """Leave as few needs as possible at the level; settle them."""
        floors = [int(self.level * w) + 1 for w in self.weight]
        model = self._model()
        self._floor(model, floors, cost=1.0)
        self._solve(model)
        held = [r <= self.level for r in self.ratios()]
        self.below = sum(held)
        if self.needs.size <= BY_COUNT:
            self.counts.append((floors, self.below))
            return
        fill = Tally(self.problem, self.y).fill[self.needs].tolist()
        for k, stays in enumerate(held):
            if stays and k not in self.exact:
                self.exact[k] = int(fill[k])
            elif not stays:
                self.named[k] = floors[k]

    def most_for(self, need: int) -> None:
        """Give one need as much as what is settled allows; settle it."""
        k = int(np.flatnonzero(self.needs == need)[0])
        if k not in self.exact:
            model = self._model()
            mine = np.flatnonzero(model.scope.need == need)
            cost = np.zeros(model.model.columns)
            cost[model.lots[mine]] = -1.0
            if mine.size:
                model.model.recost(cost)
                self._solve(model)
        self.exact[k] = int(Tally(self.problem, self.y).fill[need])

    def _most(self) -> list[int]:
        p = self.problem
        fixed = Tally(p, np.zeros_like(self.y)).fill[self.needs]
        return [max(int(a), int(b), 1) for a, b in zip(p.wanted[self.needs], fixed, strict=True)]

    def _model(self) -> Compact:
        """The rules, without costs, and everything that is settled."""
        hold = self.hold.copy()
        for k, fill in self.exact.items():
            hold[self.needs[k]] = fill
        model = Compact(self.problem, self.free, self.y, hold)
        model.model.recost(np.zeros(model.model.columns))
        for floors, below in self.counts:
            left = self._floor(model, floors)
            row = model.model.add_rows(1, high=float(below))
            model.model.add_terms(np.repeat(row, left.size), left, 1.0)
        if self.named:
            at = np.array(sorted(self.named))
            self._fill_rows(model, np.array([self.named[k] for k in at.tolist()], dtype=np.float64), at)
        return model

    def _fill_rows(self, model: Compact, floors: Floats, at: Ints | None = None) -> Ints:
        """Rows filled >= floor for the needs numbered in `at`."""
        at = np.arange(self.needs.size) if at is None else at
        rows = model.model.add_rows(at.size, low=floors - model.scope.base.fill[self.needs[at]])
        numbers = np.full(self.problem.n_needs, -1, dtype=np.int64)
        numbers[self.needs[at]] = rows
        model.sum_rows(model.scope.need, numbers)
        return rows

    def _floor(self, model: Compact, floors: list[int], cost: float = 0.0) -> Ints:
        """Each need reaches its floor or counts as left below (a column per need)."""
        # Fills grow lot by lot, so the floors may as well lie on whole lots.
        scope = model.scope
        base, mine = scope.base.fill[self.needs], np.isin(scope.need, self.needs)
        lot = int(scope.step[mine].max(initial=1))
        floors = [min(floor, most + 1) for floor, most in zip(floors, self._most(), strict=True)]
        more = np.maximum(0, np.array(floors, dtype=np.int64) - base)
        more = -(-more // lot) * lot
        rows = self._fill_rows(model, (base + more).astype(np.float64))
        left = model.model.add_columns(self.needs.size, high=1.0, cost=cost, whole=True)
        model.model.add_terms(rows, left, more)
        return left

    def _solve(self, model: Compact) -> None:
        answer = optimise(model.model, gap=0.0, seed=self.seed, limits=self._limits(), term=FINE)
        if answer.values is None:
            return
        y = model.read(answer.values)
        if Tally(self.problem, y).clean and self._settled(y):
            self.y = y

    def _settled(self, y: Ints) -> bool:
        """Does a plan keep what is held and settled?"""
        fill = Tally(self.problem, y).fill
        if bool(np.any((self.hold >= 0) & (fill != self.hold))):
            return False
        mine = fill[self.needs].tolist()
        named = all(mine[k] >= floor for k, floor in self.named.items())
        exact = all(mine[k] == floor for k, floor in self.exact.items())
        counts = all(
            sum(f < floor for f, floor in zip(mine, floors, strict=True)) <= below
            for floors, below in self.counts
        )
        return named and exact and counts
