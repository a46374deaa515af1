"""Chained journals: a sale of two members' goods at the counter, posted as the product posts it."""

from __future__ import annotations

from collections.abc import Sequence

from market.benchmarks.orders.shelf import Good
from market.core import clock, db
from market.core.permissions import SYSTEM
from market.ledger import chain, chart
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit

GOODS_RP, FEE_RP = 15_000, 1_500


def post(goods: Sequence[Good], number: int) -> None:
    """One entry of four lines into the shop's books, in a transaction of its own."""
    one, other = goods[0].seller_id, goods[1].seller_id
    lines = (
        debit(chart.CASH, 2 * GOODS_RP),
        credit(chart.COMMISSION, 2 * FEE_RP),
        credit(chart.PAYABLE_CONSIGNMENT, GOODS_RP - FEE_RP, counterparty_id=one),
        credit(chart.PAYABLE_CONSIGNMENT, GOODS_RP - FEE_RP, counterparty_id=other),
    )
    with db.transaction():
        draft = EntryDraft(f"benchmark:{number}", clock.today(), f"Penjualan {number}", lines)
        ledger.post(SYSTEM, goods[0].shop_id, draft)


def broken(organizations: Sequence[int]) -> int:
    """How many links of these chains do not hold."""
    with db.transaction(read_only=True):
        return sum(len(chain.verify_chain(each)) for each in organizations)
