"""Any prices prove a bound, and no prices prove too much: tried against the truth about tiny problems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching.certificate import CertificateError, evaluate, fills_of, to_json
from matching.frame import Frame, Prices, Ranges, default_truck, safe_scale
from matching.problem import Ints, Problem
from matching.restrict import restrict
from tests.matching import exhaustive
from tests.matching.builders import problem, rice
from tests.matching.instances import tiny


class Truth:
    """A tiny problem, its optimum and the fills that go with it."""

    def __init__(self, seed: int) -> None:
        self.problem = Problem.from_document(tiny(seed, ration=seed % 3 == 0, most=2))
        p = self.problem
        self.cost_rp, plans = exhaustive.optimum(p.to_document())
        pairs = zip(p.lane_need, p.lane_offer, strict=True)
        y = np.array([plans[0][p.need_id[i], p.offer_id[j]] for i, j in pairs], dtype=np.int64)
        self.filled = np.zeros(p.n_needs, dtype=np.int64)
        np.add.at(self.filled, p.lane_need, y + p.lane_fixed)


def random_prices(p: Problem, dice: np.random.Generator, frame: Frame) -> Prices:
    """Prices somewhere around the offers' own, with every optional part half of the time."""
    scale = int(dice.choice([1, 10, 1000]))
    spread = int(dice.choice([0, 3, 30, 300])) * scale
    weight = np.where(p.max_weight_g >= 0, dice.integers(0, 50 * scale, p.n_suppliers), 0)
    lanes = [dice.integers(0, 20 * scale, p.n_lanes) for _ in range(2)]
    optional = (*lanes, weight)
    return Prices(
        scale,
        p.tier_price_rp * scale + dice.integers(-spread, spread + 1, p.tier_from.size),
        default_truck(frame, scale) * dice.integers(-1, 3, p.n_trips),
        *(values if dice.random() < 0.5 else None for values in optional),
    )


@pytest.mark.parametrize("seed", range(60))
def test_no_prices_prove_more_than_the_optimum(seed: int) -> None:
    truth, dice = Truth(seed), np.random.default_rng(seed)
    p = truth.problem
    frame = Frame(p, fills=np.where(p.rationed, truth.filled, -1))
    for _ in range(20):
        prices = random_prices(p, dice, frame)
        proven = evaluate(p, to_json(p, prices, truth.filled))
        assert proven <= truth.cost_rp
        assert proven == -(-frame.value(prices) // prices.scale)


def random_tree(p: Problem, dice: np.random.Generator, deep: int) -> list[dict[str, Any]]:
    """Nodes of a random tree of splits with random prices in its leaves."""
    nodes: list[dict[str, Any]] = [{}]
    todo = [(0, deep)]
    while todo:
        number, left = todo.pop()
        if left == 0 or dice.random() < 0.2:
            nodes[number] = {"leaf": {"pi": random_pi(p, dice)}}
            continue
        split = random_split(p, dice)
        nodes[number] = {**split, "low": len(nodes), "high": len(nodes) + 1}
        todo += [(len(nodes), left - 1), (len(nodes) + 1, left - 1)]
        nodes += [{}, {}]
    return nodes


def random_pi(p: Problem, dice: np.random.Generator) -> list[list[Any]]:
    spread = dice.integers(-30_000, 30_000, p.tier_from.size)
    rows = zip(p.tier_offer.tolist(), p.tier_from.tolist(), p.tier_price_rp * 1000 + spread, strict=True)
    return [[p.offer_id[j], begin, int(price)] for j, begin, price in rows]


def random_split(p: Problem, dice: np.random.Generator) -> dict[str, Any]:
    lane = int(dice.integers(p.n_lanes))
    need, offer = p.need_id[p.lane_need[lane]], p.offer_id[p.lane_offer[lane]]
    group = int(p.lane_trip[lane])
    kind = dice.choice(["volume", "lane", "trips" if group >= 0 else "lane"])
    at = int(dice.integers(0, 4))
    if kind == "volume":
        return {"split": "volume", "offer": offer, "at": at}
    if kind == "lane":
        return {"split": "lane", "need": need, "offer": offer, "at": at}
    supplier, district = p.supplier_id[p.trip_supplier[group]], p.district_id[p.trip_district[group]]
    return {"split": "trips", "supplier": supplier, "district": district, "at": at}


@pytest.mark.parametrize("seed", range(50))
def test_no_tree_proves_more_than_the_optimum(seed: int) -> None:
    truth, dice = Truth(seed), np.random.default_rng(seed)
    p = truth.problem
    for deep in (1, 2, 3, 5):
        tree = {"needs": list(p.need_id), "nodes": random_tree(p, dice, deep)}
        certificate = {"kind": "prices/1", "scale": 1000, "fills": fills_of(p, truth.filled), "trees": [tree]}
        assert evaluate(p, certificate) <= truth.cost_rp


def test_a_tree_can_prove_what_prices_alone_cannot() -> None:
    """An opening cost of 100 for 5 of 10 units: prices spread it, a split on the volume sees it whole."""
    found = Problem.build(
        commodities=[{"id": "c", "unit_g": 1}],
        buyers=[{"id": "k"}],
        suppliers=[{"id": "s"}],
        needs=[{"id": "n", "buyer": "k", "commodity": "c", "district": "d", "wanted": 5, "unmet_rp": 50}],
        offers=[
            {
                "id": "o",
                "supplier": "s",
                "commodity": "c",
                "capacity": 4,
                "fixed_rp": 100,
                "tiers": [{"from": 1, "price_rp": 10}],
            }
        ],
        lanes=[{"need": "n", "offer": "o", "freight_rp": 0}],
    )
    best = exhaustive.optimum(found.to_document())[0]
    assert best == 4 * 10 + 100 + 50
    open_pi, shut_pi = [["o", 1, 50]], [["o", 1, 60]]
    nodes = [
        {"split": "volume", "offer": "o", "at": 0, "low": 1, "high": 2},
        {"leaf": {"pi": shut_pi}},
        {"leaf": {"pi": open_pi}},
    ]
    plain = {"kind": "prices/1", "scale": 1}
    assert evaluate(found, plain) < best
    assert evaluate(found, {**plain, "trees": [{"needs": ["n"], "nodes": nodes}]}) == best


def test_opening_shares_prove_an_opening_that_spreading_cannot() -> None:
    """Two needs of 1 unit, an offer for 100 units: its opening must be paid by the first lane already."""
    document = rice()
    document["needs"][0] |= {"wanted": 1, "ceiling_rp": None}
    document["offers"][0]["fixed_rp"] = 1_000
    document["offers"] = document["offers"][:1]
    document["lanes"] = document["lanes"][:1]
    found = Problem.from_document(document)
    assert evaluate(found, {"kind": "prices/1", "scale": 1}) == 295_000
    shares = [["beras-sri", "lamongan-beras", 1_000]]
    assert evaluate(found, {"kind": "prices/1", "scale": 1, "opening": shares}) == 296_000


def test_trucks_are_spread_over_what_can_be_loaded_at_most() -> None:
    """40 sacks at most for a truck of 80: each carries a fortieth of its cost, not an eightieth."""
    found = problem(needs__1__wanted=0, trips__0__capacity_g=2_000_000)
    frame = Frame(found)
    assert frame.load_most.tolist() == [1_000_000]
    assert default_truck(frame, 1).tolist() == [100]  # 100,000 rupiah over 1,000 kg


def test_prices_off_by_one_unit_change_the_bound_by_at_most_that() -> None:
    found = problem()
    low = evaluate(found, {"kind": "prices/1", "scale": 1, "pi": [["o1", 50, 290_000]]})
    high = evaluate(found, {"kind": "prices/1", "scale": 1, "pi": [["o1", 50, 290_001]]})
    assert 0 <= high - low <= 70


def test_the_bound_of_an_empty_problem_is_zero() -> None:
    assert evaluate(Problem.build(), {"kind": "prices/1", "scale": 1}) == 0


def test_a_bound_is_rounded_up_because_costs_are_whole_rupiah() -> None:
    found = problem()
    plain = {"kind": "prices/1", "scale": 1000}
    frame = Frame(found)
    value = frame.value(Prices(1000, found.tier_price_rp * 1000, default_truck(frame, 1000)))
    assert evaluate(found, plain) == -(-value // 1000)


SPLIT = {"split": "volume", "offer": "o1", "at": 0, "low": 1, "high": 2}
TREE = {"needs": ["n1", "n2"], "nodes": [{"leaf": {}}]}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "magic/1"},
        {"scale": 0},
        {"scale": 10**7},
        {"scale": 1.0},
        {"scale": True},
        {"scale": None},
        {"pi": [["o1", 2, 5]]},
        {"pi": [["o1", 1]]},
        {"pi": [["o1", 1, 5.0]]},
        {"pi": [["o1", 1, 2**61]]},
        {"pi": [["o1", 1, 2**59]]},
        {"pi": [[["o1"], 1, 5]]},
        {"pi": None},
        {"truck": [["s2", "d1", 5]]},
        {"truck": [["s1", "d1", 2**59]]},
        {"opening": [["n1", "o1", -1]]},
        {"opening": [["n9", "o1", 1]]},
        {"truck_opening": [["n1", "o1", -1]]},
        {"weight": [["s1", 5]]},
        {"fills": [["n1", 5]]},
        {"extra": 1},
        {"trees": [{}]},
        {"trees": [{"needs": ["n1"], "nodes": [{"leaf": {}}]}]},
        {"trees": [TREE, TREE]},
        {"trees": [{**TREE, "nodes": []}]},
        {"trees": [{**TREE, "nodes": [5]}]},
        {"trees": [{**TREE, "nodes": [{"leaf": {"scale": 2}}]}]},
        {"trees": [{**TREE, "nodes": [{"split": "volume", "offer": "o1", "at": 0, "low": 0, "high": 0}]}]},
        {"trees": [{**TREE, "nodes": [{**SPLIT, "high": 1}, {"leaf": {}}]}]},
        {"trees": [{**TREE, "nodes": [{**SPLIT, "split": "mood"}, {"leaf": {}}, {"leaf": {}}]}]},
        {"trees": [{**TREE, "nodes": [SPLIT, {"leaf": {}}]}]},
    ],
)  # fmt: skip
def test_a_malformed_certificate_proves_nothing(change: dict[str, Any]) -> None:
    found = problem()
    assert evaluate(found, {"kind": "prices/1", "scale": 1, "trees": [TREE]}) > 0
    with pytest.raises(CertificateError):
        evaluate(found, {"kind": "prices/1", "scale": 1, **change})


def test_a_tree_may_not_share_an_offer_with_needs_outside_it() -> None:
    with pytest.raises(CertificateError, match="shares"):
        half = {"needs": ["n1"], "nodes": [{"leaf": {}}]}
        evaluate(problem(), {"kind": "prices/1", "scale": 1, "trees": [half]})


def test_fills_must_name_all_rationed_needs() -> None:
    one_tier = [{"from": 1, "price_rp": 300_000}]
    found = problem(commodities__0__ration="max_min", offers__0__tiers=one_tier)
    for fills in ([], [["n1", 40]], [["n1", 40], ["n2", -1]]):
        with pytest.raises(CertificateError):
            evaluate(found, {"kind": "prices/1", "scale": 1, "fills": fills})


@pytest.mark.parametrize("seed", range(30))
def test_a_problem_is_worth_the_sum_of_its_parts(seed: int) -> None:
    """Two copies of a problem side by side: the bound is additive, and a part stands for its half."""
    document = tiny(seed, most=2, fixed=False)
    double: dict[str, Any] = {"format": document["format"]}
    keys = ("id", "buyer", "supplier", "need", "offer", "commodity")
    for section, rows in document.items():
        if section != "format":
            other = [{k: f"z{v}" if k in keys else v for k, v in row.items()} for row in rows]
            for row in other:
                row.update({"also": [f"z{k}" for k in row["also"]]} if "also" in row else {})
                row.update({"district": f"z{row['district']}"} if "district" in row else {})
            double[section] = [*rows, *other]
    single, both = Problem.from_document(document), Problem.from_document(double)
    half = restrict(both, np.array([name.startswith("z") for name in both.need_id]))
    plain = {"kind": "prices/1", "scale": 100}
    assert half.problem.n_lanes == single.n_lanes
    parts = evaluate(single, plain) + evaluate(half.problem, plain)
    assert parts - 1 <= evaluate(both, plain) <= parts


def test_ranges_only_raise_the_bound() -> None:
    found = problem()
    prices = Prices(1, found.tier_price_rp, default_truck(Frame(found), 1))
    shut = Ranges.all_of(found)
    high: Ints = shut.volume_high.copy()
    high[0] = 0
    closed = Frame(
        found, Ranges(shut.volume_low, high, shut.trips_low, shut.trips_high, shut.lane_low, shut.lane_high)
    )
    assert closed.possible
    assert closed.value(prices) > Frame(found).value(prices)


def test_the_scale_shrinks_where_sums_grow() -> None:
    assert safe_scale(problem()) == 1000
    assert safe_scale(problem(needs__0__unmet_rp=2**46)) < 1000
