"""A process that dies before any statement of an action leaves nothing of it behind."""

from __future__ import annotations

import pytest

from market import verify
from market.core import db
from tests.broken import receipt_in_two_steps
from tests.faults import kill, story


@pytest.mark.parametrize("action", sorted(story.ACTIONS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, action):
    cast = story.begin()
    act = story.in_transaction(story.ACTIONS[action](cast))
    statements = kill.kill_everywhere(settings, act)
    assert statements >= 3, "an action that matters writes a row, its history, and commits"
    with db.transaction(read_only=True):
        broken = [result for result in verify.run() if not result.ok]
    assert broken == []


def test_the_harness_catches_a_receipt_in_two_transactions(settings, database):
    cast = story.begin()
    pack_id = with_transaction(story.rice)
    with pytest.raises(AssertionError, match="something stayed"):
        kill.kill_everywhere(settings, lambda: receipt_in_two_steps.receive(cast.makmur.id, pack_id, 295_000))


def with_transaction(act):
    return story.in_transaction(act)()
