"""From the payer's page through the worker to the simulated provider and back, while the provider is ill.

Down for ten minutes, slower than anybody waits, HTML instead of JSON, the connection cut after the charge:
nothing is lost, nothing is charged twice, and pages that need no provider are as fast as ever.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from market.core import db
from market.ledger import chart
from market.payments import doors, midtrans, providers, queries, services
from market.payments.session import BoundedSession
from market.payments.simulator import acts, passing
from market.payments.simulator.running import Server
from market.payments.simulator.settings import Merchant, Settings
from market.payments.types import Secret
from tests.payments.conftest import AMOUNT_RP, Desk

PATIENT = {"connect_s": 15.0, "read_s": 15.0, "whole_s": 25.0}
HASTY = {"connect_s": 15.0, "read_s": 1.0, "whole_s": 1.5}
"""The real limits; and these and a real provider of 20 s scaled down alike."""
TOO_SLOW_S = 4.0
TEN_MINUTES = 10


@dataclass
class Stage:
    """The shop, its provider, and a payer with a page."""

    desk: Desk
    client: object
    server: Server
    memory: Path
    limits: dict[str, float]

    def page(self, payment: int, more: str = "") -> str:
        answer = self.client.get(f"/bayar/{self.desk.payment(payment).token}{more}")  # type: ignore[attr-defined]
        assert answer.status_code == 200
        return str(answer.get_data(as_text=True))

    def choose(self, method: str = "qris") -> int:
        """A payer opens the page and taps a way to pay; returns the payment."""
        payment = self.desk.ask(minutes=60)
        self.page(payment)
        path = f"/bayar/{self.desk.payment(payment).token}/cara"
        assert self.client.post(path, {"method": method}).status_code == 303  # type: ignore[attr-defined]
        return payment

    def stop(self) -> None:
        self.server.stop()

    def back(self) -> None:
        """The provider is there again, at the same address, and knows what it knew."""
        self.server = provider(self.memory, self.server.url)

    def charges(self) -> list[str]:
        return [made.status for made in self.server.world.transactions.values()]

    def scan(self) -> None:
        """The payer pays what the provider asks for."""
        world = self.server.world
        with world.lock:
            [made] = world.transactions.values()
            acts.pay(world, made)

    def break_(self, kind: str, endpoint: str, **how: object) -> None:
        self.server.world.faults.add(kind, endpoint, **how)

    def paid_once(self, payment: int) -> None:
        """In the end: one charge, one receipt, one entry, and the page says so."""
        assert self.charges() == ["settlement"]
        assert 'data-testid="paid"' in self.page(payment)
        assert self.desk.balance(chart.CUSTOMER_ADVANCES) == -AMOUNT_RP
        self.desk.books_are_true()


def provider(memory: Path, url: str = "http://127.0.0.1:0") -> Server:
    merchant = Merchant("G000000001", (Secret("SB-Mid-server-SIM"),))
    return Server(Settings((merchant,), base_url=url), memory=memory, poll_s=0.02).start()


@pytest.fixture
def stage(desk: Desk, client, tmp_path: Path, monkeypatch) -> Iterator[Stage]:
    memory = tmp_path / "provider.sqlite"
    server = provider(memory)
    made = Stage(desk, client, server, memory, dict(PATIENT))
    monkeypatch.setattr(midtrans, "shared", lambda url: BoundedSession(url, **made.limits))
    doors.configure(providers.openers(providers.Addresses(midtrans=server.url)))
    yield made
    made.server.stop()


def seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def test_ten_minutes_without_a_provider_before_the_charge(stage: Stage):
    stage.stop()
    payment = stage.choose()
    for _minute in range(TEN_MINUTES):
        stage.desk.wait(60)
        assert 'data-testid="starting"' in stage.page(payment)
    stage.back()
    stage.desk.wait(60)
    assert 'data-testid="qr"' in stage.page(payment) and stage.charges() == ["pending"]
    stage.scan()
    stage.desk.wait(60)
    stage.paid_once(payment)


def test_ten_minutes_without_a_provider_after_the_payer_paid(stage: Stage):
    payment = stage.choose()
    stage.desk.work()
    stage.scan()
    stage.stop()
    for _minute in range(TEN_MINUTES):
        stage.desk.wait(60)
        assert 'data-testid="qr"' in stage.page(payment), "nobody says that it failed"
    stage.back()
    stage.desk.wait(60)
    stage.desk.wait(60)
    stage.paid_once(payment)


@pytest.mark.parametrize("kind", ["delay", "slow_body"])
def test_a_provider_that_nobody_waits_for(stage: Stage, kind: str):
    """The worker gives up; meanwhile the pages answer, and none waits as long as the provider takes."""
    stage.limits.update(HASTY)
    stage.break_(kind, "charge", value=TOO_SLOW_S, times=2)
    payment = stage.choose()
    shop = stage.client
    working = threading.Thread(target=stage.desk.work)
    took = []
    working.start()
    while working.is_alive():
        took.append(seconds(lambda: stage.page(payment, "/keadaan")))
        took.append(seconds(lambda: shop.get("/toko")))  # type: ignore[attr-defined]
        time.sleep(0.05)
    working.join()
    assert len(took) > 2 and max(took) < TOO_SLOW_S
    stage.limits.update(PATIENT)
    time.sleep(TOO_SLOW_S)
    stage.desk.wait(60)
    stage.desk.wait(60)
    assert stage.charges() == ["pending"]
    stage.scan()
    stage.desk.wait(60)
    if 'data-testid="paid"' not in stage.page(payment):
        stage.desk.wait(60)
    stage.paid_once(payment)


@pytest.mark.parametrize("kind", ["html", "html_after", "drop_after", "bad_json"])
def test_an_answer_that_is_none_charges_once(stage: Stage, kind: str):
    """HTML instead of JSON, or cut after the charge; and asking finds no answer either."""
    stage.break_(kind, "charge", times=2)
    stage.break_("html", "status", times=1)
    payment = stage.choose()
    stage.desk.work()
    assert 'data-testid="starting"' in stage.page(payment)
    stage.desk.wait(60)
    assert stage.charges() == ["pending"]
    assert 'data-testid="qr"' in stage.page(payment), "the same key brings the code again"
    stage.scan()
    stage.desk.wait(60)
    stage.paid_once(payment)


@pytest.mark.parametrize("kind", ["html_after", "drop_after", "drop_before"])
def test_a_refund_whose_answer_is_lost_goes_back_once(stage: Stage, kind: str):
    payment = stage.choose()
    stage.desk.work()
    stage.scan()
    stage.desk.wait(60)
    stage.break_(kind, "refund", times=1)
    with db.transaction():
        services.ask_refund(stage.desk.cast.budi, payment, 75_000, "barang rusak")
    for _minute in range(5):
        stage.desk.wait(60)
    passing.pass_time(stage.server.world)  # the bank confirms
    stage.desk.wait(3600)
    [made] = stage.server.world.transactions.values()
    assert [row.amount_rp for row in made.refunds] == [75_000]
    with db.transaction(read_only=True):
        attempt = queries.attempts_of(payment)[0].id
        assert [refund.state for refund in queries.refunds_of(attempt)] == ["done"]
    stage.desk.books_are_true()


def test_a_cancel_whose_answer_is_lost_frees_the_counter_a_moment_later(stage: Stage):
    payment = stage.choose()
    stage.desk.work()
    stage.break_("drop_after", "cancel", times=1)
    with db.transaction():
        services.withdraw(stage.desk.cast.kasir, payment)
    stage.desk.work()
    assert stage.desk.payment(payment).state == "open", "no answer is not a yes"
    stage.desk.wait(60)
    assert (stage.charges(), stage.desk.payment(payment).state) == (["cancel"], "closed")


@pytest.mark.parametrize("path", ["/toko", "/masuk", "/bayar/{token}", "/bayar/{token}/keadaan"])
def test_pages_that_need_no_provider_do_not_ask_it(stage: Stage, path: str):
    payment = stage.choose()
    stage.desk.work()
    stage.stop()
    token = stage.desk.payment(payment).token
    assert stage.client.get(path.format(token=token)).status_code == 200  # type: ignore[attr-defined]
    stage.back()
    asked = len(stage.server.world.requests)
    stage.client.get(path.format(token=token))  # type: ignore[attr-defined]
    assert len(stage.server.world.requests) == asked
