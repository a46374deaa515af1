"""The shelf at /stok: what lies there, why, and what people do with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from market.commodities import queries as commodities
from market.core import clock, quantity, sheets
from market.core.errors import NotFound, Refused
from market.core.i18n import _, lazy
from market.core.permissions import Permission
from market.stock import queries, services
from market.stock.forms import CountForm, RejectionForm, RepackForm, WriteOffForm
from market.stock.models import StockItem, StockMove
from market.web.access import current_actor, requires
from market.web.charts import stock_age
from market.web.paging import keyset

bp = Blueprint("stock", __name__)

Answer = str | Response | tuple[str, int]

MOVE_WORDS = {
    "opening": lazy("Saldo awal"),
    "receipt": lazy("Diterima dari pemasok"),
    "sale": lazy("Terjual"),
    "count": lazy("Selisih hitung"),
    "write_off": lazy("Dihapus"),
    "repack": lazy("Dikemas ulang"),
    "consign_in": lazy("Titipan masuk"),
    "consign_out": lazy("Titipan diambil"),
    "return_in": lazy("Kembali dari pembeli"),
    "return_out": lazy("Kembali ke pemasok"),
    "transfer_out": lazy("Dikirim ke koperasi lain"),
    "transfer_in": lazy("Dari koperasi lain"),
    "transfer_back": lazy("Kembali, tidak diterima"),
}
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
EXPIRY_WARNING_DAYS = 30


def _organization_id() -> int:
    organization_id = current_actor().organization_id
    if organization_id is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    return organization_id


def unit_word(item: StockItem) -> str:
    """What one counted unit of the item is called: "sak", "buah"."""
    return commodities.pack(item.pack_id).unit_word if item.pack_id else _("buah")


def amount(item: StockItem, quantity_base: int) -> str:
    """ "48 sak (1.200 kg)"; an opened pack shows its weight alone."""
    if item.pack_id is None or quantity_base % item.pack_base:
        return quantity.format_base(quantity_base, item.base_unit)
    return quantity.format_packs(
        quantity_base // item.pack_base, item.pack_base, item.base_unit, unit_word(item)
    )


@bp.context_processor
def _shared() -> dict[str, Any]:
    return {
        "amount": amount,
        "unit_word": unit_word,
        "move_word": lambda move: str(MOVE_WORDS[move.kind]),
        "source_href": source_href,
        "today": clock.today(),
        "soon_days": EXPIRY_WARNING_DAYS,
    }


def source_href(source: str) -> str | None:
    """The page of the document behind a move; None when it has none.

    Which part shows which document is wired above (app.config["SOURCE_PAGES"]).
    """
    kind, _colon, rest = source.partition(":")
    pages: dict[str, tuple[Any, str, str]] = current_app.config.get("SOURCE_PAGES", {})
    number = rest.partition(":")[0]
    if kind not in pages or not number.isdecimal():
        return None
    _label, endpoint, argument = pages[kind]
    if endpoint not in current_app.view_functions or endpoint.startswith("stock."):
        return None
    values: dict[str, Any] = {argument: int(number)}
    return url_for(endpoint, **values)


@bp.get("/stok")
@requires(Permission.STOCK_VIEW)
def index() -> Answer:
    """Goods on hand: how much, worth what, how old."""
    organization_id = _organization_id()
    rows = queries.shelf(organization_id)
    return render_template(
        "stock/index.html",
        rows=rows,
        value_rp=sum(row.item.value_rp for row in rows),
        age_chart=_age_chart(organization_id),
        waiting=queries.waiting_write_offs(organization_id),
    )


def _age_chart(organization_id: int) -> Markup | None:
    """The value of the stock by age; None while nothing has a value."""
    sums = queries.value_by_age(organization_id)
    if not any(sums):
        return None
    week, month, dead = queries.AGE_STEPS
    labels = [
        _("sampai %(n)s hari", n=week),
        _("%(a)s–%(b)s hari", a=week + 1, b=month),
        _("%(a)s–%(b)s hari", a=month + 1, b=dead),
        _("lebih dari %(n)s hari", n=dead),
    ]
    return stock_age(list(zip(labels, sums, strict=True)), _("rupiah"), title=_("Nilai stok menurut umur"))


@bp.get("/stok.<any(xlsx, csv):kind>")
@requires(Permission.STOCK_VIEW)
def export(kind: str) -> Answer:
    """What lies on the shelf as a sheet."""
    headers = [
        *(_("Kode"), _("Barang"), _("Di rak"), _("Satuan"), _("Disisihkan"), _("Bebas")),
        *(_("Nilai (Rp)"), _("Umur (hari)"), _("Kedaluwarsa")),
    ]
    rows = [_cells(row) for row in queries.shelf(_organization_id())]
    data = sheets.write_csv(headers, rows) if kind == "csv" else sheets.write_xlsx(_("Stok"), headers, rows)
    name = f"stok-{clock.today().isoformat()}.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, headers=disposition, content_type=KINDS[kind])


def _cells(row: queries.ShelfRow) -> Sequence[sheets.Cell]:
    item = row.item
    return (
        *(item.code, item.name, item.on_hand_base, item.base_unit, item.reserved_base, row.free_base),
        *(item.value_rp, row.age_days, row.expires_on),
    )


@bp.get("/stok/<int:item_id>")
@requires(Permission.STOCK_VIEW)
def show(item_id: int) -> Answer:
    """One good: what lies there, every move that explains it, and what may be done."""
    item = queries.item_for(current_actor(), item_id)
    kept = queries.layers(item.organization_id, item.id).get(item.id, [])
    return render_template(
        "stock/show.html",
        item=item,
        page=keyset(queries.moves(item.id), StockMove.id),
        oldest=min((layer.since_on for layer in kept), default=None),
        expiry=min((layer.expires_on for layer in kept if layer.expires_on), default=None),
        promises=queries.promises_of(item.id),
        targets=queries.repack_targets(item),
    )


@bp.get("/stok/gerak/<int:move_id>")
@requires(Permission.STOCK_VIEW)
def show_move(move_id: int) -> Answer:
    """Where a move is told: the page of its good."""
    move = queries.move_for(current_actor(), move_id)
    return redirect(
        url_for("stock.show", item_id=move.item_id, sesudah=move.id + 1, _anchor=f"gerak-{move.id}")
    )


# --- counting --------------------------------------------------------------------------------------


@bp.get("/stok/<int:item_id>/hitung")
@requires(Permission.STOCK_MOVE)
def new_count(item_id: int) -> Answer:
    """Count what really lies there."""
    return _act("stock/new_count.html", item_id, CountForm.load(), 200)


def _act(template: str, item_id: int, form: Any, status: int) -> Answer:
    item = queries.item_for(current_actor(), item_id)
    targets = queries.repack_targets(item)
    return render_template(template, item=item, form=form, targets=targets), status


@bp.post("/stok/<int:item_id>/hitung")
@requires(Permission.STOCK_MOVE)
def create_count(item_id: int) -> Answer:
    """Book the difference."""
    form = CountForm.load()
    if form.validate():
        with form.guard():
            actor, typed = current_actor(), form.values()
            item = queries.item_for(actor, item_id)
            counted_base = typed["counted"] * item.pack_base
            move = services.count_stock(actor, item.id, counted_base, typed["reason"] or "")
            flash(_("Cocok, tidak ada selisih.") if move is None else _("Selisih tercatat di stok dan buku."))
            return redirect(url_for("stock.show", item_id=item.id), 303)
    return _act("stock/new_count.html", item_id, form, 422)


# --- writing off -----------------------------------------------------------------------------------


@bp.get("/stok/<int:item_id>/penghapusan")
@requires(Permission.STOCK_MOVE)
def new_write_off(item_id: int) -> Answer:
    """Goods that cannot be sold any more."""
    return _act("stock/new_write_off.html", item_id, WriteOffForm.load(), 200)


@bp.post("/stok/<int:item_id>/penghapusan")
@requires(Permission.STOCK_MOVE)
def create_write_off(item_id: int) -> Answer:
    """Ask a second person."""
    form = WriteOffForm.load()
    if form.validate():
        with form.guard():
            actor, typed = current_actor(), form.values()
            item = queries.item_for(actor, item_id)
            quantity_base = typed["quantity"] * item.pack_base
            services.propose_write_off(actor, item.id, quantity_base, typed["reason"])
            flash(_("Usulan tersimpan. Stok berkurang setelah orang kedua menyetujui."))
            return redirect(url_for("stock.show", item_id=item.id), 303)
    return _act("stock/new_write_off.html", item_id, form, 422)


@bp.get("/stok/penghapusan")
@requires(Permission.STOCK_VIEW)
def index_write_offs() -> Answer:
    """Write-offs that wait, and those decided."""
    return _index_write_offs(RejectionForm.load(), 0, 200)


def _index_write_offs(form: RejectionForm, write_off_id: int, status: int) -> Answer:
    organization_id = _organization_id()
    page = render_template(
        "stock/index_write_offs.html",
        waiting=queries.waiting_write_offs(organization_id),
        past=queries.past_write_offs(organization_id),
        cost_of=services.cost_of,
        form=form,
        write_off_id=write_off_id,
    )
    return page, status


@bp.post("/stok/penghapusan/<int:write_off_id>/persetujuan")
@requires(Permission.STOCK_WRITE_OFF_APPROVE)
def create_approval(write_off_id: int) -> Answer:
    """The second person says yes."""
    form = RejectionForm.load()
    try:
        services.decide_write_off(current_actor(), write_off_id, approve=True)
    except Refused as refusal:
        form.refuse(refusal)
        return _index_write_offs(form, write_off_id, 422)
    flash(_("Penghapusan disetujui. Stok dan buku sudah berubah."))
    return redirect(url_for("stock.index_write_offs"), 303)


@bp.post("/stok/penghapusan/<int:write_off_id>/penolakan")
@requires(Permission.STOCK_WRITE_OFF_APPROVE)
def create_rejection(write_off_id: int) -> Answer:
    """The second person says no, with a reason."""
    form = RejectionForm.load()
    queries.write_off_for(current_actor(), write_off_id)
    if form.validate():
        with form.guard():
            reason = str(form.reason.data)
            services.decide_write_off(current_actor(), write_off_id, approve=False, reason=reason)
            flash(_("Penghapusan ditolak. Stok tidak berubah."))
            return redirect(url_for("stock.index_write_offs"), 303)
    return _index_write_offs(form, write_off_id, 422)


# --- repacking -------------------------------------------------------------------------------------


@bp.get("/stok/<int:item_id>/kemas-ulang")
@requires(Permission.STOCK_MOVE)
def new_repack(item_id: int) -> Answer:
    """Open large packs and fill small ones."""
    return _act("stock/new_repack.html", item_id, _repack_form(item_id), 200)


def _repack_form(item_id: int) -> RepackForm:
    item = queries.item_for(current_actor(), item_id)
    size = item.pack_base
    choices = [
        (str(pack.id), _("%(label)s (1 jadi %(n)s)", label=pack.label, n=size // pack.size_base))
        for pack in queries.repack_targets(item)
    ]
    return RepackForm.load(to_pack_id=choices)


@bp.post("/stok/<int:item_id>/kemas-ulang")
@requires(Permission.STOCK_MOVE)
def create_repack(item_id: int) -> Answer:
    """Move the goods and their cost into the small packs."""
    form = _repack_form(item_id)
    if form.validate():
        with form.guard():
            move = services.repack(current_actor(), item_id, **form.values())
            flash(_("Sudah dikemas ulang. Nilainya ikut pindah, buku tidak berubah."))
            return redirect(url_for("stock.show", item_id=move.item_id), 303)
    return _act("stock/new_repack.html", item_id, form, 422)
