"""Buying on paper: order, hand-over certificate, receipt of goods, bill. Each is a clean A4 as PDF."""

from __future__ import annotations

from collections.abc import Sequence

from market.core import money, render
from market.core.errors import NotFound
from market.core.i18n import _, format_date, format_datetime
from market.core.permissions import Permission
from market.empties import queries as containers
from market.places import queries as places
from market.purchasing import queries, services
from market.purchasing.forms import REASONS
from market.purchasing.models import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, PurchaseOrderLine
from market.purchasing.routes.base import (
    Answer,
    amount_of,
    bp,
    download,
    is_buyer,
    sides,
    terms_of,
    unit_of,
    verdicts_of,
    weighed,
)
from market.purchasing.routes.printing import back_to, drawn, head, in_words, side
from market.purchasing.services.receiving import receipt_source
from market.web.access import current_actor, requires


def _file(number: str) -> str:
    return number.replace("/", "-")


@bp.get("/pesanan/<int:order_id>.pdf")
@requires(Permission.ORDERS_VIEW)
def export(order_id: int) -> Answer:
    """The purchase order."""
    order = queries.order_for(current_actor(), order_id)
    buyer, supplier = sides(order)
    place = places.names({order.place_code or ""}).get(order.place_code or "", "")
    lines = queries.lines_of(order.id)
    data = render.document(
        _("Pesanan pembelian"),
        order.number,
        letterhead=head(buyer),
        parties=(side(_("Pemesan"), buyer), side(_("Pemasok"), supplier)),
        meta=(
            (_("Diterbitkan"), format_date(order.issued_at)),
            (_("Dikirim"), f"{format_date(order.delivery_on)} · {place}"),
            (_("Cara bayar"), terms_of(order)),
        ),
        columns=(
            render.PdfColumn(_("Uraian"), 3),
            render.PdfColumn(_("Jumlah"), 2, "right"),
            render.PdfColumn(_("Harga"), 1.4, "right"),
            render.PdfColumn(_("Total"), 1.6, "right"),
        ),
        rows=[_ordered(line) for line in lines],
        totals=((_("Jumlah seluruhnya"), money.format_rp(order.total_rp)),),
        notes=[_("Terbilang: %(words)s", words=in_words(order.total_rp)), *_changes(lines)],
        signatures=(_("Pemesan"), _("Pemasok")),
        link=back_to("show", order_id=order.id),
    )
    return download(data, _file(order.number), "pdf")


def _ordered(line: PurchaseOrderLine) -> tuple[str, ...]:
    figures = (money.format_rp(line.unit_price_rp), money.format_rp(line.amount_rp))
    return (_(line.description), amount_of(line, line.ordered_packs), *figures)


def _changes(lines: Sequence[PurchaseOrderLine]) -> list[str]:
    """What will not come of the order, so that an old print cannot speak for it."""
    return [
        _("%(goods)s: %(packs)s dibatalkan.", goods=line.description, packs=amount_of(line, n))
        for line in lines
        if line.kind == "goods" and (n := line.cancelled_packs)
    ]


@bp.get("/penerimaan/<int:receipt_id>.pdf")
@requires(Permission.ORDERS_VIEW)
def export_receipt(receipt_id: int) -> Answer:
    """The hand-over certificate: what both sides counted at the door, with the driver's signature."""
    receipt, order, counted_by = queries.receipt_for(current_actor(), receipt_id)
    buyer, supplier = sides(order)
    verdicts, handed_back = verdicts_of(receipt.id), handed_back_at(receipt)
    rows = [
        (
            line.description,
            amount_of(line, row.delivered_packs),
            amount_of(line, row.accepted_packs),
            money.group(row.rejected_packs) if row.rejected_packs else "-",
            _remark(row, verdicts.get(row.id), handed_back.get(row.id, 0)),
        )
        for row, line in queries.receipt_lines(receipt.id)
    ]
    signed = f"{receipt.driver_name}, {format_datetime(receipt.signed_at)}" if receipt.signed_at else "-"
    data = render.document(
        _("Berita acara serah terima"),
        receipt.number,
        letterhead=head(buyer),
        parties=(side(_("Menerima"), buyer), side(_("Menyerahkan"), supplier)),
        meta=(
            (_("Pesanan"), f"{order.number} · {format_date(order.issued_at)}"),
            (_("Diterima"), format_datetime(receipt.received_at)),
            (_("Dihitung oleh"), counted_by or "-"),
            (_("Ditandatangani di layar"), signed),
        ),
        columns=(
            render.PdfColumn(_("Barang"), 2.4),
            render.PdfColumn(_("Surat jalan"), 1.6, "right"),
            render.PdfColumn(_("Diterima"), 1.6, "right"),
            render.PdfColumn(_("Ditolak"), 0.8, "right"),
            render.PdfColumn(_("Sebab"), 2),
        ),
        rows=rows,
        notes=[
            *([receipt.note] if receipt.note else []),
            _("Dihitung bersama di pintu. Yang berbeda hitungan memberi tahu paling lambat dua hari kerja."),
        ],
        signatures=(
            render.Signature(_("Yang menyerahkan"), receipt.driver_name, drawn(receipt)),
            render.Signature(_("Yang menerima"), counted_by or ""),
        ),
        link=back_to("show_receipt", receipt_id=receipt.id),
    )
    return download(data, _file(receipt.number), "pdf")


def handed_back_at(receipt: GoodsReceipt) -> dict[int, int]:
    """Receipt line -> empty containers that went along with the truck."""
    rows = queries.receipt_lines(receipt.id)
    sources = {receipt_source(receipt, line): row.id for row, line in rows}
    found = containers.handed_back_at(receipt.organization_id, sources)
    return {sources[source]: count for source, count in found.items()}


def _remark(row: GoodsReceiptLine, verdict: services.Verdict | None, empties: int) -> str:
    """Why packs were not taken, what the scales said, what went back, which empties went along."""
    said = [str(REASONS[row.reason])] if row.reason else []
    if verdict is not None:
        said.append(weighed(verdict))
    if row.extra_packs:
        said.append(_("Lebih %(n)s dari pesanan", n=money.group(row.extra_packs)))
    if empties:
        said.append(_("%(n)s tabung kosong diserahkan", n=money.group(empties)))
    return "\n".join(said)


@bp.get("/penerimaan/<int:receipt_id>/bukti-terima.pdf")
@requires(Permission.ORDERS_VIEW)
def export_goods_receipt(receipt_id: int) -> Answer:
    """The cooperative's own receipt of goods: what went onto the shelf at which cost."""
    receipt, order, counted_by = queries.receipt_for(current_actor(), receipt_id)
    if not is_buyer(current_actor(), order):
        raise NotFound(_("Penerimaan tidak ditemukan."))
    buyer, supplier = sides(order)
    rows = [
        (
            line.description,
            amount_of(line, row.accepted_packs),
            format_date(row.expires_on) if row.expires_on else "-",
            money.format_rp(row.cost_rp),
        )
        for row, line in queries.receipt_lines(receipt.id)
        if row.accepted_packs
    ]
    data = render.document(
        _("Bukti terima barang"),
        receipt.number,
        letterhead=head(buyer),
        parties=(side(_("Menerima"), buyer), side(_("Dari pemasok"), supplier)),
        meta=(
            (_("Pesanan"), f"{order.number} · {format_date(order.issued_at)}"),
            (_("Diterima"), format_datetime(receipt.received_at)),
            (_("Dihitung oleh"), counted_by or "-"),
        ),
        columns=(
            render.PdfColumn(_("Barang"), 2.6),
            render.PdfColumn(_("Masuk stok"), 1.8, "right"),
            render.PdfColumn(_("Kedaluwarsa"), 1.4),
            render.PdfColumn(_("Nilai sampai di rak"), 1.6, "right"),
        ),
        rows=rows,
        totals=((_("Nilai masuk stok"), money.format_rp(receipt.value_rp)),),
        notes=[_("Nilai sudah termasuk ongkos kirim, ongkos turun, dan bagian ongkos truk.")],
        signatures=(render.Signature(_("Penerima barang"), counted_by or ""), _("Mengetahui")),
        link=back_to("show_receipt", receipt_id=receipt.id),
    )
    return download(data, f"{_file(receipt.number)}-bukti-terima", "pdf")


@bp.get("/tagihan/<int:bill_id>.pdf")
@requires(Permission.ORDERS_VIEW)
def export_bill(bill_id: int) -> Answer:
    """The supplier's bill as both sides hold it: for which goods of which order, due when, paid how far."""
    bill = queries.bill_for(current_actor(), bill_id)
    order = queries.order(bill.order_id)
    buyer, supplier = sides(order)
    rows = [
        (
            _(line.description),
            f"{money.group(row.packs)} {unit_of(line)}".strip(),
            money.format_rp(row.unit_price_rp),
            money.format_rp(row.amount_rp),
        )
        for row, line in queries.bill_lines(bill.id)
    ]
    data = render.document(
        _("Tagihan"),
        bill.reference,
        letterhead=head(supplier),
        parties=(side(_("Penjual"), supplier), side(_("Pembeli"), buyer)),
        meta=(
            (_("Pesanan"), f"{order.number} · {format_date(order.issued_at)}"),
            (_("Penerimaan"), _receipts(order)),
            (_("Tanggal tagihan"), format_date(bill.billed_on)),
            (_("Jatuh tempo"), f"{format_date(bill.due_on)} · {terms_of(order)}"),
            (_("Nomor di buku pembeli"), bill.number),
        ),
        columns=(
            render.PdfColumn(_("Uraian"), 3),
            render.PdfColumn(_("Jumlah"), 1.2, "right"),
            render.PdfColumn(_("Harga"), 1.4, "right"),
            render.PdfColumn(_("Total"), 1.6, "right"),
        ),
        rows=rows,
        totals=_owed(bill.amount_rp, bill.paid_rp),
        notes=[_("Terbilang: %(words)s", words=in_words(bill.amount_rp))],
        signatures=(_("Penjual"), _("Pembeli")),
        link=back_to("show_bill", bill_id=bill.id),
    )
    return download(data, f"tagihan-{_file(bill.number)}", "pdf")


def _receipts(order: PurchaseOrder) -> str:
    return ", ".join(receipt.number for receipt in queries.receipts_of(order.id)) or "-"


def _owed(amount_rp: int, paid_rp: int) -> tuple[tuple[str, str], ...]:
    whole = (_("Jumlah tagihan"), money.format_rp(amount_rp))
    if not paid_rp:
        return (whole,)
    paid = (_("Sudah dibayar"), money.format_rp(paid_rp))
    return (whole, paid, (_("Sisa"), money.format_rp(amount_rp - paid_rp)))
