"""The pools of Makmur with a provider that does as it is told, and what stands in the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from market import wiring
from market.core import clock, db, jobs
from market.ledger import chart
from market.notices.models import Notice
from market.payments import doors
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.types import Provider, RefundSnapshot, RefundStatus
from market.prepaid import services
from tests.payments.scripted import Bank, ScriptedGateway
from tests.prepaid.conftest import PHONE, Pools, balance, share_of
from tests.purchasing.online import give_account


@dataclass
class Web:
    """The pools of Makmur, and a provider that does as it is told."""

    pools: Pools
    bank: Bank

    def begin(self, share_id: int, method: str = "qris") -> str:
        """The buyer presses the button and picks a way; returns the order id at the provider."""
        token = share_of(share_id).token
        with db.transaction():
            payment = services.pay_share(token)
            order_id = payments.choose_method(payment.token, method).order_id
        self.work()
        return order_id

    def pay(self, share_id: int, method: str = "qris") -> str:
        order_id = self.begin(share_id, method)
        self.bank.pay(order_id)
        self.wait(60)
        return order_id

    def paid(self, pool_id: int, shares: int = 2, method: str = "qris", name: str = "Bu Tini") -> int:
        with db.transaction():
            given = {"buyer_name": name, "phone": PHONE, "shares": shares}
            share_id = services.join_pool(pool_id, **given).id  # type: ignore[arg-type]
        self.pay(share_id, method)
        return share_id

    def work(self) -> None:
        handlers = {k: v for k, v in wiring.HANDLERS.items() if not k.startswith("notice_")}
        jobs.run_all(handlers, "test")

    def wait(self, seconds: int = 600) -> None:
        """Time passes: the schedules of payments and pools, then the worker, twice."""
        clock.travel(to=clock.now() + timedelta(seconds=seconds))
        for _round in range(2):
            for act in (payments.ask_due, payments.close_due, services.settle_due):
                with db.transaction():
                    act()
            self.work()

    def prove_refund(self, order_id: str, amount_rp: int) -> None:
        """The bank says that the money is back at the buyer."""
        ours = self.bank.charges[order_id].refunds
        name = ours[0].refund_id if ours else "di-dasbor"
        self.bank.refund(order_id, RefundSnapshot(name, amount_rp, RefundStatus.SUCCEEDED))
        self.wait(3700)

    def state_of_payment(self, share_id: int) -> str:
        with db.transaction(read_only=True):
            payment = money_in.latest_payment("prepaid_share", share_id)
            return payment.state if payment else ""


def open_web(pools: Pools) -> Web:
    """Makmur can be paid over the internet."""
    bank = Bank()
    doors.configure({Provider.MIDTRANS: lambda account: ScriptedGateway(bank, account)})
    with db.transaction():
        give_account(pools.cast.makmur.id, pools.cast.budi, pools.cast.hadi)
    return Web(pools, bank)


def told(kind: str) -> list[str]:
    with db.transaction(read_only=True):
        return [each.title for each in db.session.query(Notice).filter(Notice.kind == kind)]


def books(web: Web) -> tuple[int, int]:
    """What stands at the provider (fees included) and what buyers have paid in advance, own sides."""
    came = balance(web.pools, chart.CLEARING) + balance(web.pools, chart.PAYMENT_FEES)
    return came, -balance(web.pools, chart.CUSTOMER_ADVANCES)
