"""The only place that turns rows into a problem for the matcher (format `lumbung-problem/1`).

Pure: plain rows in, one dictionary out. What cannot be is left out here with its reason (`closed`):
an area that is not served, a missing authorisation, payment terms that do not meet, a date too late.
Prices, ceilings, minimums, trucks and cash are left to the matcher.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

UNMET_FACTOR = 2
"""Assumption: leaving a pack unmet counts as twice the dearest landed price seen for it."""
UNMET_WITHOUT_OFFERS_RP = 1_000_000
TERMS_MET: dict[str, tuple[str, ...]] = {
    "prepaid": ("prepaid", "cod", "tempo"),
    "cod": ("cod", "tempo"),
    "tempo": ("tempo",),
}
"""What a buyer who can pay in one way can accept: who can prepay can do everything else, too."""
ACCESS_MAX_G = {"any": None, "small": 4_000_000, "pickup": 1_500_000}
"""The heaviest load of a vehicle that gets through to the door, in grams."""

Row = dict[str, Any]
Pair = tuple[int, int]


@dataclass(frozen=True)
class NeedRow:
    """A frozen need; amounts in packs, prices per pack. `order` is the tie-break rank.

    `quota_left` is what the buyer may still have of an administered good; None where no quota binds.
    """

    id: int
    buyer_id: int
    pack_code: str
    gross_g: int
    administered: bool
    place_code: str
    wanted: int
    at_most: int
    ceiling_rp: int | None
    cash_rp: int | None
    terms: str
    needed_by_on: date
    truck_access: str
    weight: int
    order: int
    max_suppliers: int | None = None
    quota_left: int | None = None

    @property
    def within_quota(self) -> tuple[int, int]:
        """Wanted and at most, no more than is left; a need whose quota is used up is closed, not shrunk."""
        left = self.quota_left or self.at_most
        return min(self.wanted, left), min(self.at_most, left)


@dataclass(frozen=True)
class OfferRow:
    """A standing offer. `zones` are (place prefix, freight per pack, drop); the longest prefix wins.

    An offer that is not `standing` any more carries only the lines it has accepted.
    """

    id: int
    supplier_id: int
    pack_code: str
    capacity: int
    lot: int
    min_per_drop: int
    pooled_min: int
    fixed_rp: int
    terms: str
    lead_days: int
    tiers: tuple[tuple[int, int], ...]
    zones: tuple[tuple[str, int, int], ...]
    authorised: bool = True
    standing: bool = True


@dataclass(frozen=True)
class TripRow:
    """What a supplier's truck of one size costs to a place (longest prefix wins)."""

    supplier_id: int
    place_code: str
    capacity_g: int
    cost_rp: int
    max_trips: int | None
    min_load_g: int


@dataclass(frozen=True)
class FixedRow:
    """A line that was accepted: it stays with its delivery, and its price may not rise."""

    need_id: int
    offer_id: int
    packs: int
    price_rp: int
    freight_rp: int = 0
    drop_rp: int = 0


@dataclass
class _Build:
    """What is gathered on the way: lanes, closed pairs, and the truck of each supplier and district."""

    first_delivery_on: date
    rates: dict[int, list[TripRow]]
    agreed: dict[Pair, FixedRow]
    trucks: dict[tuple[int, str], TripRow] = field(default_factory=dict)
    lanes: list[Row] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)


def district_of(place_code: str, truck_access: str) -> str:
    """Trucks go to a district, by what gets through there: "357808" or "357808/pickup"."""
    return place_code[:6] if truck_access == "any" else f"{place_code[:6]}/{truck_access}"


def build_problem(
    needs: list[NeedRow],
    offers: list[OfferRow],
    trips: Iterable[TripRow],
    first_delivery_on: date,
    fixed: Iterable[FixedRow] = (),
    weight_limits: Mapping[int, int] | None = None,
) -> Row:
    """The problem of one round. A delivery can be on `first_delivery_on` plus the offer's lead days.

    `fixed` lines are possible whatever the offers say by now: a capacity, weight limit or number of
    trips that has become smaller than what was agreed is raised to just that.
    """
    by_pack: dict[str, list[OfferRow]] = defaultdict(list)
    for offer in offers:
        by_pack[offer.pack_code].append(offer)
    agreed = {(row.need_id, row.offer_id): row for row in fixed}
    build = _Build(first_delivery_on, _rates_by_supplier(trips), agreed)
    for need in needs:
        for offer in by_pack[need.pack_code]:
            _lane(build, need, offer)
    loads = _Loads(needs, offers, agreed)
    return {
        "format": "lumbung-problem/1",
        "commodities": _commodities(needs, by_pack, _scarce(needs, offers, build.lanes)),
        "buyers": _buyers(needs),
        "suppliers": _suppliers(offers, weight_limits or {}, loads),
        "needs": [_need(need, by_pack[need.pack_code]) for need in needs],
        "offers": [_offer(offer, loads) for offer in offers],
        "lanes": build.lanes,
        "trips": [_trip(key, row, loads) for key, row in sorted(build.trucks.items())],
        "fixed": [_fixed(row) for row in agreed.values()],
        "closed": build.closed,
    }


def _rates_by_supplier(trips: Iterable[TripRow]) -> dict[int, list[TripRow]]:
    rates: dict[int, list[TripRow]] = defaultdict(list)
    for row in trips:
        rates[row.supplier_id].append(row)
    return rates


class _Loads:
    """What accepted lines already weigh and count, by supplier, by offer and by truck group."""

    def __init__(self, needs: list[NeedRow], offers: list[OfferRow], agreed: Mapping[Pair, FixedRow]) -> None:
        need_of, offer_of = {need.id: need for need in needs}, {offer.id: offer for offer in offers}
        self.packs: dict[int, int] = defaultdict(int)
        self.supplier_g: dict[int, int] = defaultdict(int)
        self.group_g: dict[tuple[int, str], int] = defaultdict(int)
        for (need_id, offer_id), row in agreed.items():
            need, supplier_id = need_of[need_id], offer_of[offer_id].supplier_id
            weight_g = row.packs * need.gross_g
            self.packs[offer_id] += row.packs
            self.supplier_g[supplier_id] += weight_g
            self.group_g[supplier_id, district_of(need.place_code, need.truck_access)] += weight_g


def _lane(build: _Build, need: NeedRow, offer: OfferRow) -> None:
    """Open the lane between a need and an offer, or write down why there is none."""
    pair = {"need": f"n{need.id}", "offer": f"o{offer.id}"}
    agreed = build.agreed.get((need.id, offer.id))
    if agreed is not None:
        _truck_gets_there(build, need, offer.supplier_id)
        build.lanes.append({**pair, "freight_rp": agreed.freight_rp, "drop_rp": agreed.drop_rp})
        return
    if not offer.standing:
        return
    zone = _longest(offer.zones, need.place_code)
    reason = _obstacle(build, need, offer, zone)
    if reason or zone is None:
        build.closed.append({**pair, "reason": reason})
    else:
        build.lanes.append({**pair, "freight_rp": zone[1], "drop_rp": zone[2]})


def _obstacle(build: _Build, need: NeedRow, offer: OfferRow, zone: tuple[str, int, int] | None) -> str:
    if zone is None:
        return "area"
    if not offer.authorised:
        return "authorised"
    if need.quota_left == 0:
        return "quota"
    if offer.terms not in TERMS_MET[need.terms]:
        return "terms"
    if build.first_delivery_on + timedelta(days=offer.lead_days) > need.needed_by_on:
        return "date"
    return "" if _truck_gets_there(build, need, offer.supplier_id) else "area"


def _longest(zones: Iterable[tuple[str, int, int]], place_code: str) -> tuple[str, int, int] | None:
    fitting = [zone for zone in zones if place_code.startswith(zone[0])]
    return max(fitting, key=lambda zone: len(zone[0])) if fitting else None


def _truck_gets_there(build: _Build, need: NeedRow, supplier_id: int) -> bool:
    """Choose the truck of the supplier's group; True when the goods can come to the door.

    A supplier without rates delivers at its freight alone. Of the trucks that get through, the rate
    of the most exact place is taken, and there the largest.
    """
    key = (supplier_id, district_of(need.place_code, need.truck_access))
    if supplier_id not in build.rates or key in build.trucks:
        return True
    limit = ACCESS_MAX_G[need.truck_access]
    reaching = [row for row in build.rates[supplier_id] if need.place_code.startswith(row.place_code)]
    fitting = [row for row in reaching if limit is None or row.capacity_g <= limit]
    if not fitting:
        return False
    build.trucks[key] = max(fitting, key=lambda row: (len(row.place_code), row.capacity_g, -row.cost_rp))
    return True


def _commodities(needs: list[NeedRow], by_pack: Mapping[str, list[OfferRow]], scarce: set[str]) -> list[Row]:
    """Scarce administered goods are shared out fairly where the matcher can: one price and one lot size."""
    gross = {need.pack_code: need.gross_g for need in needs}
    administered = {need.pack_code for need in needs if need.administered}
    rows = []
    for code in sorted(gross | dict.fromkeys(by_pack, 1)):
        offers = by_pack.get(code, [])
        simple = len({offer.lot for offer in offers}) == 1 and all(len(offer.tiers) == 1 for offer in offers)
        ration = "max_min" if code in administered & scarce and simple else None
        rows.append({"id": code, "unit_g": gross.get(code, 1), "ration": ration})
    return rows


def _scarce(needs: list[NeedRow], offers: list[OfferRow], lanes: list[Row]) -> set[str]:
    """Packs of which some needs that share offers want more than those offers hold.

    Where there is enough for all, nobody has to be rationed, and the search is spared the sharing.
    """
    group = {f"n{need.id}": f"n{need.id}" for need in needs} | {
        f"o{each.id}": f"o{each.id}" for each in offers
    }

    def root(key: str) -> str:
        while group[key] != key:
            group[key] = key = group[group[key]]
        return key

    for lane in lanes:
        group[root(lane["need"])] = root(lane["offer"])
    short: dict[str, int] = defaultdict(int)
    reached = {lane["need"] for lane in lanes}
    for offer in offers:
        short[root(f"o{offer.id}")] -= offer.capacity
    for need in needs:
        if f"n{need.id}" in reached:
            short[root(f"n{need.id}")] += need.within_quota[0]
    return {need.pack_code for need in needs if short[root(f"n{need.id}")] > 0}


def buyer_key(need: NeedRow) -> str:
    """Whose cash pays: what a need may spend is its own, so it is a purse of its own."""
    return f"k{need.buyer_id}" if need.cash_rp is None else f"k{need.buyer_id}/n{need.id}"


def _buyers(needs: list[NeedRow]) -> list[Row]:
    purses = {buyer_key(need): need.cash_rp for need in needs}
    return [{"id": key, "cash_rp": cash_rp} for key, cash_rp in sorted(purses.items())]


def _suppliers(offers: list[OfferRow], limits: Mapping[int, int], loads: _Loads) -> list[Row]:
    rows = []
    for supplier_id in sorted({offer.supplier_id for offer in offers}):
        limit = limits.get(supplier_id)
        most = None if limit is None else max(limit, loads.supplier_g[supplier_id])
        rows.append({"id": f"s{supplier_id}", "max_weight_g": most})
    return rows


def _need(need: NeedRow, offers: list[OfferRow]) -> Row:
    return {
        "id": f"n{need.id}",
        "buyer": buyer_key(need),
        "commodity": need.pack_code,
        "district": district_of(need.place_code, need.truck_access),
        "wanted": need.within_quota[0],
        "at_most": need.within_quota[1],
        "ceiling_rp": need.ceiling_rp,
        "unmet_rp": unmet_rp(need, offers),
        "max_suppliers": need.max_suppliers,
        "weight": max(1, need.weight),
        "order": need.order,
    }


def unmet_rp(need: NeedRow, offers: list[OfferRow]) -> int:
    """What a missing pack counts: UNMET_FACTOR times the dearest landed price or ceiling."""
    landed = [offer.tiers[0][1] + max(zone[1] for zone in offer.zones) for offer in offers if offer.zones]
    dearest = max([*landed, need.ceiling_rp or 0])
    return UNMET_FACTOR * dearest if dearest else UNMET_WITHOUT_OFFERS_RP


def _offer(offer: OfferRow, loads: _Loads) -> Row:
    agreed = loads.packs[offer.id]
    return {
        "id": f"o{offer.id}",
        "supplier": f"s{offer.supplier_id}",
        "commodity": offer.pack_code,
        "capacity": max(offer.capacity, agreed) if offer.standing else agreed,
        "lot": offer.lot,
        "min_per_need": offer.min_per_drop,
        "min_total": offer.pooled_min,
        "fixed_rp": offer.fixed_rp,
        "credit": offer.terms == "tempo",
        "tiers": [{"from": start, "price_rp": price} for start, price in offer.tiers],
    }


def _trip(key: tuple[int, str], row: TripRow, loads: _Loads) -> Row:
    supplier_id, district = key
    driven = -(-loads.group_g[key] // row.capacity_g)
    return {
        "supplier": f"s{supplier_id}",
        "district": district,
        "capacity_g": row.capacity_g,
        "cost_rp": row.cost_rp,
        "max_trips": None if row.max_trips is None else max(row.max_trips, driven),
        "min_load_g": row.min_load_g,
    }


def _fixed(row: FixedRow) -> Row:
    return {
        "need": f"n{row.need_id}",
        "offer": f"o{row.offer_id}",
        "quantity": row.packs,
        "price_rp": row.price_rp,
    }
