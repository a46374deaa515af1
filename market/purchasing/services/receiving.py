"""Goods at the door: accepted + rejected = delivered, the shelf and the books in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from market.commodities import queries as commodities
from market.core import approvals, clock, db, faults, files, jobs, money, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _, format_number, stored
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.empties import queries as containers
from market.empties import services as empties
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
from market.purchasing.services.announcing import announce_claim, announce_extra
from market.purchasing.services.answering import ANSWER_DAYS, answer_by
from market.purchasing.services.ordering import close_if_done, end_claims
from market.purchasing.services.trips import leave_truck, set_off_if_planned
from market.purchasing.services.weighing import judge
from market.stock import services as stock

MAX_NOTE = 500


MAX_DRIVER = 120
MAX_WEIGHED = 30
SIGNATURE_SIDE = 480
PHOTO_SIDES = (320, 960)


@dataclass(frozen=True)
class ReceiptLine:
    """What came of one order line, in packs; a rejection needs one of REJECT_REASONS.

    `extra_packs` came beyond the order: they go back, or (`keep_extra`) wait for a second person.
    `weights_g` is a weighed sample, `photo` the bytes of a picture of what is wrong. `empties_packs` are
    empty containers that the truck takes along; unless counted, as many as came, as far as there are any.
    """

    line_id: int
    accepted_packs: int
    rejected_packs: int = 0
    reason: str = ""
    expires_on: date | None = None
    extra_packs: int = 0
    keep_extra: bool = False
    weights_g: tuple[int, ...] = ()
    photo: bytes | None = field(default=None, repr=False)
    empties_packs: int | None = None


@dataclass(frozen=True)
class HandOver:
    """Who handed the goods over; `image` is the signature that a finger drew, as the phone sent it."""

    driver_name: str
    image: bytes | None = field(default=None, repr=False)


@dataclass
class _Counted:
    """An order line with what was counted at the door and what it costs on the shelf."""

    line: PurchaseOrderLine
    given: ReceiptLine
    limit_g: int | None = None
    cost_rp: int = 0
    gross_g: int = field(default=0)


def receive_goods(
    actor: Actor,
    order_id: int,
    lines: list[ReceiptLine],
    note: str = "",
    hand_over: HandOver | None = None,
) -> GoodsReceipt:
    """Book one delivery: receipt, stock, order progress, claims and journal entry, all or nothing.

    Freight by the pack follows the accepted packs; costs per trip go into the first delivery of
    which something is accepted, split by weight. What came beyond the order is not booked; when it
    shall be kept, a second person is asked. Empties of goods in containers go along with the truck.
    Emits `goods_received`. Raises Refused when more is counted than is open, a rejection has no
    reason, goods have expired, fewer packs are rejected than were weighed too light, more empties go
    along than there are, or nothing is counted at all.
    """
    actor.require(Permission.GOODS_RECEIVE)
    set_off_if_planned(queries.order_for(actor, order_id).id)
    order = queries.order_for(actor, order_id, lock=True)
    if order.state != "issued":
        raise Refused(_("Pesanan ini sudah selesai."))
    order_lines = queries.lines_of(order.id)
    counted = _count(order_lines, lines)
    lump_lines = _cost(order, order_lines, counted)
    receipt = write_receipt(actor, order, counted, note, hand_over)
    faults.point("receipt_written")
    _onto_the_shelf(actor, receipt, counted)
    _empties_along(actor, order, receipt, counted)
    _progress(order, order_lines, counted, lump_lines)
    _open_claims(actor, order, counted)
    came = [one.line for one in counted if one.given.accepted_packs]
    end_claims(actor, came, "replaced", stored("barang pengganti diterima"))
    _ask_for_extra(actor, receipt, counted)
    finish(actor, order, receipt)
    leave_truck(actor, order)
    return receipt


def finish(actor: Actor, order: PurchaseOrder, receipt: GoodsReceipt) -> None:
    """The books and the news of a receipt that is on the shelf."""
    if receipt.value_rp:
        ledger.post(actor, order.organization_id, postings.for_goods_receipt(receipt, order))
    faults.point("receipt_posted")
    jobs.enqueue(
        "goods_received",
        {"order_id": order.id, "receipt_id": receipt.id},
        unique_key=f"goods_received:{receipt.id}",
    )
    close_if_done(actor, order)


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
        limit_g = _check_sample(line, one)
        if one.accepted_packs or one.rejected_packs or one.extra_packs:
            counted.append(_Counted(line, one, limit_g))
    if not counted:
        raise Refused(_("Isi jumlah yang datang. Bila tidak ada yang datang, batalkan sisanya."))
    return counted


def _check_count(line: PurchaseOrderLine, one: ReceiptLine) -> None:
    most = money.group(line.open_packs)
    if one.accepted_packs < 0:
        raise Refused(_("Jumlah tidak boleh kurang dari nol."), field=f"accepted_{line.id}")
    if one.rejected_packs < 0:
        raise Refused(_("Jumlah tidak boleh kurang dari nol."), field=f"rejected_{line.id}")
    if one.extra_packs < 0 or (one.extra_packs and one.accepted_packs + one.rejected_packs < line.open_packs):
        text = _("Kelebihan baru ada setelah semua yang ditunggu (%(most)s) dihitung.", most=most)
        raise Refused(text, field=f"extra_{line.id}")
    if one.accepted_packs > line.open_packs:
        text = _(
            "Paling banyak %(most)s yang masih ditunggu. Tulis kelebihannya di tempatnya sendiri.", most=most
        )
        raise Refused(text, field=f"accepted_{line.id}")
    if one.accepted_packs + one.rejected_packs > line.open_packs:
        text = _("Diterima dan ditolak bersama paling banyak %(most)s, yang masih ditunggu.", most=most)
        raise Refused(text, field=f"rejected_{line.id}")
    if one.rejected_packs and one.reason not in REJECT_REASONS:
        raise Refused(_("Pilih alasan penolakan."), field=f"reason_{line.id}")
    if one.accepted_packs and one.expires_on is not None and one.expires_on <= clock.today():
        text = _("Barang ini sudah kedaluwarsa: tolak, jangan diterima.")
        raise Refused(text, field=f"expires_on_{line.id}")


def _check_sample(line: PurchaseOrderLine, one: ReceiptLine) -> int | None:
    """What a pack must weigh at least; packs found lighter are rejected, not taken and forgotten."""
    if not one.weights_g:
        return None
    pack = commodities.pack(line.pack_id or 0)
    where = f"weights_{line.id}"
    if pack.tolerance_g is None or pack.commodity.base_unit != "g":
        raise Refused(_("Untuk kemasan ini hukum tidak menentukan batas timbangan."), field=where)
    if len(one.weights_g) > min(MAX_WEIGHED, one.accepted_packs + one.rejected_packs):
        raise Refused(_("Yang ditimbang lebih banyak daripada yang datang."), field=where)
    if not all(pack.size_base // 2 <= weight <= 2 * pack.size_base for weight in one.weights_g):
        raise Refused(_("Tulis berat bersih tiap kemasan dalam kg, misalnya 24,9 25 24,8."), field=where)
    verdict = judge(pack.size_base - pack.tolerance_g, one.weights_g)
    if one.rejected_packs < verdict.light_packs:
        text = _(
            "%(light)s kemasan lebih ringan dari batas %(limit)s kg: tolak sekurangnya sebanyak itu.",
            light=verdict.light_packs,
            limit=format_number(verdict.limit_g / 1000, 2),
        )
        raise Refused(text, field=f"rejected_{line.id}")
    return verdict.limit_g


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


def write_receipt(
    actor: Actor, order: PurchaseOrder, counted: list[_Counted], note: str, hand_over: HandOver | None = None
) -> GoodsReceipt:
    """The receipt with its lines, pictures encoded anew."""
    receipt = GoodsReceipt(
        organization_id=order.organization_id,
        order_id=order.id,
        number=next_number(order.organization_id, "BPB"),
        received_on=clock.today(),
        received_at=clock.now(),
        received_by=actor.user_id,
        note=clean(note, MAX_NOTE, multiline=True),
        value_rp=sum(one.cost_rp for one in counted),
        **_signed(hand_over),
    )
    db.session.add(receipt)
    db.session.flush()
    db.session.add_all(_line(receipt, one) for one in counted)
    db.session.flush()
    return receipt


def _signed(hand_over: HandOver | None) -> dict[str, Any]:
    name = clean(hand_over.driver_name, MAX_DRIVER) if hand_over else ""
    if not name:
        if hand_over and hand_over.image:
            raise Refused(_("Tulis nama yang menandatangani."), field="driver_name")
        return {}
    drawn = hand_over.image if hand_over else None
    picture = files.store_photo(drawn, (SIGNATURE_SIDE,), private=True).name if drawn else None
    return {"driver_name": name, "signature": picture, "signed_at": clock.now()}


def _line(receipt: GoodsReceipt, one: _Counted) -> GoodsReceiptLine:
    given = one.given
    return GoodsReceiptLine(
        organization_id=receipt.organization_id,
        receipt_id=receipt.id,
        order_line_id=one.line.id,
        delivered_packs=given.accepted_packs + given.rejected_packs,
        accepted_packs=given.accepted_packs,
        rejected_packs=given.rejected_packs,
        reason=given.reason if given.rejected_packs else "",
        cost_rp=one.cost_rp,
        expires_on=given.expires_on if given.accepted_packs else None,
        extra_packs=given.extra_packs,
        photo=files.store_photo(given.photo, PHOTO_SIDES, private=True).name if given.photo else None,
        weights_g=list(given.weights_g),
        limit_g=one.limit_g,
    )


def _ask_for_extra(actor: Actor, receipt: GoodsReceipt, counted: list[_Counted]) -> None:
    """A second person decides on what came beyond the order; administered goods always go back."""
    kept = {one.line.id: one.line for one in counted if one.given.extra_packs and one.given.keep_extra}
    for row, line in queries.receipt_lines(receipt.id):
        if line.id in kept:
            if commodities.pack(line.pack_id or 0).commodity.handling == "administered":
                text = _("Barang berharga tetap pemerintah tidak boleh melebihi pesanan: kembalikan.")
                raise Refused(text, field=f"extra_{line.id}")
            approvals.propose(actor, queries.EXTRA, row, organization_id=receipt.organization_id)
    if kept:
        announce_extra(receipt)


def _onto_the_shelf(actor: Actor, receipt: GoodsReceipt, counted: list[_Counted]) -> None:
    for one in counted:
        if one.given.accepted_packs:
            given = one.given
            shelve(actor, receipt, one.line, given.accepted_packs, one.cost_rp, given.expires_on)


def _empties_along(
    actor: Actor, order: PurchaseOrder, receipt: GoodsReceipt, counted: list[_Counted]
) -> None:
    """The driver takes empties for the full ones; fewer are owed from now on, more wait at the supplier."""
    for one in counted:
        container = containers.container_of(commodities.pack(one.line.pack_id or 0).code)
        given = one.given.empties_packs
        if container is None:
            continue
        there = containers.empties_at_hand(receipt.organization_id, container.code)
        where = f"empties_{one.line.id}"
        if given is not None and not 0 <= given <= there:
            text = _("Di gerai ada %(there)s tabung kosong.", there=money.group(there))
            raise Refused(text, field=where)
        along = min(one.given.accepted_packs, there) if given is None else given
        source = receipt_source(receipt, one.line)
        empties.hand_back_at_door(actor, receipt.organization_id, order.supplier_id, container, along, source)


def receipt_source(receipt: GoodsReceipt, line: PurchaseOrderLine) -> str:
    """What moves of one line of a receipt name as their cause."""
    return f"goods_receipt:{receipt.id}:{line.id}"


def shelve(
    actor: Actor,
    receipt: GoodsReceipt,
    line: PurchaseOrderLine,
    packs: int,
    cost_rp: int,
    expires_on: date | None = None,
) -> None:
    """Packs of an order line go onto the shelf at their cost."""
    pack = commodities.pack(line.pack_id or 0)
    item = stock.item_for_pack(receipt.organization_id, pack.id)
    stock.move_in(
        actor,
        receipt.organization_id,
        item.id,
        packs * pack.size_base,
        cost_rp,
        receipt_source(receipt, line),
        expires_on=expires_on,
        supplier_id=queries.order(line.order_id).supplier_id,
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
        if not line.unit_price_rp:
            line.billed_packs = line.received_packs
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
                answer_by_at=answer_by(clock.now(), ANSWER_DAYS.value(organization_id=order.organization_id)),
            )
            db.session.add(claim)
            db.session.flush()
            states.start(claim, actor)
            announce_claim(claim, order, order.supplier_id)
