"""Containers follow the goods in them: what the shelf books, the holding books too."""

from __future__ import annotations

from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.empties import postings
from market.empties.services import moving
from market.empties.types import BY_ITEM
from market.stock.models import StockItem, StockMove

LEAVING = {"sale": "exchanged", "count": "lost_full", "write_off": "lost_full", "return_out": "sent_back"}
COMING = {"receipt": "received", "opening": "opening", "count": "found_full", "return_in": "unsold"}


def on_stock_moved(actor: Actor, item: StockItem, move: StockMove, supplier_id: int | None) -> None:
    """Move the containers of goods that came or went; other goods are left alone.

    A sale is an exchange, empty against full; whoever sells without an empty lends one right after.
    Raises Refused for a kind of move that such goods may not make.
    """
    container = BY_ITEM.get(item.code)
    if container is None:
        return
    count, rest = divmod(abs(move.quantity_base), item.pack_base)
    kinds = COMING if move.quantity_base > 0 else LEAVING
    if rest or move.kind not in kinds:
        raise Refused(_("Barang bertabung tidak bisa dipindahkan dengan cara ini."))
    kind = kinds[move.kind]
    if kind == "unsold" and supplier_id is not None:
        kind = "taken_back"  # a return that was a slip, not a refill
    holding = moving.lock(item.organization_id, container.code)
    value_rp = 0
    if kind == "lost_full":
        value_rp = -moving.worth_of_loss(holding, count)
    elif kind == "found_full" and holding.owned > 0:
        value_rp = moving.worth_of_loss(holding, 1) * count
    lender_id = supplier_id if kind in ("received", "sent_back", "taken_back") else None
    made = moving.move(
        actor,
        holding,
        kind,
        count,
        f"stock_move:{move.id}",
        value_rp,
        lender_id,
        move.occurred_on,
        move.reason,
    )
    if value_rp:
        moving.book(actor, made, postings.for_difference(made, container))
