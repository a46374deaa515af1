"""What a lot does to the books of both cooperatives: pure functions from a fact to a balanced draft."""

from __future__ import annotations

from market.core import clock
from market.core.i18n import stored
from market.core.money import div_round
from market.ledger import chart
from market.ledger.types import EntryDraft, credit, debit
from market.transfers.models import StockTransfer, TransferPayment


def cost_of_received(transfer: StockTransfer) -> int:
    """What the packs that arrived cost the giver; all of them cost what left."""
    return div_round(transfer.cost_rp * transfer.received_packs, transfer.packs)


def for_sent(transfer: StockTransfer) -> EntryDraft:
    """Giver: Dr goods on the way / Cr inventory, at cost."""
    text = stored("Barang %(number)s dikirim ke koperasi tetangga", number=transfer.number)
    lines = (
        debit(chart.GOODS_ON_THE_WAY, transfer.cost_rp, counterparty_id=transfer.receiver_id),
        credit(chart.INVENTORY, transfer.cost_rp),
    )
    return EntryDraft(f"transfer_sent:{transfer.id}", clock.today(), text, lines)


def for_arrival(transfer: StockTransfer) -> EntryDraft:
    """Giver: Dr owed by the neighbour, Dr loss where it asks less than cost / Cr goods on the way."""
    cost = cost_of_received(transfer)
    text = stored("Barang %(number)s diterima koperasi tetangga", number=transfer.number)
    lines = (
        debit(chart.RECEIVABLE_COOPERATIVES, transfer.owed_rp, counterparty_id=transfer.receiver_id),
        debit(chart.STOCK_LOSS, cost - transfer.owed_rp),
        credit(chart.GOODS_ON_THE_WAY, cost, counterparty_id=transfer.receiver_id),
    )
    return EntryDraft(f"transfer_received:{transfer.id}", clock.today(), text, lines)


def for_receipt(transfer: StockTransfer) -> EntryDraft:
    """Receiver: Dr inventory / Cr owed to the neighbour."""
    text = stored("Barang %(number)s dari koperasi tetangga", number=transfer.number)
    lines = (
        debit(chart.INVENTORY, transfer.owed_rp),
        credit(chart.PAYABLE_COOPERATIVES, transfer.owed_rp, counterparty_id=transfer.organization_id),
    )
    return EntryDraft(f"transfer_received:{transfer.id}", clock.today(), text, lines)


def for_clearing(transfer: StockTransfer, returned_rp: int) -> EntryDraft:
    """Giver: what did not arrive comes back to the shelf (Dr inventory) or is lost (Dr loss)."""
    rest = transfer.cost_rp - cost_of_received(transfer)
    text = stored("Barang %(number)s yang tidak diterima", number=transfer.number)
    lines = (
        debit(chart.INVENTORY, returned_rp),
        debit(chart.STOCK_LOSS, rest - returned_rp),
        credit(chart.GOODS_ON_THE_WAY, rest, counterparty_id=transfer.receiver_id),
    )
    return EntryDraft(f"transfer_cleared:{transfer.id}", clock.today(), text, lines)


def for_payment(payment: TransferPayment) -> EntryDraft:
    """Receiver: Dr owed to the neighbour / Cr cash or bank."""
    text = stored("Pembayaran %(number)s ke koperasi tetangga", number=payment.number)
    lines = (
        debit(chart.PAYABLE_COOPERATIVES, payment.amount_rp, counterparty_id=payment.giver_id),
        credit(payment.account, payment.amount_rp),
    )
    return EntryDraft(f"transfer_payment:{payment.id}", clock.today(), text, lines)


def for_money_in(payment: TransferPayment) -> EntryDraft:
    """Giver: Dr cash or bank / Cr owed by the neighbour."""
    text = stored("Uang %(number)s dari koperasi tetangga", number=payment.number)
    lines = (
        debit(payment.into_account, payment.amount_rp),
        credit(chart.RECEIVABLE_COOPERATIVES, payment.amount_rp, counterparty_id=payment.organization_id),
    )
    return EntryDraft(f"transfer_money:{payment.id}", clock.today(), text, lines)
