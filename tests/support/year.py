"""A full year of one cooperative: 300 members, dues, purchases, sales, expenses, assets; every fact balanced.

    told = year.live(treasurer, chair, 2026)        inside a transaction, the clock past the year's end

Posted through the product's own doors (opening balances from a sheet's rows, entries by hand that a second
person decides), so that the books are as a real cooperative's would be: numbered, sealed, approved. Amounts
come from one seed: the same year twice is the same to the rupiah.
"""

from __future__ import annotations

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from market.core import clock, db
from market.core.permissions import Actor
from market.ledger import chart, services
from market.ledger.types import Line, credit, debit, total_rp
from tests import factories

MEMBERS = 300
PRINCIPAL_RP, DUES_RP = 50_000, 20_000


@dataclass
class Year:
    """What was posted, counted while it was posted: for whoever computes the statements another way."""

    organization_id: int
    year: int
    entries: int = 0
    totals: Counter[str] = field(default_factory=Counter)
    """Account -> sum of its lines, debit positive, openings included."""

    @property
    def surplus_rp(self) -> int:
        """Surplus of the year before anybody shares it."""
        return -sum(rp for code, rp in self.totals.items() if code[0] in "4567")


class _Teller:
    """Posts by hand as two people do, and keeps count."""

    def __init__(self, writer: Actor, second: Actor, year: int, seed: int) -> None:
        assert writer.organization_id is not None
        self.writer, self.second, self.random = writer, second, Random(seed)
        self.told = Year(writer.organization_id, year)

    def post(self, on: date, what: str, *lines: Line) -> None:
        draft = services.post_manual(self.writer, effective_on=on, description=what, lines=lines)
        services.decide_manual(self.second, draft.id, approve=True)
        assert total_rp(lines) == draft.total_rp
        self.count(lines)

    def count(self, lines: tuple[Line, ...] | list[Line]) -> None:
        self.told.entries += 1
        for line in lines:
            self.told.totals[line.account] += line.amount_rp

    def rp(self, least: int, most: int) -> int:
        """An amount in steps of Rp 500, as on price tags."""
        return 500 * self.random.randint(least // 500, most // 500)


def live(writer: Actor, second: Actor, year: int, *, seed: int = 7, members: int = MEMBERS) -> Year:
    """Let the year happen: `writer` keeps the books, `second` decides. The clock must be past its end."""
    assert clock.today() > date(year, 12, 31), "no entry may be dated in the future"
    teller = _Teller(writer, second, year, seed)
    _join(teller, members)
    _begin(teller, members)
    for month in range(1, 13):
        _month(teller, month, members)
        _week_by_week(teller, month)
    _big_things(teller)
    return teller.told


def _join(teller: _Teller, members: int) -> None:
    """They stood in the paper register, with the principal paid, in the months before the year."""
    organization_id = teller.told.organization_id
    people = [
        (f"Anggota {number}", f"0812{organization_id % 1000:03d}{number:05d}")
        for number in range(1, members + 1)
    ]
    for number, member in enumerate(factories.register(teller.second, people, PRINCIPAL_RP), 1):
        member.joined_on = date(teller.told.year - 1, 6, 1) + timedelta(days=number % 180)
    db.session.flush()


def _begin(teller: _Teller, members: int) -> None:
    """What stood in the paper books on the last day of the year before."""
    shares, dues = members * PRINCIPAL_RP, members * 3 * DUES_RP
    rows = [
        services.OpeningRow(chart.CASH, 6_000_000),
        services.OpeningRow(chart.BANK, shares + dues - 6_000_000 + 4_000_000 - 5_000_000),
        services.OpeningRow(chart.INVENTORY, 5_000_000),
        services.OpeningRow(chart.PRINCIPAL_SAVINGS, -shares),
        services.OpeningRow(chart.MANDATORY_SAVINGS, -dues),
        services.OpeningRow(chart.RETAINED, -4_000_000),
    ]
    services.import_opening(teller.writer, rows, date(teller.told.year - 1, 12, 31))
    teller.count([Line(row.account, row.amount_rp) for row in rows])


def _month(teller: _Teller, month: int, members: int) -> None:
    """Dues of most members, savings that come and go, and what every month costs."""
    year = teller.told.year
    last = date(year, month, calendar.monthrange(year, month)[1])
    paid = members - teller.random.randint(0, members // 10)
    dues = paid * DUES_RP
    teller.post(
        date(year, month, 10),
        "Simpanan wajib",
        debit(chart.CASH, dues),
        credit(chart.MANDATORY_SAVINGS, dues),
    )
    saved, taken = teller.rp(500_000, 2_000_000), teller.rp(100_000, 400_000)
    teller.post(
        date(year, month, 12),
        "Simpanan sukarela",
        debit(chart.CASH, saved),
        credit(chart.VOLUNTARY_SAVINGS, saved),
    )
    teller.post(
        date(year, month, 20),
        "Tarik sukarela",
        debit(chart.VOLUNTARY_SAVINGS, taken),
        credit(chart.CASH, taken),
    )
    for account, least, most in (
        (chart.WAGES, 900_000, 1_200_000),
        (chart.UTILITIES, 150_000, 300_000),
        (chart.RENT, 250_000, 250_000),
        (chart.COOPERATIVE_EXPENSES, 50_000, 150_000),
    ):
        spent = teller.rp(least, most)
        teller.post(last, "Beban bulan ini", debit(account, spent), credit(chart.CASH, spent))


def _week_by_week(teller: _Teller, month: int) -> None:
    """Four deliveries and what was sold of them, to members and to others, some of it on credit."""
    for week in range(4):
        on = date(teller.told.year, month, 2 + 7 * week)
        bought = teller.rp(4_000_000, 6_000_000)
        teller.post(
            on, "Barang datang", debit(chart.INVENTORY, bought), credit(chart.PAYABLE_SUPPLIERS, bought)
        )
        cost_members, cost_others = bought * 6 // 10, bought * 3 // 10
        sold_members, sold_others = cost_members * 112 // 100, cost_others * 118 // 100
        later = sold_members // 10
        teller.post(
            on + timedelta(days=3),
            "Penjualan anggota",
            debit(chart.CASH, sold_members - later),
            debit(chart.RECEIVABLE_MEMBERS, later),
            credit(chart.SALES_MEMBERS, sold_members),
            debit(chart.COST_MEMBERS, cost_members),
            credit(chart.INVENTORY, cost_members),
        )
        teller.post(
            on + timedelta(days=4),
            "Penjualan non-anggota",
            debit(chart.CASH, sold_others),
            credit(chart.SALES_NON_MEMBERS, sold_others),
            debit(chart.COST_NON_MEMBERS, cost_others),
            credit(chart.INVENTORY, cost_others),
        )
        teller.post(
            on + timedelta(days=5),
            "Bayar pemasok",
            debit(chart.PAYABLE_SUPPLIERS, bought * 9 // 10),
            credit(chart.CASH, bought * 9 // 10),
        )
        teller.post(
            on + timedelta(days=6),
            "Piutang dilunasi",
            debit(chart.CASH, later // 2),
            credit(chart.RECEIVABLE_MEMBERS, later // 2),
        )


def _big_things(teller: _Teller) -> None:
    """A freezer on a loan, its depreciation, and last year's surplus shared by the annual meeting."""
    year, price = teller.told.year, 12_000_000
    teller.post(
        date(year, 3, 1), "Pinjaman BPR", debit(chart.BANK, 10_000_000), credit(chart.BANK_LOAN, 10_000_000)
    )
    teller.post(date(year, 3, 2), "Freezer", debit(chart.FIXED_ASSETS, price), credit(chart.BANK, price))
    for month in range(3, 13):
        worn = price // 48
        teller.post(
            date(year, month, 28),
            "Penyusutan",
            debit(chart.DEPRECIATION, worn),
            credit(chart.ACCUMULATED_DEPRECIATION, worn),
        )
        teller.post(
            date(year, month, 28), "Angsuran", debit(chart.BANK_LOAN, 250_000), credit(chart.BANK, 250_000)
        )
    teller.post(
        date(year, 2, 25),
        "Pembagian SHU",
        debit(chart.RETAINED, 4_000_000),
        credit(chart.RESERVES, 1_600_000),
        credit(chart.SURPLUS_PAYABLE, 2_000_000),
        credit(chart.SOCIAL_FUND, 400_000),
    )
    teller.post(
        date(year, 3, 5), "Bayar SHU", debit(chart.SURPLUS_PAYABLE, 1_900_000), credit(chart.CASH, 1_900_000)
    )
