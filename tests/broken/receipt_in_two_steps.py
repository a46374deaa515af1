"""Broken on purpose: the shelf first, the books in a second transaction. A crash between them lies."""

from __future__ import annotations

from market.core import clock, db
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.stock import services as stock


def receive(organization_id: int, pack_id: int, value_rp: int) -> None:
    """What `purchasing.services.receive_goods` must never become."""
    with db.transaction():
        item = stock.item_for_pack(organization_id, pack_id)
        stock.move_in(SYSTEM, organization_id, item.id, 25_000, value_rp, "broken:1")
    with db.transaction():
        lines = (debit(chart.INVENTORY, value_rp), credit(chart.RECEIVED_NOT_BILLED, value_rp))
        ledger.post(SYSTEM, organization_id, EntryDraft("broken:1", clock.today(), "Terima", lines))
