"""What money that leaves does to the books: owed, then in transit, then gone, or owed again."""

from __future__ import annotations

from datetime import date

from market.core import clock
from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, Line, credit, debit
from market.payments.models_payouts import Payout, PayoutTopUp

MONEY = {"iris": chart.PAYOUT_DEPOSIT, "transfer": chart.BANK, "cash": chart.CASH}
"""Where the money of a payout comes from."""


def _owed(payout: Payout, amount_rp: int) -> Line:
    """`amount_rp` off what is owed (to the seller, or to the payer who waits for a refund)."""
    if payout.kind == "seller":
        return debit(chart.PAYABLE_CONSIGNMENT, amount_rp, counterparty_id=payout.seller_id)
    return debit(chart.REFUNDS_UNDER_WAY, amount_rp)


def for_payout(payout: Payout) -> EntryDraft:
    """Dr what is owed / Cr payouts in transit: two people have agreed."""
    text = stored("Uang keluar %(number)s disetujui", number=payout.number)
    lines = (_owed(payout, payout.amount_rp), credit(chart.PAYOUTS_IN_TRANSIT, payout.amount_rp))
    return EntryDraft(f"payout:{payout.id}", clock.today(), text, lines)


def for_payout_done(payout: Payout, on: date) -> EntryDraft:
    """Dr payouts in transit and fee / Cr deposit, bank or cash: the money has arrived."""
    text = stored("Uang keluar %(number)s diterima", number=payout.number)
    lines = (
        debit(chart.PAYOUTS_IN_TRANSIT, payout.amount_rp),
        debit(chart.PAYOUT_FEES, payout.fee_rp),
        credit(MONEY[payout.way], payout.amount_rp + payout.fee_rp),
    )
    return EntryDraft(f"payout_done:{payout.id}", on, text, lines)


def for_payout_back(payout: Payout) -> EntryDraft:
    """Dr payouts in transit / Cr what is owed again: it failed or was taken back in time."""
    text = stored("Uang keluar %(number)s tidak jadi", number=payout.number)
    lines = (debit(chart.PAYOUTS_IN_TRANSIT, payout.amount_rp), _owed(payout, -payout.amount_rp))
    return EntryDraft(f"payout_back:{payout.id}", clock.today(), text, lines)


def for_top_up(top_up: PayoutTopUp) -> EntryDraft:
    """Dr deposit at the provider / Cr bank."""
    text = stored("Isi saldo uang keluar, bukti %(reference)s", reference=top_up.reference)
    lines = (debit(chart.PAYOUT_DEPOSIT, top_up.amount_rp), credit(chart.BANK, top_up.amount_rp))
    return EntryDraft(f"payout_top_up:{top_up.id}", top_up.paid_on, text, lines)
