"""A simulated Midtrans for a story: an account there for somebody, and a wallet that scans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from market.core import clock, crypto, db, states
from market.core.permissions import Actor
from market.identity.models import Organization
from market.payments import doors, providers
from market.payments.models import MerchantAccount
from market.payments.simulator.running import Server
from market.payments.simulator.settings import Merchant, Settings
from market.payments.types import Secret

MERCHANT, KEY = "G000000001", "SB-Mid-server-SIMULASI-1"


@contextmanager
def simulated(site: str, payee: Organization, first: Actor, second: Actor) -> Iterator[Server]:
    """A simulated provider that knows the payee; its notices come to this very application."""
    merchant = Merchant(MERCHANT, (Secret(KEY),), payee.name, "SURABAYA")
    server = Server(Settings((merchant,), base_url="http://127.0.0.1:0"), poll_s=0.05).start()
    doors.configure(providers.openers(providers.Addresses(midtrans=server.url)), site)
    with db.transaction():
        token = crypto.token()
        account = MerchantAccount(
            organization_id=payee.id,
            provider="midtrans",
            merchant_id=MERCHANT,
            token=token,
            keys=doors.seal_keys(token, server_keys=[KEY]),
            valid_from_on=clock.today(),
            proposed_by=first.user_id,
            approved_by=second.user_id,
            state_at=clock.now(),
        )
        db.session.add(account)
        db.session.flush()
        states.start(account, first)
        states.advance(account, "active", second)
    yield server
    server.stop()
    doors.configure({})


def scan_and_pay(wallet: Page, page: Page) -> None:
    """The wallet of the simulation takes what a camera would read; the payer's page turns by itself."""
    code = page.locator(".pay-text code").first.text_content()
    wallet.goto("/sim/qris")
    wallet.locator("#code").fill(code or "")
    wallet.locator("form").filter(has=wallet.locator("#code")).get_by_role("button").click()
    wallet.locator("form[action$='/pay']").get_by_role("button").click()
    wallet.wait_for_load_state()
    expect(page.get_by_test_id("payment-state")).to_contain_text("Lunas")
