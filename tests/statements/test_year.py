"""A whole year of a cooperative of 300 members: the papers tie to raw postings, month by month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from market import verify
from market.core import clock, db
from market.ledger import chart as accounts
from market.members import queries as members
from market.statements import queries
from market.statements.types import compared, period_of
from tests.statements.independent import Papers, raw
from tests.support import year


@pytest.fixture
def told(cast):
    clock.travel(to=clock.start_of(date(2027, 1, 4)) + timedelta(hours=9))
    with db.transaction():
        return year.live(cast.budi, cast.hadi, 2026)


def test_the_year_ties_in_every_month_quarter_and_as_a_whole(told, transaction, cast):
    postings = raw(told.organization_id)
    codes = ["2026", *(f"2026-T{n}" for n in range(1, 5)), *(f"2026-{n:02d}" for n in range(1, 13))]
    for code in codes:
        period = period_of(code)
        found = queries.pack(told.organization_id, period, compared(period, "sebelumnya"))
        plain = Papers(postings, period.since, period.until)
        assert found.faults == [] and list(found.unplaced) == []
        assert found.position.rp("assets") == plain.assets == plain.liabilities + plain.equity
        assert found.result.rp("surplus") == plain.surplus
        assert found.cash.rp("cash_change") == plain.cash_end - plain.cash_begin
        assert found.equity.row("closing").sum_rp == plain.equity


def test_the_year_is_what_was_told_and_no_promise_is_broken(told, transaction, cast):
    papers = queries.pack(told.organization_id, period_of("2026"))
    assert papers.result.rp("surplus") == told.surplus_rp > 0
    assert papers.position.rp("mandatory") == -told.totals[accounts.MANDATORY_SAVINGS]
    assert papers.equity.cell("shared", "reserves") == 1_600_000
    assert members.counts(cast.budi)["active"] == 300 and told.entries == 349
    assert [result.id for result in verify.run() if not result.ok] == []


def test_the_same_seed_tells_the_same_year(cast):
    def lived(seed):
        with db.transaction():
            found = year.live(cast.budi, cast.hadi, 2026, seed=seed, members=20)
            db.session.rollback()
        return found.totals

    clock.travel(to=clock.start_of(date(2027, 1, 4)) + timedelta(hours=9))
    assert lived(1) == lived(1)
