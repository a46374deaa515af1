"""A process that dies while a maker answers a paid order leaves goods, order and money as they were."""

from __future__ import annotations

from market import verify
from market.core import db
from market.retail import queries, services
from tests.faults import kill, story
from tests.faults.test_online_kills import believed
from tests.purchasing.online import give_account, open_till, registered
from tests.retail.market import Market, open_market


def paid(market: Market) -> int:
    """An order that was paid over the internet, and whose makers have been asked; its id."""
    with db.transaction():
        cast = market.cast
        give_account(cast.makmur.id, cast.budi, cast.hadi, "G000000001")
        order = market.place(cookies=2, cake=1, pay_first=True)
        payment = services.pay_order(services.BUYER, order.token).id
    believed(payment)
    with db.transaction():
        services.on_payment_changed(order.id, payment, "paid")
    return order.id


def refuse(market: Market) -> story.Act:
    order_id = paid(market)
    with db.transaction(read_only=True):
        part = market.part(queries.order_by_id(order_id), market.rina).id
    return lambda: services.refuse_part(market.rina, part, "oven rusak")


def test_a_kill_before_any_statement_of_a_refusal_leaves_all_or_nothing(settings, database):
    act = story.in_transaction(refuse(open_market(open_till(*registered()).cast)))
    assert kill.kill_everywhere(settings, act) > 10
    with db.transaction(read_only=True):
        broken = [result for result in verify.run() if not result.ok and result.id != "I27"]
    assert broken == []
