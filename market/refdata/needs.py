"""The story's cooperatives and what they need: a pure function of a city and a seed.

Every share, range and rate comes from ``market/data`` (``assumptions``, ``consumption``,
``households``, ``known_cooperatives``), where it is marked as an assumption; nothing here is a
statement about a real cooperative. The same seed gives the same story on every machine.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from random import Random

from market import refdata
from market.refdata.rows import ConsumptionRow, PlaceRow

SEED = 2026
PRICES_ON = date(2026, 2, 1)
"""The story's prices are those of the newest observations in ``market_prices``."""
LEVELS = ("strong", "growing", "starting", "dormant", "not_started")
AWAKE = ("strong", "growing", "starting")
ALL_TERMS = ("prepaid", "cod", "tempo_14", "tempo_30")
OFFICES = ("chair", "vice_chair", "secretary", "treasurer", "cashier", "supervisor")
SPHP_PICKUP_PACKS = 400
"""Two tonnes in 5 kg packs, the most that one outlet may fetch at a time (``quotas``)."""
LPG_DROP = 10
_SUPPLIERS_AT_MOST = {"strong": 3, "growing": 2, "starting": 2}
_ACCESS_STEPS = {True: (20, 60), False: (5, 30)}  # dense?: pickup below the first, small below the second
_QUIET_DAYS = {"strong": (0, 1), "growing": (0, 5), "starting": (1, 24), "dormant": (31, 120)}


@dataclass(frozen=True, slots=True)
class CooperativeSpec:
    """A cooperative of the story; ``level`` is one of LEVELS, ``quiet_days`` None before the first sale."""

    village_code: str
    name: str
    level: str
    members: int
    households_served: int
    cash_rp: int
    terms: tuple[str, ...]
    truck_access: str  # any | small | pickup
    quiet_days: int | None


@dataclass(frozen=True, slots=True)
class NeedSpec:
    """A need of the story in whole packs, as the treasurer approves it; ``ceiling_rp`` is per pack, landed.

    ``cash_rp`` is the share of the purse set aside for this need, None where the purse covers all needs.
    """

    village_code: str
    commodity: str
    pack: str
    wanted_packs: int
    at_most_packs: int
    ceiling_rp: int | None
    needed_in_days: int
    cash_rp: int | None
    terms: tuple[str, ...]
    truck_access: str
    max_suppliers: int
    weight: int


@dataclass(frozen=True, slots=True)
class OfficerSpec:
    office: str
    name: str
    gender: str


def cooperatives_for(city_code: str, seed: int = SEED) -> list[CooperativeSpec]:
    """One cooperative for each kelurahan of the city, by code."""
    levels = _levels(city_code, seed)
    return [_cooperative(village, levels[village.code], seed) for village in refdata.villages_of(city_code)]


def needs_for(city_code: str, seed: int = SEED) -> list[NeedSpec]:
    """What the city's awake cooperatives need in bulk for the coming round, by village and commodity."""
    return [
        need
        for cooperative in cooperatives_for(city_code, seed)
        if cooperative.level in AWAKE
        for need in _approved(cooperative, _asked(cooperative, seed), seed)
    ]


def _asked(cooperative: CooperativeSpec, seed: int) -> list[NeedSpec]:
    needs = (_need(cooperative, row, seed) for row in refdata.consumption())
    return [need for need in needs if need is not None]


def _approved(cooperative: CooperativeSpec, asked: list[NeedSpec], seed: int) -> list[NeedSpec]:
    """What the treasurer lets through: as much as the purse pays for at the reference price.

    Most make every need smaller; a few keep their needs and set a share of the purse aside for each.
    """
    purse, total = cooperative.cash_rp, sum(map(reference_rp, asked))
    if 100 * total <= purse * refdata.assumption("cash_fit_percent"):
        return asked
    roll = 100 * _dice(seed, "treasurer", cooperative.village_code).random()
    if roll < refdata.assumption("cash_tight_percent"):
        return [_with_cash(need, purse * reference_rp(need) // total) for need in asked]
    smaller = (_smaller(need, purse, total) for need in asked)
    return [need for need in smaller if need.wanted_packs]


def reference_rp(need: NeedSpec) -> int:
    """What the wanted packs would cost at the price that households pay."""
    return need.wanted_packs * _pack_reference_rp(need.pack)


def _pack_reference_rp(pack: str) -> int:
    return refdata.pack_price_rp(pack, refdata.reference_price_rp(refdata.pack(pack).commodity, PRICES_ON))


def _with_cash(need: NeedSpec, share_rp: int) -> NeedSpec:
    """At least one pack can be paid, or the need would be pointless."""
    return replace(need, cash_rp=max(share_rp // 1_000 * 1_000, _pack_reference_rp(need.pack)))


def _smaller(need: NeedSpec, purse: int, total: int) -> NeedSpec:
    step = {"BRS-SPHP": 10, "LPG3": LPG_DROP}.get(need.commodity, 1)
    wanted = need.wanted_packs * purse // total // step * step
    at_most = need.at_most_packs * wanted // need.wanted_packs
    return replace(need, wanted_packs=wanted, at_most_packs=max(wanted, at_most))


def officers_for(village_code: str, seed: int = SEED) -> list[OfficerSpec]:
    """Six people of one cooperative, three of them women (the rule asks for at least 30 %)."""
    dice = _dice(seed, "officers", village_code)
    by_gender = {
        gender: [row.name for row in refdata.people_names() if row.gender == gender]
        for gender in ("female", "male")
    }
    genders = _shuffled(["female", "male"] * (len(OFFICES) // 2), dice)
    chosen = []
    for office, gender in zip(OFFICES, genders, strict=True):
        name = by_gender[gender].pop(int(dice.random() * len(by_gender[gender])))
        chosen.append(OfficerSpec(office, name, gender))
    return chosen


def _dice(seed: int, *key: str) -> Random:
    """A stream of its own per subject, so that one new row does not move every other."""
    return Random(f"{seed}:{':'.join(key)}")


def _between(dice: Random, low: float, high: float) -> float:
    return low + (high - low) * dice.random()


def _shuffled(items: list[str], dice: Random) -> list[str]:
    # Sorting by random() keys is the same on every Python version; shuffle() promises less.
    keyed = [(dice.random(), position, item) for position, item in enumerate(items)]
    return [item for _, _, item in sorted(keyed)]


@cache
def _levels(city_code: str, seed: int) -> dict[str, str]:
    """Level by village: the known ones first, then as many of each level as assumed, at random."""
    known = {row.village_code: row.level for row in refdata.known_cooperatives()}
    villages = [village.code for village in refdata.villages_of(city_code)]
    levels = {code: known[code] for code in villages if code in known}
    left = [
        level
        for level in LEVELS
        for _ in range(refdata.assumption(f"level_{level}", city_code) - list(levels.values()).count(level))
    ]
    rest = _shuffled([code for code in villages if code not in levels], _dice(seed, "levels", city_code))
    levels.update(zip(rest, left, strict=True))
    return levels


@cache
def _households() -> dict[str, tuple[int, float]]:
    return {row.village_code: (row.households, row.area_km2) for row in refdata.households()}


def _cooperative(village: PlaceRow, level: str, seed: int) -> CooperativeSpec:
    dice = _dice(seed, "cooperative", village.code)
    members = round(_between(dice, _range_end("members_min", level), _range_end("members_max", level)))
    cash = (
        round(_between(dice, _range_end("cash_min", level), _range_end("cash_max", level)) / 50_000) * 50_000
    )
    known = {row.village_code: row.members for row in refdata.known_cooperatives()}
    return CooperativeSpec(
        village_code=village.code,
        name=cooperative_name(village),
        level=level,
        members=known.get(village.code) or members,
        households_served=_households_served(village.code, level),
        cash_rp=cash,
        terms=_terms(level, dice),
        truck_access=_truck_access(village.code, dice),
        quiet_days=_quiet_days(level, dice),
    )


def _range_end(key: str, level: str) -> int:
    return refdata.assumption(key, level)


def cooperative_name(village: PlaceRow) -> str:
    """The official form; two kelurahan of one city with the same name are told apart by their district."""
    city = village.code[:4]
    twins = sum(other.name == village.name for other in refdata.villages_of(city))
    district = f" ({refdata.place(village.parent_code).name})" if twins > 1 else ""
    return f"Koperasi Kelurahan Merah Putih {village.name}{district}"


def _households_served(village_code: str, level: str) -> int:
    """As many households as would eat the rice that the cooperative sells; at least one."""
    if level not in AWAKE:
        return 1
    rice = sum(_share_bp(row, level) for row in refdata.consumption() if row.commodity.startswith("BRS-"))
    return max(1, round(_households()[village_code][0] * rice / 10_000))


def _share_bp(row: ConsumptionRow, level: str) -> int:
    shares = {
        "strong": row.share_strong_bp,
        "growing": row.share_growing_bp,
        "starting": row.share_starting_bp,
    }
    return shares[level]


def _terms(level: str, dice: Random) -> tuple[str, ...]:
    """Only those without working capital insist on credit."""
    roll = 100 * dice.random()
    any_terms = refdata.assumption("terms_any_percent")
    if roll < any_terms:
        return ALL_TERMS
    if level == "strong" or roll < any_terms + refdata.assumption("terms_no_prepaid_percent"):
        return ALL_TERMS[1:]
    return ALL_TERMS[2:]


def _need_terms(cooperative: CooperativeSpec, commodity: str) -> tuple[str, ...]:
    """Authorised sources give no choice: who pays at the door pays them in advance as well."""
    forced = refdata.commodity(commodity).price_class == "administered" and "cod" in cooperative.terms
    return ALL_TERMS if forced else cooperative.terms


def _truck_access(village_code: str, dice: Random) -> str:
    dense = _households()[village_code][1] < 0.9
    roll, (pickup, small) = 100 * dice.random(), _ACCESS_STEPS[dense]
    return "pickup" if roll < pickup else "small" if roll < small else "any"


def _quiet_days(level: str, dice: Random) -> int | None:
    if level not in _QUIET_DAYS:
        return None
    low, high = _QUIET_DAYS[level]
    return low + int(dice.random() * (high - low + 1))


def _need(cooperative: CooperativeSpec, row: ConsumptionRow, seed: int) -> NeedSpec | None:
    dice = _dice(seed, "need", cooperative.village_code, row.commodity)
    # Drawn in one fixed order, whether used or not: a changed rate moves only what it must.
    asks, size, ceiling, extra, urgency, days = (dice.random() for _ in range(6))
    wanted = _wanted_packs(cooperative, row, 0.75 + 0.5 * size)
    if 100 * asks >= _asks_percent(row.commodity, cooperative.level) or wanted == 0:
        return None
    return NeedSpec(
        village_code=cooperative.village_code,
        commodity=row.commodity,
        pack=row.bulk_pack,
        wanted_packs=wanted,
        at_most_packs=_at_most_packs(row.commodity, wanted, extra),
        ceiling_rp=_ceiling_rp(row, ceiling),
        needed_in_days=_needed_in_days(urgency, days),
        cash_rp=None,
        terms=_need_terms(cooperative, row.commodity),
        truck_access=cooperative.truck_access,
        max_suppliers=_SUPPLIERS_AT_MOST[cooperative.level],
        weight=cooperative.households_served,
    )


def _asks_percent(commodity: str, level: str) -> int:
    special = {"BRS-SPHP": "sphp_percent", "LPG3": "lpg_percent"}
    return refdata.assumption(special.get(commodity, "need_percent"), level)


def _wanted_packs(cooperative: CooperativeSpec, row: ConsumptionRow, noise: float) -> int:
    people = _households()[cooperative.village_code][0] * refdata.assumption("persons_per_household")
    month = people * row.base_per_head_month * _share_bp(row, cooperative.level) / 10_000
    base = month * refdata.assumption("cover_days") / 30 * noise
    packs = round(base / refdata.pack(row.bulk_pack).size_base)
    if row.commodity == "BRS-SPHP":
        return min(SPHP_PICKUP_PACKS, packs // 10 * 10)
    if row.commodity == "LPG3":
        return packs // LPG_DROP * LPG_DROP
    return packs


def _at_most_packs(commodity: str, wanted: int, roll: float) -> int:
    """Two in five would take a quarter more for a better tier; administered goods are counted out."""
    administered = refdata.commodity(commodity).price_class == "administered"
    return wanted if administered or roll >= 0.4 else wanted + (wanted + 3) // 4


def _ceiling_rp(row: ConsumptionRow, roll: float) -> int | None:
    """Landed ceiling per pack: below what households pay, so that something is left to live on."""
    none, tight = refdata.assumption("ceiling_none_percent"), refdata.assumption("ceiling_tight_percent")
    reference = refdata.reference_price_rp(row.commodity, PRICES_ON)
    if refdata.commodity(row.commodity).price_class == "administered":
        per_unit = reference * (0.945 + 0.015 * roll)
    elif 100 * roll < none:
        return None
    elif 100 * roll < none + tight:
        per_unit = reference * 0.9
    else:
        per_unit = reference * (0.95 + 0.04 * roll)
    return refdata.pack_price_rp(row.bulk_pack, int(per_unit)) // 100 * 100


def _needed_in_days(urgency: float, roll: float) -> int:
    low, high = (2, 3) if urgency < 0.06 else (4, 6) if urgency < 0.25 else (7, 14)
    return low + int(roll * (high - low + 1))
