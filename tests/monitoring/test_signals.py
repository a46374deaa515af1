"""From events to a state and a cause: what the office reads on the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from market.monitoring.signals import CAUSES, PARAMETERS, Events, cause_of, state_of

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LIMITS = {parameter.name: parameter.start for parameter in PARAMETERS}


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


BUSY = Events(
    moved_at=ago(1),
    sold_at=ago(1),
    acted_at=ago(1),
    needs_at=ago(3),
    stock_rp=4_000_000,
    money_rp=9_000_000,
    open_needs=0,
)


def judged(**changes):
    events = replace(BUSY, **changes)
    state = state_of(events, NOW, LIMITS)
    return state, cause_of(state, events, NOW, LIMITS)


@pytest.mark.parametrize(
    ("days", "state"),
    [(0, "alive"), (13.9, "alive"), (14, "slowing"), (29.9, "slowing"), (30, "dormant"), (400, "dormant")],
)
def test_the_age_of_the_last_move_of_goods_decides(days, state):
    assert judged(moved_at=ago(days))[0] == state


def test_a_living_cooperative_needs_no_cause():
    assert judged() == ("alive", "")


def test_without_any_move_it_has_not_started():
    assert judged(moved_at=None, needs_at=None) == ("not_started", "never")


def test_nobody_at_work_comes_before_everything_else():
    assert judged(moved_at=ago(20), acted_at=ago(15), money_rp=0, stock_rp=0)[1] == "no_operator"
    assert judged(moved_at=ago(20), acted_at=None)[1] == "no_operator"


def test_a_need_without_supplier_is_named_before_empty_shelves():
    assert judged(moved_at=ago(20), open_needs=2, stock_rp=0)[1] == "unmet"


def test_no_money_comes_before_no_stock():
    assert judged(moved_at=ago(20), money_rp=100_000, stock_rp=0)[1] == "no_cash"
    assert judged(moved_at=ago(20), stock_rp=0)[1] == "no_stock"


def test_goods_money_and_people_but_no_sale_means_no_demand():
    assert judged(moved_at=ago(31)) == ("dormant", "no_demand")


def test_limits_are_settings_not_constants():
    events = replace(BUSY, moved_at=ago(8))
    assert state_of(events, NOW, {**LIMITS, "board.slowing_days": 7}) == "slowing"


def test_every_cause_has_a_sentence():
    given = {judged(moved_at=ago(20), **change)[1] for change in ({"stock_rp": 0}, {"open_needs": 1}, {})}
    assert given <= CAUSES.keys()
    assert all(str(sentence).endswith(".") for sentence in CAUSES.values())
