"""Ways to break what holds of bills and shares that are paid over the internet."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db
from market.payments import queries, services
from market.payments.services import starting
from market.payments.types import PaymentRef, PaymentSnapshot, Status
from market.prepaid import services as prepaid
from market.purchasing import services as purchasing
from tests import factories
from tests.faults import story
from tests.ledger.tamper import tamper
from tests.purchasing import online
from tests.verify.planting import breaks
from tests.verify.plants_payments import an_account


def believe(payment_id: int) -> None:
    """The provider has the whole money of a payment; its purpose has heard of it."""
    payment = queries.payment_by_id(payment_id)
    attempt = starting.begin(payment, "qris")
    rp = payment.amount_rp
    said = PaymentSnapshot(
        PaymentRef(attempt.order_id, f"tx-{attempt.order_id}"), Status.SUCCEEDED, rp, amount_received_rp=rp
    )
    services.apply_snapshot(attempt.id, said)


def a_bill(lived) -> int:
    """A bill that was paid into the supplier's own account; the payment's id."""
    cast = lived.cast
    with db.transaction():
        an_account(lived)  # the doors
        ani = factories.actor(cast.joko.role, cast.lamongan, "Ani", "ani")
        online.give_account(cast.lamongan.id, cast.joko, ani)
    bill_id = online.Till(cast).bill("INV-ONLINE")
    with db.transaction():
        paid = purchasing.propose_payment(cast.budi, bill_id, "online")
        purchasing.decide_payment(cast.hadi, paid.id, approve=True)
        asked = purchasing.payment_of(paid)
        assert asked is not None
        believe(asked.id)
        purchasing.on_payment_changed(paid.id, asked.id, "paid")
        assert paid.state == "paid"
    return paid.id


def a_share(lived) -> int:
    """A buyer's share of an open pool, paid over the internet; its id."""
    cast, day = lived.cast, clock.today()
    with db.transaction():
        an_account(lived)
        pool = prepaid.open_pool(
            cast.sri,
            pack_id=story.rice(),
            price_rp=62_000,
            shares_per_pack=5,
            min_packs=1,
            max_packs=2,
            closes_on=day,
            delivery_on=day + timedelta(days=3),
        )
        prepaid.decide_pool(cast.hadi, pool.id, approve=True)
        share = prepaid.join_pool(pool.id, buyer_name="Bu Tini", phone="081234567890", shares=2)
        asked = prepaid.pay_share(share.token)
        believe(asked.id)
        prepaid.on_payment_changed(share.id, asked.id, "paid")
        assert share.state == "paid"
    return share.id


@breaks("I14")
def a_bill_paid_over_the_internet_by_nobody(lived):
    """The payment stands for another purpose: nothing proves this one."""
    paid = a_bill(lived)
    tamper(f"UPDATE payment SET purpose_id = purpose_id + 900 WHERE purpose_id = {paid}")


@breaks("I10", "I14")
def income_of_a_supplier_that_its_books_do_not_hold(lived):
    paid = a_bill(lived)
    tamper(f"UPDATE payment SET used_rp = 0 WHERE purpose = 'supplier_payment' AND purpose_id = {paid}")


@breaks("I14")
def a_share_paid_over_the_internet_by_nobody(lived):
    share = a_share(lived)
    tamper(f"UPDATE payment SET purpose_id = purpose_id + 900 WHERE purpose_id = {share}")


@breaks("I10")
def a_share_of_cash_that_no_entry_holds(lived):
    share = a_share(lived)
    tamper(f"UPDATE prepaid_share SET account = '1-1100' WHERE id = {share}")
