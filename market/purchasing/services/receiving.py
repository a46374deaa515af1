"""Goods at the door: accepted + rejected = delivered, the shelf and the books in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from market.commodities import queries as commodities
from market.core import clock, db, faults, jobs, money, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _, stored
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import services as ledger
from market.purchasing import postings, queries
from market.purchasing.models import (
    REJECT_REASONS,
    Claim,
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseOrder,
    PurchaseOrderLine,
)
from market.purchasing.services.ordering import close_if_done, end_claims
from market.stock import services as stock

MAX_NOTE = 500


@dataclass(frozen=True)
class ReceiptLine:
    """What came of one order line, in packs; a rejection needs one of REJECT_REASONS."""

    line_id: int
    accepted_packs: int
    rejected_packs: int = 0
    reason: str = ""
    expires_on: date | None = None


@dataclass
class _Counted:
    """An order line with what was counted at the door and what it costs on the shelf."""

    line: PurchaseOrderLine
    given: ReceiptLine
    cost_rp: int = 0
    gross_g: int = field(default=0)


def receive_goods(actor: Actor, order_id: int, lines: list[ReceiptLine], note: str = "") -> GoodsReceipt:
    """Book one delivery: receipt, stock, order progress, claims and journal entry, all or nothing.

    Freight by the pack follows the accepted packs; costs per trip go into the first delivery of
    which something is accepted, split by weight. Emits `goods_received`. Raises Refused when more is
    counted than is open, a rejection has no reason, goods have expired, or nothing is counted at all.
    """
    actor.require(Permission.GOODS_RECEIVE)
    order = queries.order_for(actor, order_id, lock=True)
    if order.state != "issued":
        raise Refused(_("Pesanan ini sudah selesai."))
    order_lines = queries.lines_of(order.id)
    counted = _count(order_lines, lines)
    lump_lines = _cost(order, order_lines, counted)
    receipt = _write_receipt(actor, order, counted, note)
    faults.point("receipt_written")
    _onto_the_shelf(actor, order, receipt, counted)
    _progress(order, order_lines, counted, lump_lines)
    _open_claims(actor, order, counted)
    came = [one.line for one in counted if one.given.accepted_packs]
    end_claims(actor, came, "replaced", stored("barang pengganti diterima"))
    if receipt.value_rp:
        ledger.post(actor, order.organization_id, postings.for_goods_receipt(receipt, order))
    faults.point("receipt_posted")
    jobs.enqueue(
        "goods_received",
        {"order_id": order.id, "receipt_id": receipt.id},
        unique_key=f"goods_received:{receipt.id}",
    )
    close_if_done(actor, order)
    return receipt


def _count(order_lines: list[PurchaseOrderLine], given: list[ReceiptLine]) -> list[_Counted]:
    goods = {line.id: line for line in order_lines if line.kind == "goods"}
    counted: list[_Counted] = []
    for one in given:
        line = goods.get(one.line_id)
        if line is None:
            raise NotFound(_("Baris pesanan tidak ditemukan."))
        if any(each.line is line for each in counted):
            raise Refused(_("Satu barang cukup dihitung sekali."), field=f"accepted_{line.id}")
        _check_count(line, one)
        if one.accepted_packs or one.rejected_packs:
            counted.append(_Counted(line, one))
    if not counted:
        raise Refused(_("Isi jumlah yang datang. Bila tidak ada yang datang, batalkan sisanya."))
    return counted


def _check_count(line: PurchaseOrderLine, one: ReceiptLine) -> None:
    most = money.group(line.open_packs)
    if one.accepted_packs < 0:
        raise Refused(_("Jumlah tidak boleh kurang dari nol."), field=f"accepted_{line.id}")
    if one.rejected_packs < 0:
        raise Refused(_("Jumlah tidak boleh kurang dari nol."), field=f"rejected_{line.id}")
    if one.accepted_packs > line.open_packs:
        text = _("Paling banyak %(most)s yang masih ditunggu. Kembalikan kelebihannya.", most=most)
        raise Refused(text, field=f"accepted_{line.id}")
    if one.accepted_packs + one.rejected_packs > line.open_packs:
        text = _("Diterima dan ditolak bersama paling banyak %(most)s, yang masih ditunggu.", most=most)
        raise Refused(text, field=f"rejected_{line.id}")
    if one.rejected_packs and one.reason not in REJECT_REASONS:
        raise Refused(_("Pilih alasan penolakan."), field=f"reason_{line.id}")
    if one.accepted_packs and one.expires_on is not None and one.expires_on <= clock.today():
        text = _("Barang ini sudah kedaluwarsa: tolak, jangan diterima.")
        raise Refused(text, field=f"expires_on_{line.id}")


def _cost(
    order: PurchaseOrder, lines: list[PurchaseOrderLine], counted: list[_Counted]
) -> list[PurchaseOrderLine]:
    """Cost of each counted line on the shelf; returns the per-trip lines that went into it."""
    freight = {line.pack_id: line for line in lines if line.kind == "freight"}
    for one in counted:
        by_pack = freight.get(one.line.pack_id)
        price = one.line.unit_price_rp + (by_pack.unit_price_rp if by_pack else 0)
        one.cost_rp = one.given.accepted_packs * price
        one.gross_g = one.given.accepted_packs * commodities.pack(one.line.pack_id or 0).gross_g
    weights = [one.gross_g for one in counted]
    lumps = [line for line in lines if line.kind in ("drop", "truck") and line.open_packs]
    if order.lump_received or not lumps or not sum(weights):
        return []
    for one, share in zip(counted, money.split(sum(line.amount_rp for line in lumps), weights), strict=True):
        one.cost_rp += share
    return lumps


def _write_receipt(actor: Actor, order: PurchaseOrder, counted: list[_Counted], note: str) -> GoodsReceipt:
    receipt = GoodsReceipt(
        organization_id=order.organization_id,
        order_id=order.id,
        number=next_number(order.organization_id, "BPB"),
        received_on=clock.today(),
        received_at=clock.now(),
        received_by=actor.user_id,
        note=clean(note, MAX_NOTE, multiline=True),
        value_rp=sum(one.cost_rp for one in counted),
    )
    db.session.add(receipt)
    db.session.flush()
    for one in counted:
        db.session.add(
            GoodsReceiptLine(
                organization_id=order.organization_id,
                receipt_id=receipt.id,
                order_line_id=one.line.id,
                delivered_packs=one.given.accepted_packs + one.given.rejected_packs,
                accepted_packs=one.given.accepted_packs,
                rejected_packs=one.given.rejected_packs,
                reason=one.given.reason if one.given.rejected_packs else "",
                cost_rp=one.cost_rp,
                expires_on=one.given.expires_on if one.given.accepted_packs else None,
            )
        )
    db.session.flush()
    return receipt


def _onto_the_shelf(
    actor: Actor, order: PurchaseOrder, receipt: GoodsReceipt, counted: list[_Counted]
) -> None:
    for one in counted:
        if one.given.accepted_packs:
            pack = commodities.pack(one.line.pack_id or 0)
            item = stock.item_for_pack(order.organization_id, pack.id)
            stock.move_in(
                actor,
                order.organization_id,
                item.id,
                one.given.accepted_packs * pack.size_base,
                one.cost_rp,
                f"goods_receipt:{receipt.id}:{one.line.id}",
                expires_on=one.given.expires_on,
            )


def _progress(
    order: PurchaseOrder,
    lines: list[PurchaseOrderLine],
    counted: list[_Counted],
    lumps: list[PurchaseOrderLine],
) -> None:
    freight = {line.pack_id: line for line in lines if line.kind == "freight"}
    for one in counted:
        one.line.received_packs += one.given.accepted_packs
        one.line.rejected_packs += one.given.rejected_packs
        if not one.line.unit_price_rp:
            one.line.billed_packs = one.line.received_packs  # nobody sends a bill for a gift
        if one.line.pack_id in freight:
            freight[one.line.pack_id].received_packs += one.given.accepted_packs
    for line in lumps:
        line.received_packs = line.ordered_packs
    order.lump_received = order.lump_received or bool(lumps)
    db.session.flush()


def _open_claims(actor: Actor, order: PurchaseOrder, counted: list[_Counted]) -> None:
    for one in counted:
        if one.given.rejected_packs:
            claim = Claim(
                organization_id=order.organization_id,
                order_id=order.id,
                order_line_id=one.line.id,
                reason=one.given.reason,
                packs=one.given.rejected_packs,
                opened_at=clock.now(),
            )
            db.session.add(claim)
            db.session.flush()
            states.start(claim, actor)
