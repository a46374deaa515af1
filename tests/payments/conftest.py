"""A cooperative with an account at a scripted provider, and the acts of payer, provider and time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from market import verify, wiring
from market.core import clock, crypto, db, jobs, states
from market.core.permissions import SYSTEM, Actor
from market.ledger import chart
from market.ledger import queries as books
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.payments import doors, queries, queries_payouts, services
from market.payments import jobs as handlers
from market.payments.models import MerchantAccount, Payment, PaymentAttempt, PaymentNotification
from market.payments.models_payouts import Payout
from market.payments.types import Provider
from tests import cast as people
from tests.faults import story
from tests.payments.scripted import Bank, ScriptedGateway, ScriptedPayouts

HANDLERS = {
    "payment_started": handlers.on_payment_started,
    "payment_check": handlers.on_payment_check,
    "payment_unwanted": handlers.on_payment_unwanted,
    "payment_notified": handlers.on_payment_notified,
    "refund_asked": handlers.on_refund_asked,
    "refund_by_hand": handlers.on_refund_by_hand,
    "payout_approved": handlers.on_payout_approved,
    "payout_check": handlers.on_payout_check,
    "payout_ended": handlers.on_payout_ended,
}
AMOUNT_RP = 275_000


@dataclass
class Desk:
    """Everything that can happen to a payment, each in the transaction that it has in life."""

    cast: people.Cast
    bank: Bank
    account_id: int
    told: list[tuple[int, str]]

    def ask(self, purpose_id: int = 1, amount_rp: int = AMOUNT_RP, **more: object) -> int:
        """The cooperative asks to be paid; returns the payment's id."""
        with db.transaction():
            return services.start_payment(
                SYSTEM,
                organization_id=self.cast.makmur.id,
                purpose="test",
                purpose_id=purpose_id,
                amount_rp=amount_rp,
                title="Belanja",
                **more,  # type: ignore[arg-type]
            ).id

    def choose(self, payment_id: int, method: str = "qris") -> int:
        """The payer taps a way to pay; returns the attempt's id."""
        with db.transaction():
            token = queries.payment_by_id(payment_id).token
            return services.choose_method(token, method).id

    def work(self) -> None:
        """The worker does all that is due, until nothing is."""
        jobs.run_all({**HANDLERS, **self._ears()}, "test")

    def _ears(self) -> dict[str, jobs.Handler]:
        def heard(payload: dict[str, object]) -> None:
            self.told.append((int(str(payload["payment_id"])), str(payload["to"])))

        said = ("suspense_opened", "refund_refused", "refund_found", "payment_disputed")
        return {"payment_changed": heard, **dict.fromkeys(said, lambda _: None)}

    def notify(self, order_id: str, news: str, sign: str = "ok") -> bool:
        """The provider sends a notice to the account's address."""
        with db.transaction():
            token = queries.account_by_id(self.account_id).token
            return services.record_notification(token, {}, f"{sign}|{order_id}|{news}".encode())

    def wait(self, seconds: int = 600) -> None:
        """Time passes: the schedules run, then the worker."""
        clock.travel(to=clock.now() + timedelta(seconds=seconds))
        with db.transaction():
            services.ask_due()
        with db.transaction():
            services.close_due()
        with db.transaction():
            services.ask_payouts()
        self.work()

    def give_keys(self) -> None:
        """The cooperative enters the keys with which money can be sent."""
        with db.transaction():
            account = queries.account_by_id(self.account_id)
            keys = {f"payout_{name}_key": f"IRIS-{name}" for name in ("maker", "approver", "merchant")}
            account.keys = doors.seal_keys(account.token, server_keys=["SB-Mid-server-SIM"], **keys)

    def payout(self, payout_id: int) -> Payout:
        with db.transaction(read_only=True):
            return queries_payouts.payout_by_id(payout_id)

    def payment(self, payment_id: int) -> Payment:
        with db.transaction(read_only=True):
            return queries.payment_by_id(payment_id)

    def attempt(self, attempt_id: int) -> PaymentAttempt:
        with db.transaction(read_only=True):
            return queries.attempt(attempt_id)

    def paid(self, method: str = "qris", purpose_id: int = 1) -> tuple[int, int]:
        """A payment that went as it should."""
        payment_id = self.ask(purpose_id)
        attempt_id = self.choose(payment_id, method)
        self.work()
        self.bank.pay(self.attempt(attempt_id).order_id)
        self.wait(60)
        return payment_id, attempt_id

    def balance(self, code: str) -> int:
        """Rupiah on an account of the cooperative, debit positive."""
        with db.transaction(read_only=True):
            found = [a.balance_rp for a in books.accounts(self.cast.makmur.id) if a.code == code]
        return found[0] if found else 0

    def fill_till(self, amount_rp: int) -> None:
        """Cash from the bank into the till, in the open transaction."""
        lines = (debit(chart.CASH, amount_rp), credit(chart.BANK, amount_rp))
        draft = EntryDraft("opening:77", clock.today(), "Isi kas", lines)
        ledger.post(SYSTEM, self.cast.makmur.id, draft)

    def books_are_true(self) -> None:
        with db.transaction(read_only=True):
            balance = books.trial_balance(self.cast.makmur.id)
            assert balance.debit_rp == balance.credit_rp
            assert [result for result in verify.run() if not result.ok] == []


def inbox() -> list[PaymentNotification]:
    """Every notice that was kept, first one first, in the open transaction."""
    return list(db.session.scalars(select(PaymentNotification).order_by(PaymentNotification.id)))


def an_account(organization_id: int, proposer: Actor, approver: Actor, *keys: str) -> int:
    """An account at the provider that two people have put into use."""
    token = crypto.token()
    account = MerchantAccount(
        organization_id=organization_id,
        provider="midtrans",
        merchant_id="G000000001",
        token=token,
        keys=doors.seal_keys(token, server_keys=list(keys or ("SB-Mid-server-SIM",))),
        valid_from_on=clock.today(),
        proposed_by=proposer.user_id,
        approved_by=approver.user_id,
        state_at=clock.now(),
    )
    db.session.add(account)
    db.session.flush()
    states.start(account, proposer)
    states.advance(account, "active", approver)
    return account.id


def registered() -> tuple[people.Cast, int]:
    """The story's beginning, with an account at the provider; its id."""
    cast = story.begin()
    with db.transaction():
        return cast, an_account(cast.makmur.id, cast.budi, cast.hadi)


@pytest.fixture
def world():
    return registered


@pytest.fixture
def desk(began) -> Iterator[Desk]:
    (cast, account_id), bank = began[:2], Bank()
    doors.configure(
        {Provider.MIDTRANS: lambda account: ScriptedGateway(bank, account)},
        payers={Provider.MIDTRANS: lambda account: ScriptedPayouts(bank)},
    )
    always = services.LatePurpose(lambda _number: "", lambda _actor, _number: None)
    services.configure({**wiring.LATE_PURPOSES, "test": always})
    yield Desk(cast, bank, account_id, [])
    doors.configure({})
