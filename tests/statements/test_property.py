"""Whatever is posted, taken back, closed and shared: the papers tie to the rupiah, by another road too."""

from __future__ import annotations

from datetime import date
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from market.core import db
from market.core.errors import Refused
from market.ledger import chart, services
from market.ledger.types import EntryDraft, Line
from market.statements import queries
from market.statements.types import Period, compared
from tests.statements.conftest import NOW
from tests.statements.independent import SHARES, Papers, raw

_numbers = count(1)
CODES = [each.code for each in chart.DEFAULT_CHART if not each.non_negative] + [chart.CASH, chart.CASH]
PERIODS = [
    Period(date(2026, 1, 1), date(2026, 12, 31)),
    Period(date(2025, 1, 1), date(2025, 12, 31)),
    Period(date(2026, 2, 1), date(2026, 2, 28)),
    Period(date(2025, 11, 14), date(2026, 3, 2)),
]
DAYS = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), NOW]


@some.composite
def facts(draw) -> tuple[str, date, list[Line]]:
    """An entry of two to five lines on any accounts; now and then the opening of the books."""
    amounts = draw(some.lists(some.integers(-(10**8), 10**8), min_size=1, max_size=4))
    codes = draw(some.lists(some.sampled_from(CODES), min_size=len(amounts) + 1, max_size=len(amounts) + 1))
    kind = draw(some.sampled_from(["sale", "sale", "sale", "opening"]))
    lines = [Line(code, rp) for code, rp in zip(codes, [*amounts, -sum(amounts)], strict=True)]
    return kind, draw(some.sampled_from(DAYS)), lines


step = some.tuples(facts(), some.one_of(some.none(), some.integers(0, 10)), some.sampled_from(DAYS))
"""What is posted, and which of the earlier entries is taken back on which day."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=some.lists(step, min_size=1, max_size=14), how=some.sampled_from(["tahun-lalu", "sebelumnya"]))
def test_the_papers_agree_with_raw_postings_and_with_each_other(cast, steps, how):
    try:
        with db.transaction():
            _play(cast, steps)
            for period in PERIODS:
                _compare(cast.makmur.id, period, how)
            raise _Forget
    except _Forget:
        pass


class _Forget(Exception):
    """Takes the books of one example back, so that the next one begins with none."""


def _play(cast, steps) -> None:
    posted = []
    for (kind, on, lines), back, back_on in steps:
        draft = EntryDraft(f"{kind}:{next(_numbers)}", on, "acak", lines)
        posted += _try(lambda draft=draft: services.post(cast.budi, cast.makmur.id, draft))
        if back is not None and back < len(posted):
            _try(lambda e=posted[back], on=back_on: services.reverse(cast.hadi, e.id, "acak", on))


def _try(act) -> list:
    try:
        return [act()]
    except Refused:
        return []


def _compare(organization_id: int, period: Period, how) -> None:
    other = compared(period, how)
    assert other is not None
    found, postings = queries.pack(organization_id, period, other), raw(organization_id)
    plain, then = Papers(postings, period.since, period.until), Papers(postings, other.since, other.until)
    assert found.faults == []
    assert plain.assets == plain.liabilities + plain.equity
    for paper, key, now_rp, then_rp in (
        (found.position, "assets", plain.assets, then.assets),
        (found.position, "liabilities", plain.liabilities, then.liabilities),
        (found.position, "equity", plain.equity, then.equity),
        (found.result, "surplus", plain.surplus, then.surplus),
        (found.result, "member_sales", plain.business("4-11"), then.business("4-11")),
        (found.result, "cooperative", plain.business("7-1"), then.business("7-1")),
        (found.cash, "cash_begin", plain.cash_begin, then.cash_begin),
        (found.cash, "cash_end", plain.cash_end, then.cash_end),
        (
            found.cash,
            "cash_change",
            *(each.cash_end - each.cash_begin - each.cash_opening for each in (plain, then)),
        ),
        (found.cash, "cash_opening", plain.cash_opening, then.cash_opening),
    ):
        assert (paper.rp(key), paper.then_rp(key)) == (now_rp, then_rp), key
    _compare_cash(found.cash, plain)
    _compare_equity(found.equity, plain)


def _compare_cash(cash, plain: Papers) -> None:
    by_account = plain.cash_by_account()
    assert cash.rp("cash_change") == sum(by_account.values())
    assert cash.rp("loans_cash") == by_account.get(chart.BANK_LOAN, 0)
    bought = (chart.CYLINDERS, chart.FIXED_ASSETS, chart.ACCUMULATED_DEPRECIATION)
    assert cash.rp("for_assets") == sum(by_account.get(code, 0) for code in bought)


def _compare_equity(equity, plain: Papers) -> None:
    for column in SHARES:
        assert equity.cell("opening", column) == plain.share(column, before=True)
        assert equity.cell("closing", column) == plain.share(column, before=False)
    for at in range(len(equity.columns)):
        assert (
            sum(row.cells[at] for row in equity.rows if row.key != "closing")
            == (equity.row("closing").cells[at])
        )
    shown = {row.key for row in equity.rows}
    if "paid_in" in shown:
        assert equity.cell("paid_in", "mandatory") == plain.savings("mandatory")[0]
    if "paid_out" in shown:
        assert equity.cell("paid_out", "mandatory") == plain.savings("mandatory")[1]
    assert equity.row("surplus").sum_rp == plain.surplus
