"""Sums of the postings behind all statements: four questions, however long the books are.

The first asks which accounts there are, the second where each stands, the third adds up every posting by
account over the windows that the statements need, the fourth those of the entries that moved cash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased

from market.core import db
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.statements import chart
from market.statements.models import StatementPlace
from market.statements.types import Period

Role = Literal["opening", "mover", "plain"]
"""opening: opening balances (and what took them back); mover: an entry that touches the surplus of earlier
years, so one that closes a year, shares a surplus out or covers a loss; plain: business."""
Window = Literal["end", "days", "year", "credits"]
"""end: everything until the last day; days: the period; year: its book year so far; credits: the credit
side of the period."""


@dataclass(frozen=True)
class Account:
    """An account and its two lines."""

    id: int
    code: str
    name: str
    kind: str
    side: str
    line: str
    cash_line: str

    @property
    def group(self) -> str:
        return chart.GROUP_OF[self.kind]


@dataclass
class Sums:
    """Sums of one period by account code: whole rupiah, debit positive."""

    period: Period
    by_role: dict[tuple[str, Window, Role], int] = field(default_factory=lambda: defaultdict(int))
    cash: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def rp(self, code: str, window: Window, *roles: Role) -> int:
        """What the account did in the window, in entries of the given roles (all by default)."""
        return sum(self.by_role[(code, window, role)] for role in roles or ("opening", "mover", "plain"))


@dataclass(frozen=True)
class Books:
    """Everything that the statements of one or two periods are computed from."""

    accounts: Sequence[Account]
    now: Sums
    then: Sums | None

    def on(self, *lines: str) -> list[Account]:
        """The accounts that stand on one of the lines."""
        return [each for each in self.accounts if each.line in lines]

    def of(self, group: str) -> list[Account]:
        return [each for each in self.accounts if each.group == group]


def places_on(organization_id: int, on: date) -> dict[str, StatementPlace]:
    """The row that counts on a day for every account that somebody has placed, by code."""
    query = (
        select(StatementPlace)
        .where(StatementPlace.organization_id == organization_id, StatementPlace.valid_from_on <= on)
        .order_by(StatementPlace.valid_from_on, StatementPlace.id)
    )
    return {row.code: row for row in db.session.scalars(query)}


def accounts_on(organization_id: int, on: date) -> list[Account]:
    """The chart of the organization with the line of each account as of a day, by code."""
    placed = places_on(organization_id, on)
    query = select(
        LedgerAccount.id, LedgerAccount.code, LedgerAccount.name, LedgerAccount.kind, LedgerAccount.side
    ).where(LedgerAccount.organization_id == organization_id)
    found = []
    for row in db.session.execute(query.order_by(LedgerAccount.code)):
        said = placed.get(row.code)
        line = said.line if said else chart.usual_place(row.kind, row.code)
        cash = (said.cash_line if said else "") or chart.usual_cash_place(row.code)
        found.append(Account(row.id, row.code, row.name, row.kind, row.side, line, cash))
    return found


def books(organization_id: int, period: Period, other: Period | None) -> Books:
    """All sums of a period and of the one it is laid beside, placed as on the last day of the first."""
    accounts = accounts_on(organization_id, period.until)
    now, then = Sums(period), Sums(other) if other else None
    _add_up(organization_id, accounts, [each for each in (now, then) if each])
    _add_cash(organization_id, accounts, [each for each in (now, then) if each])
    return Books(accounts, now, then)


# --- the two long questions ------------------------------------------------------------------------


def opening_entry() -> ColumnElement[bool]:
    """Whether an entry is of opening balances, or took such a one back."""
    reversed_entry = aliased(JournalEntry)
    back = select(reversed_entry.id).where(
        reversed_entry.id == JournalEntry.reverses_id,
        reversed_entry.source.startswith("opening:", autoescape=True),
    )
    return or_(
        JournalEntry.source.startswith("opening:", autoescape=True),
        and_(JournalEntry.reverses_id.isnot(None), back.exists()),
    )


def touching(account_ids: Sequence[int]) -> Select[int]:
    """The entries with a line on one of the accounts."""
    return select(Posting.entry_id).where(Posting.account_id.in_(account_ids))


def role_of(accounts: Iterable[Account]) -> ColumnElement[str]:
    """The role of an entry as a column."""
    retained = [each.id for each in accounts if each.line == "retained"]
    return case(
        (opening_entry(), "opening"),
        (Posting.entry_id.in_(touching(retained)), "mover"),
        else_="plain",
    )


def _windows(period: Period) -> Mapping[Window, ColumnElement[Any]]:
    on = JournalEntry.effective_on
    days = on.between(period.since, period.until)
    return {
        "end": _sum(on <= period.until),
        "days": _sum(days),
        "year": _sum(on.between(period.year_start, period.until)),
        "credits": _sum(and_(days, Posting.amount_rp < 0)),
    }


def _sum(when: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((when, Posting.amount_rp), else_=0)), 0)


def _asked(organization_id: int, accounts: Sequence[Account], *columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(Posting.account_id, *columns)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            JournalEntry.organization_id == organization_id,
            Posting.account_id.in_([each.id for each in accounts]),
        )
    )


def _add_up(organization_id: int, accounts: Sequence[Account], wanted: Sequence[Sums]) -> None:
    role = role_of(accounts).label("role")
    windows = [_windows(each.period) for each in wanted]
    columns = [column.label(f"{n}_{w}") for n, each in enumerate(windows) for w, column in each.items()]
    last = max(each.period.until for each in wanted)
    query = _asked(organization_id, accounts, role, *columns).where(JournalEntry.effective_on <= last)
    codes = {each.id: each.code for each in accounts}
    for row in db.session.execute(query.group_by(Posting.account_id, role)):
        for number, each in enumerate(wanted):
            for window in windows[number]:
                each.by_role[(codes[row.account_id], window, row.role)] += int(
                    getattr(row, f"{number}_{window}")
                )


def _add_cash(organization_id: int, accounts: Sequence[Account], wanted: Sequence[Sums]) -> None:
    """What the entries that moved cash did to the accounts on their other side."""
    cash = [each.id for each in accounts if each.line == "cash"]
    others = [each for each in accounts if each.line != "cash"]
    codes = {each.id: each.code for each in others}
    within = [JournalEntry.effective_on.between(each.period.since, each.period.until) for each in wanted]
    columns = [_sum(days).label(f"cash_{number}") for number, days in enumerate(within)]
    query = _asked(organization_id, others, *columns).where(
        or_(*within), Posting.entry_id.in_(touching(cash)), not_(opening_entry())
    )
    for row in db.session.execute(query.group_by(Posting.account_id)):
        for number, each in enumerate(wanted):
            each.cash[codes[row.account_id]] += int(getattr(row, f"cash_{number}"))


def day_before(day: date) -> date:
    return day - timedelta(days=1)
