"""Prices of what is sold in the shop only."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core.i18n import _
from market.core.permissions import Permission
from market.counter import queries_goods, services
from market.counter.forms import PriceForm
from market.counter.routes.blueprint import Answer, bp, own_id
from market.web.access import current_actor, requires


@bp.get("/kasir/harga")
@requires(Permission.RETAIL_VIEW)
def index_prices() -> Answer:
    """Packs that no shelf may show, with the price and ceiling of today."""
    shop_id = own_id()
    packs = queries_goods.shop_only_packs()
    return render_template(
        "counter/index_prices.html",
        packs=packs,
        prices=queries_goods.prices_of(shop_id),
        ceilings={pack.id: queries_goods.ceiling_rp(shop_id, pack.id) for pack in packs},
    )


@bp.get("/kasir/harga/<int:pack_id>")
@requires(Permission.PRODUCT_APPROVE)
def edit_price(pack_id: int) -> Answer:
    """One pack's price."""
    known = queries_goods.prices_of(own_id()).get(pack_id)
    most = queries_goods.ceiling_rp(own_id(), pack_id)
    price, barcode = (known.price_rp, known.barcode) if known else (most, None)
    return _edit(pack_id, PriceForm(data={"price_rp": price, "barcode": barcode}), 200)


def _edit(pack_id: int, form: PriceForm, status: int) -> Answer:
    page = render_template(
        "counter/edit_price.html",
        pack=commodities.pack(pack_id),
        ceiling_rp=queries_goods.ceiling_rp(own_id(), pack_id),
        form=form,
    )
    return page, status


@bp.post("/kasir/harga/<int:pack_id>")
@requires(Permission.PRODUCT_APPROVE)
def update_price(pack_id: int) -> Answer:
    """From now on."""
    own_id()
    form = PriceForm.load()
    if form.validate():
        with form.guard():
            typed = form.values()
            services.set_price(current_actor(), pack_id, typed["price_rp"], typed["barcode"] or "")
            flash(_("Harga tersimpan."))
            return redirect(url_for("counter.index_prices"), 303)
    return _edit(pack_id, form, 422)
