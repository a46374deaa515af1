"""What stands behind a figure: its accounts, and the entries of an account in the days of a statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Select, and_, case, func, not_, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.ledger.models import JournalEntry, Posting
from market.statements import chart
from market.statements.queries.papers import balance_of, earned_of, moved_cash, surplus_of_year
from market.statements.queries.sums import (
    Account,
    Books,
    accounts_on,
    books,
    opening_entry,
    role_of,
    touching,
)
from market.statements.types import Period

View = Literal["semua", "hasil", "kas"]
"""Which entries of an account make a figure: all, those of business (nothing that closes a year or shares
its surplus out), or those that moved cash."""
VIEWS: tuple[View, ...] = ("semua", "hasil", "kas")


@dataclass(frozen=True)
class Behind:
    """One account behind a figure, with its share in it; `view` says which of its entries count."""

    account: Account
    now_rp: int
    then_rp: int | None
    view: View


def _sections(*names: str) -> tuple[str, ...]:
    return tuple(line.key for line in (*chart.POSITION, *chart.RESULT) if line.section in names)


_RESULT_SUMS: dict[str, tuple[str, ...]] = {
    "member_margin": ("members",),
    "other_margin": ("others",),
    "gross": ("members", "others", "further"),
    "operating_expenses": ("operating",),
    "operating": ("members", "others", "further", "operating"),
}
_SECTIONS = ("current_assets", "long_assets", "current_liabilities", "long_liabilities")
_EQUITY = _sections("equity")
_DEBTS = (*_sections("current_liabilities", "long_liabilities"), chart.UNPLACED)


def figure_accounts(found: Books, key: str) -> tuple[View, list[Account]]:
    """The accounts behind a figure and which of their entries make it; raises NotFound for no figure."""
    if key in chart.PLACE_LINES and key != "retained":
        return ("hasil" if chart.PLACE_LINES[key].group == "result" else "semua"), found.on(key)
    if key in chart.CASH_LINES:
        return "kas", [each for each in found.accounts if each.cash_line == key and each.line != "cash"]
    sums = _SUMS.get(key)
    if sums is None:
        raise NotFound(_("Angka ini tidak ada dalam laporan."))
    view, chosen = sums
    return view, [each for each in found.accounts if chosen(each)]


def _of_activity(activity: str) -> Callable[[Account], bool]:
    keys = {line.key for line in chart.CASH if line.activity == activity}
    return lambda each: each.line != "cash" and each.cash_line in keys


def _on_lines(keys: Sequence[str]) -> Callable[[Account], bool]:
    return lambda each: each.line in keys


_SUMS: dict[str, tuple[View, Callable[[Account], bool]]] = {
    **{name: ("semua", _on_lines(_sections(name))) for name in _SECTIONS},
    "assets": ("semua", lambda each: each.group == "assets"),
    "liabilities": ("semua", lambda each: each.group == "claims" and each.line in _DEBTS),
    "equity": ("semua", lambda each: each.line in _EQUITY or each.group == "result"),
    "claims": ("semua", lambda each: each.group != "assets"),
    "retained": ("semua", lambda each: each.line == "retained" or each.group == "result"),
    "surplus_of_year": ("hasil", lambda each: each.group == "result"),
    **{name: ("hasil", _on_lines(_sections(*parts))) for name, parts in _RESULT_SUMS.items()},
    "before_tax": ("hasil", lambda each: each.group == "result" and each.line != "income_tax"),
    "surplus": ("hasil", lambda each: each.group == "result"),
    **{f"cash_{name}": ("kas", _of_activity(name)) for name in ("operating", "investing", "financing")},
    "cash_change": ("kas", lambda each: each.line != "cash"),
    "cash_begin": ("semua", _on_lines(("cash",))),
    "cash_end": ("semua", _on_lines(("cash",))),
    "cash_opening": ("semua", _on_lines(("cash",))),
    "unplaced_assets": ("semua", lambda each: each.line == chart.UNPLACED and each.group == "assets"),
    "unplaced_claims": ("semua", lambda each: each.line == chart.UNPLACED and each.group == "claims"),
    "unplaced_result": ("hasil", lambda each: each.line == chart.UNPLACED and each.group == "result"),
    "unplaced_cash": ("kas", lambda each: each.line != "cash" and each.cash_line == chart.UNPLACED),
}


def behind(organization_id: int, key: str, period: Period, other: Period | None) -> list[Behind]:
    """The accounts that make a figure, each with its share; the shares add up to the figure."""
    found = books(organization_id, period, other)
    view, accounts = figure_accounts(found, key)
    rows = []
    for each in accounts:
        now = _share(found, key, view, each)(found.now)
        then = None if found.then is None else _share(found, key, view, each)(found.then)
        if now or then:
            rows.append(Behind(each, now, then, view))
    return rows


def _share(found: Books, key: str, view: View, account: Account) -> Callable[[Any], int]:
    one = [account]
    if key == "cash_begin":
        return lambda sums: sums.rp(account.code, "end") - sums.rp(account.code, "days")
    if key == "cash_opening":
        return lambda sums: sums.rp(account.code, "days", "opening")
    if key in ("surplus_of_year", "retained"):
        alone = Books(one, found.now, found.then)
        year = surplus_of_year(alone) if account.group == "result" else (lambda _sums: 0)
        if key == "surplus_of_year":
            return year
        return lambda sums: -sums.rp(account.code, "end") - year(sums)
    if view == "kas":
        return moved_cash(one)
    return earned_of(one) if view == "hasil" else balance_of(one)


# --- the general ledger of some days ---------------------------------------------------------------


@dataclass(frozen=True)
class LedgerSums:
    """What an account held before the days, what came on each side, what it held after them."""

    before_rp: int
    debit_rp: int
    credit_rp: int

    @property
    def after_rp(self) -> int:
        return self.before_rp + self.debit_rp - self.credit_rp


def account_on(organization_id: int, code: str, on: date) -> tuple[Account, list[Account]]:
    """One account of the organization and the whole chart; raises NotFound."""
    accounts = accounts_on(organization_id, on)
    found = next((each for each in accounts if each.code == code), None)
    if found is None:
        raise NotFound(_("Akun %(code)s tidak ditemukan.", code=code))
    return found, accounts


def ledger_sums(organization_id: int, account: Account, period: Period, only: Any) -> LedgerSums:
    """Totals of an account's ledger; `only` narrows the entries (see `entries_in_view`)."""
    on, rp = JournalEntry.effective_on, Posting.amount_rp
    days = on.between(period.since, period.until)
    query = (
        select(
            func.coalesce(func.sum(case((on < period.since, rp), else_=0)), 0).label("before"),
            func.coalesce(func.sum(case((and_(days, rp > 0), rp), else_=0)), 0).label("debit"),
            func.coalesce(func.sum(case((and_(days, rp < 0), -rp), else_=0)), 0).label("credit"),
        )
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.organization_id == organization_id, Posting.account_id == account.id, *only)
    )
    row = db.session.execute(query).one()
    return LedgerSums(int(row.before), int(row.debit), int(row.credit))


def ledger_lines(
    organization_id: int, account: Account, period: Period, only: Any
) -> Select[*tuple[Any, ...]]:
    """Postings of an account in the days with their entries, for a page by key `Posting.id`."""
    return (
        select(Posting, JournalEntry)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            JournalEntry.organization_id == organization_id,
            Posting.account_id == account.id,
            JournalEntry.effective_on.between(period.since, period.until),
            *only,
        )
    )


def entries_in_view(view: View, accounts: Sequence[Account]) -> list[Any]:
    """Conditions that leave the entries of a view."""
    if view == "kas":
        cash = [each.id for each in accounts if each.line == "cash"]
        return [Posting.entry_id.in_(touching(cash)), not_(opening_entry())]
    if view == "hasil":
        return [not_(role_of(accounts) == "mover")]
    return []


def whole_ledger(organization_id: int, period: Period) -> Select[*tuple[Any, ...]]:
    """Every posting of the days by account, for a sheet: account_id, amount, number, day, text, source."""
    return (
        select(
            Posting.account_id,
            Posting.amount_rp,
            Posting.memo,
            JournalEntry.number,
            JournalEntry.effective_on,
            JournalEntry.description,
            JournalEntry.source,
        )
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            JournalEntry.organization_id == organization_id,
            JournalEntry.effective_on.between(period.since, period.until),
        )
        .order_by(Posting.account_id, JournalEntry.effective_on, Posting.id)
    )
