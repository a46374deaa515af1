"""A process that dies at the door, at a complaint or at a voucher leaves nothing half done."""

from __future__ import annotations

import pytest

from market import verify
from market.core import db
from market.retail import queries, queries_complaints, services
from market.retail.services import Decision, Extras
from tests import cast as people
from tests.faults import kill, story
from tests.retail import door
from tests.retail.shop import CRISPS_RP, ShopFront, open_shop, photo


def place(cast: people.Cast, shop: ShopFront) -> story.Act:
    """A guest orders to the door with the last use of a voucher."""
    with db.transaction():
        door.voucher(cast, most_uses=1)
    extras = Extras(door=door.door(cast), voucher="LEBARAN")
    return lambda: door.order(shop, extras, crisps=2)


def deliver(cast: people.Cast, shop: ShopFront) -> story.Act:
    with db.transaction():
        order = door.to_the_door(cast, shop, code="")
        run, stop = door.on_the_way(cast, order), door.delivery_of(order).id
    return lambda: services.deliver(run.token, stop, receiver_name="Pak RT", photo=photo())


def hand_in(cast: people.Cast, shop: ShopFront) -> story.Act:
    with db.transaction():
        order = door.to_the_door(cast, shop)
        run = door.on_the_way(cast, order)
        services.deliver(run.token, door.delivery_of(order).id, pickup_code=order.pickup_code)
    return lambda: services.hand_in(cast.kasir, run.id, 10_000)


def complaint(cast: people.Cast, shop: ShopFront) -> tuple[int, int]:
    """An order that was handed over, and the buyer's complaint of its crisps; both ids."""
    with db.transaction():
        order = door.collected(cast, shop, crisps=2, rice=0)
        return order.id, door.complaint(order, queries.lines_of(order.id)[0].id).id


def complain(cast: people.Cast, shop: ShopFront) -> story.Act:
    with db.transaction():
        order = door.collected(cast, shop, crisps=2, rice=0)
        line = queries.lines_of(order.id)[0].id
    return lambda: door.complaint(order, line)


def refund(cast: people.Cast, shop: ShopFront) -> story.Act:
    _order, made = complaint(cast, shop)
    return lambda: services.refund_complaint(cast.sri, made, Decision(CRISPS_RP, "seller", "shelf", "Maaf."))


def pay(cast: people.Cast, shop: ShopFront) -> story.Act:
    _order, made = complaint(cast, shop)
    with db.transaction():
        services.refund_complaint(cast.sri, made, Decision(CRISPS_RP, "cooperative"))
    return lambda: services.pay_return(cast.kasir, made, code_of(cast, made))


def replace(cast: people.Cast, shop: ShopFront) -> story.Act:
    _order, made = complaint(cast, shop)
    with db.transaction():
        services.promise_replacement(cast.sri, made, "cooperative")
    return lambda: services.hand_over_replacement(cast.kasir, made, code_of(cast, made))


def code_of(cast: people.Cast, complaint_id: int) -> str:
    return queries_complaints.complaint_for(cast.kasir, complaint_id).pickup_code


ACTIONS = {act.__name__: act for act in (place, deliver, hand_in, complain, refund, pay, replace)}


@pytest.fixture
def begun(settings, database) -> tuple[people.Cast, ShopFront]:
    with db.transaction():
        cast = people.assemble()
    shop = open_shop(cast)
    with db.transaction():
        door.zone(cast)
    return cast, shop


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, begun, action):
    act = story.in_transaction(ACTIONS[action](*begun))
    assert kill.kill_everywhere(settings, act) >= 5
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok and result.id != "I27"] == []
