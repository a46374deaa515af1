"""What savings do to the books: pure functions from a fact to a balanced draft."""

from __future__ import annotations

from market.core import clock
from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, credit, debit
from market.savings.models import SavingsReceipt, SavingsRepayment


def source_of(receipt: SavingsReceipt) -> str:
    """The name under which the books know a receipt."""
    return f"savings_receipt:{receipt.id}"


def for_receipt(receipt: SavingsReceipt) -> EntryDraft:
    """Dr cash / Cr principal savings."""
    text = stored("Simpanan pokok %(number)s", number=receipt.number)
    lines = (debit(chart.CASH, receipt.amount_rp), credit(chart.PRINCIPAL_SAVINGS, receipt.amount_rp))
    return EntryDraft(f"savings_receipt:{receipt.id}", clock.today(), text, lines)


def for_repayment(repayment: SavingsRepayment) -> EntryDraft:
    """Dr principal savings / Cr what is owed to who left."""
    text = stored("Simpanan pokok %(number)s dikembalikan", number=repayment.number)
    lines = (
        debit(chart.PRINCIPAL_SAVINGS, repayment.amount_rp),
        credit(chart.SAVINGS_TO_REPAY, repayment.amount_rp),
    )
    return EntryDraft(f"savings_repayment:{repayment.id}", clock.today(), text, lines)


def for_repayment_paid(repayment: SavingsRepayment) -> EntryDraft:
    """Dr what is owed to who left / Cr cash or bank."""
    text = stored("Simpanan pokok %(number)s dibayar kembali", number=repayment.number)
    lines = (
        debit(chart.SAVINGS_TO_REPAY, repayment.amount_rp),
        credit(repayment.account, repayment.amount_rp),
    )
    return EntryDraft(f"savings_repayment_paid:{repayment.id}", clock.today(), text, lines)
