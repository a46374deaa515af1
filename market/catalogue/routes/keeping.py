"""What the shop keeps: the cooperative's own packs and members' goods on consignment."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.catalogue import queries, services
from market.catalogue.forms import ConsignmentForm, HomeStockForm, PackForm, PriceForm, ReturnForm
from market.catalogue.routes.blueprint import Answer, bp
from market.catalogue.routes.page import show_page
from market.commodities import queries as commodities
from market.core import clock
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.web.access import current_actor, requires

# --- the cooperative's own packs -------------------------------------------------------------------


def _pack_form() -> PackForm:
    packs = [pack for pack in commodities.packs(retail=True) if pack.commodity.online_allowed]
    return PackForm.load(pack_id=[(str(pack.id), f"{pack.commodity.name} · {pack.label}") for pack in packs])


def _ceilings() -> list[tuple[str, str, int]]:
    """Good, pack and HET of every pack that has one here."""
    place_code = identity.organization(current_actor().organization_id or 0).place_code
    book = commodities.rule_book(place_code, clock.today())
    packs = [pack for pack in commodities.packs(retail=True) if pack.commodity.online_allowed]
    rules = [(pack, book.rule(pack.commodity_id, "HET")) for pack in packs]
    return [(p.commodity.name, p.label, p.of_rule_rp(rule.amount_rp)) for p, rule in rules if rule]


@bp.get("/produk/kemasan/baru")
@requires(Permission.PRODUCT_APPROVE)
def new_pack() -> str:
    return render_template("catalogue/new_pack.html", form=_pack_form(), ceilings=_ceilings())


@bp.post("/produk/kemasan")
@requires(Permission.PRODUCT_APPROVE)
def create_pack() -> Answer:
    form = _pack_form()
    if form.validate():
        with form.guard():
            product = services.sell_pack(current_actor(), **form.values())
            flash(_("Sudah di rak."))
            return redirect(url_for("catalogue.show", product_id=product.id), 303)
    return render_template("catalogue/new_pack.html", form=form, ceilings=_ceilings()), 422


@bp.post("/produk/<int:product_id>/harga")
@requires(Permission.PRODUCT_APPROVE)
def update_price(product_id: int) -> Answer:
    """Another price for an own pack."""
    product = queries.own_product(current_actor(), product_id)
    form = PriceForm.load()
    if form.validate():
        with form.guard():
            services.change_price(current_actor(), product_id, **form.values())
            flash(_("Harga baru berlaku untuk pesanan berikutnya."))
            return redirect(url_for("catalogue.show", product_id=product_id), 303)
    return show_page(product, price=form), 422


# --- members' goods in the shop --------------------------------------------------------------------


@bp.post("/produk/<int:product_id>/titipan")
@requires(Permission.STOCK_MOVE)
def create_consignment(product_id: int) -> Answer:
    """A member brings goods."""
    product = queries.product_in_shop(current_actor(), product_id)
    form = ConsignmentForm.load()
    if form.validate():
        with form.guard():
            services.receive_consignment(current_actor(), product_id, **form.values())
            flash(_("Titipan dicatat. Pemiliknya mendapat kabar."))
            return redirect(url_for("catalogue.show", product_id=product_id), 303)
    return show_page(product, consignment=form), 422


@bp.get("/produk/<int:product_id>/pengembalian/baru")
@requires(Permission.STOCK_MOVE)
def new_return(product_id: int) -> str:
    product = queries.product_in_shop(current_actor(), product_id)
    return render_template("catalogue/new_return.html", product=product, form=ReturnForm.load())


@bp.post("/produk/<int:product_id>/pengembalian")
@requires(Permission.STOCK_MOVE)
def create_return(product_id: int) -> Answer:
    """Unsold goods go back to their member."""
    product = queries.product_in_shop(current_actor(), product_id)
    form = ReturnForm.load()
    if form.validate():
        with form.guard():
            services.return_consignment(current_actor(), product_id, **form.values())
            flash(_("Pengembalian dicatat. Pemiliknya mendapat kabar."))
            return redirect(url_for("catalogue.show", product_id=product_id), 303)
    return render_template("catalogue/new_return.html", product=product, form=form), 422


@bp.post("/produk/<int:product_id>/stok-rumah")
@requires(Permission.PRODUCT_LIST)
def create_home_stock(product_id: int) -> Answer:
    """The maker says how many she has at home for new buyers."""
    product = queries.own_product(current_actor(), product_id)
    form = HomeStockForm.load()
    if form.validate():
        with form.guard():
            services.set_home_stock(current_actor(), product_id, **form.values())
            flash(_("Stok tersimpan."))
            return redirect(url_for("catalogue.show", product_id=product_id), 303)
    return show_page(product, home_stock=form), 422
