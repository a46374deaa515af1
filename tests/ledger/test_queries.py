"""Balances, statements, the page of one account: the same sums from several sides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from market.core import clock, db
from market.core.errors import NotFound
from market.ledger import chart, queries, services
from market.ledger.types import EntryDraft, credit, debit

TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon(database):
    clock.travel(to=clock.start_of(TODAY) + timedelta(hours=12))
    yield
    clock.reset()


@pytest.fixture
def trade(books, cast):
    """A week of a small shop: buys 100, sells 60 worth of it to members for 80, 10 for 15 to others."""
    facts = [
        (
            "goods_receipt:1",
            YESTERDAY,
            [debit(chart.INVENTORY, 100_000), credit(chart.RECEIVED_NOT_BILLED, 100_000)],
        ),
        (
            "supplier_bill:1",
            YESTERDAY,
            [
                debit(chart.RECEIVED_NOT_BILLED, 100_000),
                credit(chart.PAYABLE_SUPPLIERS, 100_000, "nota 7", cast.lamongan.id),
            ],
        ),
        (
            "retail_order:1",
            TODAY,
            [
                debit(chart.CASH, 80_000),
                credit(chart.SALES_MEMBERS, 80_000),
                debit(chart.COST_MEMBERS, 60_000),
                credit(chart.INVENTORY, 60_000),
            ],
        ),
        (
            "retail_order:2",
            TODAY,
            [
                debit(chart.CASH, 15_000),
                credit(chart.SALES_NON_MEMBERS, 15_000),
                debit(chart.COST_NON_MEMBERS, 10_000),
                credit(chart.INVENTORY, 10_000),
            ],
        ),
        ("count:1", TODAY, [debit(chart.STOCK_LOSS, 1_000), credit(chart.INVENTORY, 1_000)]),
        ("rent:1", TODAY, [debit(chart.RENT, 5_000), credit(chart.CASH, 5_000)]),
        ("rat:1", TODAY, [debit(chart.COOPERATIVE_EXPENSES, 2_000), credit(chart.CASH, 2_000)]),
        ("fee:1", TODAY, [debit(chart.CASH, 3_000), credit(chart.COMMISSION, 3_000)]),
    ]
    for source, on, lines in facts:
        services.post(cast.budi, books, EntryDraft(source, on, source, lines))
    return books


def test_the_trial_balance_is_zero_and_says_what_stands_where(trade):
    trial = queries.trial_balance(trade)
    assert trial.balanced
    assert trial.debit_rp == trial.credit_rp > 0
    rows = {row.code: (row.debit_rp, row.credit_rp) for row in trial.rows}
    assert rows[chart.INVENTORY] == (29_000, 0)
    assert rows[chart.PAYABLE_SUPPLIERS] == (0, 100_000)
    assert chart.RECEIVED_NOT_BILLED not in rows, "an account back at zero says nothing"


def test_balances_of_an_earlier_day(trade):
    assert queries.balance_rp(trade, chart.INVENTORY, YESTERDAY) == 100_000
    assert queries.balance_rp(trade, chart.INVENTORY, YESTERDAY - timedelta(days=1)) == 0
    assert queries.trial_balance(trade, YESTERDAY).debit_rp == 100_000


def test_the_balance_sheet_balances_and_shows_the_surplus(trade):
    sheet = queries.balance_sheet(trade, TODAY)
    assert sheet.balanced
    assert sheet.surplus_rp == queries.result(trade, date(2026, 1, 1), TODAY).surplus_rp == 20_000
    assert sheet.liabilities_rp == 100_000
    assert sheet.equity_rp == 1_020_000
    assert sheet.earlier_surplus_rp == 0


def test_next_year_this_years_surplus_is_an_earlier_one(trade):
    sheet = queries.balance_sheet(trade, date(2027, 1, 1))
    assert (sheet.earlier_surplus_rp, sheet.surplus_rp) == (20_000, 0)
    assert sheet.balanced


def test_business_with_members_stands_apart(trade):
    result = queries.result(trade, TODAY, TODAY)
    assert result.member_margin_rp == 20_000
    assert result.other_margin_rp == 5_000
    assert (result.other_income.rp, result.stock_loss.rp) == (3_000, 1_000)
    assert (result.expenses.rp, result.cooperative_expenses.rp) == (5_000, 2_000)
    assert (result.gross_rp, result.operating_rp, result.surplus_rp) == (27_000, 22_000, 20_000)
    assert queries.result(trade, YESTERDAY, YESTERDAY).surplus_rp == 0


def test_every_account_of_the_chart_lands_in_exactly_one_place(cast, transaction):
    """Statements that drop or double an account would still look fine on a good day."""
    everything = [
        debit(each.code, 10**6 + number)
        for number, each in enumerate(chart.DEFAULT_CHART)
        if each.kind == "asset" or (each.kind == "expense")
    ]
    everything += [
        credit(each.code, 10 * number)
        for number, each in enumerate(chart.DEFAULT_CHART)
        if each.kind not in ("asset", "expense") and each.code != chart.SUSPENSE
    ]
    everything.append(credit(chart.SUSPENSE, sum(line.amount_rp for line in everything)))
    services.post(cast.budi, cast.makmur.id, EntryDraft("all:1", TODAY, "semua", everything))
    sheet, result = queries.balance_sheet(cast.makmur.id, TODAY), queries.result(cast.makmur.id, TODAY, TODAY)
    sections = [
        sheet.current_assets,
        sheet.fixed_assets,
        sheet.current_liabilities,
        sheet.long_liabilities,
        sheet.equity,
    ]
    sections += [
        result.member_sales,
        result.member_cost,
        result.other_sales,
        result.other_cost,
        result.other_income,
        result.stock_loss,
        result.expenses,
        result.cooperative_expenses,
    ]
    shown = sorted(line.code for section in sections for line in section.lines)
    assert shown == sorted({line.account for line in everything if line.amount_rp})
    assert sheet.balanced and sheet.surplus_rp == result.surplus_rp


def test_the_statements_agree_with_sums_written_by_hand(trade):
    """An independent computation in SQL, without any code of the part."""
    query = text(
        "SELECT sum(p.amount_rp) FROM posting p JOIN ledger_account a ON a.id = p.account_id"
        " WHERE a.organization_id = :organization AND a.code LIKE :prefix"
    )

    def by_hand(prefix):
        return int(db.session.scalar(query, {"organization": trade, "prefix": prefix}))

    sheet = queries.balance_sheet(trade, TODAY)
    assert by_hand("1-%") == sheet.assets_rp
    assert -by_hand("2-%") == sheet.liabilities_rp
    assert -(by_hand("4-%") + by_hand("5-%") + by_hand("6-%") + by_hand("7-%")) == sheet.surplus_rp


def test_the_page_of_an_account_shows_the_balance_after_each_line(trade):
    query = queries.account_postings(trade, chart.CASH).order_by(text("posting.id DESC"))
    rows = list(db.session.execute(query))
    lines = queries.account_page(rows)
    assert [line.after_rp for line in lines] == [
        1_091_000,
        1_088_000,
        1_090_000,
        1_095_000,
        1_080_000,
        1_000_000,
    ]
    second_page = queries.account_page(rows[3:])
    assert [line.after_rp for line in second_page] == [1_095_000, 1_080_000, 1_000_000]
    assert queries.account_page([]) == []


def test_lines_name_the_other_side(trade):
    bill = queries.entry_by_source(trade, "supplier_bill:1")
    assert bill is not None
    assert [line.counterparty for line in queries.entry_lines(bill.id)] == [
        None,
        "Penggilingan Lamongan Jaya",
    ]
    assert [entry.source for entry in queries.entries_of("retail_order:", trade)] == [
        "retail_order:1",
        "retail_order:2",
    ]


def test_a_prefix_with_a_wild_card_is_only_text(trade):
    assert queries.entries_of("%") == []


def test_nobody_sees_entries_of_other_books(trade, cast):
    bill = queries.entry_by_source(trade, "supplier_bill:1")
    assert bill is not None
    assert queries.entry_for(cast.sri, bill.id) is bill
    with pytest.raises(NotFound):
        queries.entry_for(cast.wati, bill.id)


def test_totals_of_entries_are_their_debit_side(trade):
    rows = db.session.execute(queries.entries(trade)).all()
    assert {row[0].source: int(row.total_rp) for row in rows}["retail_order:1"] == 140_000


def test_the_journal_as_a_sheet_has_every_line_of_the_days(trade):
    assert len(list(queries.journal_lines(trade, YESTERDAY, YESTERDAY))) == 4
    everything = list(queries.journal_lines(trade, date(2026, 1, 1), TODAY))
    assert sum(row.amount_rp for row in everything) == 0
