"""What reconciliation does to the books: money that reached the bank, fees as they really were."""

from __future__ import annotations

from market.core import clock
from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, credit, debit
from market.payments.models_reconciliation import FeeCorrection, MerchantWithdrawal


def for_withdrawal(withdrawal: MerchantWithdrawal, reference: str) -> EntryDraft:
    """Dr bank / Cr clearing: the provider has sent what it had collected."""
    text = stored("Pencairan %(number)s dari penyedia pembayaran", number=reference or "-")
    lines = (debit(chart.BANK, withdrawal.amount_rp), credit(chart.CLEARING, withdrawal.amount_rp))
    return EntryDraft(f"merchant_withdrawal:{withdrawal.id}", clock.today(), text, lines)


def for_fee_correction(correction: FeeCorrection) -> EntryDraft:
    """Dr fees / Cr clearing for more than was accrued; the other way round for less."""
    lines = (debit(chart.PAYMENT_FEES, correction.amount_rp), debit(chart.CLEARING, -correction.amount_rp))
    text = stored("Selisih biaya pembayaran digital")
    return EntryDraft(f"fee_correction:{correction.id}", clock.today(), text, lines)
