"""The count at the door, on a phone, and the paper that both sides sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.empties import queries as containers
from market.identity import queries as identity
from market.purchasing import queries, services
from market.purchasing.forms import REASONS, ExtraForm, ReceiptForm
from market.purchasing.models import PurchaseOrderLine
from market.purchasing.models_trips import DeliveryTrip
from market.purchasing.routes.base import Answer, bp, is_buyer, sides, verdicts_of
from market.purchasing.routes.papers import handed_back_at
from market.web.access import current_actor, requires
from market.web.pictures import private_photo

DAYS_AHEAD = 7


@bp.get("/pesanan/<int:order_id>/terima")
@requires(Permission.GOODS_RECEIVE)
def new_receipt(order_id: int) -> Answer:
    """Per good one big number, filled in with what is awaited."""
    order = queries.order_for(current_actor(), order_id)
    lines = _open_lines(order.id)
    if order.state != "issued" or not lines:
        flash(_("Tidak ada barang yang masih ditunggu dari pesanan ini."), "warn")
        return redirect(url_for("purchasing.show", order_id=order.id), 303)
    return _new_receipt(order_id, form_of(lines, prefill=True), lines, 200)


def _open_lines(order_id: int) -> list[PurchaseOrderLine]:
    return [line for line in queries.goods_lines(order_id) if line.open_packs]


def form_of(lines: list[PurchaseOrderLine], prefill: bool = False) -> ReceiptForm:
    """The form of the count; filled in with what the truck brings if `prefill`."""
    made = ReceiptForm.for_lines([(line.id, line.description) for line in lines])
    choices = [("", _("Pilih sebabnya")), *((value, str(label)) for value, label in REASONS.items())]
    orders = {line.order_id for line in lines} if prefill else set()
    brought = {line: packs for order in orders for line, packs in queries.expected_shares(order).items()}
    most = {line.id: min(line.open_packs, brought.get(line.id, line.open_packs)) for line in lines}
    data = {f"accepted_{line.id}": most[line.id] for line in lines} if prefill else None
    if data is not None:
        there = empties_of(lines)
        data |= {f"empties_{line_id}": min(most[line_id], empty) for line_id, empty in there.items()}
    return made.load(data, **{f"reason_{line.id}": choices for line in lines})


def empties_of(lines: list[PurchaseOrderLine]) -> dict[int, int]:
    """Order line of goods in containers -> empties that could go along with the truck."""
    own = current_actor().organization_id or 0
    found = {
        line.id: containers.container_of(commodities.pack(line.pack_id or 0).code)
        for line in lines
        if line.pack_id
    }
    return {
        line_id: containers.empties_at_hand(own, container.code)
        for line_id, container in found.items()
        if container is not None
    }


def _new_receipt(order_id: int, form: ReceiptForm, lines: list[PurchaseOrderLine], status: int) -> Answer:
    order = queries.order_for(current_actor(), order_id)
    buyer, supplier = sides(order)
    page = render_template(
        "purchasing/new_receipt.html",
        order=order,
        supplier=supplier,
        buyer=buyer,
        lines=lines,
        limits={line.id: limit_g(line) for line in lines},
        expected=queries.expected_shares(order.id),
        empties=empties_of(lines),
        riding=queries.stops_of_orders([order.id]).get(order.id),
        form=form,
    )
    return page, status


def limit_g(line: PurchaseOrderLine) -> int | None:
    """The least that a pack may weigh by law; None where the law names nothing."""
    pack = commodities.pack(line.pack_id or 0)
    if pack.tolerance_g is None or pack.commodity.base_unit != "g":
        return None
    return pack.size_base - pack.tolerance_g


@bp.post("/pesanan/<int:order_id>/terima")
@requires(Permission.GOODS_RECEIVE)
def create_receipt(order_id: int) -> Answer:
    """Book the delivery."""
    actor = current_actor()
    lines = _open_lines(queries.order_for(actor, order_id).id)
    form = form_of(lines)
    if form.validate():
        with form.guard():
            hand_over = services.HandOver(form.driver_name.data or "", form.signature.data)
            note = form.note.data or ""
            receipt = services.receive_goods(actor, order_id, counted(form, lines), note, hand_over)
            flash(_("Penerimaan tercatat. Stok dan buku sudah ikut berubah."))
            return redirect(url_for("purchasing.show_receipt", receipt_id=receipt.id), 303)
    return _new_receipt(order_id, form, lines, 422)


def counted(form: ReceiptForm, lines: list[PurchaseOrderLine]) -> list[services.ReceiptLine]:
    """What was typed, line by line."""
    typed = form.values()
    return [
        services.ReceiptLine(
            line.id,
            typed[f"accepted_{line.id}"],
            typed[f"rejected_{line.id}"] or 0,
            typed[f"reason_{line.id}"] or "",
            typed[f"expires_on_{line.id}"],
            extra_packs=typed[f"extra_{line.id}"] or 0,
            keep_extra=typed[f"keep_{line.id}"],
            weights_g=tuple(typed[f"weights_{line.id}"] or ()),
            photo=_bytes(typed[f"photo_{line.id}"]),
            empties_packs=typed[f"empties_{line.id}"],
        )
        for line in lines
    ]


def _bytes(upload: Any) -> bytes | None:
    return upload.read() if upload is not None else None


@bp.get("/penerimaan")
@requires(Permission.GOODS_RECEIVE)
def index_receipts() -> Answer:
    """What comes today, what is late, what comes within a week; what came beyond an order and waits."""
    return _index_receipts(ExtraForm.load(), 0, 200)


def _index_receipts(form: ExtraForm, line_id: int, status: int) -> Answer:
    actor, today = current_actor(), clock.today()
    stops = queries.arrivals(actor, today + timedelta(days=DAYS_AHEAD))
    groups = [
        (_("Terlambat"), [stop for stop in stops if stop.order.delivery_on < today]),
        (_("Hari ini"), [stop for stop in stops if stop.order.delivery_on == today]),
        (_("Tujuh hari ke depan"), [stop for stop in stops if stop.order.delivery_on > today]),
    ]
    page = render_template(
        "purchasing/index_receipts.html",
        groups=[(label, found) for label, found in groups if found],
        together=_together(actor),
        extras=queries.waiting_extras(actor),
        form=form,
        line_id=line_id,
    )
    return page, status


def _together(actor: Actor) -> list[tuple[queries.Door, DeliveryTrip, str]]:
    """Doors at which several orders come in one visit."""
    found = []
    for stop, trip in queries.coming_stops(actor):
        door = next(each for each in queries.doors_of(trip.id, stop.buyer_id) if each.stop.id == stop.id)
        found.append((door, trip, identity.names({trip.organization_id})[trip.organization_id]))
    return found


@bp.post("/penerimaan/lebih/<int:line_id>/persetujuan")
@requires(Permission.NEEDS_APPROVE)
def create_extra_approval(line_id: int) -> Answer:
    """The second person takes what came beyond the order."""
    form = ExtraForm.load()
    try:
        receipt = services.decide_extra(current_actor(), line_id, approve=True)
    except Refused as refusal:
        form.refuse(refusal)
        return _index_receipts(form, line_id, 422)
    flash(_("Kelebihan diambil. Stok, pesanan, dan buku sudah ikut berubah."))
    return redirect(url_for("purchasing.show_receipt", receipt_id=receipt.id if receipt else 0), 303)


@bp.post("/penerimaan/lebih/<int:line_id>/penolakan")
@requires(Permission.NEEDS_APPROVE)
def create_extra_rejection(line_id: int) -> Answer:
    """The second person sends it back."""
    form = ExtraForm.load()
    queries.receipt_line_for(current_actor(), line_id)
    if form.validate():
        with form.guard():
            services.decide_extra(current_actor(), line_id, approve=False, reason=str(form.reason.data))
            flash(_("Kelebihan dikembalikan kepada pemasok."))
            return redirect(url_for("purchasing.index_receipts"), 303)
    return _index_receipts(form, line_id, 422)


@bp.get("/penerimaan/<int:receipt_id>")
@requires(Permission.ORDERS_VIEW)
def show_receipt(receipt_id: int) -> Answer:
    """The hand-over certificate (BAST) on A4."""
    receipt, order, counted_by = queries.receipt_for(current_actor(), receipt_id)
    buyer, supplier = sides(order)
    return render_template(
        "purchasing/show_receipt.html",
        receipt=receipt,
        order=order,
        counted_by=counted_by,
        buys=is_buyer(current_actor(), order),
        buyer=buyer,
        supplier=supplier,
        lines=queries.receipt_lines(receipt.id),
        verdicts=verdicts_of(receipt.id),
        extras=queries.extras_of(receipt.id),
        handed_back=handed_back_at(receipt),
    )


@bp.get("/penerimaan/<int:receipt_id>/tanda-tangan")
@requires(Permission.ORDERS_VIEW)
def show_signature(receipt_id: int) -> Answer:
    """What the driver drew with a finger."""
    receipt = queries.receipt_for(current_actor(), receipt_id)[0]
    return private_photo(receipt.signature, services.SIGNATURE_SIDE)


@bp.get("/penerimaan/<int:receipt_id>/foto/<int:line_id>")
@requires(Permission.ORDERS_VIEW)
def show_photo(receipt_id: int, line_id: int) -> Answer:
    """What was wrong with a rejected pack."""
    receipt = queries.receipt_for(current_actor(), receipt_id)[0]
    rows = {row.id: row for row, _line in queries.receipt_lines(receipt.id)}
    if line_id not in rows:
        raise NotFound(_("Foto tidak ditemukan."))
    return private_photo(rows[line_id].photo, services.PHOTO_SIDES[-1])
