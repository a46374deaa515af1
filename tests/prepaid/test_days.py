"""What people read as the last day is the last day on which money is taken."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock
from tests.prepaid.conftest import pool_of, share_of


def test_money_is_taken_until_the_end_of_the_last_day(pools):
    last = clock.today() + timedelta(days=7)
    pool = pools.open(closes_on=last)
    assert pool_of(pool).closes_on == last
    clock.travel(to=clock.start_of(last + timedelta(days=1)) - timedelta(seconds=5))
    assert share_of(pools.pay(pool, 1)).state == "paid"
