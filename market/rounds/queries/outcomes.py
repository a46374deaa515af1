"""What a round brings each need, each good and each supplier, and what that is against other ways to buy."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import db, money
from market.core.permissions import Actor
from market.identity import queries as identity
from market.needs import queries as needs
from market.needs.models import Need
from market.places import queries as places
from market.purchasing import queries as purchasing
from market.rounds.models import Assignment, AssignmentLine, Round, RoundNeed, RoundPlan
from market.rounds.queries.answers import LIVE, assignments_of_supplier
from market.rounds.queries.rounds import newest_plan, round_needs


@dataclass(frozen=True)
class Served:
    """A line that counts for a need, with the assignment it belongs to and who supplies it."""

    line: AssignmentLine
    assignment: Assignment
    supplier: str

    @property
    def packs(self) -> int:
        return self.line.packs if self.line.accepted_packs is None else self.line.accepted_packs


@dataclass(frozen=True)
class NeedOutcome:
    """What became of one need of a round; amounts over the lines that are asked or accepted."""

    frozen: RoundNeed
    need: Need
    pack: Pack
    lines: list[Served] = field(default_factory=list)

    @property
    def packs(self) -> int:
        return sum(served.packs for served in self.lines)

    @property
    def paid_rp(self) -> int:
        return sum(served.line.paid_rp() for served in self.lines)

    @property
    def goods_rp(self) -> int:
        return sum(served.packs * served.line.price_rp for served in self.lines)

    @property
    def missing(self) -> int:
        return max(0, self.frozen.wanted_packs - self.packs)

    @property
    def counted(self) -> int:
        """Packs that a comparison counts: what it gets, at most what it wanted."""
        return min(self.packs, self.frozen.wanted_packs)

    @property
    def pooled_rp(self) -> int:
        """What the counted packs cost in this round."""
        return self.paid_rp * self.counted // self.packs if self.packs else 0

    @property
    def alone_rp(self) -> int | None:
        """What the counted packs would cost bought alone; None where alone they cannot be had."""
        if self.frozen.alone_rp is None or not self.counted:
            return None
        return self.frozen.alone_rp * self.counted // self.frozen.alone_packs

    @property
    def saved_rp(self) -> int | None:
        return None if self.alone_rp is None else self.alone_rp - self.pooled_rp

    @property
    def market_rp(self) -> int | None:
        """The counted packs at the last observed retail price."""
        return None if self.frozen.market_rp is None else self.frozen.market_rp * self.counted


def outcomes(round_id: int, buyer_id: int | None = None) -> list[NeedOutcome]:
    """Every need of a round with its lines, or those of one buyer."""
    frozen = [row for row in round_needs(round_id) if buyer_id in (None, row.buyer_id)]
    found = {need.id: need for need in needs.by_ids([row.need_id for row in frozen])}
    packs = {pack.id: pack for pack in commodities.packs()}
    lines = _served(round_id, buyer_id)
    return [
        NeedOutcome(row, found[row.need_id], packs[row.pack_id], lines.get(row.need_id, [])) for row in frozen
    ]


def _served(round_id: int, buyer_id: int | None) -> dict[int, list[Served]]:
    query = (
        select(AssignmentLine, Assignment)
        .join(Assignment, Assignment.id == AssignmentLine.assignment_id)
        .where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
        .order_by(AssignmentLine.id)
    )
    if buyer_id is not None:
        query = query.where(AssignmentLine.buyer_id == buyer_id)
    rows = list(db.session.execute(query))
    names = identity.names({assignment.organization_id for _line, assignment in rows})
    lines: dict[int, list[Served]] = defaultdict(list)
    for line, assignment in rows:
        lines[line.need_id].append(Served(line, assignment, names[assignment.organization_id]))
    return lines


def dearer_than_alone(round_: Round) -> list[NeedOutcome]:
    """Needs that pay more per pack in the round than they would alone, the dearest first."""
    dear = [row for row in outcomes(round_.id) if (row.saved_rp or 0) < 0]
    return sorted(dear, key=lambda row: (row.saved_rp or 0, row.need.id))


@dataclass(frozen=True)
class RoundSummary:
    """A round in figures, as page, demo and board show them.

    `cost_rp`, `bound_rp` and `greedy_cost_rp` are whole objectives (money and penalties). The other
    ways to buy are compared on the packs that both serve, at most what was wanted: `pooled_rp` against
    `alone_cost_rp`, `pooled_at_market_rp` against `market_price_cost_rp`.
    """

    cooperatives: int
    suppliers: int
    needs: int
    offers: int
    lanes: int
    cost_rp: int | None
    bound_rp: int | None
    gap: float | None
    checked: bool
    greedy_cost_rp: int | None
    paid_rp: int
    packs: int
    pooled_rp: int
    alone_cost_rp: int
    pooled_at_market_rp: int
    market_price_cost_rp: int
    unmet_units: int
    shortages: int
    served_needs: int
    served_cooperatives: int

    @property
    def saved_rp(self) -> int:
        return self.alone_cost_rp - self.pooled_rp


def round_summary(round_id: int, rows: list[NeedOutcome] | None = None) -> RoundSummary:
    """The figures of a round: of its newest plan and what suppliers have answered since."""
    rows = outcomes(round_id) if rows is None else rows
    plan = newest_plan(round_id)
    alone = [row for row in rows if row.alone_rp is not None]
    priced = [row for row in rows if row.market_rp is not None and row.counted]
    served = [row for row in rows if row.packs]
    return RoundSummary(
        cooperatives=len({row.frozen.buyer_id for row in rows}),
        suppliers=len({each.assignment.organization_id for row in rows for each in row.lines}),
        needs=len(rows),
        offers=len(_problem(plan).get("offers", [])),
        lanes=plan.lanes if plan else 0,
        cost_rp=plan.cost_rp if plan else None,
        bound_rp=plan.bound_rp if plan else None,
        gap=plan.gap_ppm / 1_000_000 if plan and plan.gap_ppm is not None else None,
        checked=bool(plan and plan.checked),
        greedy_cost_rp=plan.greedy_cost_rp if plan else None,
        paid_rp=sum(row.paid_rp for row in rows),
        packs=sum(row.packs for row in rows),
        pooled_rp=sum(row.pooled_rp for row in alone),
        alone_cost_rp=sum(row.alone_rp or 0 for row in alone),
        pooled_at_market_rp=sum(row.pooled_rp for row in priced),
        market_price_cost_rp=sum(row.market_rp or 0 for row in priced),
        unmet_units=sum(row.missing for row in rows),
        shortages=sum(1 for row in rows if row.missing),
        served_needs=len(served),
        served_cooperatives=len({row.frozen.buyer_id for row in served}),
    )


def _problem(plan: RoundPlan | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plan.problem_json) if plan else {}
    return found


@dataclass(frozen=True)
class GoodsRow:
    """One good of a round: what was wanted, what comes, at what price on average."""

    pack: Pack
    needs: int
    wanted: int
    planned: int
    missing: int
    paid_rp: int

    @property
    def unit_rp(self) -> int | None:
        return money.div_round(self.paid_rp, self.planned) if self.planned else None


def goods_of(rows: list[NeedOutcome]) -> list[GoodsRow]:
    """The round by good, by name."""
    groups: dict[int, list[NeedOutcome]] = defaultdict(list)
    for row in rows:
        groups[row.pack.id].append(row)
    found = [
        GoodsRow(
            pack=group[0].pack,
            needs=len(group),
            wanted=sum(row.frozen.wanted_packs for row in group),
            planned=sum(row.packs for row in group),
            missing=sum(row.missing for row in group),
            paid_rp=sum(row.paid_rp for row in group),
        )
        for group in groups.values()
    ]
    return sorted(found, key=lambda row: row.pack.name)


@dataclass(frozen=True)
class AskedRow:
    """One assignment as the office sees it."""

    assignment: Assignment
    supplier: str
    pack: Pack
    destinations: int


def asked_of(round_id: int) -> list[AskedRow]:
    """What a round asks of suppliers, over all its plans, without what was dropped; newest plan last."""
    query = select(Assignment).where(Assignment.round_id == round_id, Assignment.state != "dropped")
    found = list(db.session.scalars(query.order_by(Assignment.plan_id, Assignment.id)))
    names = identity.names({row.organization_id for row in found})
    packs = {pack.id: pack for pack in commodities.packs()}
    stops: dict[int, set[str]] = defaultdict(set)
    for line_id, place in db.session.execute(
        select(AssignmentLine.assignment_id, AssignmentLine.place_code).where(
            AssignmentLine.assignment_id.in_([row.id for row in found])
        )
    ):
        stops[line_id].add(place)
    return [
        AskedRow(row, names[row.organization_id], packs[row.pack_id], len(stops[row.id])) for row in found
    ]


@dataclass(frozen=True)
class Listed:
    """An assignment in the supplier's list."""

    assignment: Assignment
    pack: Pack
    title: str


def assignments_listed(actor: Actor) -> list[Listed]:
    """What the actor's supplier has been asked, the nearest deadline first, then newest."""
    packs = {pack.id: pack for pack in commodities.packs()}
    found = assignments_of_supplier(actor.organization_id or 0)
    titles = {row.id: row.title for row in _rounds({each.round_id for each in found})}
    rows = [Listed(each, packs[each.pack_id], titles[each.round_id]) for each in found]
    return sorted(rows, key=lambda row: (row.assignment.state != "offered", row.assignment.due_at))


def _rounds(round_ids: set[int]) -> list[Round]:
    return list(db.session.scalars(select(Round).where(Round.id.in_(round_ids))))


@dataclass(frozen=True)
class Destination:
    """A line of an assignment as the supplier reads it: who, where, how much."""

    line: AssignmentLine
    buyer: str
    place: str
    district: str
    needed_by_on: date
    order_number: str


def destinations(lines: list[AssignmentLine]) -> list[Destination]:
    """Where the goods of an assignment go, by district and name."""
    buyers = identity.names({line.buyer_id for line in lines})
    names = places.names({line.place_code[:n] for line in lines for n in (6, 10)})
    wanted = {need.id: need for need in needs.by_ids([line.need_id for line in lines])}
    numbers = {line.order_id: purchasing.order(line.order_id).number for line in lines if line.order_id}
    rows = [
        Destination(
            line=line,
            buyer=buyers[line.buyer_id],
            place=names.get(line.place_code, line.place_code),
            district=names.get(line.place_code[:6], ""),
            needed_by_on=wanted[line.need_id].needed_by_on,
            order_number=numbers.get(line.order_id or 0, ""),
        )
        for line in lines
    ]
    return sorted(rows, key=lambda row: (row.district, row.place, row.buyer, row.line.id))
