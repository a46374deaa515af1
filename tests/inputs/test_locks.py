"""Who shares goods and who withdraws hold the pool first, then requests, so neither locks the other out."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from market.core import db
from market.inputs import queries, services
from tests.inputs.conftest import request_of

WAIT_FOR_ME = text("SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")


def until_somebody_waits() -> None:
    """Until another transaction waits for what this one holds, at most ten seconds."""
    for _time in range(200):
        if db.session.scalar(WAIT_FOR_ME):
            return
        time.sleep(0.05)
    raise AssertionError("nobody waited")


def withdraw(kitchen, asked: int) -> None:
    kitchen.withdraw(asked)


def withdraw_by_link(_kitchen, asked: int) -> None:
    token = request_of(asked).token
    with db.transaction():
        services.withdraw_own_request(token)


@pytest.mark.postgresql
@pytest.mark.parametrize("act", [withdraw, withdraw_by_link])
def test_who_withdraws_waits_for_the_pool_without_holding_her_request(kitchen, act):
    asked = kitchen.paid()
    need = kitchen.open_pool(own=1)
    with ThreadPoolExecutor(1) as other:
        with db.transaction():
            queries.pool_of(need, lock=True)
            withdrawal = other.submit(act, kitchen, asked)
            until_somebody_waits()
            assert [each.id for each in queries.shares_of(need, ("pooled",), lock=True)] == [asked]
        withdrawal.result(timeout=30)
    assert request_of(asked).state == "refund_pending"
