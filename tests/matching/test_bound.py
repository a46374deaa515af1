"""The bound from prices: never above the truth, close to the linear relaxation, and smooth to climb."""

from __future__ import annotations

import numpy as np
import pytest

from matching import bound as bounds
from matching.ascent import climb
from matching.bound import Dual, bound
from matching.certificate import evaluate, to_json
from matching.frame import Frame
from matching.generate import generate
from matching.highs import optimise
from matching.milp import Compact
from matching.problem import Problem
from matching.split import pieces
from matching.tally import Tally
from tests.matching import cpsat, exhaustive, instances, orlib
from tests.matching.support import changed, joined


def _relaxed_rp(problem: Problem) -> float:
    """The linear relaxation of the compact model, solved by another method."""
    lanes = np.arange(problem.n_lanes, dtype=np.int64)
    model = Compact(problem, lanes, np.zeros(problem.n_lanes, dtype=np.int64))
    answer = optimise(model.model, gap=0.0, relaxed=True)
    assert answer.bound is not None
    return answer.bound


def test_the_bound_is_never_above_the_optimum_of_a_tiny_problem() -> None:
    close = 0
    for seed in range(200):
        problem = Problem.from_document(instances.tiny(seed))
        least, _ = exhaustive.optimum(problem.to_document())
        found = bound(problem).bound_rp
        assert found <= least, seed
        close += found >= 0.9 * least
    assert close > 100


def test_the_bound_is_never_above_the_optimum_of_a_larger_problem() -> None:
    for seed in range(30):
        problem = Problem.from_document(instances.small(seed))
        assert bound(problem).bound_rp <= cpsat.optimum(problem.to_document()), seed


def test_the_bound_is_what_the_certificate_proves() -> None:
    for seed in range(40):
        problem = Problem.from_document(instances.small(seed))
        found = bound(problem)
        assert evaluate(problem, to_json(problem, found.prices)) == found.bound_rp, seed


def test_the_slope_agrees_with_finite_differences() -> None:
    problem = generate("city", 2)
    dual = Dual(Frame(problem))
    dice = np.random.default_rng(0)
    z = dual.start() + 0.1 * dice.normal(size=dual.start().size)
    slope = dual.value(z, 0.01)[1]
    for _ in range(4):
        way = dice.normal(size=z.size)
        step = 1e-5
        rise = (dual.value(z + step * way, 0.01)[0] - dual.value(z - step * way, 0.01)[0]) / (2 * step)
        assert rise == pytest.approx(float(slope @ way), rel=1e-4)


def test_on_published_problems_the_bound_comes_close_to_the_strong_relaxation() -> None:
    problem, _ = orlib.load("cap41")
    assert bound(problem, effort=2).bound_rp == pytest.approx(_relaxed_rp(problem), rel=5e-3)


def test_whole_trucks_lift_the_bound_above_the_plain_relaxation() -> None:
    problem = generate("city", 3)
    plain = Problem.from_document(changed(problem.to_document(), "trips", min_load_g=0))
    original = Compact.open_lanes
    try:
        Compact.open_lanes = lambda *_: None  # type: ignore[method-assign]
        weak = _relaxed_rp(plain)
    finally:
        Compact.open_lanes = original  # type: ignore[method-assign]
    assert bound(plain).bound_rp > weak


def test_more_steps_never_lose_much() -> None:
    problem = generate("city", 4)
    assert bound(problem, effort=1).bound_rp >= bound(problem, effort=0.1).bound_rp


def test_the_bounds_of_the_pieces_add_up_to_at_least_the_whole_less_rounding() -> None:
    problem = Problem.from_document(joined([instances.small(seed, fixed=False) for seed in range(4)]))
    whole, found = bound(problem), pieces(problem)
    nothing = np.zeros(problem.n_lanes, dtype=np.int64)
    inside = np.zeros(problem.n_needs, dtype=np.bool_)
    for piece in found:
        inside[piece.needs] = True
    outside = int((problem.wanted * problem.unmet_rp)[~inside].sum())
    total = outside + sum(whole.of(piece).bound_rp for piece in found)
    assert total <= Tally(problem, nothing).cost_rp
    assert total >= whole.bound_rp - 1


def test_a_problem_without_lanes_has_its_penalties_as_bound() -> None:
    document = instances.small(1, fixed=False)
    document["lanes"] = []
    problem = Problem.from_document(document)
    assert bound(problem).bound_rp == sum(n["wanted"] * n["unmet_rp"] for n in document["needs"])


def test_the_guesses_buy_what_is_wanted_where_lacking_is_dear() -> None:
    problem = generate("city", 6)
    found = bound(problem)
    bought = np.bincount(problem.lane_need, found.flow, problem.n_needs)
    assert bought.sum() == pytest.approx(problem.wanted.sum(), rel=0.02)
    assert np.all(found.loss_rp >= 0)


def test_climbing_a_parabola_reaches_its_top() -> None:
    top = np.arange(6.0)

    def hill(z: np.ndarray) -> tuple[float, np.ndarray]:  # type: ignore[type-arg]
        return -float(((z - top) ** 2 * (1 + top)).sum()), -2 * (z - top) * (1 + top)

    assert climb(hill, np.zeros(6), 60) == pytest.approx(top, abs=1e-4)


def test_prices_that_give_a_share_away_twice_are_never_made() -> None:
    problem = generate("city", 7)
    prices = bound(problem, effort=0.3).prices
    frame = Frame(problem)
    grouped = problem.lane_trip >= 0
    assert prices.truck_opening is not None
    shares = np.bincount(
        problem.lane_trip[grouped], (prices.truck_opening * frame.room)[grouped], problem.n_trips
    )
    load = np.minimum(problem.trip_capacity_g, frame.load_most)
    given = shares + prices.truck / 1000 * load
    limited = problem.trip_max >= 0
    assert np.all(given[~limited] <= problem.trip_cost_rp[~limited] * prices.scale * (1 + 1e-9) + 1)


def test_the_softness_falls() -> None:
    softness = [stage[0] for stage in (*bounds.QUICK, *bounds.CLOSER)]
    assert softness == sorted(softness, reverse=True)


def test_shares_that_no_lane_needs_are_left_out_without_loss() -> None:
    problem = generate("city", 9)
    pursuit = bounds.Pursuit(problem)
    pursuit.climb(0.001, 60)
    frame, prices = pursuit.dual.frame, pursuit.dual.integers(pursuit.z, 1000)
    less = bounds.spare(frame, prices)
    assert frame.value(less) >= frame.value(prices)
    assert prices.truck_opening is not None and less.truck_opening is not None
    assert np.count_nonzero(less.truck_opening) < 0.7 * np.count_nonzero(prices.truck_opening)
    assert np.all(less.truck_opening <= prices.truck_opening)


def test_a_climb_ends_where_time_does() -> None:
    problem = generate("city", 9)
    pursuit = bounds.Pursuit(problem)
    before = pursuit.z.copy()
    pursuit.climb(0.001, 60, enough=lambda: True)
    assert np.array_equal(pursuit.z, before)


def test_kinds_of_variables_with_measures_of_their_own_climb_faster() -> None:
    steep = np.concatenate((np.full(20, 1.0), np.full(20, 900.0)))

    def hill(z: np.ndarray) -> tuple[float, np.ndarray]:  # type: ignore[type-arg]
        rough = np.sin(np.arange(40) * 1.7) * steep
        return -float((steep * z**2 / 2 + z**4 * steep / 4 - rough * z).sum()), rough - steep * (z + z**3)

    plain, kinds = (hill(climb(hill, np.zeros(40), 5, cuts))[0] for cuts in ((), (20,)))
    assert kinds > plain
