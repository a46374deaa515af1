"""A share that is nearly fair, quickly: never less fair than before, and every rule kept."""

from __future__ import annotations

import time

import numpy as np
import pytest

import matching
from matching.budget import Budget, Limits
from matching.even import even, hand_over, least_first
from matching.problem import Problem
from matching.ration import share_out
from matching.tally import Tally
from tests.matching import instances
from tests.matching.builders import quantities


def gas(**changes: int) -> Problem:
    """Ten cylinders, two shops that want eight each; the seller brings no fewer than `min_per_need`."""
    return Problem.build(
        commodities=[{"id": "gas", "unit_g": 8000, "ration": "max_min"}],
        buyers=[{"id": "b"}],
        suppliers=[{"id": "s"}],
        needs=[
            {"id": name, "buyer": "b", "commodity": "gas", "district": "d", "wanted": 8, "unmet_rp": 9}
            for name in ("n1", "n2")
        ],
        offers=[
            {"id": "o1", "supplier": "s", "commodity": "gas", "capacity": 10, **changes,
             "tiers": [{"from": 1, "price_rp": 1}]}
        ],
        lanes=[{"need": name, "offer": "o1", "freight_rp": 0} for name in ("n1", "n2")],
    )  # fmt: skip


NEEDS, FREE = np.arange(2), np.full(2, -1, dtype=np.int64)


def never() -> bool:
    return False


def test_who_has_more_hands_over_to_who_has_less() -> None:
    problem = gas()
    y = hand_over(problem, NEEDS, quantities(problem, n1_o1=8), np.array([5, 5]), FREE, never)
    assert Tally(problem, y).fill.tolist() == [5, 5]


def test_a_line_below_the_sellers_least_is_not_begun() -> None:
    problem = gas(min_per_need=6)
    y = hand_over(problem, NEEDS, quantities(problem, n1_o1=8), np.array([5, 5]), FREE, never)
    assert Tally(problem, y).clean
    assert Tally(problem, y).fill.tolist() == [8, 0]


def test_what_is_held_stays_with_who_has_it() -> None:
    problem = gas()
    held = np.array([8, -1])
    y = hand_over(problem, NEEDS, quantities(problem, n1_o1=8), np.array([5, 5]), held, never)
    assert Tally(problem, y).fill.tolist() == [8, 2]


def test_whoever_has_no_time_leaves_everything_as_it_is() -> None:
    problem = gas()
    y = hand_over(problem, NEEDS, quantities(problem, n1_o1=8), np.array([5, 5]), FREE, lambda: True)
    assert Tally(problem, y).fill.tolist() == [8, 0]


def test_one_model_finds_the_even_share() -> None:
    problem = gas()
    start, lanes = quantities(problem, n1_o1=8), np.arange(problem.n_lanes)
    y = even(problem, NEEDS, lanes, start, FREE, np.array([5, 5]), Limits(5.0), 0)
    assert Tally(problem, y).fill.tolist() == [5, 5]


@pytest.mark.parametrize("seed", range(30))
def test_steps_towards_fairness_keep_every_rule(seed: int) -> None:
    problem = Problem.from_document(instances.tiny(seed, ration=True))
    needs = np.flatnonzero(problem.rationed)
    if not needs.size:
        return
    start, free = np.zeros(problem.n_lanes, dtype=np.int64), np.full(problem.n_needs, -1, dtype=np.int64)
    wish = problem.wanted[needs]
    by_hand = hand_over(problem, needs, start, wish, free, never)
    model = even(problem, needs, np.arange(problem.n_lanes), start, free, wish, Limits(5.0), 0)
    for y in (by_hand, model):
        assert Tally(problem, y).clean
        assert least_first(Tally(problem, y), needs) >= least_first(Tally(problem, start), needs)


def rationed_city() -> Problem:
    """A city whose gas is short and has one price; its sellers keep their least lines and totals."""
    document = matching.generate("city", 1).to_document()
    gas = next(row["id"] for row in document["commodities"] if row["id"].startswith("LPG"))
    for commodity in document["commodities"]:
        commodity["ration"] = "max_min" if commodity["id"] == gas else None
    for offer in document["offers"]:
        if offer["commodity"] == gas:
            offer |= {"tiers": offer["tiers"][:1], "lot": 1, "capacity": max(1, offer["capacity"] // 4)}
    return Problem.from_document(document)


def test_a_citys_share_cut_short_by_time_leaves_few_with_nothing_and_little_on_the_shelf() -> None:
    problem = rationed_city()
    began = time.process_time()
    hold, y = share_out(problem, Budget(4.0), 0)
    assert time.process_time() - began < 8
    tally, needs = Tally(problem, y), np.flatnonzero(problem.rationed)
    assert tally.clean
    assert hold[needs].tolist() == tally.fill[needs].tolist()
    offered = int(problem.capacity[problem.ration[problem.offer_commodity]].sum())
    assert tally.fill[needs].sum() >= 0.9 * offered
    assert np.count_nonzero(tally.fill[needs] == 0) <= 0.1 * needs.size


def test_counted_work_gives_the_same_share_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("ration", "leximin"):
        monkeypatch.setattr(f"matching.{module}.BY_COUNT", 0)
    problem = Problem.from_document(instances.tiny(12, ration=True))
    first, second = (share_out(problem, Budget(0.0, work=1), 0) for _ in range(2))
    assert first[1].tolist() == second[1].tolist()
    assert Tally(problem, first[1]).clean
