"""The plan: who gets how much from whom at which price, and what it costs in all.

`build_plan` derives everything that follows from the quantities alone, in exact integers. Every
solver in this package ends with it, so that no two of them count differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .certificate import evaluate as evaluate_certificate
from .outcome import Outcome, add_at, outcome
from .problem import Ints, Problem
from .reasons import shortage_reasons

FORMAT = "lumbung-plan/1"
Certificate = dict[str, Any]


class PlanRow(dict[str, Any]):
    """A row of a plan as it stands in the file; keys can be read as attributes, too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan as its file says it: parallel columns, ids as text, money in whole rupiah.

    `cost_rp` is the whole objective, `bound_rp` the best lower bound known, `certified_bound_rp` the
    one that `check` recomputes from `certificate`; None where there is none.
    """

    problem_sha256: str
    cost_rp: int
    bound_rp: int | None
    certified_bound_rp: int | None
    gap: float | None
    seed: int | None
    line_need: tuple[str, ...]
    line_offer: tuple[str, ...]
    line_quantity: Ints
    line_price_rp: Ints
    line_freight_rp: Ints
    offer_id: tuple[str, ...]
    offer_volume: Ints
    offer_tier_from: Ints
    offer_price_rp: Ints
    trip_supplier: tuple[str, ...]
    trip_district: tuple[str, ...]
    trip_trips: Ints
    shortage_need: tuple[str, ...]
    shortage_missing: Ints
    shortage_reason: tuple[str, ...]
    certificate: Certificate | None = None

    @property
    def lines(self) -> list[PlanRow]:
        """Rows need, offer, quantity, price_rp, freight_rp; a fixed quantity is a line of its own."""
        columns = (self.line_quantity, self.line_price_rp, self.line_freight_rp)
        rows = zip(self.line_need, self.line_offer, *(c.tolist() for c in columns), strict=True)
        keys = ("need", "offer", "quantity", "price_rp", "freight_rp")
        return [PlanRow(zip(keys, row, strict=True)) for row in rows]

    @property
    def offers(self) -> list[PlanRow]:
        """Rows offer, volume, tier_from, price_rp of every offer that is used."""
        columns = (self.offer_volume, self.offer_tier_from, self.offer_price_rp)
        rows = zip(self.offer_id, *(c.tolist() for c in columns), strict=True)
        return [PlanRow(zip(("offer", "volume", "tier_from", "price_rp"), row, strict=True)) for row in rows]

    @property
    def trips(self) -> list[PlanRow]:
        """Rows supplier, district, trips of every group that drives."""
        rows = zip(self.trip_supplier, self.trip_district, self.trip_trips.tolist(), strict=True)
        return [PlanRow(zip(("supplier", "district", "trips"), row, strict=True)) for row in rows]

    @property
    def shortages(self) -> list[PlanRow]:
        """Rows need, missing, reason of every need that does not get all it wanted."""
        rows = zip(self.shortage_need, self.shortage_missing.tolist(), self.shortage_reason, strict=True)
        return [PlanRow(zip(("need", "missing", "reason"), row, strict=True)) for row in rows]

    def to_document(self) -> dict[str, Any]:
        """The plan file as plain rows."""
        return {
            "format": FORMAT,
            "problem_sha256": self.problem_sha256,
            "cost_rp": self.cost_rp,
            "bound_rp": self.bound_rp,
            "certified_bound_rp": self.certified_bound_rp,
            "gap": self.gap,
            "seed": self.seed,
            "lines": self.lines,
            "offers": self.offers,
            "trips": self.trips,
            "shortages": self.shortages,
            "certificate": self.certificate,
        }


def laneless_penalty(problem: Problem) -> int:
    """Penalty of the units of needs without any lane: no plan can avoid it, so no gap counts it."""
    alone = np.diff(problem.need_start) == 0
    return int((problem.wanted * problem.unmet_rp)[alone].sum())


def gap_of(problem: Problem, cost_rp: int, bound_rp: int | None) -> float | None:
    """(cost - bound) / max(1, cost - unavoidable penalty); None without a bound."""
    if bound_rp is None:
        return None
    return (cost_rp - bound_rp) / max(1, cost_rp - laneless_penalty(problem))


def build_plan(
    problem: Problem,
    lane_quantity: Ints,
    seed: int | None = None,
    bound_rp: int | None = None,
    certificate: Certificate | None = None,
) -> Plan:
    """The plan with the quantities y per lane (fixed quantities excluded: they are in every plan).

    `certified_bound_rp` is recomputed from the certificate (CertificateError if it is malformed).
    The bound written is the better of `bound_rp` and the certified one. Nothing is checked here: see
    `check`.
    """
    p, o = problem, outcome(problem, lane_quantity)
    certified = None if certificate is None else evaluate_certificate(problem, certificate)
    bound = max((b for b in (bound_rp, certified) if b is not None), default=None)
    lane, quantity, price = _lines(p, o)
    used, driven, short = np.flatnonzero(o.volume), np.flatnonzero(o.trips), np.flatnonzero(o.missing)
    return Plan(
        problem_sha256=p.sha256,
        cost_rp=o.cost_rp,
        bound_rp=bound,
        certified_bound_rp=certified,
        gap=gap_of(p, o.cost_rp, bound),
        seed=seed,
        line_need=_names(p.need_id, p.lane_need[lane]),
        line_offer=_names(p.offer_id, p.lane_offer[lane]),
        line_quantity=quantity,
        line_price_rp=price,
        line_freight_rp=p.freight_rp[lane],
        offer_id=_names(p.offer_id, used),
        offer_volume=o.volume[used],
        offer_tier_from=p.tier_from[o.tier[used]],
        offer_price_rp=o.price_rp[used],
        trip_supplier=_names(p.supplier_id, p.trip_supplier[driven]),
        trip_district=_names(p.district_id, p.trip_district[driven]),
        trip_trips=o.trips[driven],
        shortage_need=_names(p.need_id, short),
        shortage_missing=o.missing[short],
        shortage_reason=shortage_reasons(p, o, short),
        certificate=certificate,
    )


def _names(ids: tuple[str, ...], index: Ints) -> tuple[str, ...]:
    return tuple(ids[i] for i in index.tolist())


def _lines(p: Problem, o: Outcome) -> tuple[Ints, Ints, Ints]:
    """Lane, quantity and price of every line: by lane, a fixed quantity before what was added to it."""
    added = np.flatnonzero(o.y)
    lane = np.concatenate((p.fixed_lane, added))
    quantity = np.concatenate((p.fixed_quantity, o.y[added]))
    fixed_price = np.minimum(o.price_rp[p.fixed_offer], p.fixed_price_rp)
    price = np.concatenate((fixed_price, o.price_rp[p.lane_offer[added]]))
    order = np.argsort(lane, kind="stable")
    return lane[order], quantity[order], price[order]


def lane_quantity_of(problem: Problem, plan: Plan) -> Ints:
    """The quantities y per lane of a plan for this problem (what exceeds the fixed quantities).

    Lines whose lane the problem does not have are left out. Never negative.
    """
    need = {name: i for i, name in enumerate(problem.need_id)}
    offer = {name: j for j, name in enumerate(problem.offer_id)}
    i = np.array([need.get(name, -1) for name in plan.line_need], dtype=np.int64)
    j = np.array([offer.get(name, -1) for name in plan.line_offer], dtype=np.int64)
    lane = lane_at(problem, i, j)
    known = lane >= 0
    x = add_at(lane[known], plan.line_quantity[known], problem.n_lanes)
    y: Ints = np.maximum(0, x - problem.lane_fixed)
    return y


def lane_at(problem: Problem, need: Ints, offer: Ints) -> Ints:
    """Lane number of each (need, offer) pair, -1 where there is none (or an index is -1)."""
    if not problem.n_lanes:
        return np.full(need.size, -1, dtype=np.int64)
    keys = problem.lane_need * problem.n_offers + problem.lane_offer
    wanted = np.where((need >= 0) & (offer >= 0), need * problem.n_offers + offer, -1)
    at = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    found: Ints = np.where(keys[at] == wanted, at, -1).astype(np.int64)
    return found
