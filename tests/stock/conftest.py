"""The cast with the reference data, a filled shelf, and many buyers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.errors import LumbungError
from market.ledger import chart
from market.ledger import queries as ledger
from market.ledger import services as books
from market.ledger.types import EntryDraft, credit, debit
from market.stock import services
from tests import cast as people

SACK = 25_000
"""Grams in a sack of 25 kg."""


@pytest.fixture
def world():
    return people.begin_with_goods


@pytest.fixture
def open_transaction(cast):
    """A transaction for tests that call services directly."""
    with db.transaction():
        yield


def rice(organization_id: int, code: str = "BRS-PRM-25"):
    """The stock item of a pack of rice."""
    return services.item_for_pack(organization_id, commodities.pack_by_code(code).id)


def bring(actor, item, quantity_base: int, value_rp: int, source: str = "goods_receipt:1:1", **details):
    """Goods come in, and the books know their value (as the receipt's own posting would)."""
    move = services.move_in(actor, item.organization_id, item.id, quantity_base, value_rp, source, **details)
    if value_rp:
        lines = [debit(chart.INVENTORY, value_rp), credit(chart.GRANTS, value_rp)]
        books.post(actor, item.organization_id, EntryDraft(f"test:{move.id}", clock.today(), source, lines))
    return move


def inventory_rp(organization_id: int) -> int:
    """What the books say the stock is worth."""
    return ledger.balance_rp(organization_id, chart.INVENTORY)


def together(act, count: int, threads: int = 8) -> list:
    """Call `act(number)` from several threads, each in a session and transaction of its own."""

    def one(number: int):
        try:
            with db.transaction():
                return act(number)
        except LumbungError as refusal:
            return refusal

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(count)))
