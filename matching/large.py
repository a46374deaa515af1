"""Solving what is too large to be looked at all at once: a nation.

Prices climb on the coarse problem and are proved on the whole one. Then each need keeps the few lanes that
lose least by these prices; from here on the problem is that one. A flow makes a first plan, which is moved
region by region; regions that share no supplier or buyer are moved at the same time, by as many processes as
there may be. Where work is counted the plan does not depend on how many these are.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from . import certificate
from .bound import CLOSER, QUICK, Bound, Pursuit, spare
from .budget import Budget
from .coarse import coarse, lifted
from .crew import processes
from .flow import slope_plan
from .frame import Frame, Prices, safe_scale
from .guide import Guide
from .highs import Floats
from .improve import STEPS
from .options import OnProgress, Options, Progress
from .plan import Plan, build_plan, gap_of
from .prices import FAR
from .problem import Problem
from .regions import Outside, region, regions
from .ruin import ruin
from .tally import Bools, Ints, Tally

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

LANES = 2_000_000  # from here on a problem is large
PRICE_SHARE = 0.35  # of the limit at most, for the prices
HEAT = 0.001  # how much of a need's cost a lane may lose and still carry something in the first flow
BEST = 9  # lanes of each need that are kept
END_SHARE = 0.85  # of what is left goes into regions; writing the plan of a nation takes a while

_DERIVED = ("lane_supplier", "lane_buyer", "offer_lanes")  # columns that are made anew when asked for


def is_large(problem: Problem) -> bool:
    """Is this the way to solve it? What is rationed is never large enough."""
    return problem.n_lanes >= LANES and not problem.rationed.any()


def solve_large(problem: Problem, options: Options, on_progress: OnProgress | None) -> Plan:
    """As `solve`, for large problems."""
    work = _Large(problem, options, on_progress)
    work.run(Budget(options.seconds, options.work))
    return work.plan()


class _Large:
    """One solve: the whole problem, the slim one, and what is known."""

    def __init__(self, problem: Problem, options: Options, on_progress: OnProgress | None) -> None:
        self.problem, self.options, self.on_progress = problem, options, on_progress
        self.started = time.monotonic()
        self.bound_rp: int | None = None
        self.prices: Prices | None = None
        self.slim, self.lanes = problem, np.arange(problem.n_lanes, dtype=np.int64)
        self.y = np.zeros(problem.n_lanes, dtype=np.int64)
        self.cost_rp = 0

    def run(self, budget: Budget) -> None:
        """Prices, lanes, a first plan, and then region by region."""
        dual = self._priced(budget)
        self.y = np.zeros(self.slim.n_lanes, dtype=np.int64)
        self.cost_rp = Tally(self.slim, self.y).cost_rp
        self._report()
        if budget.over():
            return
        self._take(slope_plan(self.slim, dual, None, budget.late))
        if not budget.over() and self._gap() > self.options.gap:
            self._regions(dual.guide(self.slim), budget)

    def plan(self) -> Plan:
        """The best plan, its bound and its certificate."""
        y = np.zeros(self.problem.n_lanes, dtype=np.int64)
        y[self.lanes] = self.y
        proof = None if self.prices is None else certificate.to_json(self.problem, self.prices)
        seed = self.options.seed
        # Proving it once more takes room: what is not needed any more goes first.
        self.slim, self.prices = self.problem, None
        self.lanes, self.y = self.lanes[:0], self.y[:0]
        for name in _DERIVED:
            self.problem.__dict__.pop(name, None)
        return build_plan(self.problem, y, seed=seed, bound_rp=self.bound_rp, certificate=proof)

    def _priced(self, budget: Budget) -> Bound:
        """Prices from the coarse problem, proved on the whole; the slim problem and what its lanes lose."""
        found = coarse(self.problem)
        pursuit = Pursuit(found.problem)
        part = budget.part(PRICE_SHARE)
        stages, todo = (*QUICK, *CLOSER), sum(steps for _, steps in (*QUICK, *CLOSER))
        for softness, steps in stages:
            turn = part.part(steps / todo)
            pursuit.climb(softness, steps, turn.late)
            todo -= steps
        scale = min(safe_scale(found.problem), safe_scale(self.problem))
        guess, room = pursuit.dual.integers(pursuit.z, scale), pursuit.dual.frame
        coarse_room = room.forced + room.room
        del pursuit, room
        frame = Frame(self.problem)
        prices = spare(frame, lifted(found, guess, frame, coarse_room, scale))
        del found
        try:
            terms = frame.terms(prices)
            self.bound_rp = -(-sum(int(term.sum()) for term in terms) // scale)
            self.prices = prices
        except certificate.CertificateError:
            terms = tuple(np.zeros(0, dtype=np.int64) for _ in range(4))  # type: ignore[assignment]
        flow, loss = self._slimmed(frame, prices)
        return Bound(self.bound_rp or 0, prices, terms, flow, loss)

    def _slimmed(self, frame: Frame, prices: Prices) -> tuple[Floats, Floats]:
        """Keep the best lanes of each need; how much each of them may carry, and what it loses when full."""
        p = self.problem
        cost = frame.unit_rp(prices, frame.lane_rp(prices), frame.cheapest_pi(prices.pi))
        order = np.lexsort((cost, p.lane_need))
        place = np.arange(p.n_lanes) - np.repeat(p.need_start[:-1], np.diff(p.need_start))
        kept = np.zeros(p.n_lanes, dtype=np.bool_)
        kept[order[place < BEST]] = True
        del order, place
        kept &= cost < FAR
        kept |= p.lane_fixed > 0
        self.lanes = np.flatnonzero(kept)
        cut = {name: getattr(p, name)[kept] for name in ("lane_need", "lane_offer", "freight_rp", "drop_rp")}
        self.slim = replace(p, **cut)
        unit, room = cost[kept] / prices.scale, frame.room[kept].astype(np.float64)
        least = np.full(p.n_needs, np.inf)
        np.minimum.at(least, cut["lane_need"], unit)
        over = unit - least[cut["lane_need"]]
        weight = np.exp(-np.minimum(over / np.maximum(HEAT * unit, 1e-9), 700.0))
        whole = np.bincount(cut["lane_need"], weight, p.n_needs)
        flow = weight / whole[cut["lane_need"]] * p.wanted[cut["lane_need"]]
        return flow, np.where(cost[kept] < FAR, over * room, np.inf)

    def _gap(self) -> float:
        gap = gap_of(self.problem, self.cost_rp, self.bound_rp)
        return float("inf") if gap is None else gap

    def _take(self, y: Ints) -> bool:
        tally = Tally(self.slim, y)
        if tally.cost_rp > self.cost_rp or not tally.clean:
            return False
        self.y, self.cost_rp = y, tally.cost_rp
        self._report()
        return True

    def _report(self) -> None:
        if self.on_progress is not None:
            gap = gap_of(self.problem, self.cost_rp, self.bound_rp)
            took = time.monotonic() - self.started
            self.on_progress(Progress(self.bound_rp, self.cost_rp, gap, took))

    def _regions(self, guide: Guide, budget: Budget) -> None:
        """Move the plan in batches of regions that have nothing to do with each other."""
        dice = np.random.default_rng(self.options.seed)
        found = [np.flatnonzero(needs) for needs in regions(self.slim, dice)]
        part = budget.part(END_SHARE)
        todo = self.slim.n_needs
        with _hands(self.options.processes) as run:
            for batch in batches(self.slim, found):
                if part.over():
                    break
                size = sum(found[number].size for number in batch)
                # By the clock: several at once, each for as long as its needs deserve.
                pace = part.left() / todo * min(self.options.processes, len(batch))
                jobs = [self._job(found[number], guide, part, pace) for number in batch]
                y = self.y.copy()
                for job, better in zip(jobs, run(jobs), strict=True):
                    if better is not None:
                        y[job.lanes] = better
                todo -= size
                self._take(y)
                if self._gap() <= self.options.gap:
                    break

    def _job(self, needs: Ints, guide: Guide, part: Budget, pace: float) -> _Job:
        flags = np.zeros(self.slim.n_needs, dtype=np.bool_)
        flags[needs] = True
        here = region(self.slim, self.y, flags)
        lanes = here.part.lanes
        steps = None
        if part.work is not None:
            steps = max(1, part.work * STEPS * needs.size // self.slim.n_needs)
        seconds = 0.0 if steps else pace * needs.size
        return _Job(
            here.part.problem, self.y[lanes], guide.of(lanes, here.part.offers), here.outside, lanes,
            self.options.seed, seconds, steps,
        )  # fmt: skip


class _Job(NamedTuple):
    """One region and everything its search needs; `steps` where work is counted, else `seconds`."""

    problem: Problem
    y: Ints
    guide: Guide
    outside: Outside
    lanes: Ints
    seed: int
    seconds: float
    steps: int | None


def _move(job: _Job) -> Ints | None:
    """The best plan of one region, None where none better was found."""
    told: list[Ints] = []
    began = time.monotonic()

    def progress(done: int) -> float:
        if job.steps is not None:
            return done / job.steps
        return (time.monotonic() - began) / max(job.seconds, 1e-9)

    def keep(y: Ints) -> None:
        told[:] = [y]

    guide = job.guide
    ruin(job.problem, job.y, guide.loss_rp, None, job.seed, progress, keep, job.outside, guide.toll_rp)
    return told[0] if told else None


@dataclass(frozen=True, slots=True)
class _Run:
    pool: ProcessPoolExecutor | None

    def __call__(self, jobs: list[_Job]) -> Iterable[Ints | None]:
        return map(_move, jobs) if self.pool is None else self.pool.map(_move, jobs)


@contextmanager
def _hands(count: int) -> Iterator[_Run]:
    if count == 1:
        yield _Run(None)
        return
    with processes(count) as pool:
        yield _Run(pool)


def batches(problem: Problem, found: list[Ints]) -> list[list[int]]:
    """Numbers of regions, in batches in which no two share a supplier or a buyer.

    The largest first, each into the first batch that it fits into.
    """
    p = problem
    batch_of: list[list[int]] = []
    taken: list[tuple[Bools, Bools]] = []
    for number in sorted(range(len(found)), key=lambda n: (-found[n].size, n)):
        flags = np.zeros(p.n_needs, dtype=np.bool_)
        flags[found[number]] = True
        supplier, buyer = np.zeros(p.n_suppliers, dtype=np.bool_), np.zeros(p.n_buyers, dtype=np.bool_)
        supplier[p.offer_supplier[p.lane_offer[flags[p.lane_need]]]] = True
        buyer[p.need_buyer[found[number]]] = True
        for mine, (suppliers, buyers) in zip(batch_of, taken, strict=True):
            if not (supplier & suppliers).any() and not (buyer & buyers).any():
                mine.append(number)
                suppliers |= supplier
                buyers |= buyer
                break
        else:
            batch_of.append([number])
            taken.append((supplier, buyer))
    return batch_of
