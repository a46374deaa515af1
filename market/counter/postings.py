"""What the counter does to the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from market.core import clock
from market.core.i18n import stored
from market.counter.models import CashMove, Sale, SaleLine, SaleReturn, SaleReturnLine, Shift
from market.ledger import chart
from market.ledger.types import EntryDraft, Line, credit, debit

OTHER_SIDE = {"deposit": chart.BANK, "expense": chart.EXPENSES, "float": chart.BANK}
"""What lies on the other side of cash that leaves or enters a drawer."""


def for_sale(sale: Sale, lines: Sequence[SaleLine]) -> EntryDraft:
    """Dr cash and what was paid over the internet / Cr sales, deposits for containers, members' goods.

    As a resident's order: own goods with their cost, the commission on consigned ones, one line for each
    member who is owed the rest.
    """
    money = [debit(chart.CASH, sale.cash_rp), debit(chart.CUSTOMER_ADVANCES, sale.online_rp)]
    goods = [(line, line.amount_rp, line.commission_rp, line.cost_rp) for line in lines]
    given = _given(sale, goods, sale.deposit_rp)
    text = stored("Penjualan %(number)s", number=sale.number or "")
    return EntryDraft(f"counter_sale:{sale.id}", clock.today(), text, (*money, *given))


def for_return(back: SaleReturn, sale: Sale, lines: Iterable[tuple[SaleReturnLine, SaleLine]]) -> EntryDraft:
    """The sale of what came back the other way round, and cash out of the drawer."""
    goods = [(line, -part.amount_rp, -part.commission_rp, -part.cost_rp) for part, line in lines]
    given = _given(sale, goods, -back.deposit_rp)
    text = stored("Retur %(number)s", number=back.number)
    cash = credit(chart.CASH, back.amount_rp)
    return EntryDraft(f"counter_return:{back.id}", clock.today(), text, (*given, cash))


def _given(sale: Sale, goods: list[tuple[SaleLine, int, int, int]], deposit_rp: int) -> list[Line]:
    own = [each for each in goods if each[0].seller_id == sale.organization_id]
    consigned = [each for each in goods if each[0].seller_id != sale.organization_id]
    sales = chart.SALES_MEMBERS if sale.member_sale else chart.SALES_NON_MEMBERS
    cost_account = chart.COST_MEMBERS if sale.member_sale else chart.COST_NON_MEMBERS
    cost = sum(each[3] for each in own)
    owed: dict[int, int] = {}
    for line, amount, commission, _cost in consigned:
        owed[line.seller_id] = owed.get(line.seller_id, 0) + amount - commission
    return [
        credit(sales, sum(each[1] for each in own)),
        debit(cost_account, cost),
        credit(chart.INVENTORY, cost),
        credit(chart.COMMISSION, sum(each[2] for each in consigned)),
        credit(chart.CONTAINER_DEPOSITS, deposit_rp),
        *(credit(chart.PAYABLE_CONSIGNMENT, amount, counterparty_id=who) for who, amount in owed.items()),
    ]


def for_cash_move(move: CashMove) -> EntryDraft:
    """Dr bank or expenses / Cr cash for what leaves the drawer; change from the bank comes in."""
    text = stored("Kas kasir: %(reason)s", reason=move.reason)
    lines = (debit(chart.CASH, move.amount_rp), credit(OTHER_SIDE[move.kind], move.amount_rp))
    return EntryDraft(f"counter_cash_move:{move.id}", clock.today(), text, lines)


def for_difference(shift: Shift) -> EntryDraft:
    """Counted too little: Dr cash differences / Cr cash; too much the other way round."""
    text = stored("Selisih kas %(number)s", number=shift.number)
    difference = shift.difference_rp or 0
    lines = (debit(chart.CASH, difference), credit(chart.CASH_DIFFERENCE, difference))
    return EntryDraft(f"counter_shift:{shift.id}", clock.today(), text, lines)
