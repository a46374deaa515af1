"""Whatever happens between payer, provider and us, in any order and with crashes: the books end up true."""

from __future__ import annotations

import random

import pytest

from market.core import db, faults
from market.core.errors import Conflict, Refused
from market.ledger import chart
from market.payments import gateway, queries, services
from market.payments.models import PaymentAttempt
from market.payments.types import PaymentSnapshot, RefundSnapshot, RefundStatus, Status
from tests.payments.conftest import Desk

POINTS = (
    "payments.called",
    "payments.received",
    "payments.applied",
    "payments.refunded",
    "payments.notified",
)


@pytest.mark.parametrize("seed", range(8))
def test_any_legal_history_ends_in_what_the_provider_says(desk: Desk, seed: int):
    """Paid, closed, doubled, refunded, taken back; notices twice, late or never; crashes in between."""
    dice = random.Random(seed)
    payments = [desk.ask(number, dice.randint(10_000, 900_000)) for number in range(1, 4)]
    for _step in range(40):
        try:
            with faults.armed(dice.choice(POINTS), dice.randint(1, 3)):
                _happen(desk, dice, payments)
        except (faults.FaultInjected, Conflict, Refused):
            pass
    desk.bank.trouble, desk.bank.lose_answers = None, False
    for _hour in range(12):
        desk.wait(3600)
    for order in list(desk.bank.charges):
        desk.notify(order, "the end")
    desk.work()
    _compare(desk)
    desk.books_are_true()


def _happen(desk: Desk, dice: random.Random, payments: list[int]) -> None:
    payment, orders = dice.choice(payments), list(desk.bank.charges)
    order = dice.choice(orders) if orders else ""
    act = dice.choice(
        ("choose", "choose", "pay", "end", "notify", "wait", "work", "refund", "prove", "back", "trouble")
    )
    if act == "choose":
        desk.choose(payment, dice.choice(("qris", "va_permata")))
    elif act == "wait":
        desk.wait(dice.choice((30, 300, 1200)))
    elif act == "work":
        desk.work()
    elif act == "refund":
        with db.transaction():
            services.ask_refund(desk.cast.budi, payment, dice.randint(1, 300_000), "uji")
    elif act == "trouble":
        desk.bank.trouble = dice.choice((None, gateway.Unavailable("down", outcome_unknown=True)))
        desk.bank.lose_answers = dice.random() < 0.3
    elif order:
        _at_the_bank(desk, dice, act, order)


def _at_the_bank(desk: Desk, dice: random.Random, act: str, order: str) -> None:
    charge = desk.bank.charges[order]
    if act == "pay" and charge.status != Status.SUCCEEDED:
        desk.bank.pay(order)
    elif act == "end":
        desk.bank.end(order, dice.choice((Status.CANCELED, Status.REQUIRES_METHOD)))
    elif act == "notify":
        desk.notify(order, str(dice.randint(1, 3)))
    elif act == "prove" and charge.refunds:
        said = dice.choice(charge.refunds)
        if said.status == RefundStatus.PENDING:
            ended = dice.choice((RefundStatus.SUCCEEDED, RefundStatus.FAILED))
            desk.bank.refund(order, RefundSnapshot(said.refund_id, said.amount_rp, ended))
    elif (
        act == "back"
        and charge.status == Status.SUCCEEDED
        and not charge.refunds
        and charge.method == "va_permata"
    ):
        desk.bank.take_back(order)


def _compare(desk: Desk) -> None:
    """Every attempt, and the clearing account, say what the provider's own rows say."""
    clearing = 0
    with db.transaction(read_only=True):
        for order, charge in desk.bank.charges.items():
            attempt = queries.attempt_by_order(order)
            assert attempt is not None
            clearing += _expected(attempt, charge)
        assert queries.open_notifications() == []
    assert desk.balance(chart.CLEARING) + desk.balance(chart.PAYMENT_FEES) == clearing


def _expected(attempt: PaymentAttempt, charge: PaymentSnapshot) -> int:
    if charge.status != Status.SUCCEEDED:
        assert attempt.state in ("cancelled", "failed"), "nothing stays open for ever"
        return 0
    assert attempt.state == ("reversed" if charge.reversed else "succeeded")
    back = sum(said.amount_rp for said in charge.refunds if said.status == RefundStatus.SUCCEEDED)
    return 0 if charge.reversed else charge.amount_rp - back
