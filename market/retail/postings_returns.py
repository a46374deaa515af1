"""What complaints do to the books: a sale undone in part, money at the counter, goods for nothing."""

from __future__ import annotations

from market.core import clock, money
from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, credit, debit
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_complaints import Complaint, RetailReturn


def _cost_account(order: RetailOrder) -> str:
    return chart.COST_MEMBERS if order.member_sale else chart.COST_NON_MEMBERS


def for_return(order: RetailOrder, line: RetailOrderLine, row: RetailReturn) -> EntryDraft:
    """Dr what the seller, the commission and the cooperative lose / Cr the discount and what is given back.

    Own goods on the shelf again are worth their cost; lost ones move from cost of sales to losses.
    """
    back = chart.CUSTOMER_ADVANCES if row.way == "online" else chart.RETURNS_DUE
    own = line.seller_id == order.organization_id
    taken = chart.RETURNS if own else chart.PAYABLE_CONSIGNMENT
    where = chart.INVENTORY if row.goods == "shelf" else chart.STOCK_LOSS
    lines = (
        debit(taken, row.seller_rp, counterparty_id=None if own else line.seller_id),
        debit(chart.RETURNS if own else chart.COMMISSION, row.commission_rp),
        debit(chart.RETURNS, row.borne_rp),
        credit(chart.DISCOUNTS, row.discount_rp),
        credit(back, row.refund_rp),
        debit(where, row.cost_rp),
        credit(_cost_account(order), row.cost_rp),
    )
    text = stored("Retur penjualan %(number)s", number=order.number)
    return EntryDraft(f"retail_return:{row.id}", clock.today(), text, lines)


def for_return_paid(row: RetailReturn) -> EntryDraft:
    """Dr what was owed to the buyer / Cr cash."""
    lines = (debit(chart.RETURNS_DUE, row.refund_rp), credit(chart.CASH, row.refund_rp))
    return EntryDraft(f"retail_return_paid:{row.id}", clock.today(), stored("Uang retur diambil"), lines)


def replacement_share_rp(line: RetailOrderLine, complaint: Complaint) -> int:
    """What a seller gets for pieces that replace, when the cooperative bears them."""
    if complaint.bearer != "cooperative" or line.seller_id == complaint.organization_id:
        return 0
    share = line.kept_amount_rp - line.kept_commission_rp
    return money.div_round(share * complaint.quantity, line.kept)


def for_replacement(order: RetailOrder, line: RetailOrderLine, complaint: Complaint) -> EntryDraft | None:
    """Dr returns / Cr the stock's cost, or the seller's share; nothing when the seller bears it."""
    share, cost = complaint.seller_rp, complaint.cost_rp or 0
    if not share + cost:
        return None
    lines = (
        debit(chart.RETURNS, share + cost),
        credit(chart.INVENTORY, cost),
        credit(chart.PAYABLE_CONSIGNMENT, share, counterparty_id=line.seller_id),
    )
    text = stored("Barang pengganti %(number)s", number=order.number)
    return EntryDraft(f"retail_complaint:{complaint.id}", clock.today(), text, lines)
