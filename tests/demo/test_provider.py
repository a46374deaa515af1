"""The demo can be paid: a simulated provider beside it, and an account for each cooperative."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from market import demo
from market.config import Settings
from market.core import db
from market.core.loopback import is_loopback
from market.demo import provider
from market.payments import doors, providers
from market.payments import queries as payments
from market.payments.simulator.running import Server
from market.payments.types import CreatePayment, Method, PaymentRef, Status
from tests import cast as people
from tests.faults import story


@pytest.fixture
def world():
    return story.begin


@pytest.fixture
def settings_(settings: Settings, tmp_path) -> Settings:
    chosen = demo.settings_for("malang", replace(settings, instance_dir=tmp_path))
    return demo.with_provider(chosen, 18_177)


@pytest.fixture
def running(cast: people.Cast, settings_: Settings) -> Iterator[Server]:
    server = demo.start_provider(settings_, "malang", fresh=True)
    assert server is not None
    addresses = providers.Addresses(settings_.midtrans_base_url)
    doors.configure(providers.openers(addresses), settings_.notices_url)
    yield server
    server.stop()


def pay(organization_id: int, number: str = "LB-0000000001-01") -> Status:
    with db.transaction(read_only=True):
        account = payments.account_now(organization_id)
        assert account is not None
        door = doors.gateway_of(account)
    request = CreatePayment(number, Method.QRIS, 275_000, "Belanja")
    return door.create_payment(request, idempotency_key=number).status


def test_the_provider_of_the_demo_is_on_this_machine(settings_: Settings):
    assert is_loopback(settings_.midtrans_base_url)
    assert settings_.base_url == settings_.notices_url == "http://127.0.0.1:18177"


def test_a_provider_that_the_settings_name_is_left_alone(settings: Settings):
    named = replace(settings, midtrans_base_url="http://127.0.0.1:9")
    assert demo.with_provider(named, 18_177).midtrans_base_url == "http://127.0.0.1:9"


def test_a_port_that_is_taken_is_not_waited_for(settings: Settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert str(port) not in demo.with_provider(settings, port - 1).midtrans_base_url


def test_a_cooperative_of_the_demo_is_paid_at_once(cast, running: Server):
    assert pay(cast.makmur.id) is Status.REQUIRES_ACTION
    made = next(iter(running.world.transactions.values()))
    assert made.merchant_id == f"G{cast.makmur.id:09d}"
    with db.transaction(read_only=True):
        account = payments.account_now(cast.makmur.id)
        assert made.urls == [f"http://127.0.0.1:18177/bayar/kabar/{account.token}"]
        assert account.proposed_by != account.approved_by
    assert requests.get(f"{running.url}/sim/", timeout=5).status_code == 200


def test_who_has_nobody_to_sign_gets_no_account(cast, running: Server):
    with db.transaction(read_only=True):
        assert payments.account_now(cast.tetangga.id) is None


def test_starting_again_keeps_accounts_and_what_was_paid(cast, running: Server, settings_: Settings):
    pay(cast.makmur.id)
    running.stop()
    again = demo.start_provider(settings_, "malang", fresh=False)
    try:
        with db.transaction(read_only=True):
            door = doors.gateway_of(payments.account_now(cast.makmur.id))
        assert door.get_payment(PaymentRef("LB-0000000001-01")).status is Status.REQUIRES_ACTION
    finally:
        again.stop()


def test_a_fresh_story_forgets_what_another_one_was_paid(cast, running: Server, settings_: Settings):
    pay(cast.makmur.id)
    running.stop()
    again = demo.start_provider(settings_, "malang", fresh=True)
    try:
        assert again.world.transactions == {}
    finally:
        again.stop()


def test_a_key_of_the_environment_is_the_demos_alone(cast, settings_: Settings):
    given = replace(settings_, midtrans_server_key="SB-Mid-server-sendiri", midtrans_merchant_id="G7")
    assert provider.start(given, "malang", fresh=True) is None
    with db.transaction(read_only=True):
        account = doors.account_of(payments.account_now(cast.makmur.id))
    assert (account.merchant_id, account.server_keys[0].reveal()) == ("G7", "SB-Mid-server-sendiri")
