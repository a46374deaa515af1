"""The judge: recomputes a plan from its lines alone and believes nothing else that it says.

Has never met a solver: it reads the problem, the plan and the certificate, and knows the rules.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .certificate import CertificateError, evaluate
from .plan import Plan
from .problem import Ints, Problem
from .reasons import SHORTAGE_REASONS
from .rules import RULES, Broken, State, cost_rp

_REASONABLE = 2.0**62


@dataclass(frozen=True)
class Verdict:
    """What `check` found. `cost_rp` and `certified_bound_rp` are the recomputed ones (None: not possible)."""

    clean: bool
    cost_rp: int | None
    certified_bound_rp: int | None
    faults: tuple[Broken, ...]

    def to_document(self) -> dict[str, Any]:
        """The verdict as it is printed."""
        return {
            "clean": self.clean,
            "cost_rp": self.cost_rp,
            "certified_bound_rp": self.certified_bound_rp,
            "faults": [fault._asdict() for fault in self.faults],
        }


def check(problem: Problem, plan: Plan) -> Verdict:
    """Judge a plan: every rule, every figure, the certificate. Never raises for a wrong plan.

    The order of max-min is not judged.
    """
    faults: list[Broken] = []
    if plan.problem_sha256 != problem.sha256:
        faults.append(Broken("problem", "problem_sha256", "rencana ini untuk masalah yang lain"))
    lane = _lanes(problem, plan, faults)
    if lane is None or not _countable(problem, plan, lane):
        faults.append(Broken("lines", "lines", "jumlahnya tidak dapat dihitung"))
        return Verdict(False, None, None, tuple(faults))
    known = lane >= 0
    x = np.zeros(problem.n_lanes, dtype=np.int64)
    np.add.at(x, lane[known], plan.line_quantity[known])
    state = State(problem, x)
    for rule in RULES:
        faults += rule(state)
    faults += _line_faults(state, plan, lane)
    faults += _offer_faults(state, plan) + _trip_faults(state, plan) + _shortage_faults(state, plan)
    cost = cost_rp(state)
    if plan.cost_rp != cost:
        faults.append(Broken("cost", "cost_rp", f"tertulis {plan.cost_rp}, seharusnya {cost}"))
    certified = _certified(state, plan, faults)
    faults += _bound_faults(state, plan, cost)
    return Verdict(not faults, cost, certified, tuple(faults))


def _lanes(problem: Problem, plan: Plan, faults: list[Broken]) -> Ints | None:
    """Lane of each line, -1 (and a fault) where there is none; None if the columns do not agree."""
    columns = (plan.line_offer, plan.line_quantity, plan.line_price_rp, plan.line_freight_rp)
    if any(len(column) != len(plan.line_need) for column in columns):
        return None
    found = _find(problem, plan)
    for number, lane in enumerate(found.tolist()):
        row = f"line {plan.line_need[number]} {plan.line_offer[number]}"
        if lane < 0:
            faults.append(Broken("lines", row, "tidak ada jalur untuk pasangan ini"))
        if plan.line_quantity[number] < 1:
            faults.append(Broken("lines", row, f"jumlah {plan.line_quantity[number]} harus 1 atau lebih"))
    return found


def _find(problem: Problem, plan: Plan) -> Ints:
    """Lane of each line by its two ids, -1 where there is none."""
    need = {name: i for i, name in enumerate(problem.need_id)}
    offer = {name: j for j, name in enumerate(problem.offer_id)}
    found = np.full(len(plan.line_need), -1, dtype=np.int64)
    for number, (first, second) in enumerate(zip(plan.line_need, plan.line_offer, strict=True)):
        i, j = need.get(first, -1), offer.get(second, -1)
        if i >= 0 and j >= 0:
            start, end = problem.need_start[i : i + 2].tolist()
            at = start + int(np.searchsorted(problem.lane_offer[start:end], j))
            if at < end and problem.lane_offer[at] == j:
                found[number] = at
    return found


def _countable(problem: Problem, plan: Plan, lane: Ints) -> bool:
    """Are all sums of this plan within int64, whatever it says?"""
    p, known = problem, lane >= 0
    units = np.abs(plan.line_quantity[known].astype(np.float64))
    rate = p.tier_price_rp[p.tier_start[:-1]][p.lane_offer] * 1.0 + p.freight_rp + p.lane_unit_g
    worst = float((units * rate[lane[known]]).sum()) + float(
        (p.fixed_quantity * 1.0 * rate[p.fixed_lane]).sum()
    )
    return worst + float(p.trip_capacity_g.max(initial=0)) < _REASONABLE


def _line_faults(s: State, plan: Plan, lane: Ints) -> list[Broken]:
    """Lines must be exactly: each fixed quantity at its own price, what comes on top at the tier's."""
    p, faults = s.problem, []
    expected: dict[tuple[int, int, int], int] = {}
    for k, quantity, price in zip(p.fixed_lane, p.fixed_quantity, s.fixed_price_rp, strict=True):
        expected[int(k), int(quantity), int(price)] = 1
    for k in np.flatnonzero(s.y):
        key = (int(k), int(s.y[k]), int(s.price_rp[p.lane_offer[k]]))
        expected[key] = expected.get(key, 0) + 1
    for number in np.flatnonzero(lane >= 0).tolist():
        k = int(lane[number])
        row = f"line {plan.line_need[number]} {plan.line_offer[number]}"
        quantity, price = int(plan.line_quantity[number]), int(plan.line_price_rp[number])
        left = expected.get((k, quantity, price), 0)
        expected[k, quantity, price] = left - 1
        if left < 1:
            text = f"{quantity} satuan dengan harga Rp{price} tidak cocok dengan jenjang atau baris tetap"
            faults.append(Broken("lines", row, text))
        if int(plan.line_freight_rp[number]) != int(p.freight_rp[k]):
            faults.append(
                Broken("lines", row, f"ongkos {plan.line_freight_rp[number]}, seharusnya {p.freight_rp[k]}")
            )
    if any(left > 0 for left in expected.values()):
        faults.append(Broken("lines", "lines", "ada baris yang kurang"))
    return faults


def _differences(rule: str, written: list[tuple[Any, ...]], expected: set[tuple[Any, ...]]) -> list[Broken]:
    """Rows written twice, wrong or missing."""
    faults, seen = [], set()
    for row in written:
        if row not in expected or row in seen:
            faults.append(Broken(rule, f"{rule} {row[0]}", f"{list(row)} tidak cocok dengan hitungan"))
        seen.add(row)
    for row in sorted(expected - seen):
        faults.append(Broken(rule, f"{rule} {row[0]}", f"{list(row)} tidak ada"))
    return faults


def _offer_faults(s: State, plan: Plan) -> list[Broken]:
    p = s.problem
    expected = {
        (p.offer_id[j], int(s.volume[j]), int(p.tier_from[s.tier[j]]), int(s.price_rp[j]))
        for j in np.flatnonzero(s.volume)
    }
    columns = (plan.offer_volume, plan.offer_tier_from, plan.offer_price_rp)
    return _differences("offers", _rows(plan.offer_id, *columns), expected)


def _trip_faults(s: State, plan: Plan) -> list[Broken]:
    p = s.problem
    expected = {
        (p.supplier_id[p.trip_supplier[g]], p.district_id[p.trip_district[g]], int(s.trips[g]))
        for g in np.flatnonzero(s.trips)
    }
    written = _rows(plan.trip_supplier, plan.trip_district, plan.trip_trips)
    return _differences("trips", written, expected)


def _shortage_faults(s: State, plan: Plan) -> list[Broken]:
    p = s.problem
    missing = np.maximum(0, p.wanted - s.filled)
    expected = {(p.need_id[i], int(missing[i])) for i in np.flatnonzero(missing)}
    faults = _differences("shortages", _rows(plan.shortage_need, plan.shortage_missing), expected)
    for need, reason in zip(plan.shortage_need, plan.shortage_reason, strict=False):
        if reason not in SHORTAGE_REASONS:
            faults.append(Broken("shortages", f"shortages {need}", "alasan tidak dikenal"))
    return faults


def _rows(first: tuple[str, ...], *others: Any) -> list[tuple[Any, ...]]:
    columns = [other.tolist() if isinstance(other, np.ndarray) else other for other in others]
    return list(zip(first, *columns, strict=False))


def _certified(s: State, plan: Plan, faults: list[Broken]) -> int | None:
    """The bound that the certificate proves; a fault where the plan claims another one."""
    if plan.certificate is None:
        if plan.certified_bound_rp is not None:
            faults.append(Broken("certificate", "certified_bound_rp", "tidak ada sertifikatnya"))
        return None
    try:
        proven = evaluate(s.problem, plan.certificate)
    except CertificateError as error:
        faults.append(Broken("certificate", "certificate", f"tidak dapat dihitung: {error}"))
        return None
    if plan.certified_bound_rp != proven:
        text = f"tertulis {plan.certified_bound_rp}, sertifikat membuktikan {proven}"
        faults.append(Broken("certificate", "certified_bound_rp", text))
    stated = dict(map(tuple, plan.certificate.get("fills", [])))
    for i in np.flatnonzero(s.problem.rationed):
        need = s.problem.need_id[i]
        if stated.get(need) != int(s.filled[i]):
            faults.append(Broken("certificate", f"fills {need}", "bukan jatah rencana ini"))
    return proven


def _bound_faults(s: State, plan: Plan, cost: int) -> list[Broken]:
    """certified <= bound <= cost (nulls skipped), and the gap that follows."""
    faults = []
    certified, bound = plan.certified_bound_rp, plan.bound_rp
    steps = (
        (certified, bound, "bound_rp"),
        (bound, cost, "bound_rp"),
        (certified, cost, "certified_bound_rp"),
    )
    for low, high, row in steps:
        if low is not None and high is not None and low > high:
            faults.append(Broken("bound", row, f"{low} melebihi {high}"))
    lonely = np.diff(s.problem.need_start) == 0
    penalty = int((s.problem.wanted * s.problem.unmet_rp)[lonely].sum())
    gap = None if bound is None else (cost - bound) / max(1, cost - penalty)
    if (gap is None) != (plan.gap is None) or (
        gap is not None
        and plan.gap is not None
        and not math.isclose(gap, plan.gap, rel_tol=1e-9, abs_tol=1e-12)
    ):
        faults.append(Broken("gap", "gap", f"tertulis {plan.gap}, seharusnya {gap}"))
    return faults
