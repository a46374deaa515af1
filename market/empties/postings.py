"""What containers do to the books: pure functions from a fact to a balanced draft."""

from __future__ import annotations

from market.core import clock
from market.core.i18n import stored
from market.empties.models import ContainerDeposit, ContainerMove, ContainerPurchase, RefillSale
from market.empties.types import Container
from market.ledger import chart
from market.ledger.types import EntryDraft, credit, debit


def for_sale(sale: RefillSale, container: Container) -> EntryDraft:
    """Dr cash (goods and deposit) / Cr sales and deposits held; Dr cost / Cr inventory."""
    sales = chart.SALES_MEMBERS if sale.member_sale else chart.SALES_NON_MEMBERS
    cost = chart.COST_MEMBERS if sale.member_sale else chart.COST_NON_MEMBERS
    text = stored("Isi ulang %(container)s %(number)s", container=container.name, number=sale.number)
    lines = (
        debit(chart.CASH, sale.amount_rp + sale.deposit_rp),
        credit(sales, sale.amount_rp),
        credit(chart.CONTAINER_DEPOSITS, sale.deposit_rp),
        debit(cost, sale.cost_rp),
        credit(chart.INVENTORY, sale.cost_rp),
    )
    return EntryDraft(f"refill_sale:{sale.id}", clock.today(), text, lines)


def for_return(move: ContainerMove, deposit: ContainerDeposit) -> EntryDraft:
    """Dr deposits held / Cr cash: the container is back, so is the buyer's money."""
    amount = move.count * deposit.unit_rp
    text = stored("Titipan tabung %(number)s dikembalikan", number=deposit.number)
    lines = (debit(chart.CONTAINER_DEPOSITS, amount), credit(chart.CASH, amount))
    return EntryDraft(f"container_move:{move.id}", move.occurred_on, text, lines)


def for_keeping(move: ContainerMove, deposit: ContainerDeposit) -> EntryDraft:
    """Dr deposits held / Cr containers at their worth; the rest is income, or a loss."""
    amount, worth = move.count * deposit.unit_rp, -move.value_rp
    text = stored("Tabung titipan %(number)s tidak kembali", number=deposit.number)
    rest = amount - worth
    balance = credit(chart.OTHER_INCOME, rest) if rest > 0 else debit(chart.STOCK_LOSS, -rest)
    lines = (debit(chart.CONTAINER_DEPOSITS, amount), credit(chart.CYLINDERS, worth), balance)
    return EntryDraft(f"container_move:{move.id}", move.occurred_on, text, lines)


def for_difference(move: ContainerMove, container: Container) -> EntryDraft:
    """Counted too few or lost: Dr loss / Cr containers; too many the other way round."""
    text = stored("Selisih hitung %(container)s", container=container.name)
    lines = (debit(chart.CYLINDERS, move.value_rp), credit(chart.STOCK_LOSS, move.value_rp))
    return EntryDraft(f"container_move:{move.id}", move.occurred_on, text, lines)


def for_owned(move: ContainerMove, container: Container) -> EntryDraft:
    """Dr containers / Cr grants: they were the cooperative's before its books knew them."""
    text = stored("%(container)s milik koperasi dicatat", container=container.name)
    lines = (debit(chart.CYLINDERS, move.value_rp), credit(chart.GRANTS, move.value_rp))
    return EntryDraft(f"container_move:{move.id}", move.occurred_on, text, lines)


def for_purchase(purchase: ContainerPurchase, worth_rp: int) -> EntryDraft:
    """Dr containers (and the loss of borrowed ones that are gone) / Cr cash or bank."""
    text = stored("Pembelian tabung %(number)s", number=purchase.number)
    lines = (
        debit(chart.CYLINDERS, worth_rp),
        debit(chart.STOCK_LOSS, purchase.amount_rp - worth_rp),
        credit(purchase.account, purchase.amount_rp),
    )
    return EntryDraft(f"container_purchase:{purchase.id}", clock.today(), text, lines)
