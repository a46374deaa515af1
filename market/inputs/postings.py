"""What inputs do to the books: an advance is the buyer's until she collects; then it is a sale."""

from __future__ import annotations

from market.core.i18n import stored
from market.inputs.models import InputPayment, InputRequest
from market.ledger import chart
from market.ledger.types import EntryDraft, Line, credit, debit


def receivable_of(request: InputRequest) -> str:
    """Members and others owe on accounts of their own."""
    return chart.RECEIVABLE_MEMBERS if request.member else chart.RECEIVABLE_OTHERS


def for_payment(payment: InputPayment, request: InputRequest) -> EntryDraft:
    """Dr money / Cr advance, or Cr receivable for goods she has; a refund is the mirror of an advance.

    Raises ValueError for money that is only passed on: it stays where it is.
    """
    who, amount = request.buyer_id, payment.amount_rp
    if payment.kind == "advance":
        text = stored("Uang muka bahan %(number)s", number=request.number)
        other = credit(chart.CUSTOMER_ADVANCES, amount, counterparty_id=who)
        lines: tuple[Line, ...] = (debit(payment.account, amount), other)
    elif payment.kind == "settlement":
        text = stored("Pelunasan bahan %(number)s", number=request.number)
        other = credit(receivable_of(request), amount, counterparty_id=who)
        lines = (debit(payment.account, amount), other)
    elif payment.kind == "refund":
        text = stored("Pengembalian uang muka bahan %(number)s", number=request.number)
        other = debit(chart.CUSTOMER_ADVANCES, amount, counterparty_id=who)
        lines = (other, credit(payment.account, amount))
    else:
        raise ValueError(f"{payment.kind} moves no money")
    return EntryDraft(f"input_payment:{payment.id}", payment.paid_on, text, lines)


def for_sale(request: InputRequest) -> EntryDraft:
    """Dr advance and receivable / Cr sales, Dr cost / Cr inventory. Raises ValueError before collection."""
    if request.collected_on is None:
        raise ValueError("nothing was collected")
    who = request.buyer_id
    sales = chart.SALES_MEMBERS if request.member else chart.SALES_NON_MEMBERS
    cost = chart.COST_MEMBERS if request.member else chart.COST_NON_MEMBERS
    text = stored("Penjualan bahan %(number)s", number=request.number)
    lines = (
        debit(chart.CUSTOMER_ADVANCES, request.used_rp, counterparty_id=who),
        debit(receivable_of(request), request.amount_rp - request.used_rp, counterparty_id=who),
        credit(sales, request.amount_rp),
        debit(cost, request.cost_rp),
        credit(chart.INVENTORY, request.cost_rp),
    )
    return EntryDraft(f"input_sale:{request.id}", request.collected_on, text, lines)
