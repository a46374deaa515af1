"""The golden books: every figure of the five papers, written down by hand before the product computed it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from market.core import db
from market.ledger import chart as accounts
from market.ledger import queries as ledger_queries
from market.ledger import services as ledger
from market.ledger.types import credit, debit
from market.statements import chart, queries
from market.statements.types import Period, compared, period_of
from tests.statements.conftest import post
from tests.statements.independent import Papers, raw

Y2025, Y2026 = period_of("2025"), period_of("2026")


@pytest.fixture
def papers(books):
    return queries.pack(books, Y2026, Y2025)


def figures(statement) -> dict[str, tuple[int, int | None]]:
    return {row.key: (row.now_rp, row.then_rp) for row in statement.rows if row.key}


def test_the_result_keeps_members_apart_and_ends_with_the_surplus_after_tax(papers):
    assert figures(papers.result) == {
        "member_sales": (500_000, 800_000),
        "member_cost": (-300_000, -600_000),
        "member_margin": (200_000, 200_000),
        "other_sales": (200_000, 0),
        "other_cost": (-120_000, 0),
        "other_margin": (80_000, 0),
        "gross": (280_000, 200_000),
        "wages": (-60_000, 0),
        "premises": (0, -50_000),
        "operating_expenses": (-60_000, -50_000),
        "operating": (220_000, 150_000),
        "cooperative": (-10_000, 0),
        "before_tax": (210_000, 150_000),
        "income_tax": (-5_000, 0),
        "surplus": (205_000, 150_000),
    }


def test_closing_a_year_does_not_wipe_out_its_result(papers):
    """2025 was closed by an entry of 31 December that brought every account of the result to zero."""
    assert papers.result.then_rp("surplus") == 150_000
    assert papers.position.then_rp("surplus_of_year") == 150_000
    assert papers.position.then_rp("retained") == 0


def test_the_overview_of_the_books_knows_the_same_surplus(books, papers):
    for year, rp in ((2025, 150_000), (2026, 205_000)):
        assert ledger_queries.surplus_rp(books, date(year, 1, 1), date(year, 12, 31)) == rp


def test_the_financial_position_balances_now_and_then(papers):
    found = figures(papers.position)
    assert found["cash"] == (1_445_000, 1_250_000)
    assert found["receivables"] == (150_000, 0)
    assert found["inventory"] == (30_000, 0)
    assert found["fixed_assets"] == found["long_assets"] == (240_000, 0)
    assert found["assets"] == found["claims"] == (1_865_000, 1_250_000)
    assert found["payables"] == (100_000, 100_000)
    assert found["surplus_funds"] == (20_000, 0)
    assert found["loans"] == (400_000, 0)
    assert found["liabilities"] == (525_000, 100_000)
    assert found["mandatory"] == (75_000, 0)
    assert found["reserves"] == (60_000, 0)
    assert found["surplus_of_year"] == (205_000, 150_000)
    assert found["equity"] == (1_340_000, 1_150_000)
    assert papers.faults == [] and list(papers.unplaced) == []


def test_the_cash_flow_is_direct_and_ends_with_the_cash_there_is(papers):
    found = figures(papers.cash)
    assert found["from_members"] == (350_000, 800_000)
    assert found["from_others"] == (200_000, 0)
    assert found["for_goods"] == (-450_000, -500_000), "what was sold and what it cost cancel out"
    assert found["for_expenses"] == (-60_000, -50_000)
    assert found["for_cooperative"] == (-10_000, 0)
    assert "for_taxes" not in found, "a tax that is owed has moved no cash"
    assert found["for_assets"] == (-240_000, 0)
    assert found["share_savings"] == (75_000, 700_000)
    assert found["grants_cash"] == (0, 300_000)
    assert found["loans_cash"] == (400_000, 0)
    assert found["surplus_paid"] == (-70_000, 0)
    assert found["cash_operating"] == (30_000, 250_000)
    assert found["cash_investing"] == (-240_000, 0)
    assert found["cash_financing"] == (405_000, 1_000_000)
    assert found["cash_change"] == (195_000, 1_250_000)
    assert found["cash_begin"] == (1_250_000, 0)
    assert found["cash_end"] == (1_445_000, 1_250_000)


def test_changes_in_equity_go_from_opening_to_closing(papers):
    equity = papers.equity
    assert [key for key, _label in equity.columns] == [
        "principal",
        "mandatory",
        "grants",
        "reserves",
        "undivided",
    ]
    rows = {row.key: list(row.cells) for row in equity.rows}
    assert rows == {
        "opening": [700_000, 0, 300_000, 0, 150_000],
        "surplus": [0, 0, 0, 0, 205_000],
        "paid_in": [0, 90_000, 0, 0, 0],
        "paid_out": [0, -15_000, 0, 0, 0],
        "shared": [0, 0, 0, 60_000, -150_000],
        "closing": [700_000, 75_000, 300_000, 60_000, 205_000],
    }
    assert equity.row("closing").sum_rp == papers.position.rp("equity")


@pytest.mark.parametrize("code", ["2026", "2026-T1", "2026-T2", "2026-02", "2026-06", "2025", "2025-12"])
@pytest.mark.parametrize("how", ["tahun-lalu", "sebelumnya", "tanpa"])
def test_any_period_ties_beside_any_other(books, code, how):
    period = period_of(code)
    found = queries.pack(books, period, compared(period, how))
    plain = Papers(raw(books), period.since, period.until)
    assert found.faults == []
    assert found.result.rp("surplus") == plain.surplus
    assert found.position.rp("assets") == plain.assets == plain.liabilities + plain.equity


def test_all_five_papers_take_four_questions(books):
    asked: list[str] = []
    engine = db.engine()

    def listen(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        queries.pack(books, Y2026, Y2025)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert len(asked) == 4, asked


def test_the_trial_balance_of_some_days_has_two_equal_sides(books):
    rows = queries.trial(queries.books(books, Y2026, None))
    assert sum(row.before_rp for row in rows) == sum(row.after_rp for row in rows) == 0
    assert sum(row.debit_rp for row in rows) == sum(row.credit_rp for row in rows) > 0
    loan = next(row for row in rows if row.code == accounts.BANK_LOAN)
    assert (loan.before_rp, loan.debit_rp, loan.credit_rp, loan.after_rp) == (0, 0, 400_000, -400_000)


def test_every_account_of_the_usual_chart_has_a_line_and_a_cash_line():
    """An account that the product itself posts to never becomes a fault."""
    for each in accounts.DEFAULT_CHART:
        line = chart.usual_place(each.kind, each.code)
        assert line in chart.PLACE_LINES, each.code
        assert chart.PLACE_LINES[line].group == chart.GROUP_OF[each.kind], each.code
        assert line == "cash" or chart.usual_cash_place(each.code) in chart.CASH_LINES, each.code


def test_an_account_that_no_line_claims_is_a_fault_that_is_shown_and_counted(books, cast):
    ledger.add_account(cast.budi, "1-3100", "Penyertaan di induk koperasi", "asset")
    post(cast, "stake:1", date(2026, 7, 1), debit("1-3100", 25_000), credit(accounts.CASH, 25_000))
    found = queries.pack(books, Y2026, Y2025)
    assert [(each.code, each.rp) for each in found.unplaced] == [("1-3100", 25_000)]
    assert found.position.rp("unplaced_assets") == 25_000
    assert found.position.rp("assets") == 1_865_000 and found.faults == []
    assert found.cash.rp("unplaced_cash") == -25_000


def test_member_shares_stand_among_debts_where_the_books_say_so(books, cast):
    ledger.classify_member_shares(cast.hadi, "liability")
    found = queries.pack(books, Y2026, None)
    assert found.member_shares == "liability"
    assert found.position.rp("share_liabilities") == 775_000
    assert [key for key, _label in found.equity.columns] == ["grants", "reserves", "undivided"]
    assert found.faults == [] and found.position.rp("equity") == 565_000


def test_a_reversed_opening_leaves_no_trace_in_the_papers(books, cast):
    rows = [ledger.OpeningRow(accounts.CASH, 40_000), ledger.OpeningRow(accounts.RETAINED, -40_000)]
    entry = ledger.import_opening(cast.budi, rows, date(2026, 8, 1))
    during = queries.pack(books, Y2026, None)
    assert during.equity.cell("begun", "undivided") == 40_000 and during.faults == []
    assert during.cash.rp("cash_opening") == 40_000, "nobody paid it: it was there"
    assert during.cash.rp("cash_change") == 195_000
    ledger.reverse(cast.hadi, entry.id, "salah", date(2026, 8, 2))
    after = queries.pack(books, Y2026, None)
    assert after.faults == [] and all(row.key != "begun" for row in after.equity.rows)


# --- days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "how", "since", "until"),
    [
        ("2026", "tahun-lalu", "2025-01-01", "2025-12-31"),
        ("2026", "sebelumnya", "2025-01-01", "2025-12-31"),
        ("2026-T1", "sebelumnya", "2025-10-01", "2025-12-31"),
        ("2026-T1", "tahun-lalu", "2025-01-01", "2025-03-31"),
        ("2026-01", "sebelumnya", "2025-12-01", "2025-12-31"),
        ("2025-02", "tahun-lalu", "2024-02-01", "2024-02-29"),
        ("2024-02", "tahun-lalu", "2023-02-01", "2023-02-28"),
    ],
)
def test_a_period_is_laid_beside_the_right_days(code, how, since, until):
    other = compared(period_of(code), how)
    assert other == Period(date.fromisoformat(since), date.fromisoformat(until))


def test_days_of_ones_own_choice_are_laid_beside_as_many_before_them():
    other = compared(Period(date(2026, 3, 10), date(2026, 3, 14)), "sebelumnya")
    assert other == Period(date(2026, 3, 5), date(2026, 3, 9))
    assert compared(Y2026, "tanpa") is None
