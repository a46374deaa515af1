"""Prepaid buying on paper: the receipt of a buyer's money."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from market.core import messages, money, render
from market.core.errors import NotFound
from market.core.history import history_of
from market.core.i18n import _, format_date, format_datetime
from market.identity import queries as identity
from market.identity.models import Organization
from market.prepaid import forms, queries
from market.prepaid.models import PrepaidPool, PrepaidShare
from market.prepaid.routes.blueprint import bp, share_word
from market.web.access import public


@bp.get("/setoran-saya/<token>/kuitansi.pdf")
@public
def export_receipt(token: str) -> Response:
    """The receipt on A4, for whoever holds the buyer's secret link; no receipt before the money came."""
    share = queries.share_by_token(token)
    if share.state in ("awaiting_payment", "cancelled"):
        raise NotFound(_("Belum ada kuitansi: setoran ini belum dibayar."))
    shop = identity.organization(share.organization_id)
    name = f"kuitansi-{share.number.replace('/', '-')}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }
    return Response(
        _receipt(share, queries.pool_of(share), shop), headers=headers, mimetype="application/pdf"
    )


def _receipt(share: PrepaidShare, pool: PrepaidPool, shop: Organization) -> bytes:
    paid = next((change.at for change in history_of(share) if change.to_state == "paid"), share.state_at)
    phone = f"+{shop.phone}" if shop.phone else ""
    contact = tuple(part for part in (shop.address, phone) if part)
    terms = _(
        "Uang ini dititipkan. Bila setoran cukup, barang dibeli dan datang %(day)s. Bila tidak cukup, "
        "uang kembali paling lambat %(back)s.",
        day=format_date(pool.delivery_on),
        back=format_date(pool.refund_by_on),
    )
    return render.document(
        _("Kuitansi setor beli"),
        share.number,
        letterhead=render.Letterhead(shop.name, contact),
        parties=(
            render.Party(_("Diterima dari"), share.buyer_name, (f"+{share.phone}",)),
            render.Party(_("Diterima oleh"), shop.name, contact),
        ),
        meta=(
            (_("Dibayar"), format_datetime(paid)),
            (_("Masuk ke"), str((forms.ACCOUNTS | forms.ONLINE)[share.account])),
            (_("Setor beli"), pool.number),
            *([(_("Keadaan"), _("Uang sudah dikembalikan"))] if share.state == "refunded" else []),
        ),
        columns=(
            render.PdfColumn(_("Untuk"), 3),
            render.PdfColumn(_("Bagian"), 1.4, "right"),
            render.PdfColumn(_("Harga"), 1.4, "right"),
            render.PdfColumn(_("Jumlah"), 1.6, "right"),
        ),
        rows=[
            (
                pool.pack.commodity.name,
                f"{money.group(share.shares)} x {share_word(pool)}",
                money.format_rp(pool.price_rp),
                money.format_rp(share.amount_rp),
            )
        ],
        totals=((_("Uang diterima"), money.format_rp(share.amount_rp)),),
        notes=[_("Terbilang: %(words)s", words=f"{money.terbilang(share.amount_rp)} rupiah"), terms],
        signatures=(_("Penyetor"), _("Penerima uang")),
        link=messages.link(url_for("prepaid.show_receipt", token=share.token)),
    )
