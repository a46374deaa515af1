"""Books with some cash in them, and short ways to say what is posted."""

from __future__ import annotations

import pytest

from market.core import clock
from market.ledger import chart, services
from market.ledger.types import EntryDraft, credit, debit


@pytest.fixture
def books(cast, transaction):
    """The cooperative with Rp1.000.000 in the cash box, inside one open transaction."""
    services.open_books(cast.budi, cast.makmur.id)
    rows = [
        services.OpeningRow(chart.CASH, 1_000_000),
        services.OpeningRow(chart.PRINCIPAL_SAVINGS, -1_000_000),
    ]
    services.import_opening(cast.budi, rows, clock.today())
    return cast.makmur.id


@pytest.fixture
def draft():
    """A sale of goods for cash: `draft("sale:1", 5_000)`."""

    def make(source="sale:1", amount_rp=5_000, **details):
        lines = details.pop("lines", None) or [
            debit(chart.CASH, amount_rp),
            credit(chart.SALES_MEMBERS, amount_rp),
        ]
        return EntryDraft(
            source, details.pop("on", clock.today()), details.pop("description", "Penjualan"), lines
        )

    return make
