"""A trip on paper: the driver's delivery list, each door's delivery note, and what was handed over there."""

from __future__ import annotations

from market.core import money, quantity, render
from market.core.errors import NotFound
from market.core.i18n import _, format_date, format_datetime
from market.core.permissions import Permission
from market.identity import queries as identity
from market.purchasing import queries
from market.purchasing.forms import REASONS
from market.purchasing.models import GoodsReceipt
from market.purchasing.models_trips import DeliveryTrip, TripStop
from market.purchasing.routes.base import Answer, amount_of, bp, download
from market.purchasing.routes.printing import back_to, drawn, head, side
from market.web.access import current_actor, requires


def _file(number: str) -> str:
    return number.replace("/", "-")


def _truck(trip: DeliveryTrip) -> tuple[tuple[str, str], ...]:
    """Who drives what, when."""
    return (
        (_("Hari kirim"), format_date(trip.delivery_on)),
        (_("Sopir"), trip.driver_name or "........................"),
        (_("Nomor polisi"), trip.plate or "........................"),
        (_("Berangkat"), format_datetime(trip.departed_at) if trip.departed_at else "-"),
        (_("Berat"), _kilos(trip.weight_g)),
    )


def _kilos(weight_g: int) -> str:
    return quantity.format_base(weight_g, "g")


@bp.get("/kiriman/<int:trip_id>/daftar.pdf")
@requires(Permission.ORDERS_VIEW)
def export_trip(trip_id: int) -> Answer:
    """The delivery list of a truck, stop by stop; each stop's code opens its buyer's page to receive."""
    trip = queries.trip_for(current_actor(), trip_id)
    doors = [door for door in queries.doors_of(trip.id) if door.orders]
    loads: dict[str, int] = {}
    for door in doors:
        for each in door.orders:
            for line, pack in each.lines:
                if each.row.live and line.open_packs:
                    word = f"{pack.name} ({pack.unit_word})"
                    loads[word] = loads.get(word, 0) + line.open_packs
    data = render.document(
        _("Daftar kirim"),
        trip.number,
        letterhead=head(identity.organization(trip.organization_id)),
        meta=_truck(trip),
        columns=(render.PdfColumn(_("Muatan"), 4), render.PdfColumn(_("Jumlah"), 1, "right")),
        rows=[(word, money.group(packs)) for word, packs in loads.items()],
        sections=[_section(door) for door in doors],
        notes=[_("Penerima memindai kode di tiap tempat untuk membuka halaman penerimaannya.")],
        signatures=(_("Yang memuat"), render.Signature(_("Sopir"), trip.driver_name)),
        link=back_to("show_trip", trip_id=trip.id),
    )
    return download(data, _file(trip.number), "pdf")


def _section(door: queries.Door) -> render.Section:
    place = door.place.name if door.place else ""
    phone = f"+{door.buyer.phone}" if door.buyer.phone else ""
    where = ", ".join(part for part in (door.buyer.address, place, phone) if part)
    return render.Section(
        f"{door.stop.position}. {door.buyer.name}",
        lines=[where, f"{door.stop.number} · {_kilos(door.weight_g)}"],
        columns=(
            render.PdfColumn(_("Pesanan"), 1.6),
            render.PdfColumn(_("Barang"), 2.4),
            render.PdfColumn(_("Jumlah"), 1.6, "right"),
        ),
        rows=[
            (each.order.number, line.description, amount_of(line, line.open_packs))
            for each in door.orders
            for line, _pack in each.lines
            if each.row.live and line.open_packs
        ],
        link=back_to("new_stop_receipt", stop_id=door.stop.id),
        caption=_("Pindai untuk menerima"),
        blanks=[
            _("Diterima oleh: ....................   Jam: ........   Tanda tangan: ....................")
        ],
    )


def _stop(stop_id: int) -> tuple[TripStop, DeliveryTrip, queries.Door]:
    stop, trip = queries.stop_for(current_actor(), stop_id)
    return stop, trip, next(door for door in queries.doors_of(trip.id) if door.stop.id == stop.id)


@bp.get("/kiriman/pintu/<int:stop_id>/surat-jalan.pdf")
@requires(Permission.ORDERS_VIEW)
def export_note(stop_id: int) -> Answer:
    """The delivery note (surat jalan) of one door, without prices: it travels with the goods."""
    stop, trip, door = _stop(stop_id)
    supplier = identity.organization(trip.organization_id)
    data = render.document(
        _("Surat jalan"),
        stop.number,
        letterhead=head(supplier),
        parties=(side(_("Pengirim"), supplier), side(_("Penerima"), door.buyer)),
        meta=(
            (_("Kiriman"), trip.number),
            (_("Tempat"), door.place.name if door.place else "-"),
            *_truck(trip)[:4],
        ),
        columns=(
            render.PdfColumn(_("Pesanan"), 1.6),
            render.PdfColumn(_("Barang"), 2.6),
            render.PdfColumn(_("Jumlah"), 1.8, "right"),
            render.PdfColumn(_("Datang"), 0.9),
            render.PdfColumn(_("Catatan"), 1.4),
        ),
        rows=[
            (each.order.number, line.description, amount_of(line, _loaded(each, line.id)), "......", "")
            for each in door.orders
            for line, _pack in each.lines
            if _loaded(each, line.id)
        ],
        notes=[_("Barang dihitung bersama di pintu. Yang kurang atau rusak ditulis sebelum ditandatangani.")],
        signatures=(
            _("Pengirim"),
            render.Signature(_("Sopir"), trip.driver_name),
            _("Penerima"),
        ),
        link=back_to("show_stop", stop_id=stop.id),
    )
    return download(data, _file(stop.number), "pdf")


def _loaded(riding: queries.Riding, line_id: int) -> int:
    """What the truck brought of a line: what is still open, and what was counted since it left."""
    line = next(line for line, _pack in riding.lines if line.id == line_id)
    return line.ordered_packs - line.cancelled_packs if not riding.row.live else line.open_packs


@bp.get("/kiriman/pintu/<int:stop_id>/serah-terima.pdf")
@requires(Permission.ORDERS_VIEW)
def export_stop_receipt(stop_id: int) -> Answer:
    """Proof of delivery: everything that was handed over at one door, with the signature drawn there."""
    stop, trip, door = _stop(stop_id)
    supplier = identity.organization(trip.organization_id)
    receipts = receipts_at(trip, door)
    if not receipts:
        raise NotFound(_("Belum ada yang diserahkan di pintu ini."))
    first = receipts[0]
    data = render.document(
        _("Berita acara serah terima"),
        stop.number,
        letterhead=head(door.buyer),
        parties=(side(_("Menerima"), door.buyer), side(_("Menyerahkan"), supplier)),
        meta=(
            (_("Kiriman"), f"{trip.number} · {format_date(trip.delivery_on)}"),
            (_("Diterima"), format_datetime(first.received_at)),
            (_("Bukti terima"), ", ".join(receipt.number for receipt in receipts)),
            (_("Ditandatangani di layar"), _signed(first)),
        ),
        columns=(
            render.PdfColumn(_("Pesanan"), 1.5),
            render.PdfColumn(_("Barang"), 2.2),
            render.PdfColumn(_("Diterima"), 1.6, "right"),
            render.PdfColumn(_("Ditolak"), 0.8, "right"),
            render.PdfColumn(_("Sebab"), 1.8),
        ),
        rows=[row for receipt in receipts for row in _handed_over(receipt)],
        notes=[
            _("Dihitung bersama di pintu. Yang berbeda hitungan memberi tahu paling lambat dua hari kerja.")
        ],
        signatures=(
            render.Signature(_("Yang menyerahkan"), first.driver_name, drawn(first)),
            render.Signature(_("Yang menerima"), ""),
        ),
        link=back_to("show_stop", stop_id=stop.id),
    )
    return download(data, f"serah-terima-{_file(stop.number)}", "pdf")


def _signed(receipt: GoodsReceipt) -> str:
    if receipt.signed_at is None:
        return "-"
    return f"{receipt.driver_name}, {format_datetime(receipt.signed_at)}"


def receipts_at(trip: DeliveryTrip, door: queries.Door) -> list[GoodsReceipt]:
    """What was counted at a door since the truck left, oldest first."""
    if trip.departed_at is None:
        return []
    found = [receipt for each in door.orders for receipt in queries.receipts_of(each.order.id)]
    return sorted((r for r in found if r.received_at >= trip.departed_at), key=lambda r: r.id)


def _handed_over(receipt: GoodsReceipt) -> list[tuple[str, ...]]:
    number = queries.order(receipt.order_id).number
    return [
        (
            number,
            line.description,
            amount_of(line, row.accepted_packs),
            money.group(row.rejected_packs) if row.rejected_packs else "-",
            str(REASONS[row.reason]) if row.reason else "",
        )
        for row, line in queries.receipt_lines(receipt.id)
    ]
