"""What prepaid buying does to the books: money is the buyer's until the goods are handed over."""

from __future__ import annotations

from market.core import clock
from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, credit, debit
from market.prepaid.models import PrepaidShare


def for_payment(share: PrepaidShare) -> EntryDraft:
    """Dr cash or bank / Cr customer advances."""
    text = stored("Setoran %(number)s", number=share.number)
    lines = (debit(share.account, share.amount_rp), credit(chart.CUSTOMER_ADVANCES, share.amount_rp))
    return EntryDraft(f"prepaid_share:{share.id}", clock.today(), text, lines)


def for_refund(share: PrepaidShare) -> EntryDraft:
    """Dr customer advances / Cr cash or bank."""
    text = stored("Pengembalian setoran %(number)s", number=share.number)
    lines = (debit(chart.CUSTOMER_ADVANCES, share.amount_rp), credit(share.refund_account, share.amount_rp))
    return EntryDraft(f"prepaid_refund:{share.id}", clock.today(), text, lines)


def for_collection(share: PrepaidShare) -> EntryDraft:
    """Dr customer advances / Cr sales, Dr cost / Cr inventory: the advance becomes a sale."""
    sales = chart.SALES_MEMBERS if share.member else chart.SALES_NON_MEMBERS
    cost = chart.COST_MEMBERS if share.member else chart.COST_NON_MEMBERS
    text = stored("Penjualan setor beli %(number)s", number=share.number)
    lines = (
        debit(chart.CUSTOMER_ADVANCES, share.amount_rp),
        credit(sales, share.amount_rp),
        debit(cost, share.cost_rp),
        credit(chart.INVENTORY, share.cost_rp),
    )
    return EntryDraft(f"prepaid_collected:{share.id}", clock.today(), text, lines)
