"""Products: a member lists them, the cooperative decides, sells its own packs and holds goods."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from market.catalogue import queries, services
from market.catalogue.forms import (
    HALAL,
    UNITS,
    ApprovalForm,
    ConsignmentForm,
    PackForm,
    PriceForm,
    ProductForm,
    RejectionForm,
    ReturnForm,
)
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.core import clock, files
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.web.access import current_actor, public, requires
from market.web.forms import Form

bp = Blueprint("catalogue", __name__)

Answer = str | Redirect | Response | tuple[str, int]


@bp.get("/foto/<name>/<int:size>")
@public
def show_photo(name: str, size: int) -> Response:
    """A product's photo; its name is random and its content never changes."""
    response = Response(files.open_photo(name, size), mimetype=files.CONTENT_TYPE)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.get("/produk")
@requires(Permission.PRODUCTS_VIEW)
def index() -> str:
    """A member's own products, or the shelf of the cooperative with what waits for a decision."""
    actor = current_actor()
    products = queries.products_of(actor)
    seller = actor.organization_kind == "seller"
    owner = identity.organization(actor.organization_id or 0)
    return render_template(
        "catalogue/index.html",
        products=products,
        figures=queries.sold(products),
        owner=owner,
        seller=seller,
        owed=queries.owed_rp(owner.sells_through_id or 0, owner.id) if seller else 0,
        shop=identity.organization(owner.sells_through_id) if owner.sells_through_id else owner,
    )


# --- listing ---------------------------------------------------------------------------------------


def _product_form(data: dict[str, Any] | None = None) -> ProductForm:
    units = [(unit, unit) for unit in UNITS]
    own = (data or {}).get("unit_label")
    if own and own not in UNITS:
        units.append((own, own))
    return ProductForm.load(data, unit_label=units, halal=[(key, str(text)) for key, text in HALAL.items()])


def _wants_submit() -> bool:
    return request.form.get("act") != "preview"


@bp.get("/produk/baru")
@requires(Permission.PRODUCT_LIST)
def new() -> Answer:
    """The form of a member; a cooperative is led to its own packs."""
    if current_actor().organization_kind == "cooperative":
        return redirect(url_for("catalogue.new_pack"))
    return render_template("catalogue/new.html", form=_product_form({"halal": "unstated"}))


@bp.post("/produk")
@requires(Permission.PRODUCT_LIST)
def create() -> Answer:
    form = _product_form()
    if form.validate():
        with form.guard():
            facts = form.facts()
            facts.pop("version")
            product = services.list_product(current_actor(), **facts, submit=_wants_submit())
            flash(
                _("Terkirim. Koperasi akan memeriksanya.")
                if _wants_submit()
                else _("Tersimpan sebagai konsep.")
            )
            return redirect(url_for("catalogue.show", product_id=product.id), 303)
    return render_template("catalogue/new.html", form=form), 422


@bp.get("/produk/<int:product_id>/ubah")
@requires(Permission.PRODUCT_LIST)
def edit(product_id: int) -> str:
    product = queries.own_product(current_actor(), product_id)
    return render_template("catalogue/edit.html", form=_product_form(_typed(product)), product=product)


def _typed(product: Product) -> dict[str, Any]:
    names = ("name", "price_rp", "unit_label", "description", "ingredients", "pirt", "halal", "version")
    net = ("g", product.net_weight_g) if product.net_weight_g else ("ml", product.net_volume_ml)
    return {**{name: getattr(product, name) for name in names}, "net": net if net[1] else None}


@bp.post("/produk/<int:product_id>")
@requires(Permission.PRODUCT_LIST)
def update(product_id: int) -> Answer:
    product = queries.own_product(current_actor(), product_id)
    form = _product_form({"unit_label": product.unit_label})
    if form.validate():
        with form.guard():
            changed = services.update_product(
                current_actor(), product_id, **form.facts(), submit=_wants_submit()
            )
            flash(_("Tersimpan dan sudah berlaku.") if changed.state == "published" else _("Tersimpan."))
            return redirect(url_for("catalogue.show", product_id=product.id), 303)
    return render_template("catalogue/edit.html", form=form, product=product), 422


@bp.post("/produk/<int:product_id>/pengajuan")
@requires(Permission.PRODUCT_LIST)
def create_submission(product_id: int) -> Answer:
    """Ask for approval, for the first time or again."""
    services.submit_again(current_actor(), product_id)
    flash(_("Terkirim. Koperasi akan memeriksanya."))
    return redirect(url_for("catalogue.show", product_id=product_id), 303)


# --- one product -----------------------------------------------------------------------------------


@bp.get("/produk/<int:product_id>")
@requires(Permission.PRODUCTS_VIEW)
def show(product_id: int) -> str:
    return _page(queries.product_for(current_actor(), product_id))


def _page(product: Product, **forms: Form) -> str:
    """The product's page; a form that was refused is shown with what was typed."""
    owner = identity.organization(product.organization_id)
    shop = identity.organization(product.cooperative_id)
    seller = product.organization_id != product.cooperative_id
    return render_template(
        "catalogue/show.html",
        product=product,
        item=queries.card(product),
        owner=owner,
        shop=shop,
        history=history_of(product),
        figures=queries.sold([product]).get(product.id, queries.Sold()),
        owed=queries.owed_rp(shop.id, owner.id) if seller else 0,
        ceiling=_ceiling(product),
        mine=product.organization_id == current_actor().organization_id,
        halal_word=_("belum diisi") if product.halal == "unstated" else HALAL[product.halal],
        approval=forms.get("approval") or ApprovalForm(data={"commission_percent": 10}),
        rejection=forms.get("rejection") or RejectionForm(),
        price=forms.get("price") or PriceForm(data={"price_rp": product.price_rp}),
        consignment=forms.get("consignment") or ConsignmentForm(),
    )


def _ceiling(product: Product) -> int | None:
    if product.pack_id is None:
        return None
    place_code = identity.organization(product.cooperative_id).place_code
    return commodities.ceiling_rp(commodities.pack(product.pack_id), place_code, clock.today())


@bp.post("/produk/<int:product_id>/persetujuan")
@requires(Permission.PRODUCT_APPROVE)
def create_approval(product_id: int) -> Answer:
    """The cooperative takes the product on its shelf."""
    product = queries.product_in_shop(current_actor(), product_id)
    form = ApprovalForm.load()
    if form.validate():
        with form.guard():
            typed = form.values()
            commission_bp = typed["commission_percent"] * 100
            services.approve_product(current_actor(), product_id, commission_bp, typed["version"])
            flash(_("Disetujui. Terima titipan barangnya agar bisa dipesan."))
            return redirect(url_for("catalogue.show", product_id=product_id), 303)
    return _page(product, approval=form), 422


@bp.post("/produk/<int:product_id>/penolakan")
@requires(Permission.PRODUCT_APPROVE)
def create_rejection(product_id: int) -> Answer:
    """The product goes back with what has to change."""
    product = queries.product_in_shop(current_actor(), product_id)
    form = RejectionForm.load()
    if form.validate():
        with form.guard():
            services.reject_product(current_actor(), product_id, **form.values())
            flash(_("Dikembalikan dengan alasannya."))
            return redirect(url_for("catalogue.index"), 303)
    return _page(product, rejection=form), 422


@bp.post("/produk/<int:product_id>/penarikan")
@requires(Permission.PRODUCTS_VIEW)
def create_withdrawal(product_id: int) -> Answer:
    """Owner or shop take it off the shelf."""
    services.withdraw_product(current_actor(), product_id)
    flash(_("Diturunkan dari rak. Pesanan yang sudah ada tetap berjalan."))
    return redirect(url_for("catalogue.show", product_id=product_id), 303)


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
    return _page(product, price=form), 422


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
    return _page(product, consignment=form), 422


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
