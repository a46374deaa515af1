"""The consignment statement: on the page, on A4, as a WhatsApp text; for the seller and the cooperative."""

from __future__ import annotations

from typing import Any, Literal

from flask import current_app, render_template, url_for
from werkzeug.wrappers import Response

from market.core import messages, money, render
from market.core.errors import NotFound
from market.core.i18n import _, format_date
from market.core.permissions import Permission
from market.identity import queries as identity
from market.identity.models import Organization
from market.payments import queries_earnings
from market.sellers import queries
from market.sellers.queries import Statement
from market.sellers.routes.blueprint import Answer, bp, month, months, own_shop
from market.web.access import current_actor, requires


@bp.get("/usaha-saya/titipan")
@requires(Permission.EARNINGS_KEEP)
def show_own_statement() -> str:
    """What became of her goods and money in a month."""
    return _page(own_shop(), identity.organization(current_actor().organization_id or 0), own=True)


@bp.get("/usaha-saya/titipan.pdf")
@requires(Permission.EARNINGS_KEEP)
def export_own_statement() -> Answer:
    """The same on A4."""
    return _pdf(own_shop(), identity.organization(current_actor().organization_id or 0))


@bp.get("/titip-jual")
@requires(Permission.BOOKS_VIEW)
def index_statements() -> str:
    """Every seller of the cooperative with this month's figures."""
    shop = _shop()
    _chosen, first, last = month()
    sellers = queries.sellers_of(shop.id)
    found = [(seller, queries.statement(shop.id, seller.id, first, last)) for seller in sellers]
    return render_template("sellers/index_statements.html", found=found, since=first, until=last)


@bp.get("/titip-jual/<int:seller_id>")
@requires(Permission.BOOKS_VIEW)
def show_statement(seller_id: int) -> str:
    """One seller's statement, each line leading to its document."""
    return _page(_shop(), _seller(seller_id))


@bp.get("/titip-jual/<int:seller_id>.pdf")
@requires(Permission.BOOKS_VIEW)
def export_statement(seller_id: int) -> Answer:
    """The same on A4."""
    return _pdf(_shop(), _seller(seller_id))


def _shop() -> Organization:
    actor = current_actor()
    if actor.organization_kind != "cooperative":
        raise NotFound(_("Halaman ini untuk koperasi."))
    return identity.organization(actor.organization_id or 0)


def _seller(seller_id: int) -> Organization:
    known = {seller.id: seller for seller in queries.sellers_of(current_actor().organization_id or 0)}
    if seller_id not in known:
        raise NotFound(_("UMKM tidak ditemukan."))
    return known[seller_id]


def _page(shop: Organization, seller: Organization, own: bool = False) -> str:
    chosen, first, last = month()
    found = queries.statement(shop.id, seller.id, first, last)
    return render_template(
        "sellers/show_statement.html",
        shop=shop,
        seller=seller,
        found=found,
        own=own,
        chosen=chosen,
        months=months(),
        page="sellers.show_own_statement" if own else "sellers.show_statement",
        paper="sellers.export_own_statement" if own else "sellers.export_statement",
        which={} if own else {"seller_id": seller.id},
        links={} if own else {row.entry_id: _document(row.source) for row in found.money},
        next_on=queries_earnings.next_payout_on(shop.id),
        text=_text(shop, seller, found),
        link=messages.link(url_for("sellers.show_own_statement", bulan=chosen)),
    )


def _document(source: str) -> str | None:
    """The page of what an entry was written for."""
    kind, _colon, number = source.partition(":")
    page = current_app.config.get("SOURCE_PAGES", {}).get(kind)
    number = number.partition(":")[0]
    if not page or not number.isdecimal():
        return None
    values: dict[str, Any] = {page[2]: int(number)}
    return url_for(page[1], **values)


def _text(shop: Organization, seller: Organization, found: Statement) -> str:
    """The statement in two sentences, to send."""
    return _(
        "%(seller)s di %(shop)s, %(since)s sampai %(until)s: terjual %(sold)s, hak Anda %(earned)s, "
        "sudah dibayar %(paid)s, sisa %(owed)s. Dibayar lagi %(next)s.",
        seller=seller.name,
        shop=shop.name,
        since=format_date(found.since),
        until=format_date(found.until),
        sold=sum(row.sold for row in found.goods),
        earned=money.format_rp(found.earned_rp),
        paid=money.format_rp(found.paid_rp),
        owed=money.format_rp(found.closing_rp),
        next=format_date(queries_earnings.next_payout_on(shop.id)),
    )


def _pdf(shop: Organization, seller: Organization) -> Response:
    chosen, first, last = month()
    found = queries.statement(shop.id, seller.id, first, last)
    phone = f"+{shop.phone}" if shop.phone else ""
    contact = tuple(part for part in (shop.address, phone) if part)
    right: Literal["right"] = "right"
    content = render.document(
        _("Laporan titip jual"),
        f"{seller.id}/{chosen}",
        letterhead=render.Letterhead(shop.name, contact),
        parties=(render.Party(_("Untuk"), seller.name, ()), render.Party(_("Dari"), shop.name, contact)),
        meta=(
            (_("Mulai"), format_date(first)),
            (_("Sampai"), format_date(last)),
            (_("Hari membayar berikutnya"), format_date(queries_earnings.next_payout_on(shop.id))),
        ),
        columns=(
            render.PdfColumn(_("Barang"), 3),
            render.PdfColumn(_("Awal"), 1, right),
            render.PdfColumn(_("Masuk"), 1, right),
            render.PdfColumn(_("Terjual"), 1, right),
            render.PdfColumn(_("Kembali"), 1, right),
            render.PdfColumn(_("Rusak"), 1, right),
            render.PdfColumn(_("Sisa"), 1, right),
        ),
        rows=[
            (
                row.name,
                *(
                    money.group(n)
                    for n in (row.opening, row.brought, row.sold, row.returned, row.expired, row.on_hand)
                ),
            )
            for row in found.goods
        ],
        sections=(
            render.Section(
                _("Uang"),
                columns=(
                    render.PdfColumn(_("Tanggal"), 1.4),
                    render.PdfColumn(_("Keterangan"), 3),
                    render.PdfColumn(_("Jumlah"), 1.6, right),
                ),
                rows=[(format_date(row.on), row.text, money.format_rp(row.amount_rp)) for row in found.money],
            ),
        ),
        totals=(
            (_("Utang koperasi di awal"), money.format_rp(found.opening_rp)),
            (_("Dibayar pembeli"), money.format_rp(found.gross_rp)),
            (_("Komisi koperasi"), money.format_rp(found.commission_rp)),
            (_("Hak UMKM"), money.format_rp(found.earned_rp)),
            (_("Sudah dibayarkan"), money.format_rp(found.paid_rp)),
            (_("Utang koperasi di akhir"), money.format_rp(found.closing_rp)),
        ),
        signatures=(_("Bendahara"), _("UMKM")),
        link=messages.link(url_for("sellers.show_own_statement", bulan=chosen)),
    )
    name = f"titip-jual-{chosen}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, headers=headers, mimetype="application/pdf")
