"""Lists of needs, on pages and as spreadsheets."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for

from market.core import clock, db, sheets
from market.core.errors import Forbidden, NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.needs import queries
from market.needs.forms import TERMS
from market.needs.models import Need
from market.needs.routes.blueprint import FILES, Answer, bp, download
from market.web.access import current_actor, requires
from market.web.paging import keyset

EXPORT_ROWS = 5_000


@bp.get("/kebutuhan")
@requires(Permission.NEEDS_VIEW)
def index() -> Answer:
    """The cooperative's needs by state; an office is led to its own list."""
    actor = current_actor()
    if actor.organization_kind == "office":
        return redirect(url_for("needs.index_office"))
    group = _group()
    page = keyset(queries.listed(actor, queries.GROUPS.get(group, ())), Need.id)
    counts = queries.state_counts(actor)
    return render_template(
        "needs/index.html", page=page, group=group, tabs=_tabs("needs.index", group, counts)
    )


@bp.get("/dinas/kebutuhan")
@requires(Permission.NEEDS_VIEW)
def index_office() -> Answer:
    """What the office's city needs, the oldest first."""
    actor = current_actor()
    _office_only()
    group = _group() or "terbuka"
    query = queries.listed(actor, queries.GROUPS[group])
    page = keyset(query, Need.id, descending=False)
    tabs = _tabs("needs.index_office", group, queries.state_counts(actor), everything=False)
    waiting = queries.waiting_in(actor)
    return render_template("needs/index_office.html", page=page, group=group, tabs=tabs, waiting=waiting)


def _office_only() -> None:
    if current_actor().organization_kind != "office":
        raise Forbidden(_("Halaman ini untuk dinas."))


def _group() -> str:
    given = request.args.get("keadaan", "")
    return given if given in queries.GROUPS else ""


def _tabs(
    endpoint: str, group: str, counts: dict[str, int], everything: bool = True
) -> list[tuple[str, str, bool]]:
    """(label, address, current) of each tab, with how many needs stand behind it."""
    labels = {
        "menunggu": _("Menunggu"),
        "terbuka": _("Terbuka"),
        "cocok": _("Cocok"),
        "selesai": _("Selesai"),
    }
    tabs = [(_("Semua"), url_for(endpoint), group == "")] if everything else []
    for name, label in labels.items():
        number = sum(counts.get(state, 0) for state in queries.GROUPS[name])
        shown = f"{label} ({number})" if number else label
        tabs.append((shown, url_for(endpoint, keadaan=name), group == name))
    return tabs


@bp.get("/kebutuhan/unduh.<kind>")
@requires(Permission.NEEDS_VIEW)
def index_file(kind: str) -> Answer:
    """The list as a spreadsheet."""
    if kind not in FILES:
        raise NotFound(_("Halaman tidak ditemukan."))
    states = queries.GROUPS.get(_group(), ())
    query = queries.listed(current_actor(), states).order_by(Need.id).limit(EXPORT_ROWS)
    needs = list(db.session.scalars(query))
    headers = [
        _("Nomor"),
        _("Koperasi"),
        _("Barang"),
        _("Kemasan diminta"),
        _("Paling banyak"),
        _("Kemasan cocok"),
    ]
    headers += [
        _("Paling lambat"),
        _("Harga tertinggi (Rp)"),
        _("Kas (Rp)"),
        _("Cara bayar"),
        _("Keadaan"),
        _("Sejak"),
    ]
    rows = [_exported(need) for need in needs]
    title = _("Kebutuhan")
    data = sheets.write_csv(headers, rows) if kind == "csv" else sheets.write_xlsx(title, headers, rows)
    return download(data, f"kebutuhan-{clock.today():%Y%m%d}.{kind}", FILES[kind])


def _exported(need: Need) -> list[sheets.Cell]:
    words = current_app.jinja_env.get_template("_states.html").module
    return [
        *(need.id, need.organization.name, need.pack.name, need.wanted_packs, need.at_most_packs),
        *(need.matched_packs, need.needed_by_on, need.ceiling_rp, need.cash_rp, str(TERMS[need.terms])),
        *(str(words.state_word(need.state)), need.state_at),  # type: ignore[attr-defined]
    ]
