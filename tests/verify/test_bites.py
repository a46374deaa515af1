"""Each promise is broken on purpose, by ways that the product does not have; its own number must fail.

A planted violation breaks exactly the promises that stand beside it, no other.
"""

from __future__ import annotations

import pytest

from market import verify
from market.core import db
from tests.verify import (
    plants_advances,
    plants_bills,
    plants_counter,
    plants_cylinders,
    plants_delivery,
    plants_finding,
    plants_goods,
    plants_inputs,
    plants_members,
    plants_money,
    plants_neighbours,
    plants_online,
    plants_payments,
    plants_payouts,
    plants_people,
    plants_process,
    plants_reconciliation,
    plants_retail,
    plants_statements,
    plants_trips,
)
from tests.verify.conftest import failing
from tests.verify.planting import PLANTS

LISTS = (
    plants_members,
    plants_money,
    plants_goods,
    plants_process,
    plants_neighbours,
    plants_bills,
    plants_advances,
    plants_cylinders,
    plants_finding,
    plants_inputs,
    plants_trips,
    plants_payments,
    plants_reconciliation,
    plants_payouts,
    plants_online,
    plants_counter,
    plants_retail,
    plants_delivery,
    plants_people,
    plants_statements,
)


def test_an_honest_plan_is_accepted_again(lived):
    plants_goods.a_plan(lived)
    assert failing() == set()


def test_an_honest_day_at_the_doors_breaks_nothing(lived):
    plants_delivery.a_day_at_the_doors(lived)
    assert failing() == set()


def test_an_honest_shift_at_the_counter_breaks_nothing(lived):
    plants_counter.a_shift(lived)
    assert failing() == set()


def test_an_honest_lot_between_neighbours_breaks_nothing(lived):
    plants_neighbours.a_lot(lived)
    assert failing() == set()


def test_an_honest_reconciliation_breaks_nothing(lived):
    plants_reconciliation.reconciled(lived)
    assert failing() == set()


def test_an_honest_pool_breaks_nothing(lived):
    plants_advances.a_pool(lived, ready=True)
    assert failing() == set()


def test_honest_bills_credits_returns_and_runs_break_nothing(lived):
    plants_bills.settled(lived)
    assert failing() == set()


def test_honest_payments_over_the_internet_break_nothing(lived):
    plants_payments.paid(lived, twice=True)
    assert failing() == set()


def test_honest_money_that_leaves_breaks_nothing(lived):
    plants_payouts.paid_back(lived)
    plants_payouts.topped_up(lived)
    assert failing() == set()


def test_an_honest_kitchen_breaks_nothing(lived):
    plants_inputs.a_kitchen(lived)
    assert failing() == set()


def test_honest_cylinders_break_nothing(lived):
    plants_cylinders.a_shop_with_gas(lived)
    assert failing() == set()


@pytest.mark.parametrize("counted", [False, True])
def test_an_honest_truck_breaks_nothing(lived, counted):
    plants_trips.a_trip(lived, counted)
    assert failing() == set()


def test_every_promise_is_broken_at_least_once():
    assert {each.id for each in verify.INVARIANTS} == {broken for broken, _all, _plant in PLANTS}


@pytest.mark.parametrize(("broken", "expected", "plant"), PLANTS, ids=[p.__name__ for _, _, p in PLANTS])
def test_a_planted_violation_is_found(lived, broken, expected, plant):
    plant(lived)
    found = failing()
    assert broken in found
    rewritten = set() if db.is_sqlite() or "I6" in expected else {"I6"}
    assert found - rewritten == expected
