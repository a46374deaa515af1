"""After answers: what was accepted stands, what is no longer possible is replaced, the rest stays as it was.

A part of the problem is touched when one of its old lines is impossible now, breaks a rule, or when it has
a need that the old plan did not know. Only touched parts are looked at again, first in the smallest
surroundings of what was lost. Lines of all other parts stay identical.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .budget import Budget
from .options import OnProgress, Options
from .parts import parts
from .plan import Plan, lane_at, lane_quantity_of
from .problem import Problem
from .ration import share_out
from .refill import refill
from .repair import repair
from .restrict import restrict
from .solve import RATION_SHARE, Course
from .tally import Bools, Ints, Tally, any_by

SHARE = 0.06  # of the limit of a first solve: one decline is not worth a tenth of it, start included
LEAST = 0.2  # seconds in any case


def resolve(
    problem: Problem,
    plan: Plan,
    fixed: Iterable[Mapping[str, Any]] | None = None,
    options: Options | None = None,
    on_progress: OnProgress | None = None,
) -> Plan:
    """The plan for `problem` that changes as little as possible of `plan`.

    The problem says what is still possible. `fixed` are the accepted lines (rows need, offer, quantity,
    price_rp) and take the place of the problem's own; None means that the problem has them already. The
    result is a plan of the problem with these lines. Raises ProblemError where they do not fit it.
    """
    options = options or Options()
    if fixed is not None:
        problem = Problem.from_document({**problem.to_document(), "fixed": [dict(row) for row in fixed]})
    old = lane_quantity_of(problem, plan)
    touched = touched_needs(problem, plan, old)
    # Rations are shared out anew, which may take as long as the first time.
    start, hold = _start(problem, old, touched, Budget(options.seconds, options.work), options)
    course = Course(problem, hold, start, options, on_progress)
    seconds = min(options.seconds, max(LEAST, SHARE * options.seconds))
    course.rematch(old, touched, Budget(seconds, options.work), 1.0 if options.work is None else SHARE)
    return course.plan()


def touched_needs(problem: Problem, plan: Plan, old: Ints) -> Bools:
    """Needs of the parts in which the old plan cannot stay as it is."""
    p = problem
    lanes, needs = faulty(Tally(p, old))
    needs |= any_by(p.lane_need, lanes, p.n_needs)
    need = {name: i for i, name in enumerate(p.need_id)}
    offer = {name: j for j, name in enumerate(p.offer_id)}
    known = {*plan.line_need, *plan.shortage_need}
    needs |= np.array([name not in known for name in p.need_id], dtype=np.bool_) & (p.wanted > 0)
    i = np.array([need.get(name, -1) for name in plan.line_need], dtype=np.int64)
    j = np.array([offer.get(name, -1) for name in plan.line_offer], dtype=np.int64)
    lost = lane_at(p, i, j) < 0
    found = parts(p)
    hit = np.zeros(len(found), dtype=np.bool_)
    hit[found.need_part[needs]] = True
    hit[found.need_part[i[lost & (i >= 0)]]] = True
    hit[found.offer_part[j[lost & (j >= 0)]]] = True
    return hit[found.need_part]


def faulty(tally: Tally) -> tuple[Bools, Bools]:
    """Lanes with new units that take part in a broken rule, and needs that break one."""
    p, t = tally.problem, tally
    lanes = t.bad_lanes | t.over_offers[p.lane_offer] | t.thin_offers[p.lane_offer]
    lanes |= t.poor_buyers[p.lane_buyer] | t.over_suppliers[p.lane_supplier]
    lanes |= np.append(t.over_trips | t.light_trips, False)[p.lane_trip]
    return lanes & t.new, t.over_needs | t.thin_needs | t.crowded_needs


def _start(
    problem: Problem, old: Ints, touched: Bools, budget: Budget, options: Options
) -> tuple[Ints, Ints | None]:
    """A plan that keeps every rule and differs from the old one in touched parts only; fills to keep."""
    mended = repair(problem, old)
    if not problem.rationed.any():
        return refill(problem, mended, touched), None
    hold = np.where(problem.rationed, Tally(problem, old).fill, -1)
    if not touched.any():
        return old, hold
    part = restrict(problem, touched)
    given, shared = share_out(part.problem, budget.part(RATION_SHARE), options.seed)
    hold[part.needs] = given
    same = bool(np.all((hold < 0) | (Tally(problem, mended).fill == hold)))
    if not same:
        mended[part.lanes] = shared
    return mended, hold
