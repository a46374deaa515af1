"""Ways to break what holds after both books were laid beside each other."""

from __future__ import annotations

from market.core import clock, db
from market.payments import doors, queries, services
from market.payments import queries_reconciliation as reconciliation
from market.payments.types import BalanceMove, Provider, RefundSnapshot, RefundStatus
from tests.ledger.tamper import tamper
from tests.payments.scripted import Bank, ScriptedGateway
from tests.verify.planting import breaks
from tests.verify.plants_payments import AMOUNT_RP, _said, paid

WITHDRAWN_RP = 40_000


def reconciled(lived) -> None:
    """A payment partly refunded, a withdrawal that the treasurer booked, then a run that is equal."""
    attempt_id, bank = paid(lived), Bank()
    doors.configure({Provider.MIDTRANS: lambda account: ScriptedGateway(bank, account)})
    with db.transaction(read_only=True):
        attempt = queries.attempt(attempt_id)
        [refund] = queries.refunds_of(attempt_id)
        charge = _said(attempt.order_id)
    bank.charges[attempt.order_id] = charge
    bank.pay(attempt.order_id, AMOUNT_RP)
    back = RefundSnapshot(refund.refund_id, refund.amount_rp, RefundStatus.SUCCEEDED)
    bank.refund(attempt.order_id, back)
    bank.more.append(BalanceMove(clock.now(), "withdrawal", -WITHDRAWN_RP, "WD-1"))
    run(lived)
    with db.transaction():
        case = next(row[0] for row in reconciliation.cases_of(lived.id) if row[0].kind == "withdrawal")
        services.book_case(lived.cast.budi, case.id)
    assert run(lived) == "equal"


def run(lived) -> str:
    with db.transaction():
        run_id = services.begin_run(lived.cast.budi, reconciliation.merchants(lived.id)[0], "command").id
    services.run_whole(run_id, lambda _seconds: None)
    with db.transaction(read_only=True):
        return reconciliation.run(run_id).state


@breaks("I13")
def an_equal_run_whose_parts_do_not_add_up(lived):
    reconciled(lived)
    tamper("UPDATE reconciliation SET provider_rp = provider_rp + 1 WHERE state = 'equal'")


@breaks("I13")
def a_named_part_that_is_not_there_any_more(lived):
    reconciled(lived)
    tamper("DELETE FROM reconciliation_item WHERE name = 'fees_waiting'")


@breaks("I13")
def a_run_that_compared_with_other_books(lived):
    reconciled(lived)
    tamper("UPDATE reconciliation SET ledger_rp = ledger_rp + 5, provider_rp = provider_rp + 5")


@breaks("I13")
def a_withdrawal_of_another_amount_than_the_providers(lived):
    reconciled(lived)
    tamper("UPDATE provider_move SET amount_rp = amount_rp - 1 WHERE kind = 'withdrawal'")
