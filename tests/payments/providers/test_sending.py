"""Two people agree, and the money goes through the real client to the simulated service until it arrives."""

from __future__ import annotations

from market.core import db
from market.ledger import chart
from market.payments import doors, services
from market.payments.iris import IrisPayouts
from market.payments.session import BoundedSession
from market.payments.simulator import passing
from market.payments.types import Provider
from tests.payments.conftest import AMOUNT_RP, Desk
from tests.payments.providers.conftest import PATIENT
from tests.payments.providers.test_payouts import payout_account
from tests.payments.scripted import ScriptedGateway
from tests.payments.test_hand_refunds import approve, name, propose, refund, stage


def test_a_refund_reaches_the_buyers_bank_through_the_providers_payouts(desk: Desk, simulator):
    session = BoundedSession(simulator.url, **PATIENT)
    doors.configure(
        {Provider.MIDTRANS: lambda account: ScriptedGateway(desk.bank, account)},
        payers={
            Provider.MIDTRANS: lambda _account: IrisPayouts(
                payout_account(), base_url=simulator.url, session=session
            )
        },
    )
    desk.give_keys()
    token, refund_id = refund(desk)
    name(token, refund_id)
    simulator.world.faults.add("drop_after", "payouts")
    payout = propose(desk, refund_id)
    approve(desk, payout)
    desk.work()
    with db.transaction():
        services.top_up(desk.cast.budi, 400_000, "TRX-9")
    desk.wait(120)
    assert desk.payout(payout).state == "sending"
    passing.advance(simulator.world, 3_600)
    desk.wait(120)
    assert stage(desk, token) == "done"
    assert desk.balance(chart.PAYOUT_DEPOSIT) == 400_000 - AMOUNT_RP - 5_000
    arrived = [row for row in simulator.world.payouts.values() if row.status == "completed"]
    assert [row.amount_rp for row in arrived] == [AMOUNT_RP]
    desk.books_are_true()
