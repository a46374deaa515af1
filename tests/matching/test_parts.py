"""What has nothing to do with each other falls apart; what is coupled stays together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching.parts import components, parts
from matching.problem import Problem
from tests.matching.builders import problem, stage
from tests.matching.instances import tiny

APART = [{"need": "n1", "offer": "o1", "freight_rp": 0}, {"need": "n2", "offer": "o2", "freight_rp": 0}]


def groups(**changes: Any) -> list[tuple[list[str], list[str]]]:
    """The parts of the stage with two lanes that share nothing."""
    return list(parts(problem(**{"lanes": APART, **changes})))


def test_lanes_that_share_nothing_are_two_parts() -> None:
    assert groups() == [(["n1"], ["o1"]), (["n2"], ["o2"])]


@pytest.mark.parametrize(
    "changes",
    [
        {"needs__1__buyer": "k1", "buyers__0__cash_rp": 1},
        {"offers__1__supplier": "s1", "suppliers__0__max_weight_g": 1},
        {"offers__1__supplier": "s1"},  # both now ride on the trucks of s1 to d1
        {"commodities__0__ration": "max_min", "offers__0__tiers": [{"from": 1, "price_rp": 1}]},
    ],
)
def test_cash_weight_trucks_and_rations_couple(changes: dict[str, Any]) -> None:
    assert groups(**changes) == [(["n1", "n2"], ["o1", "o2"])]


def test_limits_that_are_not_there_do_not_couple() -> None:
    assert len(groups(needs__1__buyer="k1")) == 2
    assert len(groups(offers__1__supplier="s1", trips=[])) == 2


def test_a_need_without_lanes_is_a_part_by_itself() -> None:
    assert groups(lanes=APART[:1])[1:] == [(["n2"], []), ([], ["o2"])]


def test_an_empty_problem_has_no_parts() -> None:
    assert len(parts(Problem.build())) == 0


@pytest.mark.parametrize("seed", range(30))
def test_every_need_and_offer_is_in_exactly_one_part(seed: int) -> None:
    found = Problem.from_document(tiny(seed))
    needs = [name for part, _ in parts(found) for name in part]
    offers = [name for _, part in parts(found) for name in part]
    assert sorted(needs) == list(found.need_id)
    assert sorted(offers) == list(found.offer_id)


def test_long_chains_are_one_component() -> None:
    n = 5_000
    dice = np.random.default_rng(1).permutation(n)
    label = components(n, dice[:-1], dice[1:])
    assert set(label.tolist()) == {0}
    assert components(4, np.array([3]), np.array([1])).tolist() == [0, 1, 2, 1]


def test_the_stage_is_one_part() -> None:
    assert len(parts(Problem.from_document(stage()))) == 1
