"""Ways to break what holds of inputs that UMKM ask for, pay for and collect."""

from __future__ import annotations

from dataclasses import dataclass

from market.core import db
from market.core.permissions import SYSTEM, Role
from market.stock import services as stock
from tests import factories
from tests.inputs.conftest import Kitchen, request_of
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks


@dataclass(frozen=True)
class Baked:
    """A request that was paid, one that is ready, one collected on credit; and the need of the last two."""

    paid: int
    ready: int
    owed: int
    need: int


def a_kitchen(lived) -> Baked:
    """Everything a baker does, once."""
    with db.transaction():
        bakery = factories.seller(lived.cast.makmur, "Roti Bu Tini")
        tini = factories.actor(Role.SELLER_OWNER, bakery, "Tini")
    kitchen = Kitchen(lived.cast, bakery, tini)
    ready, owed = kitchen.paid(50, 50), kitchen.on_credit(25)
    need = kitchen.open_pool(own=1)
    kitchen.ready(need, 4)
    kitchen.collect(owed)
    paid = kitchen.paid(25, 25)
    with db.transaction():  # a worker was there
        db.session.connection().exec_driver_sql("UPDATE job SET state = 'done'")
    return Baked(paid, ready, owed, need)


@breaks("I10")
def an_advance_that_the_books_do_not_hold(lived):
    baked = a_kitchen(lived)
    tamper(f"UPDATE input_request SET paid_rp = paid_rp + 1 WHERE id = {baked.paid}")


@breaks("I10")
def an_advance_that_nobody_took(lived):
    baked = a_kitchen(lived)
    tamper(
        f"UPDATE input_payment SET amount_rp = amount_rp + 1 WHERE request_id = {baked.paid}",
        f"UPDATE input_request SET paid_rp = paid_rp + 1 WHERE id = {baked.paid}",
    )


@breaks("I10")
def goods_sold_for_another_price(lived):
    baked = a_kitchen(lived)
    tamper(f"UPDATE input_request SET amount_rp = amount_rp + 1 WHERE id = {baked.owed}")


@breaks("I10")
def a_debt_forgiven_in_silence(lived):
    baked = a_kitchen(lived)
    owed = request_of(baked.owed).owed_rp
    tamper(f"UPDATE input_request SET settled_rp = {owed} WHERE id = {baked.owed}")


@breaks("I16")
def a_share_larger_than_what_was_left_over(lived):
    baked = a_kitchen(lived)
    tamper(f"UPDATE input_pool SET own_base = own_base - 1000 WHERE need_id = {baked.need}")


@breaks("I16")
def more_shared_than_was_received(lived):
    baked = a_kitchen(lived)
    tamper(
        "UPDATE input_pool SET own_base = own_base + 1000000, arrived_base = arrived_base + 1000000"
        f" WHERE need_id = {baked.need}"
    )


@breaks("I18")
def goods_of_a_baker_given_back_to_the_shelf(lived):
    baked = a_kitchen(lived)
    held = request_of(baked.ready).reservation_id
    with db.transaction():
        stock.release(SYSTEM, lived.id, held or 0)
