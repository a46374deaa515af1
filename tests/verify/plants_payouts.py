"""Ways to break what holds of money that leaves the cooperative."""

from __future__ import annotations

from market.core import db
from market.core.permissions import SYSTEM
from market.payments import services
from market.payments.services import starting
from market.payments.types import PaymentRef, PaymentSnapshot, Status
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks
from tests.verify.plants_payments import AMOUNT_RP, an_account, paid


def proposed(lived) -> int:
    """A payment by virtual account that one person proposes to give back by transfer; the payout's id."""
    with db.transaction():
        an_account(lived)
        payment = services.start_payment(
            SYSTEM,
            organization_id=lived.id,
            purpose="retail_order",
            purpose_id=901,
            amount_rp=AMOUNT_RP,
            title="Belanja",
        )
        attempt = starting.begin(payment, "va_bca")
        ref = PaymentRef(attempt.order_id, "tx")
        said = PaymentSnapshot(ref, Status.SUCCEEDED, AMOUNT_RP, amount_received_rp=AMOUNT_RP)
        services.apply_snapshot(attempt.id, said)
        refund = services.ask_refund(lived.cast.budi, payment.id, AMOUNT_RP, "batal")
        services.name_destination(payment.token, refund.id, "bank", "bca", "0123456789", "Tini")
        return services.propose_refund_payout(lived.cast.budi, refund.id, "transfer").id


def paid_back(lived, *, sent: bool = True) -> int:
    """The same, approved by a second person, and (`sent`) transferred."""
    payout = proposed(lived)
    with db.transaction():
        services.decide_payout(lived.cast.hadi, payout, True)
    if sent:
        with db.transaction():
            services.record_payout(lived.cast.budi, payout, reference="TRX-1", fee_rp=2_500)
    return payout


def topped_up(lived) -> None:
    """Money in the deposit at the provider."""
    with db.transaction():
        services.top_up(lived.cast.budi, 50_000, "TRX-9")


@breaks("I13", "I10", "I12")
def a_payout_in_transit_of_another_amount(lived):
    paid_back(lived, sent=False)
    tamper("UPDATE payout SET amount_rp = amount_rp + 1")


@breaks("I13", "I10")
def a_deposit_that_was_never_filled_so_far(lived):
    topped_up(lived)
    tamper("UPDATE payout_top_up SET amount_rp = amount_rp + 1")


@breaks("I13")
def a_refund_by_hand_that_nobody_paid(lived):
    paid(lived)
    tamper("UPDATE payment_refund SET way = 'hand'")


@breaks("I12")
def a_refund_that_says_it_went_through_the_provider(lived):
    paid_back(lived)
    tamper("UPDATE payment_refund SET way = 'provider'")


@breaks("I29")
def a_payout_that_one_person_sent_alone(lived):
    paid_back(lived)
    tamper("UPDATE payout SET approved_by = proposed_by", without=[("payout", "ck_payout_two_people")])


@breaks("I13", "I18")
def a_seller_who_is_owed_less_than_was_sold(lived):
    tamper("UPDATE retail_order_line SET seller_id = (SELECT max(id) FROM organization)")
