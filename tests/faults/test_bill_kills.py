"""A process that dies before any statement of settling a bill leaves nothing of it behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from market import verify
from market.core import clock, db
from market.purchasing import queries as orders
from market.purchasing import services as purchasing
from tests import cast as people
from tests.faults import kill, story

PAID_RP = 46 * (295_000 + 1_500) + 100_000


def delivered(cast: people.Cast) -> int:
    with db.transaction():
        purchasing.name_account(cast.joko, "BRI", "0123456789", "CV Lamongan Jaya")
        order_id = story.order(cast)
        story.receive(cast, order_id)
    return order_id


def dispute_bill(cast: people.Cast) -> story.Act:
    order_id, on = delivered(cast), clock.today()
    return lambda: purchasing.record_bill(cast.budi, order_id, "INV-7", PAID_RP + 593_000, on, open_case=True)


def disputed(cast: people.Cast) -> int:
    act = dispute_bill(cast)
    with db.transaction():
        return act().id


def credit_difference(cast: people.Cast) -> story.Act:
    bill_id = disputed(cast)
    return lambda: purchasing.issue_credit(cast.joko, bill_id, 593_000, "dua sak")


def replace_bill(cast: people.Cast) -> story.Act:
    bill_id = disputed(cast)
    with db.transaction(read_only=True):
        case = orders.case_of(bill_id)
        assert case is not None
    return lambda: purchasing.correct_bill(cast.budi, case.id, "INV-8", PAID_RP, clock.today())


def return_goods(cast: people.Cast) -> story.Act:
    order_id = delivered(cast)
    with db.transaction(read_only=True):
        line = orders.goods_lines(order_id)[0].id
    return lambda: purchasing.return_goods(cast.sri, order_id, [(line, 3)], "broken")


def transfer_run(cast: people.Cast) -> story.Act:
    order_id = delivered(cast)
    with db.transaction():
        bill = purchasing.record_bill(cast.budi, order_id, "INV-7", PAID_RP, clock.today())
        run_id = purchasing.propose_run(cast.budi, [(bill.id, PAID_RP - 1)]).id
    with db.transaction():
        purchasing.decide_run(cast.hadi, run_id, approve=True)
    return lambda: purchasing.record_transfer(cast.budi, run_id, clock.today(), "TRX-1")


ACTIONS: dict[str, Callable[[people.Cast], story.Act]] = {
    "dispute_bill": dispute_bill,
    "credit_difference": credit_difference,
    "replace_bill": replace_bill,
    "return_goods": return_goods,
    "transfer_run": transfer_run,
}


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, action):
    cast = story.begin()
    act = story.in_transaction(ACTIONS[action](cast))
    assert kill.kill_everywhere(settings, act) > 3
    with db.transaction(read_only=True):
        broken = [result for result in verify.run() if not result.ok]
    assert broken == []
