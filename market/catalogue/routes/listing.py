"""A member lists a product in five minutes: a template, a photo, a price; changed and seen as buyers do."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from market import refdata
from market.catalogue import queries, queries_decisions, queries_permits, queries_sold, services
from market.catalogue.duties import Facts
from market.catalogue.forms import (
    CATEGORIES,
    HALAL,
    ORIGINS,
    PACKAGINGS,
    PERMITS,
    SPECIALS,
    SUPPLIES,
    UNITS,
    ProductForm,
)
from market.catalogue.models import EVERY_DAY, Product
from market.catalogue.routes.blueprint import Answer, bp
from market.core import crypto, files
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.web.access import current_actor, public, requires

START: dict[str, Any] = {
    "halal": "unstated",
    "supply": "shelf",
    "origin": "member",
    "ready_days": EVERY_DAY,
}

LARGEST_PHOTO = 640


@bp.get("/foto/<name>/<int:size>")
@public
def show_photo(name: str, size: int) -> Response:
    """A product's photo; its name is random and its content never changes."""
    response = Response(files.open_photo(name, size), mimetype=files.CONTENT_TYPE)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.get("/foto/<name>/pratinjau.jpg")
@public
def show_preview(name: str) -> Response:
    """The photo as messengers show it beside a link to the product."""
    response = Response(files.preview(name, LARGEST_PHOTO), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
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
        figures=queries_sold.sold(products),
        owner=owner,
        seller=seller,
        owed=queries.owed_rp(owner.sells_through_id or 0, owner.id) if seller else 0,
        shop=identity.organization(owner.sells_through_id) if owner.sells_through_id else owner,
    )


# --- listing ---------------------------------------------------------------------------------------


def _options(words: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, str(text)) for key, text in words.items()]


def _product_form(data: dict[str, Any] | None = None) -> ProductForm:
    units = [(unit, unit) for unit in UNITS]
    own = (data or {}).get("unit_label")
    if own and own not in UNITS:
        units.append((own, own))
    return ProductForm.load(
        data,
        unit_label=units,
        halal=_options(HALAL),
        category=[("", _("Pilih kategori")), *_options(CATEGORIES)],
        supply=_options(SUPPLIES),
        packaging=_options(PACKAGINGS),
        special=_options(SPECIALS),
        origin=_options(ORIGINS),
    )


def _wants_submit() -> bool:
    return request.form.get("act") != "preview"


def _signed(name: str) -> str:
    """A photo's name that only this person's form may bring back."""
    mark = crypto.blind_index(f"{current_actor().user_id}:{name}", table="product", column="kept_photo")
    return f"{name}.{mark[:32]}"


def _kept(form: ProductForm) -> str | None:
    """The photo of an earlier, refused form, if it was ours to keep."""
    sent = form.kept_photo.data or ""
    name = sent.partition(".")[0]
    return name if name and crypto.same(sent, _signed(name)) else None


def _take_photo(form: ProductForm) -> str | None:
    """Keep what was sent now, or earlier; a photo survives the form's other mistakes."""
    name = _kept(form)
    if form.photo.data is not None:
        try:
            name = services.keep_photo(form.photo.data.stream.read())
        except Refused as refusal:
            form.refuse(refusal)
            return name
    form.kept_photo.data = _signed(name) if name else None
    return name


def _start_of(key: str) -> dict[str, Any]:
    """The template's facts as the form takes them; an unknown key starts empty."""
    found = next((row for row in refdata.product_templates() if row.key == key), None)
    if found is None:
        return START
    return {
        **START,
        "category": found.category,
        "unit_label": found.unit,
        "supply": found.supply,
        "shelf_life_days": found.shelf_life_days,
        "packaging": found.packaging,
        "lead_days": found.lead_days or None,
        "day_capacity": found.day_capacity,
        "batch_pcs": found.batch_pcs,
        "ready_days": found.ready_days,
        "special": found.special,
        "halal": "unstated" if found.halal == "certified" else found.halal,
        "ingredients": found.ingredients,
    }


def _asked(data: dict[str, Any]) -> list[str]:
    """The permits that such a product will be asked for, in words."""
    facts = Facts(
        category=data.get("category") or "lainnya",
        halal=data.get("halal") or "unstated",
        special=data.get("special") or "",
        packaging=data.get("packaging") or "",
        shelf_life_days=data.get("shelf_life_days"),
    )
    return [str(PERMITS[kind]) for kind in queries_permits.needed(facts)]


def _form_page(form: ProductForm, head: Product | None, template: str) -> str:
    photo = _kept(form) if form.kept_photo.data else None
    return render_template(
        "catalogue/new.html",
        form=form,
        head=head,
        template=template,
        templates=refdata.product_templates(),
        categories=CATEGORIES,
        asked=_asked(form.values()),
        photo=photo,
    )


@bp.get("/produk/contoh")
@requires(Permission.PRODUCT_LIST)
def new_template() -> Answer:
    """Usual products to begin from."""
    if current_actor().organization_kind == "cooperative":
        return redirect(url_for("catalogue.new_pack"))
    return render_template(
        "catalogue/new_template.html", templates=refdata.product_templates(), categories=CATEGORIES
    )


@bp.get("/produk/baru")
@requires(Permission.PRODUCT_LIST)
def new() -> Answer:
    """The form of a member, from a template or as another choice; a cooperative is led to its own packs."""
    actor = current_actor()
    if actor.organization_kind == "cooperative":
        return redirect(url_for("catalogue.new_pack"))
    head = _head()
    if head is not None:
        start = {**_typed(head), "barcode": None, "description": None, "version": None}
        return _form_page(_product_form(start), head, "")
    key = request.args.get("contoh", "")
    return _form_page(_product_form(_start_of(key)), None, key)


def _head() -> Product | None:
    """The product of which another choice is listed."""
    head_id = request.values.get("varian_dari", type=int)
    return queries.own_product(current_actor(), head_id) if head_id else None


@bp.post("/produk")
@requires(Permission.PRODUCT_LIST)
def create() -> Answer:
    head = _head()
    form = _product_form({"unit_label": head.unit_label} if head else None)
    valid = form.validate()
    photo = _take_photo(form)
    if valid and not form.errors:
        with form.guard():
            facts = form.facts()
            facts.pop("version")
            product = services.list_product(
                current_actor(),
                **facts,
                kept_photo=photo or (head.photo if head else None),
                variant_of_id=head.id if head else None,
                submit=_wants_submit(),
            )
            flash(
                _("Terkirim. Koperasi akan memeriksanya.")
                if product.state == "submitted"
                else _("Tersimpan sebagai konsep.")
            )
            return redirect(url_for("catalogue.show", product_id=product.id), 303)
    return _form_page(form, head, request.form.get("contoh", "")), 422


@bp.get("/produk/<int:product_id>/ubah")
@requires(Permission.PRODUCT_LIST)
def edit(product_id: int) -> str:
    product = queries.own_product(current_actor(), product_id)
    return _edit_page(_product_form(_typed(product)), product)


def _edit_page(form: ProductForm, product: Product) -> str:
    return render_template(
        "catalogue/edit.html",
        form=form,
        product=product,
        asked=_asked(form.values()),
        photo=(_kept(form) if form.kept_photo.data else None) or product.photo,
    )


TYPED = (
    *("name", "variant", "category", "price_rp", "unit_label", "supply", "ready_days", "lead_days"),
    *("day_capacity", "batch_pcs", "packaging", "shelf_life_days", "special", "ingredients", "label_dated"),
    *("pirt", "halal", "origin", "origin_note", "barcode", "description", "version"),
)


def _typed(product: Product) -> dict[str, Any]:
    """The product as its form takes it; a returned or waiting wording is shown, not the approved one."""
    change = queries_decisions.open_change(product.id)
    facts = {name: getattr(product, name) for name in TYPED} | (change.facts if change else {})
    net = ("g", product.net_weight_g) if product.net_weight_g else ("ml", product.net_volume_ml)
    numbers = {f"{permit.kind}_number": permit.number for permit in queries_permits.permits_for(product)}
    return {**START, **facts, **numbers, "net": net if net[1] else None}


@bp.post("/produk/<int:product_id>")
@requires(Permission.PRODUCT_LIST)
def update(product_id: int) -> Answer:
    product = queries.own_product(current_actor(), product_id)
    form = _product_form({"unit_label": product.unit_label})
    valid = form.validate()
    photo = _take_photo(form)
    if valid and not form.errors:
        with form.guard():
            changed = services.update_product(
                current_actor(), product_id, **form.facts(), kept_photo=photo, submit=_wants_submit()
            )
            waits = queries_decisions.open_change(product_id) is not None
            flash(_told(changed, waits))
            return redirect(url_for("catalogue.show", product_id=product_id), 303)
    return _edit_page(form, product), 422


def _told(product: Product, waits: bool) -> str:
    if product.state == "published" and waits:
        return _("Tersimpan. Isi yang lama tetap dijual sampai koperasi membaca yang baru.")
    return _("Tersimpan dan sudah berlaku.") if product.state == "published" else _("Tersimpan.")


@bp.post("/produk/<int:product_id>/pengajuan")
@requires(Permission.PRODUCT_LIST)
def create_submission(product_id: int) -> Answer:
    """Ask for approval, for the first time or again."""
    services.submit_again(current_actor(), product_id)
    flash(_("Terkirim. Koperasi akan memeriksanya."))
    return redirect(url_for("catalogue.show", product_id=product_id), 303)
