"""A process that dies before any statement of a payment over the internet leaves nothing half done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from market import verify
from market.core import db
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.services import starting
from market.payments.types import PaymentRef, PaymentSnapshot, Status
from market.prepaid import services as prepaid
from market.purchasing import services as purchasing
from tests.faults import kill, story
from tests.prepaid.conftest import Pools
from tests.purchasing.online import Till, give_account, open_till, registered


def believed(payment_id: int, method: str = "qris", *, taken_back: bool = False) -> None:
    """The provider says that it has the money (and that the bank took it back); no news is passed on yet."""
    with db.transaction():
        payment = money_in.payment_by_id(payment_id)
        attempts = money_in.attempts_of(payment_id)
        attempt = attempts[0] if attempts else starting.begin(payment, method)
        said = PaymentSnapshot(
            PaymentRef(attempt.order_id, f"tx-{attempt.order_id}"),
            Status.SUCCEEDED,
            payment.amount_rp,
            amount_received_rp=payment.amount_rp,
            reversed=taken_back,
        )
        payments.apply_snapshot(attempt.id, said)


def approve(till: Till) -> story.Act:
    payment_id = till.propose(till.bill())
    return lambda: purchasing.decide_payment(till.cast.hadi, payment_id, approve=True)


def withdraw(till: Till) -> story.Act:
    payment_id = till.approved()
    till.choose(payment_id)
    return lambda: purchasing.withdraw_payment(till.cast.budi, payment_id)


def complete(till: Till) -> story.Act:
    payment_id = till.approved()
    asked = till.asked(payment_id).id
    believed(asked)
    return lambda: purchasing.on_payment_changed(payment_id, asked, "paid")


def reopen(till: Till) -> story.Act:
    payment_id = till.approved()
    asked = till.asked(payment_id).id
    believed(asked, "va_permata")
    with db.transaction():
        purchasing.on_payment_changed(payment_id, asked, "paid")
    believed(asked, taken_back=True)
    return lambda: purchasing.on_payment_changed(payment_id, asked, "reversed")


def a_share(till: Till) -> tuple[int, int, str]:
    """A promise with its open payment: share, payment, link."""
    pools = Pools(till.cast)
    pool = pools.open()
    with db.transaction():
        give_account(till.cast.makmur.id, till.cast.budi, till.cast.hadi, "G000000001")
        share = prepaid.join_pool(pool, buyer_name="Bu Tini", phone="081234567890", shares=15)
        return share.id, prepaid.pay_share(share.token).id, share.token


def share_counts(till: Till) -> story.Act:
    share, asked, _token = a_share(till)
    believed(asked)
    return lambda: prepaid.on_payment_changed(share, asked, "paid")


def share_goes_back(till: Till) -> story.Act:
    share, asked, token = a_share(till)
    believed(asked)
    with db.transaction():
        prepaid.on_payment_changed(share, asked, "paid")
    return lambda: prepaid.leave_pool(token)


ACTIONS: dict[str, Callable[[Till], story.Act]] = {
    "approve": approve,
    "withdraw": withdraw,
    "complete": complete,
    "reopen": reopen,
    "share_counts": share_counts,
    "share_goes_back": share_goes_back,
}


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, action):
    act = story.in_transaction(ACTIONS[action](open_till(*registered())))
    assert kill.kill_everywhere(settings, act) >= 3
    with db.transaction(read_only=True):
        broken = [result for result in verify.run() if not result.ok and result.id != "I27"]
    assert broken == []
