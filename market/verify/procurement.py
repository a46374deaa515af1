"""I21 to I25: what is bought is what was matched, ordered, received and allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select as choose

from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db
from market.identity.models import Organization
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine
from market.retail.models import RetailOrder, RetailOrderLine
from market.rounds import solver
from market.rounds.models import Round, RoundPlan
from market.verify import bills, preorders, trips
from market.verify.base import Invariant, Offender

SOLVER_MINUTES = 15
"""A round that solves for longer has lost its worker: the solver's own limit is far below."""

MORE_THAN_WANTED = """
    SELECT n.organization_id, n.id AS need_id, n.at_most_packs, n.matched_packs FROM need n
    WHERE n.matched_packs < 0 OR n.matched_packs > n.at_most_packs
    UNION ALL
    SELECT r.organization_id, r.need_id, r.at_most_packs, r.accepted_packs FROM round_need r
    WHERE r.accepted_packs < 0 OR r.accepted_packs > r.at_most_packs
"""
ACCEPTED_AGAINST_LINES = """
    SELECT r.organization_id, r.round_id, r.need_id, r.accepted_packs,
        coalesce(sum(l.accepted_packs), 0) AS summed
    FROM round_need r
    LEFT JOIN assignment a ON a.round_id = r.round_id AND a.state <> 'dropped'
    LEFT JOIN assignment_line l ON l.assignment_id = a.id AND l.need_id = r.need_id
    GROUP BY r.id, r.organization_id, r.round_id, r.need_id, r.accepted_packs
    HAVING r.accepted_packs <> coalesce(sum(l.accepted_packs), 0)
"""
MORE_THAN_ASSIGNED = """
    SELECT a.organization_id, a.id AS assignment_id, a.packs, sum(l.packs) AS summed FROM assignment a
    LEFT JOIN assignment_line l ON l.assignment_id = a.id
    GROUP BY a.id, a.organization_id, a.packs HAVING a.packs <> coalesce(sum(l.packs), 0)
    UNION ALL
    SELECT l.organization_id, l.assignment_id, l.packs, l.accepted_packs FROM assignment_line l
    WHERE l.accepted_packs < 0 OR l.accepted_packs > l.packs
"""


def plans_that_do_not_hold() -> Iterator[Offender]:
    """Stored plans whose problem is not the one they were made for, or that the checker refuses now."""
    for plan in db.session.scalars(choose(RoundPlan).order_by(RoundPlan.id)):
        why = _fault_of(plan)
        if why:
            yield {"round_id": plan.round_id, "attempt": plan.attempt, "why": why}


def _fault_of(plan: RoundPlan) -> str:
    if not plan.checked:
        return "was stored unchecked"
    problem, made = json.loads(plan.problem_json), json.loads(plan.plan_json)
    if made.get("problem_sha256") != plan.problem_sha256:
        return "belongs to another problem"
    with solver.workplace(problem) as folder:
        (folder / "plan.json").write_text(plan.plan_json, encoding="utf-8")
        verdict = solver.check(folder)
    if not verdict["clean"]:
        return f"the checker refuses it: {verdict['faults'][:1]}"
    return "" if verdict["cost_rp"] == plan.cost_rp else "costs something else"


TWO_RUNS_AT_ONCE = """
    SELECT organization_id, scope_code, count(*) AS active FROM round
    WHERE state IN ('closed', 'solving', 'solved') GROUP BY organization_id, scope_code HAVING count(*) > 1
"""


def runs_without_end() -> Iterator[Offender]:
    """Rounds that solve although no solver can still be at work."""
    ended = clock.now() - timedelta(minutes=SOLVER_MINUTES)
    query = choose(Round).where(Round.state.in_(("solving", "rematching")), Round.state_at < ended)
    for each in db.session.scalars(query):
        yield {"round_id": each.id, "state": each.state, "since": each.state_at.isoformat()}


RECEIVED_AGAINST_RECEIPTS = """
    SELECT l.organization_id, l.id AS order_line_id, l.ordered_packs, l.received_packs, l.rejected_packs,
        coalesce(sum(r.accepted_packs), 0) AS accepted, coalesce(sum(r.rejected_packs), 0) AS rejected
    FROM purchase_order_line l LEFT JOIN goods_receipt_line r ON r.order_line_id = l.id
    WHERE l.kind = 'goods'
    GROUP BY l.id, l.organization_id, l.ordered_packs, l.received_packs, l.rejected_packs, l.cancelled_packs
    HAVING l.received_packs <> coalesce(sum(r.accepted_packs), 0)
        OR l.received_packs + l.cancelled_packs > l.ordered_packs
"""
BILLED_AGAINST_BILLS = """
    SELECT l.organization_id, l.id AS order_line_id, l.billed_packs, coalesce(sum(b.packs), 0) AS billed
    FROM purchase_order_line l LEFT JOIN (
        SELECT x.order_line_id, x.packs FROM supplier_bill_line x
        JOIN supplier_bill s ON s.id = x.bill_id WHERE s.state <> 'void'
    ) AS b ON b.order_line_id = l.id
    GROUP BY l.id, l.organization_id, l.received_packs, l.billed_packs, l.unit_price_rp
    HAVING (l.billed_packs <> coalesce(sum(b.packs), 0) AND l.unit_price_rp > 0)
        OR l.billed_packs > l.received_packs
"""
ANOTHER_PRICE = """
    SELECT b.organization_id, b.id AS bill_line_id, b.unit_price_rp, l.unit_price_rp AS ordered_rp
    FROM supplier_bill_line b JOIN purchase_order_line l ON l.id = b.order_line_id
    WHERE b.unit_price_rp <> l.unit_price_rp OR b.amount_rp <> b.packs * b.unit_price_rp
"""
TOTALS = """
    SELECT o.organization_id, o.number, o.total_rp, coalesce(sum(l.amount_rp), 0) AS lines_rp
    FROM purchase_order o LEFT JOIN purchase_order_line l ON l.order_id = o.id
    GROUP BY o.id, o.organization_id, o.number, o.total_rp
    HAVING o.total_rp <> coalesce(sum(l.amount_rp), 0)
    UNION ALL
    SELECT b.organization_id, b.number, b.amount_rp, coalesce(sum(l.amount_rp), 0)
    FROM supplier_bill b LEFT JOIN supplier_bill_line l ON l.bill_id = b.id
    GROUP BY b.id, b.organization_id, b.number, b.amount_rp, b.difference_rp, b.returned_rp
    HAVING b.amount_rp - b.difference_rp + b.returned_rp <> coalesce(sum(l.amount_rp), 0)
    UNION ALL
    SELECT r.organization_id, r.number, r.value_rp, coalesce(sum(l.cost_rp), 0)
    FROM goods_receipt r LEFT JOIN goods_receipt_line l ON l.receipt_id = r.id
    GROUP BY r.id, r.organization_id, r.number, r.value_rp
    HAVING r.value_rp <> coalesce(sum(l.cost_rp), 0)
"""
PRICE_OF_THE_ANSWER = """
    SELECT o.organization_id, o.number, l.unit_price_rp, a.price_rp AS answered_rp
    FROM assignment_line x
    JOIN assignment a ON a.id = x.assignment_id
    JOIN purchase_order o ON o.id = x.order_id
    JOIN purchase_order_line l ON l.order_id = o.id AND l.kind = 'goods' AND l.pack_id = a.pack_id
    WHERE l.unit_price_rp <> x.price_rp
"""


def dearer_than_allowed() -> Iterator[Offender]:
    """Goods bought or sold above the ceiling that was in force on the day of the order."""
    caps: dict[tuple[int, str, date], int | None] = {}
    for number, pack_id, place_code, at, price_rp in (*_bought(), *_sold()):
        key = (pack_id, place_code or "", clock.wib(at).date())
        if key not in caps:
            caps[key] = commodities.ceiling_rp(db.session.get_one(Pack, pack_id), place_code, key[2])
        cap = caps[key]
        if cap is not None and price_rp > cap:
            yield {"number": number, "pack_id": pack_id, "price_rp": price_rp, "cap_rp": cap}


Priced = tuple[str, int, str | None, datetime, int]


def _bought() -> list[Priced]:
    query = (
        choose(
            PurchaseOrder.number,
            PurchaseOrderLine.pack_id,
            PurchaseOrder.place_code,
            PurchaseOrder.issued_at,
            PurchaseOrderLine.unit_price_rp,
        )
        .join(PurchaseOrderLine, PurchaseOrderLine.order_id == PurchaseOrder.id)
        .where(PurchaseOrderLine.kind == "goods")
    )
    return [(row[0], row[1] or 0, row[2], row[3], row[4]) for row in db.session.execute(query)]


def _sold() -> list[Priced]:
    query = (
        choose(
            RetailOrder.number,
            Product.pack_id,
            Organization.place_code,
            RetailOrder.placed_at,
            RetailOrderLine.unit_price_rp,
        )
        .join(RetailOrderLine, RetailOrderLine.order_id == RetailOrder.id)
        .join(Product, Product.id == RetailOrderLine.product_id)
        .join(Organization, Organization.id == RetailOrder.organization_id)
        .where(Product.pack_id.is_not(None))
    )
    return [(row[0], row[1] or 0, row[2], row[3], row[4]) for row in db.session.execute(query)]


INVARIANTS = (
    Invariant(
        "I21",
        "Nobody gets more than wanted or assigned; what was accepted is the sum of its lines.",
        (MORE_THAN_WANTED, ACCEPTED_AGAINST_LINES, MORE_THAN_ASSIGNED, *preorders.CHECKS),
        note="capacity, lots and minimums of an offer are judged with its plan (I22)",
    ),
    Invariant(
        "I22",
        "Every stored plan fits its stored problem, and the independent checker still accepts it.",
        (plans_that_do_not_hold,),
    ),
    Invariant(
        "I23",
        "At most one round of a place is being decided, and none solves for ever.",
        (TWO_RUNS_AT_ONCE, runs_without_end),
    ),
    Invariant(
        "I24",
        "Received, billed and ordered agree, line by line, at the price that was accepted.",
        (
            *(RECEIVED_AGAINST_RECEIPTS, BILLED_AGAINST_BILLS, ANOTHER_PRICE, TOTALS, PRICE_OF_THE_ANSWER),
            *bills.PAPERS,
            *trips.CHECKS,
        ),
    ),
    Invariant(
        "I25",
        "No good with a ceiling was ordered above the ceiling of that day and place.",
        (dearer_than_allowed,),
    ),
)
