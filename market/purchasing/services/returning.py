"""Goods that were taken and go back to the supplier: off the shelf at once, off the debt when credited."""

from __future__ import annotations

from collections.abc import Sequence

from market.commodities import queries as commodities
from market.core import clock, db, faults, money, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import services as ledger
from market.purchasing import postings, queries
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine
from market.purchasing.models_bills import RETURN_REASONS, SupplierReturn, SupplierReturnLine
from market.purchasing.services.announcing import announce_return
from market.purchasing.services.crediting import bill_of_return
from market.purchasing.services.ordering import MAX_REASON
from market.stock import services as stock


def returnable(order: PurchaseOrder) -> list[tuple[PurchaseOrderLine, int]]:
    """Order lines of goods with the packs that may still go back."""
    gone = queries.returned_packs(order.id)
    lines = [
        (line, line.received_packs - gone.get(line.id, 0))
        for line in queries.goods_lines(order.id)
        if line.unit_price_rp
    ]
    return [(line, packs) for line, packs in lines if packs > 0]


def return_goods(
    actor: Actor, order_id: int, lines: Sequence[tuple[int, int]], reason: str, note: str = ""
) -> SupplierReturn:
    """Send packs of an order back: (order line, packs), for one of RETURN_REASONS.

    The shelf loses them at their average cost; the supplier owes their price in the order as a credit
    note. Raises NotFound for an order of others, Refused for more than was taken, more than is free on
    the shelf, goods that cost nothing, or without a reason.
    """
    actor.require(Permission.GOODS_RETURN)
    order = queries.order_for(actor, order_id, lock=True)
    if reason not in RETURN_REASONS:
        raise Refused(_("Pilih alasan mengembalikan."), field="reason")
    picked = _picked(order, lines)
    sent = SupplierReturn(
        organization_id=order.organization_id,
        order_id=order.id,
        supplier_id=order.supplier_id,
        number=next_number(order.organization_id, "RB"),
        reason=reason,
        note=clean(note, MAX_REASON, multiline=True),
        amount_rp=sum(packs * line.unit_price_rp for line, packs in picked),
        cost_rp=0,
        returned_on=clock.today(),
        returned_at=clock.now(),
        returned_by=actor.user_id,
    )
    db.session.add(sent)
    db.session.flush()
    states.start(sent, actor)
    for line, packs in picked:
        _off_the_shelf(actor, sent, line, packs)
    faults.point("return_written")
    ledger.post(actor, order.organization_id, postings.for_return(sent))
    announce_return(sent, sent.supplier_id)
    return sent


def _picked(order: PurchaseOrder, lines: Sequence[tuple[int, int]]) -> list[tuple[PurchaseOrderLine, int]]:
    most = {line.id: (line, packs) for line, packs in returnable(order)}
    picked = []
    for line_id, packs in lines:
        if not packs:
            continue
        if line_id not in most:
            raise NotFound(_("Baris pesanan tidak ditemukan."))
        line, left = most.pop(line_id)
        if not 0 < packs <= left:
            text = _("Paling banyak %(most)s yang diterima dan belum dikembalikan.", most=money.group(left))
            raise Refused(text, field=f"packs_{line_id}")
        picked.append((line, packs))
    if not picked:
        raise Refused(_("Isi jumlah yang dikembalikan."))
    return picked


def _off_the_shelf(actor: Actor, sent: SupplierReturn, line: PurchaseOrderLine, packs: int) -> None:
    pack = commodities.pack(line.pack_id or 0)
    item = stock.item_for_pack(sent.organization_id, pack.id)
    source = f"supplier_return:{sent.id}:{line.id}"
    move = stock.move_out(
        actor,
        sent.organization_id,
        item.id,
        packs * pack.size_base,
        source,
        "return_out",
        reason=sent.number,
        supplier_id=sent.supplier_id,
    )
    sent.cost_rp += -move.value_rp
    db.session.add(
        SupplierReturnLine(
            organization_id=sent.organization_id,
            return_id=sent.id,
            order_line_id=line.id,
            packs=packs,
            amount_rp=packs * line.unit_price_rp,
            cost_rp=-move.value_rp,
        )
    )
    db.session.flush()


def drop_return(actor: Actor, return_id: int, reason: str) -> SupplierReturn:
    """No credit note will come: the goods are a loss. Never by the one who sent them back.

    Raises NotFound, Forbidden, Refused without a reason, for one's own, one that has ended, or while no bill
    of the order holds the goods: then the supplier simply does not bill them.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    sent = queries.return_seen(actor, return_id, lock=True)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    if sent.state != "sent":
        raise Refused(_("Retur ini sudah selesai."))
    if bill_of_return(sent) is None:
        text = _("Pemasok belum menagih barang ini, jadi belum ada kerugian. Kurangkan saja di tagihannya.")
        raise Refused(text)
    if sent.returned_by == actor.user_id:
        raise Refused(_("Retur yang Anda kirim sendiri harus dilepas orang lain."))
    states.advance(sent, "dropped", actor, clean(reason, MAX_REASON))
    ledger.post(actor, sent.organization_id, postings.for_return_dropped(sent))
    faults.point("return_dropped")
    announce_return(sent, sent.supplier_id)
    return sent
