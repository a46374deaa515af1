"""Each promise is broken on purpose, by ways that the product does not have; its own number must fail.

A planted violation breaks exactly the promises that stand beside it, no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from market import verify
from market.core import clock, db, states
from market.core.idempotency import IdempotencyKey
from market.core.permissions import SYSTEM
from market.ledger.models import LedgerPeriod
from market.rounds import solver
from market.rounds.models import Round, RoundPlan
from market.stock import services as stock
from tests.faults import story
from tests.ledger.tamper import tamper
from tests.verify.conftest import balances_json, failing, one, rechain

Plant = Callable[..., object]
PLANTS: list[tuple[str, set[str], Plant]] = []


def breaks(*ids: str) -> Callable[[Plant], Plant]:
    """Register a way to break the first id; the others necessarily break with it."""

    def keep(plant: Plant) -> Plant:
        PLANTS.append((ids[0], set(ids), plant))
        return plant

    return keep


# --- money ----------------------------------------------------------------------------------------


@breaks("I1")
def a_rupiah_moved_from_one_entry_to_another(lived):
    line = (
        "SELECT p.id FROM posting p JOIN ledger_account a ON a.id = p.account_id AND a.code = '1-1200'"
        " JOIN journal_entry e ON e.id = p.entry_id WHERE e.source = '{0}:1'"
    )
    first, other = one(line.format("opening")), one(line.format("supplier_payment"))
    tamper(
        f"UPDATE posting SET amount_rp = amount_rp + 1 WHERE id = {first}",
        f"UPDATE posting SET amount_rp = amount_rp - 1 WHERE id = {other}",
    )
    rechain(lived.id)


@breaks("I1", "I2", "I4")
def a_rupiah_out_of_nothing(lived):
    tamper("UPDATE posting SET amount_rp = amount_rp + 1 WHERE id = 1")
    rechain(lived.id)


@breaks("I2", "I30")
def a_line_in_the_books_of_another(lived):
    tamper(f"UPDATE posting SET organization_id = {lived.other} WHERE id = 1")


@breaks("I3")
def an_amount_beyond_everything(lived):
    big = 2 * 10**12
    tamper(
        f"UPDATE posting SET amount_rp = {big} WHERE entry_id = 1 AND amount_rp > 0",
        f"UPDATE posting SET amount_rp = -{big} WHERE entry_id = 1 AND amount_rp < 0",
        f"UPDATE ledger_account SET balance_rp = balance_rp + {big} - 50000000 WHERE code = '1-1200'",
        f"UPDATE ledger_account SET balance_rp = balance_rp - {big} + 50000000 WHERE code = '3-1300'",
        without=[("posting", "ck_posting_amount")],
    )
    rechain(lived.id)


@breaks("I4")
def a_balance_that_is_not_the_sum(lived):
    tamper("UPDATE ledger_account SET balance_rp = balance_rp + 1 WHERE code = '1-1200'")


@breaks("I4")
def a_closed_period_that_kept_other_figures(lived):
    close(lived, one("SELECT max(seq) FROM journal_entry"), {"1-1200": 1})


def close(lived, closed_seq: int, balances: dict) -> None:
    with db.transaction():
        period = LedgerPeriod(organization_id=lived.id, ends_on=clock.today())
        db.session.add(period)
        db.session.flush()
        states.start(period, SYSTEM)
        period.closed_seq, period.balances = closed_seq, balances
        states.advance(period, "closed", SYSTEM)


@breaks("I5")
def an_account_that_was_below_zero_for_a_while(lived):
    tamper("UPDATE ledger_account SET non_negative = true, side = 'debit' WHERE code = '2-1100'")


@breaks("I6")
def a_guard_that_was_switched_off(lived):
    if db.is_sqlite():
        statement = "DROP TRIGGER posting_no_update"
    else:
        statement = "ALTER TABLE posting DISABLE TRIGGER posting_no_change"
    with db.transaction():
        db.session.connection().exec_driver_sql(statement)


@breaks("I6", "I7")
def a_head_that_runs_ahead(lived):
    tamper("UPDATE ledger_head SET seq = seq + 1")


@breaks("I7")
def a_word_that_was_changed(lived):
    tamper("UPDATE journal_entry SET description = 'palsu' WHERE seq = 2")


@breaks("I8")
def an_entry_dated_back_in_the_record(lived):
    tamper("UPDATE journal_entry SET recorded_at = '2020-01-01 00:00:00.000000+00:00' WHERE seq = 2")
    rechain(lived.id)


@breaks("I8")
def an_entry_slipped_into_a_closed_period(lived):
    close(lived, 1, json.loads(balances_json(lived.id)))


REVERSAL = "(SELECT r.id FROM journal_entry r WHERE r.reverses_id IS NOT NULL)"


@breaks("I9")
def a_reversal_of_something_else(lived):
    tamper(f"UPDATE journal_entry SET reverses_id = 1, source = 'reversal:1' WHERE id = {REVERSAL}")
    rechain(lived.id)


@breaks("I10")
def an_entry_whose_receipt_does_not_exist(lived):
    tamper("UPDATE journal_entry SET source = 'goods_receipt:999' WHERE source LIKE 'goods_receipt:%'")
    rechain(lived.id)


@breaks("I10")
def an_entry_of_a_kind_that_nobody_knows(lived):
    tamper("UPDATE journal_entry SET source = 'gift:1' WHERE source LIKE 'opening:%'")
    rechain(lived.id)


@breaks("I10", "I24")
def a_bill_for_another_amount_than_its_entry(lived):
    tamper("UPDATE supplier_bill SET amount_rp = amount_rp + 1")


# --- goods ----------------------------------------------------------------------------------------

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


def test_an_honest_plan_is_accepted_again(lived):
    a_plan(lived)
    assert failing() == set()


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


@breaks("I25")
def rice_above_the_ceiling(lived):
    tamper(
        "UPDATE retail_order_line SET unit_price_rp = 90000, amount_rp = quantity * 90000"
        " WHERE order_id = (SELECT max(id) FROM retail_order)"
    )


# --- process --------------------------------------------------------------------------------------


@breaks("I26")
def a_need_that_moved_unseen(lived):
    tamper("UPDATE need SET state = 'fulfilled'")


@breaks("I26")
def a_move_that_no_table_allows(lived):
    last = "(SELECT max(id) FROM state_change WHERE subject_table = 'need')"
    tamper(
        f"UPDATE state_change SET to_state = 'fulfilled' WHERE id = {last}",
        "UPDATE need SET state = 'fulfilled'",
    )


@breaks("I26")
def a_history_with_a_hole(lived):
    middle = "(SELECT min(id) + 1 FROM state_change WHERE subject_table = 'need')"
    tamper(f"DELETE FROM state_change WHERE id = {middle} AND subject_table = 'need'")


@breaks("I26")
def a_need_whose_history_is_gone(lived):
    tamper("DELETE FROM state_change WHERE subject_table = 'need'")


@breaks("I27")
def a_job_that_gave_up(lived):
    tamper("UPDATE job SET state = 'stuck'")


@breaks("I27")
def a_job_that_waits_for_an_hour(lived):
    tamper("UPDATE job SET state = 'waiting', run_at = '2026-01-01 00:00:00.000000+00:00'")


@breaks("I29")
def one_person_who_decides_for_two(lived):
    tamper(
        "UPDATE approval SET decided_by = proposed_by WHERE decided_by IS NOT NULL",
        without=[("approval", "ck_approval_two_people")],
    )


@breaks("I29")
def somebody_who_had_no_seat_that_day(lived):
    tamper(f"UPDATE role_grant SET ended_on = '2026-01-01' WHERE user_id = {lived.cast.hadi.user_id}")


@breaks("I30")
def a_line_of_an_order_of_another(lived):
    tamper(f"UPDATE purchase_order_line SET organization_id = {lived.other} WHERE kind = 'truck'")


@breaks("I31")
def a_nik_in_a_note(lived):
    tamper("UPDATE need SET note = 'a.n. Siti 3578084507900001'")


@breaks("I31")
def a_telephone_number_in_an_error(lived):
    tamper("UPDATE job SET last_error = 'cannot send to 081234567890'")


def test_every_promise_is_broken_at_least_once():
    assert {each.id for each in verify.INVARIANTS} == {broken for broken, _all, _plant in PLANTS}


@pytest.mark.parametrize(("broken", "expected", "plant"), PLANTS, ids=[p.__name__ for _, _, p in PLANTS])
def test_a_planted_violation_is_found(lived, broken, expected, plant):
    plant(lived)
    found = failing()
    assert broken in found
    rewritten = set() if db.is_sqlite() or "I6" in expected else {"I6"}
    assert found - rewritten == expected
