"""What a sale at the counter does to the books."""

from __future__ import annotations

from market.core import clock
from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, Line, credit, debit
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_delivery import CashHandIn, CourierRun


def by_seller(order: RetailOrder, lines: list[RetailOrderLine]) -> dict[int, list[RetailOrderLine]]:
    """The consigned lines of an order by the member whose goods they are."""
    found: dict[int, list[RetailOrderLine]] = {}
    for line in lines:
        if line.seller_id != order.organization_id:
            found.setdefault(line.seller_id, []).append(line)
    return found


def for_sale(order: RetailOrder, lines: list[RetailOrderLine], till: str = chart.CASH) -> EntryDraft:
    """Dr cash or the advance / Cr sales for own goods with their cost, Cr payable to members for the rest.

    The cooperative's commission on consigned goods is its own income; the rest is the member's, one
    line for each. A voucher is borne by the cooperative: sellers have their share of the whole price.
    `till` is where the cash is: in the drawer, or with a courier.
    """
    own = [line for line in lines if line.seller_id == order.organization_id]
    consigned = by_seller(order, lines)
    sales = chart.SALES_MEMBERS if order.member_sale else chart.SALES_NON_MEMBERS
    cost_account = chart.COST_MEMBERS if order.member_sale else chart.COST_NON_MEMBERS
    cost = sum(line.cost_rp or 0 for line in own)
    drafted: list[Line] = [
        debit(till, order.due_rp - order.online_rp),
        debit(chart.CUSTOMER_ADVANCES, order.online_rp),
        debit(chart.DISCOUNTS, sum(line.kept_discount_rp for line in lines)),
        # The fee, unless nobody came: what is due beyond the goods.
        credit(chart.DELIVERY_INCOME, order.due_rp - sum(line.kept_net_rp for line in lines)),
        credit(sales, sum(line.kept_amount_rp for line in own)),
        debit(cost_account, cost),
        credit(chart.INVENTORY, cost),
        credit(
            chart.COMMISSION, sum(line.kept_commission_rp for rows in consigned.values() for line in rows)
        ),
    ]
    drafted += [
        credit(
            chart.PAYABLE_CONSIGNMENT,
            sum(line.kept_amount_rp - line.kept_commission_rp for line in rows),
            counterparty_id=seller_id,
        )
        for seller_id, rows in consigned.items()
    ]
    text = stored("Penjualan %(number)s", number=order.number)
    return EntryDraft(f"retail_order:{order.id}", clock.today(), text, tuple(drafted))


def for_hand_in(run: CourierRun, row: CashHandIn) -> EntryDraft:
    """Dr cash / Cr what the courier had."""
    lines = (debit(chart.CASH, row.amount_rp), credit(chart.COURIER_CASH, row.amount_rp))
    text = stored("Setoran kurir %(name)s", name=run.courier_name)
    return EntryDraft(f"cash_hand_in:{row.id}", clock.today(), text, lines)
