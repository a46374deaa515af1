"""All units of an offer cost what its whole volume earns: also those that were ordered before it grew."""

from __future__ import annotations

import json
from collections import defaultdict

from market.core import db
from market.core.permissions import SYSTEM
from market.purchasing.services import repricing
from market.rounds import queries
from market.rounds.models import Assignment, AssignmentLine, Round


def follow_tiers(round_: Round) -> int:
    """Lower the price of accepted lines to the tier that their offer has reached in the end.

    A price never rises: a buyer keeps what it was promised when others step back. A dearer price that
    the buyer agreed to is no tier of the offer and stays. Returns how many lines fell.
    """
    accepted = queries.accepted_lines(round_.id)
    volume: dict[int, int] = defaultdict(int)
    for line, assignment in accepted:
        volume[assignment.offer_id] += line.accepted_packs or 0
    cheaper: dict[tuple[int, int], list[AssignmentLine]] = defaultdict(list)
    for line, assignment in accepted:
        reached = tier_price_rp(assignment, volume[assignment.offer_id])
        if reached < line.price_rp <= assignment.price_rp:
            cheaper[(assignment.pack_id, reached)].append(line)
    fell = [line for (pack_id, rp), lines in cheaper.items() for line in lines if _lower(line, pack_id, rp)]
    _note_cost(round_, {line.need_id for line in fell})
    return len(fell)


def tier_price_rp(assignment: Assignment, packs: int) -> int:
    """What a pack of the offer costs at this volume, by the prices that the assignment was made from."""
    plan = queries.plan_by_id(assignment.plan_id)
    key = f"o{assignment.offer_id}"
    offers = {offer["id"]: offer for offer in json.loads(plan.problem_json)["offers"]}
    reached = [int(tier["price_rp"]) for tier in offers[key]["tiers"] if tier["from"] <= packs]
    return min([assignment.price_rp, *reached])


def _lower(line: AssignmentLine, pack_id: int, price_rp: int) -> bool:
    """All orders of the line, or none: the line says what every one of them says."""
    orders = queries.orders_of_line(line.id)
    fell = [repricing.lower_price(SYSTEM, order_id, pack_id, price_rp) for order_id in orders]
    if any(fell):
        line.price_rp = price_rp
    return any(fell)


def _note_cost(round_: Round, need_ids: set[int]) -> None:
    """The round says what these needs pay now."""
    if not need_ids:
        return
    db.session.flush()
    cost: dict[int, int] = defaultdict(int)
    for line in queries.live_lines(round_.id):
        cost[line.need_id] += line.paid_rp()
    for frozen in queries.round_needs(round_.id):
        if frozen.need_id in need_ids:
            frozen.planned_rp = cost[frozen.need_id]
