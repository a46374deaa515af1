"""A process that dies before any statement of an act of inputs leaves nothing of it behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from market import verify
from market.core import db
from market.inputs import services
from tests.faults import kill, story
from tests.inputs.conftest import Kitchen, flour, open_kitchen, request_of

Made = Callable[[Kitchen], story.Act]


def advance(kitchen: Kitchen) -> story.Act:
    asked = kitchen.approve(kitchen.ask())
    return lambda: services.record_advance(kitchen.cast.kasir, asked, "1-1100")


def pool(kitchen: Kitchen) -> story.Act:
    asked = kitchen.paid()
    assert request_of(asked).state == "prepaid"
    return lambda: services.pool_requests(kitchen.cast.sri, pack_id=flour().id, own_packs=1)


def share(kitchen: Kitchen) -> story.Act:
    kitchen.paid()
    kitchen.on_credit(25)
    need = kitchen.open_pool(own=1)
    kitchen.arrive(need, 3)
    return lambda: services.share_goods(kitchen.cast.kasir, need)


def collect(kitchen: Kitchen) -> story.Act:
    asked = kitchen.paid()
    kitchen.ready(kitchen.open_pool(), 2)
    code = request_of(asked).pickup_code
    return lambda: services.collect(kitchen.cast.kasir, asked, code)


def refund(kitchen: Kitchen) -> story.Act:
    asked = kitchen.paid()
    kitchen.withdraw(asked)
    with db.transaction():
        services.propose_refund(kitchen.cast.budi, asked, "1-1100")
    return lambda: services.decide_refund(kitchen.cast.hadi, asked, approve=True)


def withdraw(kitchen: Kitchen) -> story.Act:
    asked = kitchen.paid()
    kitchen.open_pool(own=1)
    return lambda: services.withdraw_request(kitchen.tini, asked)


ACTS: dict[str, Made] = {
    "advance": advance,
    "pool": pool,
    "share": share,
    "collect": collect,
    "refund": refund,
    "withdraw": withdraw,
}


@pytest.mark.parametrize("name", sorted(ACTS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, name):
    act = story.in_transaction(ACTS[name](open_kitchen()))
    assert kill.kill_everywhere(settings, act) > 3
    with db.transaction(read_only=True):
        assert [result.id for result in verify.run() if not result.ok and result.id != "I27"] == []
