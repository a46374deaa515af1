"""From a figure to its accounts, from an account to its entries: the parts add up to the whole."""

from __future__ import annotations

import pytest

from market.core import db
from market.core.errors import NotFound
from market.ledger import chart as accounts
from market.statements import queries
from market.statements.types import period_of

Y2025, Y2026 = period_of("2025"), period_of("2026")


def rows_of(books, period):
    found = queries.pack(books, period, Y2025)
    return [row for paper in (found.position, found.result, found.cash) for row in paper.rows if row.key]


@pytest.mark.parametrize("code", ["2026", "2025", "2026-02", "2026-T2"])
def test_the_accounts_behind_every_figure_add_up_to_it(books, code):
    period = period_of(code)
    for row in rows_of(books, period):
        parts = queries.behind(books, row.key, period, Y2025)
        assert sum(each.now_rp for each in parts) == row.now_rp, row.key
        assert sum(each.then_rp for each in parts) == row.then_rp, row.key


def test_no_two_figures_of_the_papers_have_one_name(books):
    keys = [row.key for row in rows_of(books, Y2026)]
    assert len(keys) == len(set(keys))


def test_a_figure_that_is_in_no_paper_is_not_found(books):
    with pytest.raises(NotFound):
        queries.behind(books, "profit", Y2026, None)


def ledger(books, code, view, period=Y2026):
    account, chart = queries.account_on(books, code, period.until)
    only = queries.entries_in_view(view, chart)
    lines = db.session.execute(queries.ledger_lines(books, account, period, only)).all()
    return queries.ledger_sums(books, account, period, only), lines


@pytest.mark.parametrize("code", ["2026", "2025", "2026-02", "2026-T2"])
def test_the_entries_behind_an_account_add_up_to_its_share(books, code):
    period = period_of(code)
    for row in rows_of(books, period):
        if row.key in ("retained", "surplus_of_year", "cash_begin"):
            continue  # of the whole past, not of the days
        for part in queries.behind(books, row.key, period, None):
            sums, lines = ledger(books, part.account.code, part.view, period)
            assert sum(line[0].amount_rp for line in lines) == sums.debit_rp - sums.credit_rp
            moved = sums.credit_rp - sums.debit_rp
            held = sums.after_rp if part.account.group == "assets" else -sums.after_rp
            assert part.now_rp == (held if part.view == "semua" else moved), (row.key, part.account.code)


def test_the_ledger_of_cash_counts_from_before_the_days(books):
    sums, lines = ledger(books, accounts.CASH, "semua")
    assert (sums.before_rp, sums.after_rp) == (950_000, 785_000)
    assert len(lines) == 7


def test_a_closed_account_shows_its_business_and_on_request_its_closing(books):
    sums, lines = ledger(books, accounts.SALES_MEMBERS, "hasil", Y2025)
    assert (sums.debit_rp, sums.credit_rp, len(lines)) == (0, 800_000, 1)
    sums, lines = ledger(books, accounts.SALES_MEMBERS, "semua", Y2025)
    assert (sums.after_rp, len(lines)) == (0, 2)


def test_an_account_of_other_books_is_not_found(books, cast):
    with pytest.raises(NotFound):
        queries.account_on(cast.tetangga.id, accounts.CASH, Y2026.until)
