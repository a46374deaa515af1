"""The only place that turns rows into a problem for the matcher (format `lumbung-problem/1`).

Pure: plain rows in, one dictionary out. What cannot be is left out here with its reason (`closed`):
an area that is not served, a date too late, payment terms that do not meet, a missing authorisation.
Prices, ceilings, minimums, trucks and cash are left to the matcher.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class NeedRow:
    """A frozen need; amounts in packs, prices per pack. `order` is the tie-break rank."""

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


@dataclass(frozen=True)
class OfferRow:
    """A standing offer. `zones` are (place prefix, freight per pack, drop); the longest prefix wins."""

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
    """A line that was accepted: it stays, and its price may not rise."""

    need_id: int
    offer_id: int
    packs: int
    price_rp: int


Trips = dict[tuple[int, str], TripRow]


def district_of(need: NeedRow) -> str:
    """Trucks go to a district, by what gets through there: "357808" or "357808/pickup"."""
    base = need.place_code[:6]
    return base if need.truck_access == "any" else f"{base}/{need.truck_access}"


def build_problem(
    needs: list[NeedRow],
    offers: list[OfferRow],
    trips: Iterable[TripRow],
    first_delivery_on: date,
    fixed: Iterable[FixedRow] = (),
) -> dict[str, Any]:
    """The problem of one round. A delivery can be on `first_delivery_on` plus the offer's lead days."""
    by_pack: dict[str, list[OfferRow]] = defaultdict(list)
    for offer in offers:
        by_pack[offer.pack_code].append(offer)
    rates = _rates_by_supplier(trips)
    groups: Trips = {}
    fixed = list(fixed)
    agreed = {(row.need_id, row.offer_id) for row in fixed}
    lanes, closed = [], []
    for need in needs:
        for offer in by_pack[need.pack_code]:
            lane = _lane(need, offer, rates, groups, first_delivery_on, (need.id, offer.id) in agreed)
            (closed if "reason" in lane else lanes).append(lane)
    return {
        "format": "lumbung-problem/1",
        "commodities": _commodities(needs, by_pack),
        "buyers": _buyers(needs),
        "suppliers": [{"id": f"s{s}"} for s in sorted({offer.supplier_id for offer in offers})],
        "needs": [_need(need, by_pack[need.pack_code]) for need in needs],
        "offers": [_offer(offer) for offer in offers],
        "lanes": lanes,
        "trips": [_trip(supplier, district, row) for (supplier, district), row in sorted(groups.items())],
        "fixed": [_fixed(row) for row in fixed],
        "closed": closed,
    }


def _rates_by_supplier(trips: Iterable[TripRow]) -> dict[int, list[TripRow]]:
    rates: dict[int, list[TripRow]] = defaultdict(list)
    for row in trips:
        rates[row.supplier_id].append(row)
    return rates


def _lane(
    need: NeedRow,
    offer: OfferRow,
    rates: dict[int, list[TripRow]],
    groups: Trips,
    first_delivery_on: date,
    agreed: bool,
) -> dict[str, Any]:
    """The lane between a need and an offer, or why there is none (`reason`).

    A lane with an accepted line stays open whatever the calendar says by now.
    """
    pair = {"need": f"n{need.id}", "offer": f"o{offer.id}"}
    zone = _longest(offer.zones, need.place_code)
    if zone is None:
        return {**pair, "reason": "area"}
    if agreed:
        _truck_gets_there(need, offer.supplier_id, rates, groups)
        return {**pair, "freight_rp": zone[1], "drop_rp": zone[2]}
    if not offer.authorised:
        return {**pair, "reason": "authorised"}
    if offer.terms not in TERMS_MET[need.terms]:
        return {**pair, "reason": "terms"}
    if first_delivery_on + timedelta(days=offer.lead_days) > need.needed_by_on:
        return {**pair, "reason": "date"}
    if not _truck_gets_there(need, offer.supplier_id, rates, groups):
        return {**pair, "reason": "area"}
    return {**pair, "freight_rp": zone[1], "drop_rp": zone[2]}


def _longest(zones: Iterable[tuple[str, int, int]], place_code: str) -> tuple[str, int, int] | None:
    fitting = [zone for zone in zones if place_code.startswith(zone[0])]
    return max(fitting, key=lambda zone: len(zone[0])) if fitting else None


def _truck_gets_there(
    need: NeedRow, supplier_id: int, rates: dict[int, list[TripRow]], groups: Trips
) -> bool:
    """Choose the vehicle of the supplier's trip group; True when the goods can come to the door.

    A supplier without rates delivers at its freight alone. Of the vehicles that get through, the
    largest is taken: it is the cheapest per kilogram in every tariff we have seen.
    """
    key = (supplier_id, district_of(need))
    if supplier_id not in rates or key in groups:
        return True
    limit = ACCESS_MAX_G[need.truck_access]
    reaching = [row for row in rates[supplier_id] if need.place_code.startswith(row.place_code)]
    fitting = [row for row in reaching if limit is None or row.capacity_g <= limit]
    if not fitting:
        return False
    groups[key] = max(fitting, key=lambda row: (len(row.place_code), row.capacity_g, -row.cost_rp))
    return True


def _commodities(needs: list[NeedRow], by_pack: dict[str, list[OfferRow]]) -> list[dict[str, Any]]:
    gross = {need.pack_code: need.gross_g for need in needs}
    administered = {need.pack_code for need in needs if need.administered}
    wanted: dict[str, int] = defaultdict(int)
    for need in needs:
        wanted[need.pack_code] += need.wanted
    rows = []
    for code in sorted(gross | dict.fromkeys(by_pack, 0)):
        offers = by_pack.get(code, [])
        scarce = code in administered and sum(offer.capacity for offer in offers) < wanted[code]
        simple = len({offer.lot for offer in offers}) == 1 and all(len(offer.tiers) == 1 for offer in offers)
        ration = "max_min" if scarce and simple else None
        rows.append({"id": code, "unit_g": gross.get(code) or 1, "ration": ration})
    return rows


def _buyers(needs: list[NeedRow]) -> list[dict[str, Any]]:
    """A buyer's cash is what its needs may spend together; one need without a limit lifts it."""
    cash: dict[int, int | None] = {}
    for need in needs:
        before = cash.get(need.buyer_id, 0)
        cash[need.buyer_id] = None if before is None or need.cash_rp is None else before + need.cash_rp
    return [{"id": f"k{buyer}", "cash_rp": amount} for buyer, amount in sorted(cash.items())]


def _need(need: NeedRow, offers: list[OfferRow]) -> dict[str, Any]:
    return {
        "id": f"n{need.id}",
        "buyer": f"k{need.buyer_id}",
        "commodity": need.pack_code,
        "district": district_of(need),
        "wanted": need.wanted,
        "at_most": need.at_most,
        "ceiling_rp": need.ceiling_rp,
        "unmet_rp": unmet_rp(need, offers),
        "weight": max(1, need.weight),
        "order": need.order,
    }


def unmet_rp(need: NeedRow, offers: list[OfferRow]) -> int:
    """What a missing pack counts: UNMET_FACTOR times the dearest landed price or ceiling."""
    landed = [offer.tiers[0][1] + max(zone[1] for zone in offer.zones) for offer in offers if offer.zones]
    dearest = max([*landed, need.ceiling_rp or 0])
    return UNMET_FACTOR * dearest if dearest else UNMET_WITHOUT_OFFERS_RP


def _offer(offer: OfferRow) -> dict[str, Any]:
    return {
        "id": f"o{offer.id}",
        "supplier": f"s{offer.supplier_id}",
        "commodity": offer.pack_code,
        "capacity": offer.capacity,
        "lot": offer.lot,
        "min_per_need": offer.min_per_drop,
        "min_total": offer.pooled_min,
        "fixed_rp": offer.fixed_rp,
        "credit": offer.terms == "tempo",
        "tiers": [{"from": start, "price_rp": price} for start, price in offer.tiers],
    }


def _trip(supplier_id: int, district: str, row: TripRow) -> dict[str, Any]:
    return {
        "supplier": f"s{supplier_id}",
        "district": district,
        "capacity_g": row.capacity_g,
        "cost_rp": row.cost_rp,
        "max_trips": row.max_trips,
        "min_load_g": row.min_load_g,
    }


def _fixed(row: FixedRow) -> dict[str, Any]:
    return {
        "need": f"n{row.need_id}",
        "offer": f"o{row.offer_id}",
        "quantity": row.packs,
        "price_rp": row.price_rp,
    }
