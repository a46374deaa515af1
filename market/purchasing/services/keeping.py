"""What came beyond the order goes back, or is taken with a second person's word."""

from __future__ import annotations

from market.core import approvals, clock, db, faults
from market.core.errors import Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.purchasing import queries
from market.purchasing.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, PurchaseOrderLine
from market.purchasing.services.ordering import MAX_REASON
from market.purchasing.services.receiving import finish, shelve


def decide_extra(actor: Actor, receipt_line_id: int, approve: bool, reason: str = "") -> GoodsReceipt | None:
    """Take what came beyond the order, at the order's price and without freight, or send it back.

    Taking widens the order by as many packs and books them with a receipt of their own, which is
    returned. Raises NotFound for a receipt of others; Refused for one's own proposal, one that was
    decided or lapsed, a no without reason, and an order that has ended.
    """
    actor.require(Permission.NEEDS_APPROVE)
    row, line, receipt = queries.receipt_line_for(actor, receipt_line_id)
    order = queries.order_for(actor, receipt.order_id, lock=True)
    waiting = approvals.waiting(queries.EXTRA, row, order.organization_id)
    if waiting is None:
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    if approve and order.state != "issued":
        raise Refused(_("Pesanan ini sudah selesai. Kembalikan kelebihannya."))
    approvals.decide(actor, waiting.id, approve, clean(reason, MAX_REASON))
    return _take(actor, order, line, row) if approve else None


def _take(actor: Actor, order: PurchaseOrder, line: PurchaseOrderLine, row: GoodsReceiptLine) -> GoodsReceipt:
    packs, cost_rp = row.extra_packs, row.extra_packs * line.unit_price_rp
    line.ordered_packs += packs
    line.amount_rp += cost_rp
    line.received_packs += packs
    if not line.unit_price_rp:
        line.billed_packs = line.received_packs
    order.total_rp += cost_rp
    receipt = _receipt(actor, order, cost_rp)
    db.session.add(
        GoodsReceiptLine(
            organization_id=order.organization_id,
            receipt_id=receipt.id,
            order_line_id=line.id,
            delivered_packs=packs,
            accepted_packs=packs,
            rejected_packs=0,
            cost_rp=cost_rp,
            expires_on=row.expires_on,
        )
    )
    db.session.flush()
    shelve(actor, receipt, line, packs, cost_rp, row.expires_on)
    faults.point("extra_taken")
    finish(actor, order, receipt)
    return receipt


def _receipt(actor: Actor, order: PurchaseOrder, value_rp: int) -> GoodsReceipt:
    receipt = GoodsReceipt(
        organization_id=order.organization_id,
        order_id=order.id,
        number=next_number(order.organization_id, "BPB"),
        received_on=clock.today(),
        received_at=clock.now(),
        received_by=actor.user_id,
        value_rp=value_rp,
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt
