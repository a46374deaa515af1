"""`lumbung reconcile`: exit 0 when all is explained, 1 when not, and the same figures as the page."""

from __future__ import annotations

import json

import pytest

from market import cli
from market.core import clock
from market.payments.types import BalanceMove
from tests.payments.conftest import AMOUNT_RP, Desk
from tests.payments.test_reconciliation import FEE_RP


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """The command works on the test's database."""
    monkeypatch.setattr(cli, "_at_hand", lambda: None)


def test_all_equal_ends_with_nought_and_names_each_part(desk: Desk, capsys):
    desk.paid()
    assert cli.main(["reconcile", "--json"]) == 0
    [report] = json.loads(capsys.readouterr().out)
    assert (report["state"], report["provider_rp"], report["unexplained_rp"]) == ("equal", AMOUNT_RP, 0)
    assert report["items"] == {"fees_waiting": FEE_RP} and report["cases"] == {}


def test_a_difference_that_nobody_can_name_ends_with_one(desk: Desk, capsys):
    desk.paid()
    desk.bank.more.append(BalanceMove(clock.now(), "adjustment", 777))
    assert cli.main(["reconcile"]) == 1
    said = capsys.readouterr().out
    assert "unexplained Rp777" in said and "open: 1 balance" in said


def test_one_cooperative_is_asked_for_by_its_name_in_addresses(desk: Desk, capsys):
    desk.paid()
    assert cli.main(["reconcile", "--organization", desk.cast.tetangga.slug]) == 0
    assert "no merchant account" in capsys.readouterr().out
    assert cli.main(["reconcile", "--organization", "tidak-ada"]) == 2
