"""A checked plan becomes rows: who is asked for how much, at what price, and who pays the delivery."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from market.core import clock, db, faults, jobs, money, states
from market.core.i18n import _
from market.core.permissions import SYSTEM, Actor, Permission
from market.needs import queries as needs
from market.needs import services as need_services
from market.offers import queries as offers
from market.rounds import queries
from market.rounds.models import Assignment, AssignmentLine, Round, RoundNeed, RoundPlan
from market.rounds.services import gathering

FALLBACK_REASON = "cost"


@dataclass(frozen=True)
class Found:
    """What the matcher's commands answered for one problem."""

    plan: dict[str, Any]
    verdict: dict[str, Any]
    greedy: dict[str, Any] | None
    alone: dict[str, Any] | None
    explanations: dict[str, Any]
    seed: int


def record_plan(
    round_id: int, attempt: int, problem: dict[str, Any], found: Found, milliseconds: int
) -> RoundPlan:
    """Store a plan that the checker accepted, with its assignments and the needs it leaves open.

    A first plan waits for an officer to publish it; a re-match is offered at once.
    """
    round_ = queries.round_by_id(round_id, lock=True)
    plan = _plan_row(round_, attempt, problem, found, milliseconds)
    db.session.add(plan)
    db.session.flush()
    lines = _new_lines(round_, problem, found.plan)
    _assignments(round_, plan, lines)
    _outcome_of_needs(round_, problem, found)
    faults.point("plan_recorded")
    if round_.state == "rematching":
        states.advance(round_, "published", SYSTEM)
        offer_plan(SYSTEM, round_, plan)
    else:
        states.advance(round_, "solved", SYSTEM)
    return plan


def _plan_row(
    round_: Round, attempt: int, problem: dict[str, Any], found: Found, milliseconds: int
) -> RoundPlan:
    plan = found.plan
    goods = sum(line["quantity"] * line["price_rp"] for line in plan["lines"])
    return RoundPlan(
        organization_id=round_.organization_id,
        round_id=round_.id,
        attempt=attempt,
        problem_json=json.dumps(problem, sort_keys=True),
        plan_json=json.dumps(plan, sort_keys=True),
        problem_sha256=plan["problem_sha256"],
        checked=bool(found.verdict["clean"]),
        cost_rp=plan["cost_rp"],
        bound_rp=plan["bound_rp"],
        certified_bound_rp=found.verdict.get("certified_bound_rp"),
        gap_ppm=None if plan["gap"] is None else round(plan["gap"] * 1_000_000),
        greedy_cost_rp=found.greedy["cost_rp"] if found.greedy else None,
        goods_rp=goods,
        delivery_rp=_delivery_rp(problem, plan),
        seed=found.seed,
        solver="matching",
        milliseconds=milliseconds,
        lanes=len(problem["lanes"]),
        made_at=clock.now(),
    )


def _delivery_rp(problem: dict[str, Any], plan: dict[str, Any]) -> int:
    """Freight, drops, fixed costs and trucks of a plan."""
    drop = {(lane["need"], lane["offer"]): lane["drop_rp"] for lane in problem["lanes"]}
    truck = {(row["supplier"], row["district"]): row["cost_rp"] for row in problem["trips"]}
    fixed = {offer["id"]: offer["fixed_rp"] for offer in problem["offers"]}
    used = {(line["need"], line["offer"]) for line in plan["lines"]}
    freight = sum(line["quantity"] * line["freight_rp"] for line in plan["lines"])
    drops = sum(drop[pair] for pair in used)
    trucks = sum(row["trips"] * truck[row["supplier"], row["district"]] for row in plan["trips"])
    return int(freight + drops + trucks + sum(fixed[row["offer"]] for row in plan["offers"]))


@dataclass
class NewLine:
    """A line of the plan beyond what was already accepted."""

    need_id: int
    offer_id: int
    supplier_id: int
    district: str
    packs: int
    price_rp: int
    freight_rp: int
    drop_rp: int
    weight_g: int
    tier_from: int
    truck_rp: int = 0


def _new_lines(round_: Round, problem: dict[str, Any], plan: dict[str, Any]) -> list[NewLine]:
    """The plan's lines without the fixed ones, each with its share of the delivery."""
    agreed = {(row["need"], row["offer"]): row["quantity"] for row in problem["fixed"]}
    total: dict[tuple[str, str], int] = defaultdict(int)
    price: dict[tuple[str, str], int] = {}
    for line in plan["lines"]:
        pair = (line["need"], line["offer"])
        total[pair] += line["quantity"]
        price[pair] = max(price.get(pair, 0), line["price_rp"])
    rows = _Rows(problem, plan)
    lines = [
        rows.line(pair, packs - agreed.get(pair, 0), price[pair], pair in agreed)
        for pair, packs in sorted(total.items())
        if packs > agreed.get(pair, 0)
    ]
    _share_trucks(round_, rows, lines)
    return lines


class _Rows:
    """Looks the rows of a problem and a plan up by their ids."""

    def __init__(self, problem: dict[str, Any], plan: dict[str, Any]) -> None:
        self.needs = {row["id"]: row for row in problem["needs"]}
        self.offers = {row["id"]: row for row in problem["offers"]}
        self.unit_g = {row["id"]: row["unit_g"] for row in problem["commodities"]}
        self.lanes = {(row["need"], row["offer"]): row for row in problem["lanes"]}
        self.truck_rp = {(row["supplier"], row["district"]): row["cost_rp"] for row in problem["trips"]}
        self.trips = {(row["supplier"], row["district"]): row["trips"] for row in plan["trips"]}
        self.tier_from = {row["offer"]: row["tier_from"] for row in plan["offers"]}

    def line(self, pair: tuple[str, str], packs: int, price_rp: int, agreed: bool) -> NewLine:
        need, offer = self.needs[pair[0]], self.offers[pair[1]]
        return NewLine(
            need_id=int(pair[0][1:]),
            offer_id=int(pair[1][1:]),
            supplier_id=int(offer["supplier"][1:]),
            district=need["district"],
            packs=packs,
            price_rp=price_rp,
            freight_rp=self.lanes[pair]["freight_rp"],
            drop_rp=0 if agreed else self.lanes[pair]["drop_rp"],
            weight_g=packs * self.unit_g[need["commodity"]],
            tier_from=self.tier_from[pair[1]],
        )


def _share_trucks(round_: Round, rows: _Rows, lines: list[NewLine]) -> None:
    """Split what the trucks of each supplier and district cost by weight.

    What accepted lines of earlier attempts already pay is not charged again.
    """
    paid = queries.truck_paid_rp(round_.id)
    groups: dict[tuple[str, str], list[NewLine]] = defaultdict(list)
    for line in lines:
        groups[f"s{line.supplier_id}", line.district].append(line)
    for key, group in groups.items():
        cost = rows.trips.get(key, 0) * rows.truck_rp.get(key, 0)
        cost = max(0, cost - paid.get((group[0].supplier_id, key[1].split("/")[0]), 0))
        shares = money.split(cost, [line.weight_g for line in group])
        for line, share in zip(group, shares, strict=True):
            line.truck_rp = share


def _assignments(round_: Round, plan: RoundPlan, lines: list[NewLine]) -> None:
    """One assignment per offer, one line per need."""
    by_offer: dict[int, list[NewLine]] = defaultdict(list)
    for line in lines:
        by_offer[line.offer_id].append(line)
    found = needs.needs_by_id([line.need_id for line in lines])
    lead = {offer.id: offer for offer in offers.offers_by_id(list(by_offer))}
    start = gathering.first_delivery_on(round_)
    for offer_id, group in sorted(by_offer.items()):
        offer = lead[offer_id]
        assignment = _assignment(round_, plan, offer.pack_id, group, start + timedelta(days=offer.lead_days))
        db.session.add(assignment)
        db.session.flush()
        states.start(assignment, SYSTEM)
        db.session.add_all(_assignment_line(assignment, line, found[line.need_id]) for line in group)
    db.session.flush()


def _assignment(
    round_: Round, plan: RoundPlan, pack_id: int, lines: list[NewLine], delivery_on: date
) -> Assignment:
    return Assignment(
        organization_id=lines[0].supplier_id,
        round_id=round_.id,
        plan_id=plan.id,
        offer_id=lines[0].offer_id,
        pack_id=pack_id,
        state_at=clock.now(),
        packs=sum(line.packs for line in lines),
        price_rp=lines[0].price_rp,
        tier_from=lines[0].tier_from,
        goods_rp=sum(line.packs * line.price_rp for line in lines),
        delivery_rp=sum(line.packs * line.freight_rp + line.drop_rp + line.truck_rp for line in lines),
        delivery_on=delivery_on,
    )


def _assignment_line(assignment: Assignment, line: NewLine, need: needs.Need) -> AssignmentLine:
    return AssignmentLine(
        organization_id=assignment.organization_id,
        assignment_id=assignment.id,
        need_id=line.need_id,
        buyer_id=need.organization_id,
        place_code=need.place_code,
        packs=line.packs,
        price_rp=line.price_rp,
        freight_rp=line.freight_rp,
        drop_rp=line.drop_rp,
        truck_rp=line.truck_rp,
    )


def _outcome_of_needs(round_: Round, problem: dict[str, Any], found: Found) -> None:
    """Write on each frozen need what it gets, what it costs, what it would cost alone, and why less."""
    filled: dict[str, int] = defaultdict(int)
    for line in found.plan["lines"]:
        filled[line["need"]] += line["quantity"]
    cost = _cost_by_need(round_.id)
    short = {row["need"]: row for row in found.plan["shortages"]}
    alone = {row["need"]: row.get("cost_rp") for row in (found.alone or {}).get("needs", [])}
    why = {row["need"]: row for row in found.explanations.get("needs", [])}
    for frozen in queries.round_needs(round_.id):
        key = f"n{frozen.need_id}"
        frozen.planned_packs = filled[key]
        frozen.planned_rp = cost.get(frozen.need_id, 0)
        if round_.attempt == 1:
            frozen.alone_rp = alone.get(key)
        frozen.unmet_reason = short[key]["reason"] if key in short else ""
        frozen.unmet_detail = why.get(key) if key in short else None
    db.session.flush()


def _cost_by_need(round_id: int) -> dict[int, int]:
    """What each need pays over all its live lines, delivery included."""
    cost: dict[int, int] = defaultdict(int)
    for line in queries.live_lines(round_id):
        packs = line.packs if line.accepted_packs is None else line.accepted_packs
        if packs:
            cost[line.need_id] += packs * (line.price_rp + line.freight_rp) + line.drop_rp + line.truck_rp
    return cost


def publish_plan(actor: Actor, round_id: int) -> RoundPlan:
    """An officer has looked: every supplier is asked, and the clock of the answers starts.

    Raises IllegalMove when the round is not solved.
    """
    actor.require(Permission.ROUNDS_RUN)
    round_ = queries.round_for(actor, round_id, lock=True)
    states.advance(round_, "published", actor)
    plan = queries.newest_plan(round_.id)
    assert plan is not None, "a solved round has a plan"
    offer_plan(actor, round_, plan)
    return plan


def offer_plan(actor: Actor, round_: Round, plan: RoundPlan) -> None:
    """Ask the suppliers of a plan, each with the same deadline; a plan that asks nobody ends the round."""
    plan.published_at = clock.now()
    due_at = clock.now() + timedelta(hours=round_.answer_hours)
    asked = queries.assignments_of_plan(plan.id)
    for assignment in asked:
        assignment.due_at = due_at
        states.advance(assignment, "offered", actor)
        jobs.enqueue(
            "assignment_offered",
            {"assignment_id": assignment.id},
            unique_key=f"assignment_offered:{assignment.id}",
        )
    round_.answers_due_at = due_at
    if asked:
        jobs.enqueue(
            "answers_due", {"round_id": round_.id}, unique_key=f"answers_due:{plan.id}", run_at=due_at
        )
    else:
        finish(round_)


def finish(round_: Round) -> None:
    """End the round: what no supplier gave is open again and goes into the next one."""
    for frozen in queries.round_needs(round_.id):
        if frozen.accepted_packs < frozen.wanted_packs:
            _carry(frozen)
    states.advance(round_, "finished", SYSTEM)
    jobs.enqueue("round_finished", {"round_id": round_.id}, unique_key=f"round_finished:{round_.id}")


def _carry(frozen: RoundNeed) -> None:
    if frozen.accepted_packs < frozen.planned_packs and not frozen.unmet_reason:
        frozen.unmet_reason = "declined"
    if frozen.accepted_packs == 0:
        need_services.return_to_open(SYSTEM, frozen.need_id, _("belum terpenuhi di putaran ini"))
    else:
        need_services.carry_over(SYSTEM, frozen.need_id, frozen.wanted_packs - frozen.accepted_packs)
