"""The count at the door, on a phone, and the paper that both sides sign."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core import money, render
from market.core.i18n import _, format_date, format_datetime
from market.core.permissions import Permission
from market.purchasing import queries, services
from market.purchasing.forms import REASONS, ReceiptForm
from market.purchasing.models import PurchaseOrderLine
from market.purchasing.routes.base import Answer, amount_of, bp, download, sides
from market.purchasing.routes.orders import contact
from market.web.access import current_actor, requires


@bp.get("/pesanan/<int:order_id>/terima")
@requires(Permission.GOODS_RECEIVE)
def new_receipt(order_id: int) -> Answer:
    """Per good one big number, filled in with what is awaited."""
    order = queries.order_for(current_actor(), order_id)
    lines = _open_lines(order.id)
    if order.state != "issued" or not lines:
        flash(_("Tidak ada barang yang masih ditunggu dari pesanan ini."), "warn")
        return redirect(url_for("purchasing.show", order_id=order.id), 303)
    return _new_receipt(order_id, _form(lines, prefill=True), lines, 200)


def _open_lines(order_id: int) -> list[PurchaseOrderLine]:
    return [line for line in queries.goods_lines(order_id) if line.open_packs]


def _form(lines: list[PurchaseOrderLine], prefill: bool = False) -> ReceiptForm:
    made = ReceiptForm.for_lines([(line.id, line.description) for line in lines])
    choices = [("", _("Pilih sebabnya")), *((value, str(label)) for value, label in REASONS.items())]
    data = {f"accepted_{line.id}": line.open_packs for line in lines} if prefill else None
    return made.load(data, **{f"reason_{line.id}": choices for line in lines})


def _new_receipt(order_id: int, form: ReceiptForm, lines: list[PurchaseOrderLine], status: int) -> Answer:
    order = queries.order_for(current_actor(), order_id)
    buyer, supplier = sides(order)
    page = render_template(
        "purchasing/new_receipt.html", order=order, supplier=supplier, buyer=buyer, lines=lines, form=form
    )
    return page, status


@bp.post("/pesanan/<int:order_id>/terima")
@requires(Permission.GOODS_RECEIVE)
def create_receipt(order_id: int) -> Answer:
    """Book the delivery."""
    actor = current_actor()
    lines = _open_lines(queries.order_for(actor, order_id).id)
    form = _form(lines)
    if form.validate():
        with form.guard():
            receipt = services.receive_goods(actor, order_id, _counted(form, lines), form.note.data or "")
            flash(_("Penerimaan tercatat. Stok dan buku sudah ikut berubah."))
            return redirect(url_for("purchasing.show_receipt", receipt_id=receipt.id), 303)
    return _new_receipt(order_id, form, lines, 422)


def _counted(form: ReceiptForm, lines: list[PurchaseOrderLine]) -> list[services.ReceiptLine]:
    typed = form.values()
    return [
        services.ReceiptLine(
            line.id,
            typed[f"accepted_{line.id}"],
            typed[f"rejected_{line.id}"] or 0,
            typed[f"reason_{line.id}"] or "",
            typed[f"expires_on_{line.id}"],
        )
        for line in lines
    ]


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
        buyer=buyer,
        supplier=supplier,
        lines=queries.receipt_lines(receipt.id),
    )


@bp.get("/penerimaan/<int:receipt_id>.pdf")
@requires(Permission.ORDERS_VIEW)
def export_receipt(receipt_id: int) -> Answer:
    """The hand-over certificate as PDF."""
    receipt, order, counted_by = queries.receipt_for(current_actor(), receipt_id)
    buyer, supplier = sides(order)
    rows = [
        (
            line.description,
            amount_of(line, row.delivered_packs),
            amount_of(line, row.accepted_packs),
            money.group(row.rejected_packs) if row.rejected_packs else "-",
            str(REASONS[row.reason]) if row.reason else "",
        )
        for row, line in queries.receipt_lines(receipt.id)
    ]
    data = render.document(
        _("Berita acara serah terima"),
        receipt.number,
        letterhead=render.Letterhead(buyer.name, contact(buyer)),
        parties=(
            render.Party(_("Menerima"), buyer.name, contact(buyer)),
            render.Party(_("Menyerahkan"), supplier.name, contact(supplier)),
        ),
        meta=(
            (_("Pesanan"), f"{order.number} · {format_date(order.issued_at)}"),
            (_("Diterima"), format_datetime(receipt.received_at)),
            (_("Dihitung oleh"), counted_by or "-"),
        ),
        columns=(
            render.PdfColumn(_("Barang"), 2.4),
            render.PdfColumn(_("Surat jalan"), 1.6, "right"),
            render.PdfColumn(_("Diterima"), 1.6, "right"),
            render.PdfColumn(_("Ditolak"), 0.8, "right"),
            render.PdfColumn(_("Sebab"), 2),
        ),
        rows=rows,
        notes=[receipt.note] if receipt.note else [],
        signatures=(_("Yang menyerahkan"), _("Yang menerima")),
    )
    return download(data, receipt.number.replace("/", "-"), "pdf")
