"""Figures for pictures and for people who may see only sums: the flow, the pool, anonymous demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db
from market.identity import queries as identity
from market.needs import queries as needs
from market.needs.models import Need
from market.offers import queries as offers
from market.offers.models import Offer
from market.places import queries as places
from market.rounds.models import Assignment, AssignmentLine, Round
from market.rounds.queries.answers import LIVE
from market.rounds.queries.outcomes import outcomes, round_summary

Flow = tuple[str, str, int]
"""Supplier, district, kilograms."""
Step = tuple[int, int]
"""From this many packs on, this price per pack."""
MIN_TOGETHER = 2
"""Fewer cooperatives or suppliers than these are never shown as a figure of their own."""


def flow(round_id: int) -> list[Flow]:
    """How many kilograms go from which supplier to which district."""
    packs = func.coalesce(AssignmentLine.accepted_packs, AssignmentLine.packs)
    keys = (Assignment.organization_id, AssignmentLine.place_code, Assignment.pack_id)
    query = (
        select(*keys, func.sum(packs))
        .join(AssignmentLine, AssignmentLine.assignment_id == Assignment.id)
        .where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
        .group_by(*keys)
    )
    gross = {pack.id: pack.gross_g for pack in commodities.packs()}
    grams: dict[tuple[int, str], int] = defaultdict(int)
    for supplier_id, place_code, pack_id, count in db.session.execute(query):
        grams[supplier_id, place_code[:6]] += int(count) * gross[pack_id]
    sources = identity.names({supplier_id for supplier_id, _district in grams})
    targets = places.names({district for _supplier, district in grams})
    return [
        (sources[supplier_id], targets.get(district, district), amount // 1000)
        for (supplier_id, district), amount in sorted(grams.items())
        if amount >= 1000
    ]


# --- the pool before it closes -------------------------------------------------------------------


@dataclass(frozen=True)
class Pool:
    """What is pooled of one good, and the prices it can reach (empty: not to be shown)."""

    pack: Pack
    needs: int
    cooperatives: int
    packs: int
    steps: list[Step]


@dataclass(frozen=True)
class PoolView:
    """The pool of an area by good, and the packs that one cooperative has in it (by pack id)."""

    goods: list[Pool]
    cooperatives: int
    mine: dict[int, int]

    @property
    def needs(self) -> int:
        return sum(each.needs for each in self.goods)


def pool(scope_code: str, organization_id: int | None = None, family: str = "") -> PoolView:
    """Open needs of an area by good, by name; of one family of goods, or of all."""
    waiting = needs.open_needs(scope_code, commodities.pack_ids_of(family))
    groups: dict[int, list[Need]] = defaultdict(list)
    mine: dict[int, int] = defaultdict(int)
    for need in waiting:
        groups[need.pack_id].append(need)
        if need.organization_id == organization_id:
            mine[need.pack_id] += need.wanted_packs
    steps = _steps(scope_code, groups)
    goods = [
        Pool(group[0].pack, len(group), _count(group), _packs(group), steps.get(pack_id, []))
        for pack_id, group in groups.items()
    ]
    return PoolView(sorted(goods, key=lambda row: row.pack.name), _count(waiting), dict(mine))


def _steps(scope_code: str, pack_ids: Iterable[int]) -> dict[int, list[Step]]:
    """The best price of any offer at each pooled amount; nothing where one supplier alone offers."""
    standing: dict[int, list[Offer]] = defaultdict(list)
    for offer in offers.live_offers(scope_code, clock.today(), list(pack_ids)):
        standing[offer.pack_id].append(offer)
    return {
        pack_id: _envelope([offers.price_curve(offer) for offer in found])
        for pack_id, found in standing.items()
        if len({offer.organization_id for offer in found}) >= MIN_TOGETHER
    }


def _envelope(curves: list[list[Step]]) -> list[Step]:
    """The lowest price over several falling curves, as steps that fall."""
    steps: list[Step] = []
    for start in sorted({start for curve in curves for start, _price in curve}):
        best = min(price for curve in curves for begin, price in curve if begin <= start)
        if not steps or best < steps[-1][1]:
            steps.append((start, best))
    return steps


# --- what a supplier may know of demand ----------------------------------------------------------


@dataclass(frozen=True)
class Demand:
    """Open needs of at least two cooperatives; `week_on` is a Monday (None: any week)."""

    pack: Pack
    city: str
    area: str
    week_on: date | None
    cooperatives: int
    packs: int


def anonymous_demand() -> list[Demand]:
    """What is wanted by good, area and week, so that no cooperative can be told from it.

    Where a district has fewer than two cooperatives in a week, it joins the rest of its city; where
    the rest of the city has fewer, it joins the other weeks; what is still alone is not shown.
    """
    groups: dict[tuple[int, str], list[Need]] = defaultdict(list)
    for need in needs.open_needs(""):
        groups[need.pack_id, need.place_code[:4]].append(need)
    names = places.names({need.place_code[:n] for group in groups.values() for need in group for n in (4, 6)})
    rows = [
        Demand(group[0].pack, names.get(city, city), names.get(area, ""), week, _count(cell), _packs(cell))
        for (_pack, city), group in groups.items()
        for (week, area), cell in _cells(group).items()
    ]
    return sorted(
        rows, key=lambda row: (row.city, row.pack.name, row.week_on or date.max, row.area == "", row.area)
    )


def _cells(group: list[Need]) -> dict[tuple[date | None, str], list[Need]]:
    """Needs of one good and city by (week, district), coarsened until each cell holds enough."""
    done: dict[tuple[date | None, str], list[Need]] = {}
    fine: dict[tuple[date, str], list[Need]] = defaultdict(list)
    for need in group:
        fine[week_of(need.needed_by_on), need.place_code[:6]].append(need)
    by_week: dict[date, list[Need]] = defaultdict(list)
    for (week, district), cell in fine.items():
        if _count(cell) >= MIN_TOGETHER:
            done[week, district] = cell
        else:
            by_week[week].extend(cell)
    rest: list[Need] = []
    for week, cell in by_week.items():
        if _count(cell) >= MIN_TOGETHER:
            done[week, ""] = cell
        else:
            rest.extend(cell)
    if _count(rest) >= MIN_TOGETHER:
        done[None, ""] = rest
    return done


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _count(cell: list[Need]) -> int:
    return len({need.organization_id for need in cell})


def _packs(cell: list[Need]) -> int:
    return sum(need.wanted_packs for need in cell)


# --- for everybody -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """The last finished round of an area in sums that anybody may see."""

    number: str
    title: str
    finished_at: datetime
    flow: list[Flow]
    cooperatives: int
    suppliers: int
    paid_rp: int
    pooled_rp: int
    alone_rp: int
    market_rp: int
    pooled_at_market_rp: int


def last_finished_picture(scope_code: str) -> Picture | None:
    """The newest round of an area that delivered something, or None."""
    query = (
        select(Round)
        .where(Round.state == "finished", Round.scope_code.startswith(scope_code, autoescape=True))
        .order_by(Round.state_at.desc(), Round.id.desc())
        .limit(10)
    )
    for round_ in db.session.scalars(query):
        rows = outcomes(round_.id)
        summary = round_summary(round_.id, rows)
        if summary.packs:
            return Picture(
                number=round_.number,
                title=round_.title,
                finished_at=round_.state_at,
                flow=flow(round_.id),
                cooperatives=summary.served_cooperatives,
                suppliers=summary.suppliers,
                paid_rp=summary.paid_rp,
                pooled_rp=summary.pooled_rp,
                alone_rp=summary.alone_cost_rp,
                market_rp=summary.market_price_cost_rp,
                pooled_at_market_rp=summary.pooled_at_market_rp,
            )
    return None
