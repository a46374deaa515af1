"""Both providers behind one set of levers: what a payer, a bank and a broken wire can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from market.payments.gateway import PaymentGateway
from market.payments.midtrans import MidtransGateway
from market.payments.session import BoundedSession
from market.payments.simulator import control, passing
from market.payments.simulator.running import Server
from market.payments.simulator.settings import Merchant, Settings
from market.payments.simulator.world import Clock
from market.payments.stripe import StripeGateway
from market.payments.types import Account, CreatePayment, Method, PaymentSnapshot, Provider, Secret
from tests.payments.providers.stripe_stub import StripeStub

START = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)
KEYS = {Provider.MIDTRANS: "SB-Mid-server-SIMULASI-baru", Provider.STRIPE: "sk_test_simulasi_baru"}
OLD_KEYS = {Provider.MIDTRANS: "SB-Mid-server-SIMULASI-lama", Provider.STRIPE: "sk_test_simulasi_lama"}
WHSEC = "whsec_simulasi"
MERCHANT_ID = "G000000001"
PATIENT = {"connect_s": 10.0, "read_s": 20.0, "whole_s": 30.0}
"""A busy machine is no fault of the provider's."""
HASTY = {"read_s": 0.3, "whole_s": 0.6}
SHOP = "http://127.0.0.1:9/hook"
Headers = dict[str, str]


@dataclass
class Side:
    """One provider as the tests see it: the gateway, and everything that is not ours to decide."""

    provider: Provider
    gateway: PaymentGateway
    pay: Callable[[str], None]
    fail: Callable[[str], None]
    deny_refund: Callable[[str], None]
    confirm_refunds: Callable[[str], None]
    dispute: Callable[[str], None]
    break_: Callable[..., Any]
    charges: Callable[[], int]
    calls: Callable[[], int]
    notice: Callable[[str], tuple[Headers, bytes]]
    again: Callable[..., PaymentGateway]
    stop: Callable[[], None]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def ask(self, method: Method = Method.QRIS, amount_rp: int = 275_000, **more: Any) -> CreatePayment:
        number = next(self.numbers)
        return CreatePayment(f"LB-{number:010d}-01", method, amount_rp, "Belanja", **more)

    def create(self, method: Method = Method.QRIS, amount_rp: int = 275_000) -> PaymentSnapshot:
        request = self.ask(method, amount_rp)
        return self.gateway.create_payment(request, idempotency_key=request.order_id)

    def paid(self, method: Method = Method.QRIS, amount_rp: int = 275_000) -> PaymentSnapshot:
        made = self.create(method, amount_rp)
        self.pay(made.ref.order_id)
        return self.gateway.get_payment(made.ref)


def account(provider: Provider, *keys: str, **more: Any) -> Account:
    given = keys or (KEYS[provider], OLD_KEYS[provider])
    return Account(
        provider,
        MERCHANT_ID,
        tuple(Secret(key) for key in given),
        webhook_keys=(Secret(WHSEC),),
        **more,
    )


def merchant(**more: Any) -> Merchant:
    keys = (Secret(KEYS[Provider.MIDTRANS]), Secret(OLD_KEYS[Provider.MIDTRANS]))
    return Merchant(
        **{
            "merchant_id": MERCHANT_ID,
            "server_keys": keys,
            "notification_url": SHOP,
            "maker_key": Secret("IRIS-simulasi-pembuat"),
            "approver_key": Secret("IRIS-simulasi-penyetuju"),
            "merchant_key": Secret("IRIS-simulasi-toko"),
            **more,
        }
    )


class Shop:
    """Where the simulation's notices arrive: what came, and what the shop answers to it."""

    def __init__(self) -> None:
        self.came: list[tuple[Headers, bytes]] = []
        self.answers: list[int] = []

    def deliver(self, method: str, url: str, headers: Headers, body: bytes) -> int:
        self.came.append((headers, body))
        return self.answers.pop(0) if self.answers else 200


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def simulator(shop: Shop) -> Iterator[Server]:
    """The simulated Midtrans with a clock that stands still until it is moved."""
    settings = Settings((merchant(),), base_url="http://127.0.0.1:0", control_token=Secret("buka"))
    server = Server(settings, deliver=shop.deliver, clock=Clock(START), poll_s=0.02).start()
    yield server
    server.stop()


@pytest.fixture
def stub() -> Iterator[StripeStub]:
    made = StripeStub((KEYS[Provider.STRIPE],), WHSEC)
    yield made
    made.stop()


def midtrans_side(server: Server, shop: Shop) -> Side:
    world = server.world

    def gateway(*keys: str, url: str = "", **limits: float) -> PaymentGateway:
        session = BoundedSession(url or server.url, **(PATIENT | limits))
        return MidtransGateway(account(Provider.MIDTRANS, *keys), base_url=url or server.url, session=session)

    def force(act: str, **given: Any) -> Callable[[str], None]:
        def do(order_id: str) -> None:
            with world.lock:
                made = world.find(MERCHANT_ID, order_id)
                assert made is not None
                control.force(world, made, act, given)

        return do

    def notice(order_id: str) -> tuple[Headers, bytes]:
        passing.pass_time(world)
        return next(row for row in reversed(shop.came) if order_id.encode() in row[1])

    return Side(
        Provider.MIDTRANS,
        gateway(),
        pay=force("settle"),
        fail=force("deny"),
        deny_refund=force("refund_deny"),
        confirm_refunds=force("refund_confirm"),
        dispute=force("chargeback"),
        break_=world.faults.add,
        charges=lambda: len(world.transactions),
        calls=lambda: len(world.requests),
        notice=notice,
        again=gateway,
        stop=server.stop,
    )


def stripe_side(stub: StripeStub) -> Side:
    def gateway(*keys: str, url: str = "", **limits: float) -> PaymentGateway:
        session = BoundedSession(url or stub.url, **(PATIENT | limits))
        return StripeGateway(account(Provider.STRIPE, *keys), base_url=url or stub.url, session=session)

    return Side(
        Provider.STRIPE,
        gateway(),
        pay=stub.pay,
        fail=stub.fail,
        deny_refund=lambda _order_id: setattr(stub, "deny_refunds", 1),
        confirm_refunds=stub.confirm_refunds,
        dispute=stub.dispute,
        break_=stub.faults.add,
        charges=lambda: len(stub.intents),
        calls=lambda: len(stub.requests),
        notice=lambda order_id: stub.event(order_id),
        again=gateway,
        stop=stub.stop,
    )


@pytest.fixture(params=list(Provider))
def side(request: pytest.FixtureRequest, shop: Shop) -> Side:
    """Each provider in turn: what is true of one must be true of the other."""
    if request.param is Provider.STRIPE:
        return stripe_side(request.getfixturevalue("stub"))
    return midtrans_side(request.getfixturevalue("simulator"), shop)


@pytest.fixture
def midtrans(simulator: Server, shop: Shop) -> Side:
    return midtrans_side(simulator, shop)
