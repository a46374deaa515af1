"""A supplier's offers as a list and as a spreadsheet."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for

from market.core import clock, db, sheets
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.offers import queries
from market.offers.forms import TERMS, TIER_ROWS
from market.offers.models import Offer
from market.offers.routes.blueprint import FILES, Answer, bp, download
from market.web.access import current_actor, requires
from market.web.paging import keyset

EXPORT_ROWS = 5_000


@bp.get("/penawaran")
@requires(Permission.OFFERS_VIEW)
def index() -> Answer:
    """The supplier's own offers by state."""
    actor, group = current_actor(), _group()
    page = keyset(queries.listed(actor, queries.GROUPS.get(group, ())), Offer.id)
    tabs = _tabs(group, queries.state_counts(actor))
    return render_template("offers/index.html", page=page, group=group, tabs=tabs, today=clock.today())


def _group() -> str:
    given = request.args.get("keadaan", "")
    return given if given in queries.GROUPS else ""


def _tabs(group: str, counts: dict[str, int]) -> list[tuple[str, str, bool]]:
    """(label, address, current) of each tab, with how many offers stand behind it."""
    labels = {"berlaku": _("Berlaku"), "konsep": _("Konsep"), "selesai": _("Selesai")}
    tabs = [(_("Semua"), url_for("offers.index"), group == "")]
    for name, label in labels.items():
        number = sum(counts.get(state, 0) for state in queries.GROUPS[name])
        shown = f"{label} ({number})" if number else label
        tabs.append((shown, url_for("offers.index", keadaan=name), group == name))
    return tabs


@bp.get("/penawaran/unduh.<kind>")
@requires(Permission.OFFERS_VIEW)
def index_file(kind: str) -> Answer:
    """The list as a spreadsheet."""
    if kind not in FILES:
        raise NotFound(_("Halaman tidak ditemukan."))
    states = queries.GROUPS.get(_group(), ())
    query = queries.listed(current_actor(), states).order_by(Offer.id).limit(EXPORT_ROWS)
    offers = list(db.session.scalars(query))
    headers = [_("Nomor"), _("Barang"), _("Kapasitas (kemasan)"), _("Kelipatan"), _("Minimum per titik")]
    headers += [_("Minimum gabungan"), _("Cara bayar"), _("Tempo hari"), _("Lama kirim hari")]
    headers += [_("Berlaku sampai"), _("Keadaan")]
    for row in range(1, TIER_ROWS + 1):
        headers += [_("Mulai %(row)s", row=row), _("Harga %(row)s", row=row)]
    rows = [_exported(offer) for offer in offers]
    title = _("Penawaran")
    data = sheets.write_csv(headers, rows) if kind == "csv" else sheets.write_xlsx(title, headers, rows)
    return download(data, f"penawaran-{clock.today():%Y%m%d}.{kind}", FILES[kind])


def _exported(offer: Offer) -> list[sheets.Cell]:
    words = current_app.jinja_env.get_template("_states.html").module
    row: list[sheets.Cell] = [
        *(offer.id, offer.pack.name, offer.capacity_packs, offer.lot_packs, offer.min_per_drop_packs),
        *(offer.pooled_min_packs, str(TERMS[offer.terms]), offer.credit_days, offer.lead_days),
        *(offer.valid_until_on, str(words.state_word(offer.state))),  # type: ignore[attr-defined]
    ]
    for start, price in queries.price_curve(offer)[:TIER_ROWS]:
        row += [start, price]
    return row
