"""Ways to break what holds of money at a payment provider."""

from __future__ import annotations

from dataclasses import replace

from market.core import clock, crypto, db, states
from market.core.permissions import SYSTEM
from market.payments import doors, queries, services
from market.payments.models import MerchantAccount
from market.payments.services import starting
from market.payments.types import (
    DisputeSnapshot,
    PaymentRef,
    PaymentSnapshot,
    Provider,
    RefundSnapshot,
    RefundStatus,
    Status,
)
from tests.ledger.tamper import tamper
from tests.payments.scripted import Bank, ScriptedGateway
from tests.verify.planting import breaks

AMOUNT_RP = 100_000


def an_account(lived) -> None:
    """The cooperative can be paid over the internet."""
    doors.configure({Provider.MIDTRANS: lambda account, notify="": ScriptedGateway(Bank(), account)})
    token = crypto.token()
    account = MerchantAccount(
        organization_id=lived.id,
        provider="midtrans",
        merchant_id="G000000001",
        token=token,
        keys=doors.seal_keys(token, server_keys=["SB-Mid-server-SIM"]),
        valid_from_on=clock.today(),
        proposed_by=lived.cast.budi.user_id,
        approved_by=lived.cast.hadi.user_id,
        state_at=clock.now(),
    )
    db.session.add(account)
    db.session.flush()
    states.start(account, lived.cast.budi)
    states.advance(account, "active", lived.cast.hadi)


def paid(lived, twice: bool = False) -> int:
    """A payment that came and went partly back; `twice`: a second attempt paid it, too, into suspense."""
    with db.transaction():
        an_account(lived)
        payment = services.start_payment(
            SYSTEM,
            organization_id=lived.id,
            purpose="retail_order",
            purpose_id=900,
            amount_rp=AMOUNT_RP,
            title="Belanja",
        )
        attempts = [starting.begin(payment, "qris") for _each in range(1 + twice)]
        for attempt in attempts:
            services.apply_snapshot(attempt.id, _said(attempt.order_id))
        first = attempts[0]
        refund = services.ask_refund(lived.cast.budi, payment.id, 30_000, "rusak")
        back = RefundSnapshot(refund.refund_id, 30_000, RefundStatus.SUCCEEDED)
        services.apply_snapshot(first.id, _said(first.order_id, back))
        return attempts[-1].id


def _said(order_id: str, *refunds: RefundSnapshot) -> PaymentSnapshot:
    return PaymentSnapshot(
        PaymentRef(order_id, f"tx-{order_id}"),
        Status.SUCCEEDED,
        AMOUNT_RP,
        amount_received_rp=AMOUNT_RP,
        refunds=refunds,
    )


@breaks("I11")
def a_success_without_money(lived):
    attempt = paid(lived)
    with db.transaction():
        payment_id = queries.attempt(attempt).payment_id
        other = starting.begin(queries.payment_by_id(payment_id), "qris").id
        states.advance(queries.attempt(other), "succeeded", SYSTEM)


@breaks("I12", "I13", "I10")
def money_of_two_attempts_for_one_payment(lived):
    attempt = paid(lived, twice=True)
    tamper(f"UPDATE payment_effect SET suspense = false WHERE attempt_id = {attempt}")


@breaks("I12", "I26")
def a_dispute_that_is_won_though_its_money_is_away(lived):
    attempt = paid(lived)
    with db.transaction():
        order = queries.attempt(attempt).order_id
        said = replace(_said(order), disputes=(DisputeSnapshot("dp_1", 10_000),))
        services.apply_snapshot(attempt, said)
    tamper("UPDATE payment_dispute SET state = 'won'")


@breaks("I13")
def money_that_came_and_lies_nowhere(lived):
    attempt = paid(lived, twice=True)
    tamper("DELETE FROM suspense_case")
    assert attempt


@breaks("I13")
def less_in_the_clearing_account_than_came(lived):
    attempt = paid(lived)
    where = f"attempt_id = {attempt} AND kind = 'received'"
    tamper(f"UPDATE payment_effect SET fee_rp = fee_rp + 1 WHERE {where}")


@breaks("I14")
def a_payment_that_says_more_than_came(lived):
    paid(lived)
    tamper("UPDATE payment SET received_rp = received_rp + 1, amount_rp = amount_rp + 1")
