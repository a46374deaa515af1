"""What a cooperative may ask for now: what sells, what is on hand, what came short, what it asked before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, faults
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission
from market.cycles import queries
from market.cycles.services.opening import coming_dates
from market.needs import services as needs
from market.needs.models import Need

SALES_DAYS = Parameter(
    "cycles.sales_days",
    28,
    "assumption: four whole weeks, so that paydays count",
    *(7, 365, lazy("Usulan menghitung penjualan selama"), lazy("hari"), "cooperative"),
)
COVER_DAYS = Parameter(
    "cycles.cover_days",
    14,
    "assumption: two weeks until the goods of the round after next",
    *(1, 90, lazy("Stok harus cukup setelah barang datang selama"), lazy("hari"), "cooperative"),
)
USUAL_DAYS = 10
"""Without a cycle: a need is asked for by so many days from now."""


@dataclass(frozen=True)
class Proposal:
    """One good that could be asked for, in packs, with the figures it follows from (base units).

    `sold_base` is what was sold in `sold_days`; `until_on` the day up to which the stock should last.
    """

    pack: Pack
    packs: int
    sold_base: int
    sold_days: int
    free_base: int
    coming_base: int
    last_packs: int
    short_packs: int
    until_on: date

    @property
    def by_sales(self) -> bool:
        """Whether sales say how much; else it is what was asked last time."""
        return self.sold_base > 0


@dataclass(frozen=True)
class Choice:
    """A line that the person wants: so many packs of a pack."""

    pack_id: int
    packs: int


def next_delivery_on(actor: Actor, family: str = "") -> date:
    """By when goods asked for now come: the delivery of the cycle's date that is open or next."""
    days = [
        times.delivery_on
        for cycle in queries.cycles_of(actor)
        if cycle.state == "active" and cycle.family in ("", family)
        for times, row in coming_dates(cycle, 2)
        if (row is None or row.state != "skipped") and times.closes_at > clock.now()
    ]
    return min(days, default=clock.today() + timedelta(days=USUAL_DAYS))


def proposals(actor: Actor) -> list[Proposal]:
    """What the actor's cooperative may ask for, the most urgent first. Raises Forbidden.

    By sales: what sells a day, times the days until the goods after the next ones, less what is free on the
    shelf and what is already coming, in whole packs. What never sold is proposed as it was asked last time.
    """
    actor.require(Permission.NEEDS_POST)
    organization_id = actor.organization_id or 0
    asked, terms = queries.last_asked(organization_id), queries.last_terms(organization_id)
    days = _known_days(organization_id)
    sold = queries.sold_base(organization_id, queries.since_days(days))
    free, coming = queries.free_base(organization_id), queries.coming_base(organization_id)
    rows = []
    for pack in _bulk_packs(set(asked) | set(terms), set(sold)):
        until = next_delivery_on(actor, pack.commodity.family) + timedelta(
            days=COVER_DAYS.value(organization_id=organization_id)
        )
        wanted, got = asked.get(pack.id, (0, 0))
        figures = (
            *(sold.get(pack.commodity_id, 0), days, max(0, free.get(pack.commodity_id, 0))),
            *(coming.get(pack.commodity_id, 0), wanted, max(0, wanted - got), until),
        )
        packs = _packs(pack, *figures)
        if packs > 0:
            rows.append(Proposal(pack, packs, *figures))
    return sorted(rows, key=lambda row: (-row.short_packs, row.free_base > 0, row.pack.name))


def _known_days(organization_id: int) -> int:
    """Over how many days sales are counted: a shop that opened last week is not thought slow."""
    first, most = queries.first_sold_on(organization_id), SALES_DAYS.value(organization_id=organization_id)
    if first is None:
        return most
    return min(most, max(7, (clock.today() - first).days + 1))


def _bulk_packs(known: set[int], sold: set[int]) -> list[Pack]:
    """One bulk pack for each good: the one that was asked for before, else the smallest."""
    chosen: dict[int, Pack] = {}
    for pack in commodities.packs(bulk=True):  # by good, the largest first
        if pack.id in known or pack.commodity_id in sold:
            present = chosen.get(pack.commodity_id)
            if present is None or present.id not in known:
                chosen[pack.commodity_id] = pack
    return list(chosen.values())


def _packs(
    pack: Pack, sold: int, days: int, free: int, coming: int, wanted: int, short: int, until: date
) -> int:
    if sold <= 0:
        return max(0, wanted - coming // pack.size_base)
    ahead = (until - clock.today()).days
    missing = -(-sold * ahead // days) - free - coming
    return max(0, -(-missing // pack.size_base))


def ask_for(actor: Actor, choices: Iterable[Choice]) -> list[Need]:
    """Post a need for each choice on the terms of the cooperative's last need of it, handed in at once.

    All or nothing. Raises Forbidden, and Refused at the field `packs_<pack id>` of the first line that a rule
    stops, or when nothing is chosen.
    """
    actor.require(Permission.NEEDS_POST)
    terms = queries.last_terms(actor.organization_id or 0)
    posted = []
    for choice in choices:
        pack = commodities.pack(choice.pack_id)
        try:
            posted.append(_ask(actor, pack, choice.packs, terms.get(pack.id)))
        except Refused as refusal:
            raise Refused(f"{pack.name}: {refusal.message}", field=f"packs_{pack.id}") from refusal
        faults.point("cycles.asked")
    if not posted:
        raise Refused(_("Pilih paling sedikit satu barang."))
    return posted


def _ask(actor: Actor, pack: Pack, packs: int, before: Need | None) -> Need:
    by = next_delivery_on(actor, pack.commodity.family)
    given = {} if before is None else {
        name: getattr(before, name) for name in ("terms", "place_code", "truck_access", "max_suppliers")
    }  # fmt: skip
    outlook = needs.price_outlook(pack, str(given.get("place_code") or ""))
    ceiling = before.ceiling_rp if before is not None else None
    if outlook.fixed_rp:
        ceiling = None
    elif outlook.ceiling_rp is not None:
        ceiling = min(ceiling or outlook.ceiling_rp, outlook.ceiling_rp)
    return needs.post_need(
        actor, pack_id=pack.id, wanted_packs=packs, needed_by_on=by, ceiling_rp=ceiling, **given
    )
