"""Ways to break I15 to I25."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from market.core import clock, db, states
from market.core.idempotency import IdempotencyKey
from market.core.permissions import SYSTEM
from market.rounds import solver
from market.rounds.models import Round, RoundPlan
from market.stock import services as stock
from tests.faults import story
from tests.ledger.tamper import tamper
from tests.verify.conftest import one
from tests.verify.planting import breaks

RICE = "WHERE code = 'pack:BRS-PRM-25'"


@breaks("I15")
def an_effect_without_its_reply(lived):
    row = {"key": "u1:x:12345678", "body_hash": "", "created_at": clock.now()}
    with db.transaction():
        db.session.execute(insert(IdempotencyKey), row)


@breaks("I16")
def a_sack_that_no_move_explains(lived):
    tamper(f"UPDATE stock_item SET on_hand_base = on_hand_base + 25000 {RICE}")


@breaks("I16")
def a_value_that_the_books_do_not_know(lived):
    item = one(f"SELECT id FROM stock_item {RICE}")
    tamper(
        f"UPDATE stock_item SET value_rp = value_rp + 1 WHERE id = {item}",
        f"UPDATE stock_move SET value_rp = value_rp + 1 WHERE item_id = {item} AND kind = 'receipt'",
    )


@breaks("I17")
def goods_below_zero(lived):
    copied = "organization_id, item_id, 'opening', -on_hand_base - 5, -i.value_rp, 'opening:0', ''"
    tamper(
        "INSERT INTO stock_move (organization_id, item_id, kind, quantity_base, value_rp, source, reason,"
        f" occurred_on, at) SELECT i.{copied.replace('item_id', 'i.id', 1)}, m.occurred_on, m.at"
        f" FROM stock_item i JOIN stock_move m ON m.item_id = i.id AND m.kind = 'receipt' {RICE}",
        f"UPDATE stock_item SET on_hand_base = -5, value_rp = 0 {RICE}",
        without=[("stock_item", "ck_stock_item_on_hand"), ("stock_item", "ck_stock_item_free")],
    )


@breaks("I18")
def a_promise_to_nobody(lived):
    tamper(f"UPDATE stock_item SET reserved_base = reserved_base + 1 {RICE}")


@breaks("I18")
def a_promise_without_an_end(lived):
    with db.transaction():
        item = stock.item_for_pack(lived.id, story.rice())
        stock.reserve(SYSTEM, lived.id, item.id, 25_000, "nobody:1")


# --- procurement ----------------------------------------------------------------------------------


@breaks("I21")
def more_than_anybody_wanted(lived):
    tamper(
        "UPDATE need SET matched_packs = at_most_packs + 1",
        without=[("need", "ck_need_matched_in_bounds")],
    )


def a_round(lived, number: str = "P-1", state: str = "closed") -> int:
    with db.transaction():
        now = clock.now()
        made = Round(
            organization_id=lived.cast.dinas.id,
            number=number,
            title=number,
            scope_code="3578",
            state_at=now,
            opened_at=now,
            closes_at=now,
            answer_hours=24,
        )
        db.session.add(made)
        db.session.flush()
        states.start(made, SYSTEM)
        for target in ("closed", "solving")[: 1 + (state == "solving")]:
            states.advance(made, target, SYSTEM)
        return made.id


def rice_small() -> dict:
    """The tiny instance that everyone knows by heart."""
    path = Path(__file__).parents[1] / "matching" / "data" / "rice_small.json"
    return json.loads(path.read_text(encoding="utf-8"))


def a_plan(lived, **changes) -> None:
    """A plan of the careful officer for the tiny instance, as a round would store it."""
    problem = rice_small()
    with solver.workplace(problem) as folder:
        plan = solver.greedy(folder)
    row = {
        "organization_id": lived.cast.dinas.id,
        "round_id": a_round(lived),
        "attempt": 1,
        "problem_json": json.dumps(problem, sort_keys=True),
        "plan_json": json.dumps(plan, sort_keys=True),
        "problem_sha256": plan["problem_sha256"],
        "checked": True,
        "cost_rp": plan["cost_rp"],
        "goods_rp": 0,
        "delivery_rp": 0,
        "seed": 0,
        "solver": "greedy",
        "milliseconds": 1,
        "lanes": 1,
        "made_at": clock.now(),
        **changes,
    }
    with db.transaction():
        db.session.execute(insert(RoundPlan), row)


@breaks("I22")
def a_plan_that_was_never_checked(lived):
    a_plan(lived, checked=False)


@breaks("I22")
def a_plan_that_costs_something_else(lived):
    a_plan(lived)
    tamper("UPDATE round_plan SET cost_rp = cost_rp + 1")


@breaks("I22")
def a_plan_whose_problem_was_exchanged(lived):
    a_plan(lived)
    problem = rice_small()
    problem["needs"][0]["wanted"] += 1
    with db.transaction():
        db.session.query(RoundPlan).update({"problem_json": json.dumps(problem, sort_keys=True)})


@breaks("I23")
def two_rounds_of_one_place_at_once(lived):
    tamper("DROP INDEX uq_round_one_active")
    a_round(lived, "P-1")
    a_round(lived, "P-2")


@breaks("I23")
def a_round_that_solves_for_ever(lived):
    number = a_round(lived, state="solving")
    with db.transaction():
        db.session.get_one(Round, number).state_at = clock.now() - timedelta(minutes=16)


@breaks("I24")
def a_receipt_that_the_order_does_not_know(lived):
    tamper("UPDATE purchase_order_line SET received_packs = 47 WHERE kind = 'goods'")


@breaks("I25", "I12")
def rice_above_the_ceiling(lived):
    tamper(
        "UPDATE retail_order_line SET unit_price_rp = 90000, amount_rp = quantity * 90000"
        " WHERE order_id = (SELECT max(id) FROM retail_order)"
    )
