"""What could be tried for a need that goes short, and for an offer that got nothing: pure guesses.

A guess is no statement. Only what a second solve confirms (`explanation_cases`) is told to anybody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from market.rounds.problem import NeedRow, OfferRow, TripRow, build_problem
from market.rounds.services.explanation_cases import Case, Row, Standing

MOST_STEPS = 3
"""So many ceilings, dates or substitutes are tried for one need, the smallest change first."""
BAND_EDGES = (0, 2, 4, 8, 15, 30)
"""Percent above the entry price: coarse, so that a band gives no rival's price away."""
RIVALS = 2
"""With fewer other suppliers of the good the entry price would be the rival's price: no band then."""


@dataclass(frozen=True)
class Pack:
    """What is known of a pack: its family tells what may stand in for it."""

    id: int
    code: str
    family: str
    size_base: int
    gross_g: int
    administered: bool


@dataclass(frozen=True)
class Claim:
    """A change of one need, and the case that would prove that it helps."""

    need_id: int
    kind: str
    case: Case
    amount: int | None = None
    day_on: date | None = None
    word: str = ""
    pack_id: int | None = None


@dataclass(frozen=True)
class World:
    """The rows behind a problem: what else would be open if a need were different."""

    needs: Mapping[int, NeedRow]
    offers: list[OfferRow]
    trips: list[TripRow]
    first_delivery_on: date
    packs: Mapping[str, Pack]

    def opened(self, standing: Standing, need: NeedRow) -> tuple[Row, list[Row], dict[tuple[str, str], Row]]:
        """The need as a document's row, its lanes to offers of the plan, and the trucks that carry it."""
        offers = [offer for offer in self.offers if f"o{offer.id}" in standing.offers]
        made = build_problem([need], offers, self.trips, self.first_delivery_on)
        trips = {(row["supplier"], row["district"]): row for row in made["trips"]}
        return made["needs"][0], made["lanes"], trips


def claims_of(standing: Standing, world: World, key: str) -> list[Claim]:
    """Everything worth trying for a need that goes short; nothing for goods that are shared out."""
    if key in standing.rationed or not standing.missing(key):
        return []
    try_all = (_ceilings, _cash, _suppliers, _amounts)
    found = [claim for attempt in try_all for claim in attempt(standing, key)]
    need = world.needs.get(int(key[1:]))
    if need is not None:
        for other in (_dates, _terms, _access, _substitutes):
            found += other(standing, world, key, need)
    return found


def _same(standing: Standing, key: str, **changes: Any) -> Case:
    any_cash = bool(changes.pop("any_cash", False))
    need = {**standing.needs[key], **changes}
    return Case(need, list(standing.lanes[key].values()), any_cash=any_cash)


def _ceilings(s: Standing, key: str) -> list[Claim]:
    """The door prices above the ceiling, the lowest first."""
    need, steps = s.needs[key], set()
    if need["ceiling_rp"] is None:
        return []
    for offer in s.lanes[key]:
        lot, free = s.offers[offer]["lot"], s.free(offer)
        for wish in (need["at_most"] - s.filled[key], s.missing(key)):
            room = min(wish, free) // lot * lot
            if room:
                steps.add(s.landed_rp(key, offer, room))
    dear = sorted(step for step in steps if step > need["ceiling_rp"])[:MOST_STEPS]
    return [Claim(int(key[1:]), "ceiling", _same(s, key, ceiling_rp=step), step) for step in dear]


def _cash(s: Standing, key: str) -> list[Claim]:
    if s.cash[s.needs[key]["buyer"]] is None:
        return []
    return [Claim(int(key[1:]), "cash", _same(s, key, any_cash=True))]


def _suppliers(s: Standing, key: str) -> list[Claim]:
    most = s.needs[key]["max_suppliers"]
    if most is None:
        return []
    return [Claim(int(key[1:]), "suppliers", _same(s, key, max_suppliers=most + 1), most + 1)]


def _amounts(s: Standing, key: str) -> list[Claim]:
    """Larger needs that reach an offer's minimum, the smallest first."""
    need, amounts = s.needs[key], set()
    for offer in s.lanes[key]:
        row, lot = s.offers[offer], s.offers[offer]["lot"]
        least = max(row["min_per_need"] - s.carried.get((key, offer), 0), row["min_total"] - s.volume[offer])
        least = -(-max(least, lot) // lot) * lot
        if need["at_most"] - s.filled[key] < least <= s.free(offer):
            amounts.add(s.filled[key] + least)
    return [
        Claim(int(key[1:]), "amount", _same(s, key, wanted=amount, at_most=amount), amount)
        for amount in sorted(amounts)[:MOST_STEPS]
    ]


def _reopened(s: Standing, world: World, key: str, need: NeedRow) -> Case | None:
    """The case of a need with other words in it, where that opens any lane."""
    _row, lanes, trips = world.opened(s, need)
    fresh = [lane for lane in lanes if lane["offer"] not in s.lanes[key]]
    if not fresh:
        return None
    return Case(s.needs[key], [*s.lanes[key].values(), *fresh], trips=trips)


def _closed(s: Standing, key: str, reason: str) -> list[str]:
    return [row["offer"] for row in s.closed[key] if row["reason"] == reason]


def _dates(s: Standing, world: World, key: str, need: NeedRow) -> list[Claim]:
    late = set(_closed(s, key, "date"))
    days = {
        world.first_delivery_on + timedelta(days=offer.lead_days)
        for offer in world.offers
        if f"o{offer.id}" in late
    }
    found = []
    for day in sorted(days)[:MOST_STEPS]:
        case = _reopened(s, world, key, replace(need, needed_by_on=day))
        if case is not None and day > need.needed_by_on:
            found.append(Claim(need.id, "date", case, day_on=day))
    return found


def _terms(s: Standing, world: World, key: str, need: NeedRow) -> list[Claim]:
    easier = {"tempo": ("cod", "prepaid"), "cod": ("prepaid",)}.get(need.terms, ())
    if not _closed(s, key, "terms"):
        return []
    cases = [(word, _reopened(s, world, key, replace(need, terms=word))) for word in easier]
    return [Claim(need.id, "terms", case, word=word) for word, case in cases if case is not None]


def _access(s: Standing, world: World, key: str, need: NeedRow) -> list[Claim]:
    """Another truck goes to another group of trucks, so all that is left is asked for anew there."""
    wider = {"pickup": ("small", "any"), "small": ("any",)}.get(need.truck_access, ())
    if not _closed(s, key, "area") or s.filled[key]:
        return []
    found = []
    for word in wider:
        row, lanes, trips = world.opened(s, replace(need, truck_access=word))
        if {lane["offer"] for lane in lanes} - s.lanes[key].keys():
            moved = {**s.needs[key], "district": row["district"]}
            found.append(Claim(need.id, "access", Case(moved, lanes, trips=trips), word=word))
    return found


def _substitutes(s: Standing, world: World, key: str, need: NeedRow) -> list[Claim]:
    """Other packs of the family for the rest: as much by weight or volume, at the same price for it."""
    own = world.packs.get(need.pack_code)
    if own is None:
        return []
    found = []
    for code in sorted({offer["commodity"] for offer in s.offers.values()} - {need.pack_code}):
        other = world.packs.get(code)
        if other is None or other.administered or other.family != own.family:
            continue
        claim = _substitute(s, world, key, need, own, other)
        if claim is not None:
            found.append(claim)
    return found[:MOST_STEPS]


def _substitute(s: Standing, world: World, key: str, need: NeedRow, own: Pack, other: Pack) -> Claim | None:
    rest = -(-s.missing(key) * own.size_base // other.size_base)
    ceiling = None if need.ceiling_rp is None else need.ceiling_rp * other.size_base // own.size_base
    asked = replace(
        need, pack_code=other.code, gross_g=other.gross_g, wanted=rest, at_most=rest, ceiling_rp=ceiling
    )
    row, lanes, trips = world.opened(s, asked)
    if not lanes:
        return None
    rest_key = f"{key}r"
    second = {**row, "id": rest_key, "buyer": s.needs[key]["buyer"], "max_suppliers": None}
    moved = [{**lane, "need": rest_key} for lane in lanes]
    # The need itself keeps what it has and asks for nothing more.
    have = max(1, s.filled[key])
    kept = {**s.needs[key], "wanted": have, "at_most": have, "unmet_rp": 0}
    own_lanes = [lane for offer, lane in s.lanes[key].items() if (key, offer) in s.carried]
    case = Case(kept, [*own_lanes, *moved], also=(second,), trips=trips)
    return Claim(need.id, "substitute", case, pack_id=other.id)


# --- offers that got nothing ---------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """Why an offer got nothing; with a band, the case that would prove its lower edge."""

    offer_id: int
    supplier_id: int
    reason: str
    asked_rp: int
    band: tuple[int, int] | None = None
    case: Case | None = None


def entries_of(standing: Standing, swaps: Iterable[Row]) -> list[Entry]:
    """Every offer of the problem that got nothing; `swaps` are the matcher's entry prices."""
    by_offer = {row["offer"]: row for row in swaps}
    closed: dict[str, Counter[str]] = defaultdict(Counter)
    for rows in standing.closed.values():
        for row in rows:
            closed[row["offer"]][row["reason"]] += 1
    reached = {offer for lanes in standing.lanes.values() for offer in lanes}
    found = []
    for key, offer in sorted(standing.offers.items()):
        if standing.volume[key] or not offer["capacity"]:
            continue
        reason = _reason(standing, key, closed[key]) if key not in reached else "other"
        if key in by_offer:
            found.append(_priced(standing, key, by_offer[key]))
        else:
            least = max(offer["min_per_need"], offer["min_total"])
            small = key in reached and all(
                standing.needs[need]["at_most"] < least
                for need, lanes in standing.lanes.items()
                if key in lanes
            )
            found.append(_plain(standing, key, "minimum" if small else reason))
    return found


def _reason(standing: Standing, key: str, closed: Counter[str]) -> str:
    known = [(-count, reason) for reason, count in closed.items()]
    return min(known)[1] if known else "other"


def _plain(standing: Standing, key: str, reason: str) -> Entry:
    offer = standing.offers[key]
    return Entry(int(key[1:]), int(offer["supplier"][1:]), reason, offer["tiers"][0]["price_rp"])


def _priced(standing: Standing, key: str, swap: Row) -> Entry:
    offer, asked = standing.offers[key], int(swap["price_rp"])
    plain = Entry(int(key[1:]), int(offer["supplier"][1:]), "price", asked)
    band = band_of(asked, int(swap["entry_rp"]))
    rivals = {
        row["supplier"]
        for row in standing.offers.values()
        if row["commodity"] == offer["commodity"] and row["supplier"] != offer["supplier"]
    }
    # Goods that are shared out have one price for all: there is nothing to come down to.
    if band is None or len(rivals) < RIVALS or swap["need"] in standing.rationed:
        return plain
    need = standing.needs[swap["need"]]
    tiers = [{"from": 1, "price_rp": lowered(asked, band[1])}]
    lanes = list(standing.lanes[need["id"]].values())
    return replace(plain, band=band, case=Case(need, lanes, tiers={key: tiers}, loose=True))


def band_of(asked_rp: int, entry_rp: int) -> tuple[int, int] | None:
    """Between how many percent the offer would have to come down; None where it is more than all bands."""
    above = 100 * (asked_rp - entry_rp)
    for low, high in pairwise(BAND_EDGES):
        if above <= high * asked_rp:
            return low, high
    return None


def lowered(price_rp: int, percent: int) -> int:
    """A price less so many percent, rounded down."""
    return price_rp * (100 - percent) // 100
