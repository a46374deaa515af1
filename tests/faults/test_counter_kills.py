"""A process that dies before any statement at the counter leaves nothing half done."""

from __future__ import annotations

import pytest

from market import verify
from market.core import db
from market.counter import queries, services
from tests import cast as people
from tests.counter.shop import FLOAT, MAP, NIK, Till, open_till
from tests.faults import kill, story
from tests.retail.shop import CRISPS_RP


def sell(till: Till) -> story.Act:
    sale_id = till.known(till.basket((till.sphp, 1)), NIK)
    return lambda: services.pay_cash(till.cast.kasir, sale_id, 100_000, MAP)


def tell(till: Till) -> story.Act:
    wanted, shift = [services.Wanted(till.crisps, 1, CRISPS_RP)], till.shift_id()
    return lambda: services.record_sale(
        till.cast.kasir,
        client_key="t-killed-once",
        wanted=wanted,
        given_rp=CRISPS_RP,
        offline=True,
        shift_id=shift,
    )


def bring_back(till: Till) -> story.Act:
    sale = till.sold((till.crisps, 1))
    with db.transaction(read_only=True):
        line_id = queries.lines_of(sale.id)[0].id
    return lambda: services.take_back(till.cast.kasir, sale.id, {line_id: 1}, "rusak")


def close(till: Till) -> story.Act:
    return lambda: services.close_shift(till.cast.kasir, {**FLOAT, 500: 1}, "lebih lima ratus")


ACTIONS = {"sell": sell, "tell": tell, "bring_back": bring_back, "close": close}


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, action):
    with db.transaction():
        cast = people.assemble()
    act = story.in_transaction(ACTIONS[action](open_till(cast)))
    assert kill.kill_everywhere(settings, act) > 3
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok and result.id != "I27"] == []
