"""The till: search, big buttons, and the sale that a page made by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for

from market.core import text
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Permission
from market.counter import queries, queries_goods, services
from market.counter.routes.blueprint import Answer, bp, own_id
from market.counter.services import Wanted
from market.web.access import current_actor, repeatable, requires

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_ITEM = re.compile(r"([pk][0-9]{1,18}):([0-9]{1,4}):([0-9]{1,12})", re.ASCII)
MAX_ITEMS = 60


@bp.get("/kasir")
@requires(Permission.COUNTER_SELL)
def show() -> Answer:
    """The counter of this cashier; without an open shift, the first count."""
    shop_id = own_id()
    shift = queries.own_shift(current_actor())
    if shift is None:
        return redirect(url_for("counter.new_shift"))
    if shift.state == "counted":
        return redirect(url_for("counter.show_shift", shift_id=shift.id))
    words = _words()
    basket = queries.open_sale(shift.id)
    return render_template(
        "counter/show.html",
        shift=shift,
        goods=queries_goods.goods(shop_id, words),
        words=words,
        basket=basket,
        lines=queries.lines_of(basket.id) if basket else [],
        unfinished=[sale for sale in queries.unfinished(shift.id) if basket is None or sale.id != basket.id],
        newest=queries.sales_of(shop_id, ("done",), shift.id, limit=5),
        unsolved=queries.sales_of(shop_id, ("differs",)),
    )


def _words() -> str:
    try:
        return text.clean(request.args.get("q", ""), 60)
    except Refused:
        return ""


@bp.post("/kasir")
@requires(Permission.COUNTER_SELL)
@repeatable
def create_sale() -> Answer:
    """A cash sale as the page's script made it: under its own key, told once or many times."""
    own_id()
    sale = services.record_sale(
        current_actor(),
        client_key=_key(request.form.get("client_key", "")),
        wanted=_items(request.form.get("items", "")),
        given_rp=text.whole_number(request.form.get("given_rp", ""), most=10**12),
        card=text.clean(request.form.get("card", ""), 80),
        offline=request.form.get("offline") == "1",
        client_at=_instant(request.form.get("client_at", "")),
        shift_id=text.whole_number(request.form.get("shift_id", ""), most=queries.MAX_ID),
    )
    return redirect(url_for("counter.show_sale", sale_id=sale.id), 303)


def _key(typed: str) -> str:
    if not _KEY.fullmatch(typed):
        raise Refused(_("Penjualan ini tidak lengkap. Muat ulang halaman kasir."))
    return typed


def _items(typed: str) -> list[Wanted]:
    """What was sold: "p12:2:15000 k3:1:18000", code, quantity, price in rupiah."""
    found = [_ITEM.fullmatch(word) for word in typed[:4_000].split()]
    if not 0 < len(found) <= MAX_ITEMS or None in found:
        raise Refused(_("Daftar barang ini tidak bisa dibaca. Ulangi dari awal."))
    return [Wanted(item[1], int(item[2]), int(item[3])) for item in found if item]


def _instant(typed: str) -> datetime | None:
    """What the phone's clock said; a clock that says nonsense says nothing."""
    try:
        said = datetime.fromisoformat(typed[:40])
    except ValueError:
        return None
    return said.astimezone(UTC) if said.tzinfo is not None and 2000 < said.year < 2200 else None


@bp.post("/kasir/barang")
@requires(Permission.COUNTER_SELL)
def create_line() -> Answer:
    """One more of a good, by its button, barcode or name."""
    own_id()
    code = request.form.get("code") or request.form.get("typed", "")
    quantity = text.whole_number(request.form.get("quantity") or "1", least=1, most=1_000)
    try:
        services.put(current_actor(), text.clean(code, 120), quantity)
    except NotFound:
        return redirect(url_for("counter.show", q=text.clean(code, 60)), 303)
    return redirect(url_for("counter.show"), 303)


@bp.post("/kasir/keranjang")
@requires(Permission.COUNTER_SELL)
def create_basket() -> Answer:
    """The goods that the page's script has on its counter, to be paid on the next page."""
    own_id()
    for each in _items(request.form.get("items", "")):
        services.put(current_actor(), each.code, each.quantity)
    return redirect(url_for("counter.show_basket"), 303)


@bp.get("/kasir/selisih")
@requires(Permission.COUNTER_SELL)
def index_unsolved() -> Answer:
    """Sales without signal that do not fit."""
    sales = queries.sales_of(own_id(), ("differs",))
    if not sales:
        flash(_("Tidak ada selisih yang menunggu."))
    return render_template("counter/index_unsolved.html", sales=sales)
