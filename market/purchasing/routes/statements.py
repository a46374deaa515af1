"""The account between a cooperative and a supplier: the same page for both, on screen and on paper."""

from __future__ import annotations

from datetime import date

from flask import render_template, request

from market.core import clock, money, render, text
from market.core.errors import Refused
from market.core.i18n import _, format_date, lazy
from market.core.permissions import Permission
from market.identity import queries as identity
from market.purchasing import queries
from market.purchasing.routes.base import Answer, bp, download
from market.purchasing.routes.printing import back_to, contact, head
from market.web.access import current_actor, requires

KINDS = {
    "supplier_bill": lazy("Tagihan"),
    "supplier_payment": lazy("Pembayaran"),
    "advance_returned": lazy("Uang muka kembali"),
    "credit_note": lazy("Nota kredit"),
    "credit_money": lazy("Nota kredit dibayar kembali"),
    "reversal": lazy("Pembetulan"),
}


def _word(line: queries.StatementLine) -> str:
    return f"{KINDS.get(line.kind, line.kind)} {line.reference}".strip()


def _asked(name: str, otherwise: date) -> date:
    """A day of the address; one that cannot be read counts as not given."""
    try:
        return text.parse_date(request.args[name])
    except (KeyError, Refused):
        return otherwise


def _found(other_id: int) -> tuple[int, int, date, date, queries.Statement]:
    actor, today = current_actor(), clock.today()
    if actor.organization_kind == "cooperative":
        actor.require(Permission.BOOKS_VIEW)
    buyer_id, supplier_id = queries.parties(actor, other_id)
    since, until = _asked("sejak", today.replace(day=1)), _asked("sampai", today)
    return buyer_id, supplier_id, since, until, queries.statement(buyer_id, supplier_id, since, until)


@bp.get("/rekening-pemasok/<int:other_id>")
@requires(Permission.ORDERS_VIEW)
def show_statement(other_id: int) -> Answer:
    """What was owed, billed and paid from a day to another (a cycle, a month)."""
    buyer_id, supplier_id, since, until, found = _found(other_id)
    return render_template(
        "purchasing/show_statement.html",
        buyer=identity.organization(buyer_id),
        supplier=identity.organization(supplier_id),
        other_id=other_id,
        since=since,
        until=until,
        found=found,
        deliveries=queries.deliveries_between(buyer_id, supplier_id, since, until),
        word=_word,
    )


def _by_delivery(days: list[queries.Delivery]) -> list[render.Section]:
    """What each delivery day (an order cycle) came to."""
    if not days:
        return []
    heads = (
        *(_("Diterima"), _("Dikembalikan"), _("Ditagih")),
        *(_("Dikreditkan"), _("Dibayar"), _("Belum dibayar")),
    )
    rows = [
        (
            format_date(each.on),
            money.format_rp(each.received_rp),
            money.format_rp(each.returned_rp),
            money.format_rp(each.billed_rp),
            money.format_rp(each.credited_rp),
            money.format_rp(each.paid_rp),
            money.format_rp(each.open_rp),
        )
        for each in days
    ]
    columns = (
        render.PdfColumn(_("Pengiriman"), 1.3),
        *(render.PdfColumn(word, 1.2, "right") for word in heads),
    )
    return [render.Section(_("Per siklus pengiriman"), columns=columns, rows=rows)]


@bp.get("/rekening-pemasok/<int:other_id>.pdf")
@requires(Permission.ORDERS_VIEW)
def export_statement(other_id: int) -> Answer:
    """The same on A4."""
    buyer_id, supplier_id, since, until, found = _found(other_id)
    buyer, supplier = identity.organization(buyer_id), identity.organization(supplier_id)
    opening = ("", _("Saldo awal"), "", money.format_rp(found.opening_rp))
    rows = [
        (format_date(each.on), _word(each), money.format_rp(each.amount_rp), money.format_rp(each.balance_rp))
        for each in found.lines
    ]
    data = render.document(
        _("Rekening pemasok"),
        f"RP-{buyer_id}-{supplier_id}-{until:%Y%m%d}",
        letterhead=head(buyer),
        parties=(
            render.Party(_("Pembeli"), buyer.name, contact(buyer)),
            render.Party(_("Pemasok"), supplier.name, contact(supplier)),
        ),
        meta=(
            (_("Masa"), f"{format_date(since)} - {format_date(until)}"),
            (_("Utang pada awal"), money.format_rp(found.opening_rp)),
        ),
        columns=(
            render.PdfColumn(_("Tanggal"), 1.2),
            render.PdfColumn(_("Uraian"), 2.6),
            render.PdfColumn(_("Perubahan"), 1.4, "right"),
            render.PdfColumn(_("Utang"), 1.4, "right"),
        ),
        rows=[opening, *rows],
        totals=((_("Utang pada akhir"), money.format_rp(found.closing_rp)),),
        sections=_by_delivery(queries.deliveries_between(buyer_id, supplier_id, since, until)),
        notes=[_("Dibaca dari buku %(name)s. Beda catatan? Beri tahu dalam tujuh hari.", name=buyer.name)],
        signatures=(_("Pembeli"), _("Pemasok")),
        link=back_to("show_statement", other_id=other_id, sejak=since, sampai=until),
    )
    return download(data, f"rekening-{other_id}-{until.isoformat()}", "pdf")
