"""A process that dies before any statement at the counter leaves nothing half done."""

from __future__ import annotations

import pytest

from market import verify
from market.core import db
from market.counter import queries, services
from market.payments import queries as money_in
from tests import cast as people
from tests.counter.shop import FLOAT, MAP, NIK, Till, open_till
from tests.faults import kill, story
from tests.faults.test_online_kills import believed
from tests.purchasing.online import give_account


def sell(till: Till) -> story.Act:
    sale_id = till.known(till.basket((till.sphp, 1)), NIK)
    return lambda: services.pay_cash(till.cast.kasir, sale_id, 100_000, MAP)


def paid_by_qris(till: Till) -> story.Act:
    """The news that a buyer's QRIS came in, for a sale that waits."""
    with db.transaction():
        give_account(till.id, till.cast.budi, till.cast.hadi, "G000000001")
    sale_id = till.known(till.basket((till.sphp, 1)), NIK)
    with db.transaction():
        services.pay_online(till.cast.kasir, sale_id, 20_000, MAP)
        payment_id = money_in.live_payment(queries.PURPOSE, sale_id).id
    believed(payment_id)
    return lambda: services.on_payment_changed(sale_id, payment_id, "paid")


def bring_back(till: Till) -> story.Act:
    sale = till.sold((till.crisps, 1))
    with db.transaction(read_only=True):
        line_id = queries.lines_of(sale.id)[0].id
    return lambda: services.take_back(till.cast.kasir, sale.id, {line_id: 1}, "rusak")


def close(till: Till) -> story.Act:
    return lambda: services.close_shift(till.cast.kasir, {**FLOAT, 500: 1}, "lebih lima ratus")


ACTIONS = {"sell": sell, "paid_by_qris": paid_by_qris, "bring_back": bring_back, "close": close}


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, action):
    with db.transaction():
        cast = people.assemble()
    act = story.in_transaction(ACTIONS[action](open_till(cast)))
    assert kill.kill_everywhere(settings, act) > 3
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok and result.id != "I27"] == []
