"""The product as it runs for people: web and worker on one database, a phone and a desk in front."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from market import verify
from market.core import db
from market.core.permissions import Actor
from market.ledger import queries as ledger
from market.wiring import HANDLERS
from market.worker import Worker
from tests import factories
from tests.faults import story
from tests.support.axe import new_hindrances
from tests.support.browser import Pages, sideways


@dataclass
class Live:
    """A running product and the people in front of it."""

    url: str
    pages: Pages
    open: dict[int, Page]

    def of(self, actor: Actor, *, wide: bool = False) -> Page:
        """This person's own browser, signed in through the form."""
        if actor.user_id not in self.open:
            page = self.guest(wide=wide)
            page.goto("/masuk")
            page.get_by_test_id("field-login").fill(login_of(actor))
            page.get_by_test_id("field-password").fill(factories.PASSWORD)
            page.get_by_test_id("sign-in-submit").click()
            page.wait_for_url("**/hari-ini")
            self.open[actor.user_id or 0] = page
        return self.open[actor.user_id or 0]

    def guest(self, *, wide: bool = False) -> Page:
        return self.pages(self.url, wide=wide)


def login_of(actor: Actor) -> str:
    with db.transaction(read_only=True):
        return db.session.get_one(factories.User, actor.user_id).login


@pytest.fixture
def world():
    return story.begin


@pytest.fixture
def live(app: Flask, cast, open_page: Pages) -> Iterator[Live]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    worker = Worker(HANDLERS)
    worker.start()
    yield Live(f"http://127.0.0.1:{server.server_port}", open_page, {})
    worker.stop()
    open_page.close()
    server.shutdown()
    serving.join(10)
    server.server_close()


@pytest.fixture
def books_are_true() -> Callable[..., None]:
    """After each story: the trial balances are zero and no invariant is broken."""

    def check(*organization_ids: int) -> None:
        with db.transaction(read_only=True):
            for organization_id in organization_ids:
                balance = ledger.trial_balance(organization_id)
                assert balance.debit_rp == balance.credit_rp
            broken = [result for result in verify.run() if not result.ok]
        assert broken == []

    return check


def fits(page: Page) -> None:
    """Nothing on the page scrolls sideways or hinders those who cannot see or point well."""
    assert sideways(page) == []
    assert new_hindrances(page) == []
