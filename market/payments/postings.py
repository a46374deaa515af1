"""What money at a provider does to the books. Advances are the payer's until what they paid for is given."""

from __future__ import annotations

from market.core import clock
from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, Line, credit, debit
from market.payments.models import Payment, PaymentEffect, PaymentRefund, SuspenseCase


def _owed(suspense: bool) -> str:
    return chart.SUSPENSE if suspense else chart.CUSTOMER_ADVANCES


def _effect(effect: PaymentEffect, text: str, lines: tuple[Line, ...]) -> EntryDraft:
    return EntryDraft(f"payment_effect:{effect.id}", clock.today(), text, lines)


def for_received(payment: Payment, effect: PaymentEffect) -> EntryDraft:
    """Dr clearing and fee / Cr customer advances, or suspense for money that is nobody's yet."""
    return _effect(
        effect,
        stored("Pembayaran %(number)s diterima", number=payment.number),
        (
            debit(chart.CLEARING, effect.amount_rp - effect.fee_rp),
            debit(chart.PAYMENT_FEES, effect.fee_rp),
            credit(_owed(effect.suspense), effect.amount_rp),
        ),
    )


def for_refund_asked(payment: Payment, refund: PaymentRefund) -> EntryDraft:
    """Dr customer advances (or suspense) / Cr refunds under way."""
    text = stored("Pengembalian pembayaran %(number)s diminta", number=payment.number)
    lines = (*_given(refund), credit(chart.REFUNDS_UNDER_WAY, refund.amount_rp))
    return EntryDraft(f"payment_refund:{refund.id}", clock.today(), text, lines)


def _given(refund: PaymentRefund) -> tuple[Line, ...]:
    """Where a refund is taken from; what goods had been given for is owed by the payer."""
    return (
        debit(_owed(refund.suspense), refund.amount_rp - refund.beyond_rp),
        debit(chart.RECEIVABLE_REVERSALS, refund.beyond_rp),
    )


def for_refund_refused(payment: Payment, refund: PaymentRefund) -> EntryDraft:
    """Dr refunds under way / Cr customer advances (or suspense): the bank gave nothing back."""
    text = stored("Pengembalian pembayaran %(number)s ditolak", number=payment.number)
    lines = (
        debit(chart.REFUNDS_UNDER_WAY, refund.amount_rp),
        credit(_owed(refund.suspense), refund.amount_rp - refund.beyond_rp),
        credit(chart.RECEIVABLE_REVERSALS, refund.beyond_rp),
    )
    return EntryDraft(f"payment_refund_refused:{refund.id}", clock.today(), text, lines)


def for_refunded(payment: Payment, effect: PaymentEffect, refund: PaymentRefund) -> EntryDraft:
    """Dr refunds under way (or where a refund that was called refused stood again) / Cr clearing."""
    text = stored("Pembayaran %(number)s dikembalikan", number=payment.number)
    under_way = (debit(chart.REFUNDS_UNDER_WAY, effect.amount_rp),)
    source = _given(refund) if refund.reopened else under_way
    return _effect(effect, text, (*source, credit(chart.CLEARING, effect.amount_rp)))


def for_reversed(payment: Payment, effect: PaymentEffect) -> EntryDraft:
    """Dr advances (or suspense) for what was not used, receivable for the rest / Cr clearing and fee."""
    text = stored("Pembayaran %(number)s ditarik kembali oleh bank", number=payment.number)
    lines = (
        debit(_owed(effect.suspense), effect.unused_rp),
        debit(chart.RECEIVABLE_REVERSALS, effect.amount_rp - effect.unused_rp),
        credit(chart.CLEARING, effect.amount_rp - effect.fee_rp),
        credit(chart.PAYMENT_FEES, effect.fee_rp),
    )
    return _effect(effect, text, lines)


def for_disputed(payment: Payment, effect: PaymentEffect) -> EntryDraft:
    """Dr advances (or suspense) for what was not used, receivable for the rest / Cr clearing."""
    text = stored("Pembayaran %(number)s disanggah pembeli", number=payment.number)
    lines = (
        debit(_owed(effect.suspense), effect.unused_rp),
        debit(chart.RECEIVABLE_REVERSALS, effect.amount_rp - effect.unused_rp),
        credit(chart.CLEARING, effect.amount_rp),
    )
    return _effect(effect, text, lines)


def for_attributed(payment: Payment, case: SuspenseCase) -> EntryDraft:
    """Dr suspense / Cr customer advances: the treasurer found what the money is for."""
    text = stored("Uang %(number)s dari pos sementara dipakai", number=payment.number)
    lines = (debit(chart.SUSPENSE, case.amount_rp), credit(chart.CUSTOMER_ADVANCES, case.amount_rp))
    return EntryDraft(f"suspense_case:{case.id}", clock.today(), text, lines)
