"""A cooperative with two years of books, small enough to be known by heart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from market.core import clock, db
from market.ledger import chart, services
from market.ledger.types import EntryDraft, Line, credit, debit

NOW = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _noon(database):
    clock.travel(to=clock.start_of(NOW) + timedelta(hours=12))
    yield
    clock.reset()


def post(cast, source: str, on: date, *lines: Line):
    """One entry in Makmur's books."""
    return services.post(cast.budi, cast.makmur.id, EntryDraft(source, on, source, lines))


def golden(cast) -> None:
    """2025: 1.000.000 of shares and grants in, members buy for 800 (cost 600), rent 50: SHU 150.000.

    2026: that surplus is shared, a fridge is bought, a loan taken; members 500 (300), others 200 (120);
    wages 60, meeting 10, tax 5: SHU 205.000.
    """
    c = chart
    last = date(2025, 3, 1)
    post(cast, "savings:1", last, debit(c.CASH, 700_000), credit(c.PRINCIPAL_SAVINGS, 700_000))
    post(cast, "grant:1", last, debit(c.BANK, 300_000), credit(c.GRANTS, 300_000))
    post(cast, "receipt:1", last, debit(c.INVENTORY, 600_000), credit(c.PAYABLE_SUPPLIERS, 600_000))
    sold = [debit(c.CASH, 800_000), credit(c.SALES_MEMBERS, 800_000)]
    post(cast, "sale:1", last, *sold, debit(c.COST_MEMBERS, 600_000), credit(c.INVENTORY, 600_000))
    post(cast, "rent:1", date(2025, 12, 30), debit(c.RENT, 50_000), credit(c.CASH, 50_000))
    post(cast, "paid:1", date(2025, 12, 31), debit(c.PAYABLE_SUPPLIERS, 500_000), credit(c.CASH, 500_000))
    this = date(2026, 2, 10)
    post(cast, "closing:2025", date(2025, 12, 31), *_closing())
    shared = [credit(c.RESERVES, 60_000), credit(c.SURPLUS_PAYABLE, 70_000), credit(c.SOCIAL_FUND, 20_000)]
    post(cast, "surplus:2025", this, debit(c.RETAINED, 150_000), *shared)
    post(cast, "surplus_paid:1", this, debit(c.SURPLUS_PAYABLE, 70_000), credit(c.CASH, 70_000))
    post(cast, "loan:1", this, debit(c.BANK, 400_000), credit(c.BANK_LOAN, 400_000))
    post(cast, "fridge:1", this, debit(c.FIXED_ASSETS, 240_000), credit(c.BANK, 240_000))
    post(cast, "dues:1", this, debit(c.CASH, 90_000), credit(c.MANDATORY_SAVINGS, 90_000))
    post(cast, "leave:1", this, debit(c.MANDATORY_SAVINGS, 15_000), credit(c.CASH, 15_000))
    post(cast, "receipt:2", this, debit(c.INVENTORY, 450_000), credit(c.CASH, 450_000))
    _sales(cast, date(2026, 6, 15))


def _closing() -> list[Line]:
    c = chart
    return [
        debit(c.SALES_MEMBERS, 800_000),
        credit(c.COST_MEMBERS, 600_000),
        credit(c.RENT, 50_000),
        credit(c.RETAINED, 150_000),
    ]


def _sales(cast, on: date) -> None:
    c = chart
    members = [debit(c.CASH, 350_000), debit(c.RECEIVABLE_MEMBERS, 150_000), credit(c.SALES_MEMBERS, 500_000)]
    post(cast, "sale:2", on, *members, debit(c.COST_MEMBERS, 300_000), credit(c.INVENTORY, 300_000))
    others = [debit(c.CLEARING, 200_000), credit(c.SALES_NON_MEMBERS, 200_000)]
    post(cast, "sale:3", on, *others, debit(c.COST_NON_MEMBERS, 120_000), credit(c.INVENTORY, 120_000))
    post(cast, "wages:1", on, debit(c.WAGES, 60_000), credit(c.CASH, 60_000))
    post(cast, "meeting:1", on, debit(c.COOPERATIVE_EXPENSES, 10_000), credit(c.CASH, 10_000))
    post(cast, "tax:1", on, debit(c.INCOME_TAX, 5_000), credit(c.TAX_PAYABLE, 5_000))


@pytest.fixture
def books(cast, transaction):
    """The golden books inside one open transaction; the organization's id."""
    golden(cast)
    return cast.makmur.id


@pytest.fixture
def kept(cast):
    """The golden books, committed."""
    with db.transaction():
        golden(cast)
    return cast.makmur.id
