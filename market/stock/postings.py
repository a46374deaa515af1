"""What stock does to the books by itself: counted differences and write-offs."""

from __future__ import annotations

from market.core.i18n import stored
from market.ledger import chart
from market.ledger.types import EntryDraft, credit, debit
from market.stock.models import StockItem, StockMove


def for_count(item: StockItem, move: StockMove) -> EntryDraft | None:
    """Missing goods: Dr loss / Cr inventory; surplus goods the other way round. None without value."""
    if move.value_rp == 0:
        return None
    text = stored("Selisih hitung stok %(name)s", name=item.name)
    if move.value_rp < 0:
        lines = (debit(chart.STOCK_LOSS, -move.value_rp), credit(chart.INVENTORY, -move.value_rp))
    else:
        lines = (debit(chart.INVENTORY, move.value_rp), credit(chart.STOCK_LOSS, move.value_rp))
    return EntryDraft(f"stock_move:{move.id}", move.occurred_on, text, lines)


def for_write_off(item: StockItem, move: StockMove) -> EntryDraft | None:
    """Dr loss / Cr inventory at average cost. None for consigned goods, which were never ours."""
    if move.value_rp == 0:
        return None
    text = stored("Penghapusan stok %(name)s", name=item.name)
    lines = (debit(chart.STOCK_LOSS, -move.value_rp), credit(chart.INVENTORY, -move.value_rp))
    return EntryDraft(f"stock_move:{move.id}", move.occurred_on, text, lines)
