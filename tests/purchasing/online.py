"""The supplier at a scripted provider, and what payer, provider and time may do to a bill paid there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from market import verify, wiring
from market.core import clock, crypto, db, jobs, states
from market.core.permissions import SYSTEM, Actor
from market.identity.models import Organization
from market.ledger import queries as books
from market.payments import doors
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.models import MerchantAccount, Payment
from market.payments.types import Provider
from market.purchasing import queries, services
from market.purchasing.models import SupplierBill, SupplierPayment
from market.purchasing.services import OrderLine, ReceiptLine
from tests import cast as people
from tests import factories
from tests.faults import story
from tests.payments.scripted import Bank, ScriptedGateway

PACKS, PRICE_RP = 30, 295_000
RICE_RP = PACKS * PRICE_RP
"""Rp8.850.000: less than what a QRIS may carry."""


@dataclass
class Till:
    """Makmur owes Lamongan a bill; each act is the transaction that it is in life."""

    cast: people.Cast
    bank: Bank = field(default_factory=Bank)
    ani: Actor | None = None
    """the second person of the supplier"""

    def bill(self, reference: str = "INV-1") -> int:
        """Rice was ordered, came, and is billed; returns the bill's id."""
        with db.transaction():
            order = services.issue_order(
                SYSTEM,
                self.cast.makmur.id,
                self.cast.lamongan.id,
                [OrderLine("goods", story.rice(), "Beras premium 25 kg", PACKS, PRICE_RP)],
                origin=f"assignment:{reference}/buyer:1",
                terms="tempo",
                credit_days=14,
                delivery_on=clock.today(),
                place_code=self.cast.makmur.place_code,
            )
            line = queries.goods_lines(order.id)[0]
            services.receive_goods(self.cast.kasir, order.id, [ReceiptLine(line.id, PACKS)])
            return services.record_bill(self.cast.budi, order.id, reference, RICE_RP, clock.today()).id

    def propose(self, bill_id: int, account: str = "online") -> int:
        with db.transaction():
            return services.propose_payment(self.cast.budi, bill_id, account).id

    def approve(self, payment_id: int) -> None:
        with db.transaction():
            services.decide_payment(self.cast.hadi, payment_id, approve=True)

    def approved(self, bill_id: int | None = None) -> int:
        payment_id = self.propose(bill_id or self.bill())
        self.approve(payment_id)
        return payment_id

    def asked(self, payment_id: int) -> Payment:
        with db.transaction(read_only=True):
            found = money_in.latest_payment("supplier_payment", payment_id)
            assert found is not None
            return found

    def choose(self, payment_id: int, method: str = "va_bca") -> str:
        """The cooperative opens the page and picks a way; returns the order id at the provider."""
        token = self.asked(payment_id).token
        with db.transaction():
            order_id = payments.choose_method(token, method).order_id
        self.work()
        return order_id

    def pay(self, payment_id: int, method: str = "va_bca") -> str:
        order_id = self.choose(payment_id, method)
        self.bank.pay(order_id)
        self.wait(60)
        return order_id

    def paid(self, method: str = "va_bca") -> int:
        payment_id = self.approved()
        self.pay(payment_id, method)
        return payment_id

    def work(self) -> None:
        jobs.run_all(wiring.HANDLERS, "test")

    def wait(self, seconds: int = 600) -> None:
        """Time passes: the schedules run, then the worker, twice, for what the first round asks for."""
        clock.travel(to=clock.now() + timedelta(seconds=seconds))
        for _round in range(2):
            with db.transaction():
                payments.ask_due()
            with db.transaction():
                payments.close_due()
            self.work()

    def payment(self, payment_id: int) -> SupplierPayment:
        with db.transaction(read_only=True):
            return db.session.get_one(SupplierPayment, payment_id)

    def bill_of(self, payment_id: int) -> SupplierBill:
        bill_id = self.payment(payment_id).bill_id
        with db.transaction(read_only=True):
            return db.session.get_one(SupplierBill, bill_id)

    def balance(self, code: str, organization: Organization | None = None) -> int:
        """Rupiah on an account of the cooperative (or another), debit positive."""
        wanted = (organization or self.cast.makmur).id
        with db.transaction(read_only=True):
            return sum(each.balance_rp for each in books.accounts(wanted) if each.code == code)

    def broken(self) -> list[str]:
        with db.transaction(read_only=True):
            return [result.id for result in verify.run() if not result.ok]


def registered() -> tuple[people.Cast, Actor]:
    """The cast, with a supplier whose account two of its people have entered, and the second of them."""
    cast = story.begin()
    with db.transaction():
        ani = factories.actor(cast.joko.role, cast.lamongan, "Ani", "ani")
        give_account(cast.lamongan.id, cast.joko, ani)
    return cast, ani


def open_till(cast: people.Cast, ani: Actor) -> Till:
    """A provider that takes money for the registered supplier."""
    bank = Bank()
    doors.configure({Provider.MIDTRANS: lambda account: ScriptedGateway(bank, account)})
    return Till(cast, bank, ani)


def give_account(organization_id: int, first: Actor, second: Actor, merchant_id: str = "G000000002") -> None:
    """An account at the provider that two people stand for."""
    token = crypto.token()
    account = MerchantAccount(
        organization_id=organization_id,
        provider="midtrans",
        merchant_id=merchant_id,
        token=token,
        keys=doors.seal_keys(token, server_keys=["SB-Mid-server-SIM"]),
        valid_from_on=clock.today(),
        proposed_by=first.user_id,
        approved_by=second.user_id,
        state_at=clock.now(),
    )
    db.session.add(account)
    db.session.flush()
    states.start(account, first)
    states.advance(account, "active", second)
