"""Whatever happens between payer, provider and us, in any order and with crashes: the books end up true."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from market.core import db, faults
from market.core.errors import Conflict, Refused
from market.ledger import chart
from market.payments import gateway, queries, services
from market.payments.models import PaymentAttempt
from market.payments.types import DisputeStatus, PaymentSnapshot, RefundSnapshot, RefundStatus, Status
from tests.payments.conftest import Desk

POINTS = (
    "payments.called",
    "payments.received",
    "payments.applied",
    "payments.refunded",
    "payments.notified",
    "payments.disputed",
    "payments.dispute_ended",
    "payments.refund_found",
    "payments.withdrawn",
    "payments.attributed",
)
ACTS = (
    *("choose", "choose", "pay", "pay", "end", "notify", "wait", "wait", "work", "refund", "prove", "back"),
    *("trouble", "dispute", "decide", "elsewhere", "case", "withdraw"),
)
FAR = 60
"""The crash comes before one of so many statements, or not at all."""


@contextmanager
def crashing(dice: random.Random) -> Iterator[None]:
    """Somewhere in here the process dies: at a fault point, or before any one statement."""
    if dice.random() < 0.5:
        with faults.armed(dice.choice(POINTS), dice.randint(1, 3)):
            yield
        return
    left = [dice.randint(1, FAR)]

    def strike(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if (
            not statement.startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE "))
            or "set_config" in statement
        ):
            return  # the opening of a transaction: nothing of it is written
        left[0] -= 1
        if left[0] == 0:
            raise faults.FaultInjected("before a statement")

    engine = db.engine()
    event.listen(engine, "before_cursor_execute", strike)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", strike)


@pytest.mark.parametrize("seed", range(8))
def test_any_legal_history_ends_in_what_the_provider_says(desk: Desk, seed: int):
    """Paid, closed, doubled, refunded, disputed, taken back; news twice, late or never; crashes anywhere."""
    dice = random.Random(seed)
    payments = [desk.ask(number, dice.randint(10_000, 900_000)) for number in range(1, 4)]
    for _step in range(60):
        try:
            with crashing(dice):
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
    act = dice.choice(ACTS)
    if act == "choose":
        desk.choose(payment, dice.choice(("qris", "va_permata")))
    elif act == "wait":
        desk.wait(dice.choice((30, 300, 1200)))
    elif act == "work":
        desk.work()
    elif act == "refund":
        with db.transaction():
            services.ask_refund(desk.cast.budi, payment, dice.randint(1, 300_000), "uji")
    elif act == "withdraw":
        with db.transaction():
            services.withdraw(desk.cast.kasir, payment)
    elif act == "case":
        _treasurer(desk, dice)
    elif act == "trouble":
        desk.bank.trouble = dice.choice((None, gateway.Unavailable("down", outcome_unknown=True)))
        desk.bank.lose_answers = dice.random() < 0.3
    elif order:
        _at_the_bank(desk, dice, act, order)


def _treasurer(desk: Desk, dice: random.Random) -> None:
    """Money that is nobody's goes back, or where it was meant for."""
    with db.transaction():
        cases = queries.open_cases(desk.cast.makmur.id)
        if cases:
            act = dice.choice((services.refund_case, services.attribute_case))
            act(desk.cast.budi, dice.choice(cases).id, "uji")


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
            desk.bank.refund(order, replace(said, status=ended))
    elif act == "decide" and charge.disputes:
        if charge.disputes[0].status == DisputeStatus.OPEN:
            ended = dice.choice((DisputeStatus.WON, DisputeStatus.LOST))
            desk.bank.dispute(order, ended, charge.disputes[0].amount_rp)
    elif act in ("dispute", "elsewhere") and charge.status == Status.SUCCEEDED and not charge.reversed:
        left = charge.amount_rp - desk.bank.gone_rp(order)
        if left > 0 and act == "dispute" and not charge.disputes:
            desk.bank.dispute(order, amount_rp=dice.randint(1, left))
        elif left > 0 and act == "elsewhere":
            said = dice.choice((RefundStatus.PENDING, RefundStatus.SUCCEEDED))
            name = f"re_{dice.randint(1, 10**9)}"
            desk.bank.refund(order, RefundSnapshot("", dice.randint(1, left), said, provider_id=name))
    elif (
        act == "back"
        and charge.status == Status.SUCCEEDED
        and not charge.refunds
        and not charge.disputes
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
    return 0 if charge.reversed else charge.amount_rp - back - charge.disputed_rp
