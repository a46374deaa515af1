"""Days, rows and papers of the statements: plain values, no database."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from market.core.errors import Refused
from market.core.i18n import _, format_day

Compare = Literal["tahun-lalu", "sebelumnya", "tanpa"]
COMPARES: tuple[Compare, ...] = ("tahun-lalu", "sebelumnya", "tanpa")
_WRITTEN = re.compile(r"(?P<year>20\d\d|21\d\d)(?:-(?:T(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


@dataclass(frozen=True)
class Period:
    """Some days, both ends included; `code` is how an address writes them ("2026", "2026-T3", "2026-11")."""

    since: date
    until: date
    code: str = ""

    @property
    def year_start(self) -> date:
        """The first day of the book year in which the period ends."""
        return date(self.until.year, 1, 1)

    @property
    def label(self) -> str:
        return _("%(since)s sampai %(until)s", since=format_day(self.since), until=format_day(self.until))

    @property
    def is_year(self) -> bool:
        return (self.since, self.until) == (date(self.until.year, 1, 1), date(self.until.year, 12, 31))


def period_of(code: str) -> Period:
    """The days that a code writes; raises Refused for what is none."""
    found = _WRITTEN.fullmatch(code)
    if found is None:
        raise Refused(_("Periode ditulis seperti 2026, 2026-T3, atau 2026-11."), field="periode")
    year, quarter, month = int(found["year"]), found["quarter"], found["month"]
    first = 3 * int(quarter) - 2 if quarter else int(month or 1)
    last = first + 2 if quarter else int(month or 12)
    return Period(date(year, first, 1), month_end(year, last), code)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def compared(period: Period, how: Compare) -> Period | None:
    """The days that a period is laid beside: the same ones last year, or as many before it; None for none."""
    if how == "tanpa":
        return None
    if how == "tahun-lalu":
        return Period(_last_year(period.since), _last_year(period.until))
    months = _whole_months(period)
    until = period.since - timedelta(days=1)
    if months is None:
        return Period(period.since - (period.until - period.since) - timedelta(days=1), until)
    first = until.year * 12 + until.month - months
    return Period(date(first // 12, first % 12 + 1, 1), until)


def _last_year(day: date) -> date:
    """The same day last year; the end of February stays the end of February."""
    return (
        date(day.year - 1, day.month, min(day.day, calendar.monthrange(day.year - 1, day.month)[1]))
        if (day != month_end(day.year, day.month))
        else month_end(day.year - 1, day.month)
    )


def _whole_months(period: Period) -> int | None:
    if period.since.day != 1 or period.until != month_end(period.until.year, period.until.month):
        return None
    return (period.until.year - period.since.year) * 12 + period.until.month - period.since.month + 1


RowKind = Literal["head", "line", "sum", "total", "fault"]


@dataclass(frozen=True)
class Row:
    """One row of a statement: whole rupiah now and then; `key` names the figure."""

    kind: RowKind
    label: str
    key: str = ""
    now_rp: int | None = None
    then_rp: int | None = None


@dataclass(frozen=True)
class Statement:
    """One paper: its rows from top to bottom; `drills` says that figures lead to their accounts."""

    key: str
    title: str
    rows: Sequence[Row]

    def rp(self, key: str) -> int:
        """The figure named `key`, 0 for a line that is not shown."""
        return next((row.now_rp or 0 for row in self.rows if row.key == key), 0)

    def then_rp(self, key: str) -> int:
        """The same figure in the period that this one is laid beside."""
        return next((row.then_rp or 0 for row in self.rows if row.key == key), 0)


@dataclass(frozen=True)
class EquityRow:
    """One row of the changes in equity: an amount per column, and their sum."""

    key: str
    label: str
    cells: Sequence[int]
    strong: bool = False

    @property
    def sum_rp(self) -> int:
        return sum(self.cells)


@dataclass(frozen=True)
class Equity:
    """Changes in equity of some days: columns (key, label) and rows from opening to closing."""

    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[EquityRow]

    def cell(self, row: str, column: str) -> int:
        """The amount where a row meets a column."""
        at = [key for key, _label in self.columns].index(column)
        return next(each.cells[at] for each in self.rows if each.key == row)

    def row(self, key: str) -> EquityRow:
        return next(each for each in self.rows if each.key == key)


@dataclass(frozen=True)
class Unplaced:
    """An account that no rule claims, with what it holds and what moved on it."""

    code: str
    name: str
    rp: int


@dataclass(frozen=True)
class Pack:
    """All statements of a period as computed in one go."""

    period: Period
    other: Period | None
    position: Statement
    result: Statement
    cash: Statement
    equity: Equity
    unplaced: Sequence[Unplaced] = field(default_factory=tuple)
    member_shares: Literal["equity", "liability"] = "equity"

    @property
    def faults(self) -> list[str]:
        """Which ties do not hold; empty when the papers agree to the rupiah."""
        found = []
        if self.position.rp("assets") != self.position.rp("claims"):
            found.append(_("Jumlah aset tidak sama dengan liabilitas dan ekuitas."))
        moved = self.cash.rp("cash_change") + self.cash.rp("cash_opening")
        if moved != self.cash.rp("cash_end") - self.cash.rp("cash_begin"):
            found.append(_("Arus kas tidak sama dengan perubahan kas."))
        if self.equity.row("closing").sum_rp != self.position.rp("equity"):
            found.append(_("Perubahan ekuitas tidak sama dengan ekuitas di posisi keuangan."))
        if self.equity.row("surplus").sum_rp != self.result.rp("surplus"):
            found.append(_("SHU di perubahan ekuitas tidak sama dengan perhitungan hasil usaha."))
        return found
