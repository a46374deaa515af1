"""Made-up problems of believable shape on real ground: a city, a province, a nation.

Each cooperative lies in a real village and each district is a real one (see `ground`): the city is Surabaya
with all its 153 kelurahan, the province East Java, the nation all of Indonesia; of these two the seed chooses
the villages. Suppliers sit near villages that the seed chooses; a district buys from the offers nearest to
it. Whole arrays at a time, so that a nation takes seconds. The same scale and seed give the same problem.
Where people are is observed; prices, sizes and who sells are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from .ground import Ground, Points, ground, middles, nearest
from .problem import Ints, Problem

_CLOSED_LANES = 1_000_000  # above this, why a pair is closed is left out


@dataclass(frozen=True)
class Scale:
    """How large: where, cooperatives with 6 needs each, offers, and how many of them a district reaches.

    `place` is the beginning of the district codes; suppliers sit there or up to `margin_km` around.
    """

    place: str
    cooperatives: int
    offers: int
    reach: int
    margin_km: float


SCALES: Final = {
    "city": Scale("3578", 153, 150, 12, 12.0),
    "province": Scale("35", 5_667, 2_000, 21, 0.0),
    "nation": Scale("", 40_000, 20_000, 32, 0.0),
}
_NEEDS_EACH = 6

# id, grams of one unit, usual price in rupiah, units a cooperative of average size wants
_GOODS: Final = (
    ("BRS-MED-50", 50_000, 625_000, 30),
    ("BRS-PRM-25", 25_000, 345_000, 50),
    ("GLA-PSR-50", 50_000, 820_000, 8),
    ("LPG-3", 8_000, 16_000, 300),
    ("MIE-INS-40", 3_600, 112_000, 60),
    ("MNY-GRG-12", 11_500, 205_000, 40),
    ("TLR-AYM-15", 15_500, 405_000, 35),
    ("TPG-TRG-25", 25_000, 238_000, 12),
)
_OPEN_SHARE = 0.94  # lanes that no date, permit or area closes
_REASONS: Final = ("area", "date", "permit")
_HANDLING_RP, _FREIGHT_RP = 25.0, 2.0  # a kilogram, and a kilogram and kilometre
_STRAY_KM = 1.5  # how far from its village a supplier sits, usually


def generate(scale: str, seed: int = 0) -> Problem:
    """A problem of one of SCALES (KeyError for another name)."""
    size = SCALES[scale]
    rng = np.random.default_rng([seed, size.cooperatives])
    here = ground(size.place, size.margin_km)
    columns: dict[str, Any] = {
        "commodity_id": [good[0] for good in _GOODS],
        "unit_g": np.array([good[1] for good in _GOODS]),
    }
    district, places = _districts(size, rng, columns, here)
    usual = _needs(size, rng, columns, district)
    offers = _offers(size, rng, columns, usual, here)
    reach = _reach(size, offers, places)
    _lanes(rng, columns, reach, offers, places)
    _trips(rng, columns, reach, offers, places)
    return Problem.from_arrays(**columns)


def _districts(size: Scale, rng: np.random.Generator, c: dict[str, Any], here: Ground) -> tuple[Ints, Points]:
    """Fill in the districts; the one of each cooperative, and where its villages lie, are returned."""
    inside = np.flatnonzero(here.district >= 0)
    village = np.sort(rng.permutation(inside)[: size.cooperatives])
    codes, district = np.unique(here.district[village], return_inverse=True)
    c["district_id"] = [f"{code:06d}" for code in codes.tolist()]
    return district.astype(np.int64), middles(here.km[village], district, codes.size)


def _ids(letter: str, count: int) -> list[str]:
    width = len(str(max(1, count - 1)))
    return [f"{letter}{number:0{width}d}" for number in range(count)]


def _needs(size: Scale, rng: np.random.Generator, c: dict[str, Any], district: Ints) -> Ints:
    """Fill in buyers and needs; the usual price of each need's commodity is returned."""
    n_goods = len(_GOODS)
    picks = np.sort(np.argsort(rng.random((size.cooperatives, n_goods)), axis=1)[:, :_NEEDS_EACH], axis=1)
    commodity = picks.reshape(-1).astype(np.int64)
    buyer = np.repeat(np.arange(size.cooperatives), _NEEDS_EACH)
    n = commodity.size
    households = rng.lognormal(0.0, 0.6, size.cooperatives)
    usual = np.array([good[2] for good in _GOODS])[commodity]
    average = np.array([good[3] for good in _GOODS])[commodity]
    wanted = np.maximum(1, np.rint(average * households[buyer] * rng.lognormal(0.0, 0.25, n))).astype(
        np.int64
    )
    c["need_id"], c["need_buyer"], c["need_commodity"] = _ids("n", n), buyer, commodity
    c["need_district"] = district[buyer]
    c["wanted"] = wanted
    c["at_most"] = wanted + np.where(rng.random(n) < 0.3, wanted // 10, 0)
    c["ceiling_rp"] = np.where(rng.random(n) < 0.6, (usual * rng.uniform(1.02, 1.12, n)).astype(np.int64), -1)
    c["unmet_rp"] = (usual * 1.35).astype(np.int64)
    c["max_suppliers"] = np.where(rng.random(n) < 0.7, rng.integers(1, 4, n), -1)
    c["min_fill"] = np.where(rng.random(n) < 0.1, wanted // 2, 0)
    c["weight"] = np.maximum(1, np.rint(households * 1_000)).astype(np.int64)[buyer]
    purse = np.zeros(size.cooperatives, dtype=np.int64)
    np.add.at(purse, buyer, wanted * usual)
    c["buyer_id"] = _ids("k", size.cooperatives)
    known = rng.random(size.cooperatives) < 0.25
    c["cash_rp"] = np.where(known, (purse * rng.uniform(0.7, 1.2, purse.size)).astype(np.int64), -1)
    return np.asarray(usual)


@dataclass(frozen=True)
class _Offers:
    commodity: Ints
    supplier: Ints
    spot: np.ndarray[Any, np.dtype[np.float64]]


def _offers(size: Scale, rng: np.random.Generator, c: dict[str, Any], usual: Ints, here: Ground) -> _Offers:
    """Fill in suppliers, offers and tiers; supply of each commodity is about twice what is wanted."""
    n = size.offers
    commodity = rng.permutation(np.arange(n) % len(_GOODS)).astype(np.int64)
    n_suppliers = max(1, n * 2 // 3)
    supplier = rng.permutation(np.arange(n) % n_suppliers).astype(np.int64)
    demand = np.zeros(len(_GOODS), dtype=np.int64)
    np.add.at(demand, c["need_commodity"], c["wanted"])
    part = rng.lognormal(0.0, 0.8, n)
    whole = np.zeros(len(_GOODS))
    np.add.at(whole, commodity, part)
    capacity = np.maximum(20, 2.0 * demand[commodity] * part / whole[commodity]).astype(np.int64)
    lot = np.where(rng.random(n) < 0.2, 5, 1)
    c["offer_id"], c["offer_supplier"], c["offer_commodity"] = _ids("o", n), supplier, commodity
    c["capacity"], c["lot"] = capacity, lot
    c["min_per_need"] = rng.choice([1, 5, 10], n, p=[0.4, 0.4, 0.2])
    c["min_total"] = np.where(rng.random(n) < 0.3, capacity // 10, 0)
    c["fixed_rp"] = np.where(rng.random(n) < 0.3, rng.integers(10, 60, n) * 10_000, 0)
    c["credit"] = rng.random(n) < 0.3
    price = np.array([good[2] for good in _GOODS])[commodity] * rng.uniform(0.93, 1.04, n)
    _tiers(rng, c, price, capacity)
    c["supplier_id"] = _ids("s", n_suppliers)
    load = np.zeros(n_suppliers, dtype=np.int64)
    np.add.at(load, supplier, capacity * c["unit_g"][commodity])
    c["max_weight_g"] = np.where(rng.random(n_suppliers) < 0.15, load * 3 // 4, -1)
    home = here.km[rng.integers(0, len(here.km), n_suppliers)]
    spot = home + rng.normal(0.0, _STRAY_KM, (n_suppliers, 2))
    return _Offers(commodity, supplier, spot)


def _tiers(rng: np.random.Generator, c: dict[str, Any], price: Any, capacity: Ints) -> None:
    """Two to four tiers an offer, each 2 to 5 % below the one before."""
    count = rng.integers(2, 5, capacity.size)
    start = np.concatenate(([0], np.cumsum(count)))
    place = np.arange(start[-1]) - np.repeat(start[:-1], count)
    owner = np.repeat(np.arange(capacity.size), count)
    begin = np.maximum(place + 1, (capacity[owner] * np.array([0, 0.08, 0.25, 0.5])[place]).astype(np.int64))
    step = rng.uniform(0.02, 0.05, capacity.size)[owner]
    tier_price = np.rint(price[owner] * (1 - step * place) / 50).astype(np.int64) * 50
    c["tier_start"], c["tier_from"] = start, np.where(place == 0, 1, begin)
    c["tier_price_rp"] = tier_price


def _reach(size: Scale, offers: _Offers, places: Points) -> list[Ints]:
    """Per commodity: for each district the offers within reach, nearest ones, in order of number."""
    found = []
    for good in range(len(_GOODS)):
        rows = np.flatnonzero(offers.commodity == good)
        found.append(rows[nearest(places, offers.spot[offers.supplier[rows]], size.reach)])
    return found


def _lanes(
    rng: np.random.Generator, c: dict[str, Any], reach: list[Ints], offers: _Offers, places: Points
) -> None:
    """Every need to the offers within reach of its district, freight by weight and distance."""
    width = max(table.shape[1] for table in reach)
    table = np.full((len(reach), len(places), width), -1, dtype=np.int32)
    for good, near in enumerate(reach):
        table[good, :, : near.shape[1]] = near
    grid = table[c["need_commodity"], c["need_district"]]
    need = np.repeat(np.arange(grid.shape[0], dtype=np.int32), width)
    offer = grid.reshape(-1)
    there = offer >= 0
    is_open = there & (rng.random(offer.size, dtype=np.float32) < _OPEN_SHARE)
    shut = np.flatnonzero(there & ~is_open)
    need, offer, closed = need[is_open], offer[is_open], (need[shut], offer[shut])
    c["lane_need"], c["lane_offer"] = need.astype(np.int64), offer.astype(np.int64)
    km = _apart(places, c["need_district"][need], offers.spot, offers.supplier[offer])
    kg = c["unit_g"][offers.commodity[offer]] / 1_000
    village = rng.uniform(0.8, 1.2, len(c["need_id"]))[need]
    c["freight_rp"] = np.rint(kg * village * (_HANDLING_RP + _FREIGHT_RP * km)).astype(np.int64)
    c["drop_rp"] = np.where(rng.random(need.size, dtype=np.float32) < 0.5, 20_000, 35_000)
    if need.size <= _CLOSED_LANES:
        c["closed_need"], c["closed_offer"] = closed[0].astype(np.int64), closed[1].astype(np.int64)
        c["closed_reason"] = [_REASONS[k] for k in rng.integers(0, len(_REASONS), shut.size)]


def _apart(first: Points, i: Ints, second: Points, j: Ints) -> Points:
    across, along = (first[i, axis] - second[j, axis] for axis in (0, 1))
    return np.asarray(np.sqrt(across**2 + along**2))


def _trips(
    rng: np.random.Generator, c: dict[str, Any], reach: list[Ints], offers: _Offers, places: Points
) -> None:
    """Trucks of every supplier to every district it can reach, dearer with distance."""
    districts = len(c["district_id"])
    pairs = [
        (offers.supplier[near] * districts + np.arange(districts)[:, None]).reshape(-1) for near in reach
    ]
    keys = np.sort(np.concatenate(pairs))
    supplier, district = np.divmod(keys[np.diff(keys, prepend=-1) > 0], districts)
    n = supplier.size
    big = (rng.random(len(c["supplier_id"])) < 0.3)[supplier]
    km = _apart(places, district, offers.spot, supplier)
    # A truck costs 175,000 rupiah and 3,000 more per kilometre, a big one 1.8 times as much.
    cost = np.where(big, 1.8, 1.0) * (175_000 + 3_000 * km)
    c["trip_supplier"], c["trip_district"] = supplier, district
    c["trip_capacity_g"] = np.where(big, 8_000_000, 4_000_000)
    c["trip_cost_rp"] = np.rint(cost / 5_000).astype(np.int64) * 5_000
    c["trip_max"] = np.where(rng.random(n) < 0.1, rng.integers(1, 4, n), -1)
    c["trip_min_load_g"] = np.where(rng.random(n) < 0.1, c["trip_capacity_g"] // 4, 0)
