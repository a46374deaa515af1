"""Balance sheet and result of a consumer cooperative, from the same sums as the trial balance.

Business with members is kept apart from business with others, because only the surplus from members
is usually shared among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from market.core import db
from market.ledger import chart
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.ledger.queries.balances import accounts, movements_rp


@dataclass(frozen=True)
class Amount:
    """A line of a statement, positive on the side where the statement shows it."""

    code: str
    name: str
    rp: int


@dataclass(frozen=True)
class Section:
    """Some lines and their sum."""

    lines: Sequence[Amount]

    @property
    def rp(self) -> int:
        return sum(line.rp for line in self.lines)


@dataclass(frozen=True)
class BalanceSheet:
    """What the cooperative owns, owes and has of its own at the end of a day (neraca)."""

    on: date
    current_assets: Section
    fixed_assets: Section
    current_liabilities: Section
    long_liabilities: Section
    equity: Section
    earlier_surplus_rp: int
    """surplus of earlier years that no annual meeting has shared out yet"""
    surplus_rp: int
    """surplus of the year up to the day"""

    @property
    def assets_rp(self) -> int:
        return self.current_assets.rp + self.fixed_assets.rp

    @property
    def liabilities_rp(self) -> int:
        return self.current_liabilities.rp + self.long_liabilities.rp

    @property
    def equity_rp(self) -> int:
        return self.equity.rp + self.earlier_surplus_rp + self.surplus_rp

    @property
    def balanced(self) -> bool:
        return self.assets_rp == self.liabilities_rp + self.equity_rp


@dataclass(frozen=True)
class ResultStatement:
    """Perhitungan hasil usaha (PHU) of some days: members, others, expenses, surplus."""

    since: date
    until: date
    member_sales: Section
    member_cost: Section
    other_sales: Section
    other_cost: Section
    other_income: Section
    stock_loss: Section
    expenses: Section
    cooperative_expenses: Section

    @property
    def member_margin_rp(self) -> int:
        """Partisipasi neto anggota."""
        return self.member_sales.rp - self.member_cost.rp

    @property
    def other_margin_rp(self) -> int:
        return self.other_sales.rp - self.other_cost.rp

    @property
    def gross_rp(self) -> int:
        return self.member_margin_rp + self.other_margin_rp + self.other_income.rp - self.stock_loss.rp

    @property
    def operating_rp(self) -> int:
        """Sisa hasil usaha before what it costs to be a cooperative."""
        return self.gross_rp - self.expenses.rp

    @property
    def surplus_rp(self) -> int:
        """Sisa hasil usaha (SHU)."""
        return self.operating_rp - self.cooperative_expenses.rp


class _Books:
    """The chart and the sums of some days; every account of it ends up in one section."""

    def __init__(self, rows: Sequence[LedgerAccount], sums: Mapping[str, int]) -> None:
        self.rows = [row for row in rows if sums.get(row.code)]
        self.sums = sums

    def section(self, sign: int, kind: str, *prefixes: str, without: tuple[str, ...] = ()) -> Section:
        """Accounts of a kind whose code begins with one of the prefixes; `sign` 1 shows debits."""
        return Section(
            [
                Amount(row.code, row.name, sign * self.sums[row.code])
                for row in self.rows
                if row.kind == kind and row.code.startswith(prefixes or ("",)) and row.code not in without
            ]
        )


def _surplus_rp(rows: Sequence[LedgerAccount], sums: Mapping[str, int]) -> int:
    return -sum(sums.get(row.code, 0) for row in rows if row.kind in ("income", "expense"))


def balance_sheet(organization_id: int, on: date) -> BalanceSheet:
    """The balance sheet at the end of the day `on`, in whole rupiah."""
    rows = accounts(organization_id)
    sums = movements_rp(organization_id, until=on)
    before = movements_rp(organization_id, until=date(on.year, 1, 1) - timedelta(days=1))
    books = _Books(rows, sums)
    fixed = books.section(1, "asset", "1-2")
    current = books.section(1, "asset", without=tuple(line.code for line in fixed.lines))
    long = books.section(-1, "liability", "2-2")
    earlier = _surplus_rp(rows, before)
    return BalanceSheet(
        on=on,
        current_assets=current,
        fixed_assets=fixed,
        current_liabilities=books.section(-1, "liability", without=tuple(line.code for line in long.lines)),
        long_liabilities=long,
        equity=books.section(-1, "equity"),
        earlier_surplus_rp=earlier,
        surplus_rp=_surplus_rp(rows, sums) - earlier,
    )


def surplus_rp(organization_id: int, since: date, until: date) -> int:
    """The surplus of some days in whole rupiah, closed or not.

    An entry that touches the surplus of earlier years closes a year or shares one out: it earned nothing.
    Opening balances name both and are no such entry.
    """
    kept = aliased(LedgerAccount)
    moved = (
        select(Posting.entry_id)
        .join(kept, kept.id == Posting.account_id)
        .where(kept.organization_id == organization_id, kept.code == chart.RETAINED)
    )
    begins = JournalEntry.source.startswith("opening:", autoescape=True)
    query = (
        select(func.sum(Posting.amount_rp))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            JournalEntry.organization_id == organization_id,
            JournalEntry.effective_on.between(since, until),
            LedgerAccount.kind.in_(("income", "expense")),
            or_(begins, Posting.entry_id.not_in(moved)),
        )
    )
    return -int(db.session.scalar(query) or 0)


_NAMED_INCOME = (chart.SALES_MEMBERS, chart.SALES_NON_MEMBERS)
_NAMED_COST = (chart.COST_MEMBERS, chart.COST_NON_MEMBERS)


def result(organization_id: int, since: date, until: date) -> ResultStatement:
    """The result of the days from `since` to `until`, both included, in whole rupiah."""
    books = _Books(accounts(organization_id), movements_rp(organization_id, since, until))
    losses = books.section(1, "expense", "5-", without=_NAMED_COST)
    ours = books.section(1, "expense", "7-")
    elsewhere = (*_NAMED_COST, *(line.code for section in (losses, ours) for line in section.lines))
    return ResultStatement(
        since=since,
        until=until,
        member_sales=books.section(-1, "income", chart.SALES_MEMBERS),
        member_cost=books.section(1, "expense", chart.COST_MEMBERS),
        other_sales=books.section(-1, "income", chart.SALES_NON_MEMBERS),
        other_cost=books.section(1, "expense", chart.COST_NON_MEMBERS),
        other_income=books.section(-1, "income", without=_NAMED_INCOME),
        stock_loss=losses,
        expenses=books.section(1, "expense", without=elsewhere),
        cooperative_expenses=ours,
    )
