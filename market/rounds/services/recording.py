"""A checked plan becomes rows: who is asked for how much, at what price, and who pays the delivery."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from market.core import clock, db, faults, jobs, states
from market.core.permissions import SYSTEM, Actor, Permission
from market.needs import queries as needs
from market.needs.models import Need
from market.offers import queries as offers
from market.offers.models import Offer
from market.rounds import queries
from market.rounds.models import Assignment, AssignmentLine, Round, RoundNeed, RoundPlan
from market.rounds.services import ending, explanations, gathering, rationing, sharing
from market.rounds.services.sharing import NewLine


@dataclass(frozen=True)
class Found:
    """What the matcher's commands answered for one problem."""

    plan: dict[str, Any]
    verdict: dict[str, Any]
    greedy: dict[str, Any] | None
    alone: dict[str, Any] | None
    explanations: dict[str, Any]
    seed: int
    search: dict[str, Any] = field(default_factory=dict)


def record_plan(
    round_id: int, attempt: int, problem: dict[str, Any], found: Found, milliseconds: int
) -> RoundPlan | None:
    """Store a plan that the checker accepted, with its assignments and the needs it leaves open.

    A first plan waits for an officer to publish it; a re-match is offered at once. None, and nothing
    is written, when the round does not wait for this attempt any more: somebody else was faster.
    """
    round_ = queries.round_by_id(round_id, lock=True)
    if round_.state not in ("solving", "rematching") or round_.attempt != attempt:
        return None
    first = round_.state == "solving"
    plan = _plan_row(round_, problem, found, milliseconds)
    db.session.add(plan)
    db.session.flush()
    explanations.keep_proof(plan, found.verdict, found.search, found.explanations)
    rationing.keep_shares(plan, problem, found.plan)
    lines = sharing.new_lines(problem, found.plan, queries.truck_paid_rp(round_.id))
    _assignments(round_, plan, lines)
    _outcome_of_needs(round_, problem, found, keep_alone=not first)
    round_.failure = ""
    faults.point("plan_recorded")
    if first:
        states.advance(round_, "solved", SYSTEM)
    else:
        states.advance(round_, "published", SYSTEM)
        offer_plan(SYSTEM, round_, plan)
    return plan


def _plan_row(round_: Round, problem: dict[str, Any], found: Found, milliseconds: int) -> RoundPlan:
    plan, greedy = found.plan, found.greedy
    bill = sharing.bill_of(problem, plan)
    by_hand = sharing.bill_of(problem, greedy) if greedy else None
    return RoundPlan(
        organization_id=round_.organization_id,
        round_id=round_.id,
        attempt=round_.attempt,
        problem_json=json.dumps(problem, sort_keys=True),
        plan_json=json.dumps(plan, sort_keys=True),
        problem_sha256=plan["problem_sha256"],
        checked=bool(found.verdict["clean"]),
        cost_rp=plan["cost_rp"],
        bound_rp=plan.get("bound_rp"),
        certified_bound_rp=found.verdict.get("certified_bound_rp"),
        gap_ppm=None if plan.get("gap") is None else round(plan["gap"] * 1_000_000),
        greedy_cost_rp=greedy["cost_rp"] if greedy else None,
        greedy_paid_rp=by_hand.paid_rp if by_hand else None,
        greedy_packs=by_hand.packs if by_hand else None,
        goods_rp=bill.goods_rp,
        delivery_rp=bill.delivery_rp,
        seed=found.seed,
        solver="matching",
        milliseconds=milliseconds,
        lanes=len(problem["lanes"]),
        made_at=clock.now(),
    )


def _assignments(round_: Round, plan: RoundPlan, lines: list[NewLine]) -> None:
    """One assignment per offer, one line per need."""
    by_offer: dict[int, list[NewLine]] = defaultdict(list)
    for line in lines:
        by_offer[line.offer_id].append(line)
    wanted = {need.id: need for need in needs.by_ids([line.need_id for line in lines])}
    for offer in offers.by_ids(by_offer):
        group = by_offer[offer.id]
        assignment = _assignment(round_, plan, offer, group)
        db.session.add(assignment)
        db.session.flush()
        states.start(assignment, SYSTEM)
        db.session.add_all(_assignment_line(assignment, line, wanted[line.need_id]) for line in group)
    db.session.flush()


def _assignment(round_: Round, plan: RoundPlan, offer: Offer, lines: list[NewLine]) -> Assignment:
    return Assignment(
        organization_id=offer.organization_id,
        round_id=round_.id,
        plan_id=plan.id,
        offer_id=offer.id,
        pack_id=offer.pack_id,
        state_at=clock.now(),
        packs=sum(line.packs for line in lines),
        price_rp=lines[0].price_rp,
        tier_from=lines[0].tier_from,
        goods_rp=sum(line.packs * line.price_rp for line in lines),
        delivery_rp=sum(line.delivery_rp for line in lines),
        delivery_on=gathering.first_delivery_on(round_) + timedelta(days=offer.lead_days),
        terms=offer.terms,
        credit_days=offer.credit_days,
    )


def _assignment_line(assignment: Assignment, line: NewLine, need: Need) -> AssignmentLine:
    return AssignmentLine(
        organization_id=assignment.organization_id,
        assignment_id=assignment.id,
        need_id=line.need_id,
        buyer_id=need.organization_id,
        place_code=need.place_code,
        district=line.district,
        packs=line.packs,
        price_rp=line.price_rp,
        freight_rp=line.freight_rp,
        drop_rp=line.drop_rp,
        truck_rp=line.truck_rp,
        fixed_rp=line.fixed_rp,
    )


def _outcome_of_needs(round_: Round, problem: dict[str, Any], found: Found, keep_alone: bool) -> None:
    """Write on each frozen need what it gets, what it costs, what it would cost alone, and why less."""
    filled: dict[str, int] = defaultdict(int)
    for line in found.plan["lines"]:
        filled[line["need"]] += line["quantity"]
    cost = cost_by_need(round_.id)
    short = {row["need"]: row for row in found.plan["shortages"]}
    rationed = {row["id"] for row in problem["commodities"] if row["ration"]}
    shared = {row["id"] for row in problem["needs"] if row["commodity"] in rationed}
    why = {row["need"]: row for row in found.explanations.get("shortages", []) if "need" in row}
    for frozen in queries.round_needs(round_.id):
        key = f"n{frozen.need_id}"
        frozen.planned_packs = filled[key]
        frozen.planned_rp = cost.get(frozen.need_id, 0)
        reason = short[key]["reason"] if key in short else ""
        # Of goods that are shared out, an empty offer is the share, not the luck of the draw.
        frozen.unmet_reason = "ration" if reason == "capacity" and key in shared else reason
        frozen.unmet_detail = why.get(key) if key in short else None
        if not keep_alone:
            _note_alone(frozen, found.alone)
    db.session.flush()


def _note_alone(frozen: RoundNeed, alone: dict[str, Any] | None) -> None:
    """What the need would pay on its own: the yardstick of the first plan, which has no fixed lines."""
    rows = {row["need"]: row for row in (alone or {}).get("needs", [])}
    row = rows.get(f"n{frozen.need_id}", {})
    known = row.get("cost_rp") is not None and row.get("units")
    frozen.alone_rp, frozen.alone_packs = (row["cost_rp"], row["units"]) if known else (None, 0)


def cost_by_need(round_id: int) -> dict[int, int]:
    """What each need pays over all its live lines, delivery included."""
    cost: dict[int, int] = defaultdict(int)
    for line in queries.live_lines(round_id):
        cost[line.need_id] += line.paid_rp()
    return cost


def publish_plan(actor: Actor, round_id: int) -> RoundPlan:
    """An officer has looked: every supplier is asked, and the clock of the answers starts.

    Raises NotFound, IllegalMove when the round is not solved.
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
    now = clock.now()
    plan.published_at = now
    due_at = now + timedelta(hours=round_.answer_hours)
    asked = queries.assignments_of_plan(plan.id)
    for assignment in asked:
        assignment.due_at = due_at
        states.advance(assignment, "offered", actor)
        jobs.enqueue(
            "assignment_offered",
            {"assignment_id": assignment.id},
            unique_key=f"assignment_offered:{assignment.id}",
        )
    faults.point("plan_offered")
    if asked:
        round_.answers_due_at = due_at
        key = f"answers_due:{plan.id}"
        jobs.enqueue("answers_due", {"round_id": round_.id}, unique_key=key, run_at=due_at)
    else:
        ending.finish(round_)
