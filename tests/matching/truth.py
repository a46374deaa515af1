"""The solver against the truth, many problems at a time: `python -m tests.matching.truth --tiny 10000`.

Tiny problems are held against all their plans, mid-size ones against a second exact formulation; every
plan, the officer's too, has to be clean, and every bound below the optimum. With `--extreme` tiny ones with
numbers near 2^53 as well: there costs must be right, and bounds below. Prints one JSON object; exit code 1
when anything disagrees.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

from matching.check import check
from matching.greedy import greedy
from matching.options import Options
from matching.plan import Plan
from matching.problem import Problem
from matching.solve import solve
from tests.matching import cpsat, exhaustive, extremes, instances
from tests.matching.every_plan import RULES, optimum_and_binding

EXACT = Options(gap=0.0, seconds=60)


def disagreements(problem: Problem, plan: Plan, least: int) -> list[str]:
    """What is wrong with a plan that should be optimal, and with the officer's."""
    found = sound(problem, plan, least)
    if plan.cost_rp != least:
        found.append(f"cost {plan.cost_rp}, optimum {least}")
    if plan.bound_rp is None or plan.certified_bound_rp is None:
        found.append("no bound")
    return found + _by_hand(problem, least)


def sound(problem: Problem, plan: Plan, least: int) -> list[str]:
    """What is wrong with any plan, however short its search was."""
    found = []
    if not check(problem, plan).clean:
        found.append("plan not clean")
    if plan.cost_rp < least:
        found.append(f"cost {plan.cost_rp} below the optimum {least}")
    if any(b is not None and b > least for b in (plan.bound_rp, plan.certified_bound_rp)):
        found.append(f"bounds {plan.certified_bound_rp}, {plan.bound_rp}, optimum {least}")
    return found


def _by_hand(problem: Problem, least: int) -> list[str]:
    found = []
    by_hand = greedy(problem)
    if not check(problem, by_hand).clean:
        found.append("the officer's plan is not clean")
    # Where something is rationed the officer may fall short of a ration, which can cost less.
    if by_hand.cost_rp < least and not problem.rationed.any():
        found.append(f"the officer's plan costs {by_hand.cost_rp}, optimum {least}")
    return found


def tiny(seeds: Iterable[int]) -> tuple[dict[int, list[str]], Counter[str]]:
    """Disagreements by seed among tiny problems, and how often each rule binds."""
    wrong, binding = {}, Counter(dict.fromkeys(RULES, 0))
    for seed in seeds:
        problem = Problem.from_document(instances.pressed(seed))
        least, rules = optimum_and_binding(problem.to_document())
        binding.update(rules)
        said = disagreements(problem, solve(problem, EXACT), least)
        if said:
            wrong[seed] = said
    return wrong, binding


def mid(seeds: Iterable[int]) -> dict[int, list[str]]:
    """Disagreements by seed between two exact formulations on mid-size problems."""
    wrong = {}
    for seed in seeds:
        problem = Problem.from_document(instances.small(seed))
        said = disagreements(problem, solve(problem, EXACT), cpsat.optimum(problem.to_document()))
        if said:
            wrong[seed] = said
    return wrong


def extreme(seeds: Iterable[int]) -> dict[int, list[str]]:
    """Disagreements by seed among tiny problems with very large numbers; a bound may be missing there."""
    wrong = {}
    for seed in seeds:
        problem = Problem.from_document(extremes.extreme(seed))
        least, _ = exhaustive.optimum(problem.to_document())
        said = disagreements(problem, solve(problem, EXACT), least)
        said = [fault for fault in said if fault != "no bound"]
        if said:
            wrong[seed] = said
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.matching.truth", description=__doc__)
    parser.add_argument("--tiny", type=int, default=1_000, metavar="COUNT")
    parser.add_argument("--mid", type=int, default=50, metavar="COUNT")
    parser.add_argument("--extreme", type=int, default=0, metavar="COUNT")
    parser.add_argument("--first", type=int, default=0, help="seed of the first problem")
    asked = parser.parse_args(arguments)
    wrong, binding = tiny(range(asked.first, asked.first + asked.tiny))
    apart = mid(range(asked.first, asked.first + asked.mid))
    bent = extreme(range(asked.first, asked.first + asked.extreme))
    said: dict[str, Any] = {"tiny": asked.tiny, "tiny_wrong": wrong, "mid": asked.mid, "mid_wrong": apart}
    said |= {"extreme": asked.extreme, "extreme_wrong": bent}
    said["binding_percent"] = {
        rule: round(100 * binding[rule] / max(1, asked.tiny), 1) for rule in sorted(RULES)
    }
    print(json.dumps(said, indent=2))
    return 1 if wrong or apart or bent else 0


if __name__ == "__main__":
    sys.exit(main())
