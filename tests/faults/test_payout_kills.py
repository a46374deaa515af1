"""A process that dies before any statement of paying money out leaves nothing of it behind."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from market import verify
from market.core import db
from market.payments import services
from tests import cast as people
from tests.faults import kill, story
from tests.verify import plants_payouts


def lived(cast: people.Cast) -> SimpleNamespace:
    return SimpleNamespace(cast=cast, id=cast.makmur.id)


def approve(cast: people.Cast) -> story.Act:
    payout = plants_payouts.proposed(lived(cast))
    return lambda: services.decide_payout(cast.hadi, payout, True)


def record(cast: people.Cast) -> story.Act:
    payout = plants_payouts.paid_back(lived(cast), sent=False)
    return lambda: services.record_payout(cast.budi, payout, reference="TRX-1")


def withdraw(cast: people.Cast) -> story.Act:
    payout = plants_payouts.paid_back(lived(cast), sent=False)
    return lambda: services.withdraw_payout(cast.budi, payout, "rekening tutup")


ACTIONS: dict[str, Callable[[people.Cast], story.Act]] = {
    "approve": approve,
    "record": record,
    "withdraw": withdraw,
}


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, action):
    cast = story.begin()
    act = story.in_transaction(ACTIONS[action](cast))
    assert kill.kill_everywhere(settings, act) > 3
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok] == []
