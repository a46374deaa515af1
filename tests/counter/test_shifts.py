"""A shift: a counted drawer, cash in and out, a blind count, a second person for what does not add up."""

from __future__ import annotations

import pytest

from market import verify
from market.core import clock, db
from market.core.errors import Refused
from market.counter import queries, services
from market.ledger import chart
from tests.counter.shop import FLOAT, FLOAT_RP
from tests.retail.shop import RICE_RP

EXACT = {**FLOAT, 50_000: 1, 10_000: 6, 5_000: 11, 2_000: 1, 1_000: 1}
"""One hundred thousand, and a pack of rice: 50 + 60 + 55 + 2 + 1 thousand."""


def close(till, counts, reason="", who=None):
    with db.transaction():
        return services.close_shift(who or till.cast.kasir, counts, reason)


def sound():
    with db.transaction(read_only=True):
        return [result for result in verify.run() if not result.ok] == []


def test_one_cashier_and_one_drawer_have_one_shift_at_a_time(till):
    with pytest.raises(Refused, match="belum ditutup"), db.transaction():
        services.open_shift(till.cast.kasir, "2", FLOAT)
    with pytest.raises(Refused, match="dipakai kasir lain"), db.transaction():
        services.open_shift(till.cast.sri, "1", FLOAT)
    with db.transaction():
        assert services.open_shift(till.cast.sri, "2", FLOAT).opening_rp == FLOAT_RP
    with db.transaction():
        assert services.open_shift(till.cast.wati, "1", {}).number.endswith("/000001"), "another shop"


def test_a_drawer_that_adds_up_is_closed_at_once(till):
    till.sold((till.rice, 1))
    shift = close(till, EXACT)
    assert (shift.state, shift.counted_rp, shift.difference_rp) == ("closed", FLOAT_RP + RICE_RP, 0)
    assert till.balance(chart.CASH_DIFFERENCE) == 0
    assert sound()


@pytest.mark.parametrize(("notes", "difference"), [({20_000: 4}, -20_000), ({100_000: 1, 1_000: 5}, 5_000)])
def test_a_small_difference_is_posted_to_its_own_account_with_its_reason(till, notes, difference):
    with pytest.raises(Refused, match="tulis sebabnya"):
        close(till, notes)
    cash = till.balance(chart.CASH)
    shift = close(till, notes, "salah kembalian")
    assert (shift.state, shift.difference_rp) == ("closed", difference)
    assert till.balance(chart.CASH_DIFFERENCE) == -difference
    assert till.balance(chart.CASH) - cash == difference
    assert sound()


def test_a_large_difference_waits_for_somebody_else(till):
    shift = close(till, {50_000: 1}, "tidak tahu")
    assert (shift.state, till.balance(chart.CASH_DIFFERENCE)) == ("counted", 0)
    with pytest.raises(Refused, match="Buka shift"):
        till.basket((till.rice, 1))
    with pytest.raises(Refused, match="masih menunggu"), db.transaction():
        services.recount(till.cast.kasir, shift.id)
    with db.transaction():
        assert services.decide_difference(till.cast.hadi, shift.id, approve=True).state == "closed"
    assert till.balance(chart.CASH_DIFFERENCE) == 50_000
    assert sound()


def test_nobody_approves_their_own_drawer(till):
    with db.transaction():
        services.open_shift(till.cast.budi, "2", FLOAT)
    shift = close(till, {}, "laci kosong", who=till.cast.budi)
    with pytest.raises(Refused, match="orang lain"), db.transaction():
        services.decide_difference(till.cast.budi, shift.id, approve=True)


def test_the_second_person_may_have_it_counted_again(till):
    shift = close(till, {50_000: 1}, "tidak tahu")
    with db.transaction():
        again = services.decide_difference(till.cast.hadi, shift.id, approve=False, reason="hitung lagi")
    assert (again.state, again.counted_rp) == ("open", None)
    assert close(till, FLOAT).state == "closed"


def test_a_proposal_that_nobody_decided_in_time_is_counted_again(till):
    shift = close(till, {50_000: 1}, "tidak tahu")
    clock.travel(73 * 3600)
    with db.transaction():
        assert services.recount(till.cast.kasir, shift.id).state == "open"


def test_cash_to_the_bank_and_for_small_things_leaves_the_drawer_with_a_reason(till):
    bank = till.balance(chart.BANK)
    with db.transaction():
        services.move_cash(till.cast.kasir, "deposit", 60_000, "setor siang")
        services.move_cash(till.cast.kasir, "expense", 15_000, "plastik")
        services.move_cash(till.cast.kasir, "float", 5_000, "uang kecil")
    assert till.drawer().expected_rp == FLOAT_RP - 70_000
    assert till.balance(chart.BANK) - bank == 55_000
    assert till.balance(chart.EXPENSES) == 15_000
    for kind, amount, why in (
        ("deposit", 30_001, "x"),
        ("deposit", 1, ""),
        ("loan", 1, "x"),
        ("float", 0, "x"),
    ):
        with pytest.raises(Refused), db.transaction():
            services.move_cash(till.cast.kasir, kind, amount, why)
    assert sound()


def test_the_report_of_a_shift_is_what_its_receipts_say(till):
    till.sold((till.rice, 2), (till.crisps, 1))
    till.sold((till.rice, 1))
    with db.transaction(read_only=True):
        shift = queries.shifts_of(till.id)[0]
        sums, goods = queries.drawer(shift), queries.goods_of(shift.id)
    assert (sums.sales, sums.total_rp) == (2, 3 * RICE_RP + 15_000)
    assert {good.name: good.quantity for good in goods} == {"Beras premium": 3, "Keripik Singkong": 1}
    assert sum(good.amount_rp for good in goods) == sums.total_rp
