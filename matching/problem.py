"""The problem: what cooperatives want, what suppliers offer and how goods can travel.

Columns of int64, one per fact; -1 stands for null. Rows lie in canonical order (sorted by id, lanes,
fixed and closed rows by need and offer, trips by supplier and district), so that nothing depends on
the order in which a caller happened to list them. Indices between tables are row numbers in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import arrays, canonical, rows, validate
from .columns import FORMAT
from .errors import Fault, ProblemError

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Row = Mapping[str, Any]

NONE = -1
LIMIT = 2**53
CHUNK = 500_000  # lanes that are looked at together


@dataclass(frozen=True, eq=False)
class Problem:
    """A matching problem, immutable, in canonical order. Make it with `build` or `from_arrays`.

    Whole units and whole rupiah; `_g` grams, `_rp` rupiah. The meaning of every column is the one of
    the same key in the problem file.
    """

    commodity_id: tuple[str, ...]
    unit_g: Ints
    ration: Bools
    buyer_id: tuple[str, ...]
    cash_rp: Ints
    supplier_id: tuple[str, ...]
    max_weight_g: Ints
    district_id: tuple[str, ...]
    need_id: tuple[str, ...]
    need_buyer: Ints
    need_commodity: Ints
    need_district: Ints
    wanted: Ints
    at_most: Ints
    ceiling_rp: Ints
    unmet_rp: Ints
    max_suppliers: Ints
    min_fill: Ints
    weight: Ints
    order: Ints
    also_start: Ints
    also_commodity: Ints
    offer_id: tuple[str, ...]
    offer_supplier: Ints
    offer_commodity: Ints
    capacity: Ints
    lot: Ints
    min_per_need: Ints
    min_total: Ints
    fixed_rp: Ints
    credit: Bools
    tier_start: Ints
    tier_from: Ints
    tier_price_rp: Ints
    lane_need: Ints
    lane_offer: Ints
    freight_rp: Ints
    drop_rp: Ints
    trip_supplier: Ints
    trip_district: Ints
    trip_capacity_g: Ints
    trip_cost_rp: Ints
    trip_max: Ints
    trip_min_load_g: Ints
    fixed_need: Ints
    fixed_offer: Ints
    fixed_quantity: Ints
    fixed_price_rp: Ints
    closed_need: Ints
    closed_offer: Ints
    closed_reason: tuple[str, ...]

    @classmethod
    def build(
        cls,
        *,
        commodities: Iterable[Row] = (),
        buyers: Iterable[Row] = (),
        suppliers: Iterable[Row] = (),
        needs: Iterable[Row] = (),
        offers: Iterable[Row] = (),
        lanes: Iterable[Row] = (),
        trips: Iterable[Row] = (),
        fixed: Iterable[Row] = (),
        closed: Iterable[Row] = (),
        format: str = FORMAT,
    ) -> Problem:
        """A problem from rows as they stand in the problem file; defaults are filled in.

        Raises ProblemError with every fault and its row.
        """
        document = {
            "format": format, "commodities": commodities, "buyers": buyers, "suppliers": suppliers,
            "needs": needs, "offers": offers, "lanes": lanes, "trips": trips, "fixed": fixed,
            "closed": closed,
        }  # fmt: skip
        listed = {k: v if k == "format" else list(v) for k, v in document.items()}
        return cls.from_document(listed)

    @classmethod
    def from_document(cls, document: object) -> Problem:
        """A problem from a parsed problem file. Raises ProblemError with every fault and its row."""
        return cls._from_columns(*rows.read(document))

    @classmethod
    def from_arrays(cls, **columns: Any) -> Problem:
        """A problem from columns named as the fields of this class, rows in any order.

        Indices are row numbers of the columns as given; lengths, ranges and references are checked.
        Optional columns and their defaults: see `arrays.DEFAULTS`. Raises ProblemError.
        """
        return cls._from_columns(*arrays.read(columns))

    @classmethod
    def _from_columns(cls, columns: dict[str, Any], faults: list[Fault]) -> Problem:
        faults = faults + validate.faults(columns, faults)
        if faults:
            raise ProblemError(faults)
        problem = cls(**canonical.arrange(columns))
        for field in fields(cls):
            value = getattr(problem, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        return problem

    def to_document(self) -> dict[str, Any]:
        """The canonical problem file as plain rows, defaults filled in."""
        return canonical.document(self)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint over the canonical JSON: equal for equal problems, however they were written."""
        return canonical.sha256(self)

    @property
    def n_commodities(self) -> int:
        """Number of commodities."""
        return len(self.commodity_id)

    @property
    def n_buyers(self) -> int:
        """Number of buyers."""
        return len(self.buyer_id)

    @property
    def n_suppliers(self) -> int:
        """Number of suppliers."""
        return len(self.supplier_id)

    @property
    def n_needs(self) -> int:
        """Number of needs."""
        return len(self.need_id)

    @property
    def n_offers(self) -> int:
        """Number of offers."""
        return len(self.offer_id)

    @property
    def n_lanes(self) -> int:
        """Number of lanes."""
        return self.lane_need.size

    @property
    def n_trips(self) -> int:
        """Number of trip groups."""
        return self.trip_supplier.size

    @cached_property
    def need_start(self) -> Ints:
        """CSR offsets: the lanes of need i are need_start[i] : need_start[i + 1]."""
        counts = np.bincount(self.lane_need, minlength=self.n_needs)
        return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)

    @cached_property
    def offer_lanes(self) -> Ints:
        """Lane numbers sorted by offer, then by need; see `offer_start`."""
        return np.argsort(self.lane_offer, kind="stable").astype(np.int64)

    @cached_property
    def offer_start(self) -> Ints:
        """CSR offsets: the lanes of offer j are offer_lanes[offer_start[j] : offer_start[j + 1]]."""
        counts = np.bincount(self.lane_offer, minlength=self.n_offers)
        return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)

    @cached_property
    def lane_supplier(self) -> Ints:
        """Supplier of each lane."""
        return self.offer_supplier[self.lane_offer]

    @cached_property
    def lane_buyer(self) -> Ints:
        """Buyer of each lane."""
        return self.need_buyer[self.lane_need]

    @cached_property
    def lane_unit_g(self) -> Ints:
        """Weight of one unit on each lane (a need and its offers have one and the same)."""
        return self.unit_g[self.offer_commodity[self.lane_offer]]

    @cached_property
    def lane_trip(self) -> Ints:
        """Trip group of each lane, or -1: no truck cost and no truck limit."""
        if not self.n_trips:
            return np.full(self.n_lanes, NONE, dtype=np.int64)
        # By district first: the lanes of a need then look in one small stretch of the keys.
        width = max(1, self.n_suppliers)
        keys = self.trip_district * width + self.trip_supplier
        order = np.argsort(keys, kind="stable")
        keys, found = keys[order], np.empty(self.n_lanes, dtype=np.int64)
        for part in self._chunks():
            wanted = self.need_district[self.lane_need[part]] * width
            wanted += self.offer_supplier[self.lane_offer[part]]
            at = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
            found[part] = np.where(keys[at] == wanted, order[at], NONE)
        return found

    def _chunks(self) -> Iterator[slice]:
        """Stretches of lanes: what is worked out in them needs little memory besides its result."""
        return (slice(at, at + CHUNK) for at in range(0, self.n_lanes, CHUNK))

    @cached_property
    def lane_h_rp(self) -> Ints:
        """Truck share h per unit that counts against ceilings and cash; never above 2^53 (impossible)."""
        share = np.zeros(self.n_lanes, dtype=np.int64)
        if not self.trip_min_load_g.any():
            return share
        for part in self._chunks():
            on = np.flatnonzero(self.lane_trip[part] >= 0)
            on = on[self.trip_min_load_g[self.lane_trip[part][on]] > 0]
            group = self.lane_trip[part][on]
            cost, unit, load = (
                self.trip_cost_rp[group],
                self.lane_unit_g[part][on],
                self.trip_min_load_g[group],
            )
            share[part][on] = _shares(cost, unit, load)
        return share

    @cached_property
    def tier_offer(self) -> Ints:
        """Offer of each tier row."""
        return np.repeat(np.arange(self.n_offers, dtype=np.int64), np.diff(self.tier_start))

    @cached_property
    def tier_last(self) -> Ints:
        """Largest volume of each tier row: one less than the next tier's `from`, at most the capacity."""
        last = self.capacity[self.tier_offer].copy()
        inner = np.flatnonzero(self.tier_offer[:-1] == self.tier_offer[1:])
        last[inner] = np.minimum(last[inner], self.tier_from[inner + 1] - 1)
        return last

    @cached_property
    def fixed_lane(self) -> Ints:
        """Lane number of each fixed line."""
        n = max(1, self.n_offers)
        keys = self.lane_need * n + self.lane_offer
        return np.searchsorted(keys, self.fixed_need * n + self.fixed_offer).astype(np.int64)

    @cached_property
    def lane_fixed(self) -> Ints:
        """Fixed quantity f of each lane (0 where nothing is fixed)."""
        fixed = np.zeros(self.n_lanes, dtype=np.int64)
        fixed[self.fixed_lane] = self.fixed_quantity
        return fixed

    @cached_property
    def rationed(self) -> Bools:
        """Per need: is its commodity shared out by max-min?"""
        return self.ration[self.need_commodity]


def _shares(cost: Ints, unit: Ints, load: Ints) -> Ints:
    if cost.size and int(cost.max()) * int(unit.max()) >= 2**62:
        rows = zip(cost.tolist(), unit.tolist(), load.tolist(), strict=True)
        return np.array([min(LIMIT, -(-c * u // m)) for c, u, m in rows], dtype=np.int64)
    return np.asarray(np.minimum(LIMIT, -(-cost * unit // load)))
