"""The maker's side: orders to answer, what to pack, what lies at home, days without work."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for

from market.catalogue import queries as catalogue
from market.catalogue import queries_days
from market.catalogue import services as products
from market.core import clock, text
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.retail import queries_parts, services
from market.retail.forms import HomeStockForm, RefusalForm
from market.retail.models_parts import LIVE, RetailPart
from market.retail.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires

ENDED = ("handed_over", "refused", "lapsed", "cancelled")


@bp.get("/jualan")
@requires(Permission.RETAIL_ANSWER)
def index_parts() -> str:
    """What waits for an answer, what is to be packed and brought, or what has ended."""
    ended = request.args.get("lihat") == "selesai"
    seller_id = current_actor().organization_id or 0
    cards = queries_parts.parts_of_seller(seller_id, ENDED if ended else LIVE, newest=ended)
    return render_template("retail/index_parts.html", cards=cards, ended=ended, now=clock.now())


@bp.get("/jualan/daftar-kemas")
@requires(Permission.RETAIL_ANSWER)
def show_own_packing() -> str:
    """What to pack, by day and buyer, for paper."""
    seller = identity.organization(current_actor().organization_id or 0)
    cards = queries_parts.parts_of_seller(seller.id, queries_parts.PACKING)
    return render_template("retail/show_own_packing.html", seller=seller, cards=cards, now=clock.now())


@bp.get("/jualan/<int:part_id>")
@requires(Permission.RETAIL_ANSWER)
def show_part(part_id: int) -> str:
    """One order, to be answered or packed."""
    return _page(queries_parts.part_for(current_actor(), part_id), RefusalForm())


def _page(part: RetailPart, form: RefusalForm) -> str:
    shop = identity.organization(part.organization_id)
    card = queries_parts.card_of(part)
    return render_template(
        "retail/show_part.html", part=part, card=card, shop=shop, form=form, now=clock.now()
    )


def _done(part: RetailPart, words: str) -> Answer:
    flash(words)
    return redirect(url_for("retail.show_part", part_id=part.id), 303)


@bp.post("/jualan/<int:part_id>/sanggup")
@requires(Permission.RETAIL_ANSWER)
def create_acceptance(part_id: int) -> Answer:
    """Everything of it will come."""
    part = services.accept_part(current_actor(), part_id)
    return _done(part, _("Terima kasih. Kemas, lalu bawa ke gerai."))


@bp.post("/jualan/<int:part_id>/kurang")
@requires(Permission.RETAIL_ANSWER)
def create_shortfall(part_id: int) -> Answer:
    """Fewer pieces will come; the money of the rest goes back."""
    form = RefusalForm.load()
    if form.validate():
        with form.guard():
            kept = {
                int(name.removeprefix("kept_")): text.whole_number(value, most=services.MAX_QUANTITY)
                for name, value in request.form.items()
                if name.startswith("kept_") and name.removeprefix("kept_").isdecimal()
            }
            part = services.answer_fewer(current_actor(), part_id, kept, form.reason.data)
            return _done(part, _("Tercatat. Pembeli diberi tahu dan uang selisihnya diurus."))
    return _page(queries_parts.part_for(current_actor(), part_id), form), 422


@bp.post("/jualan/<int:part_id>/penolakan")
@requires(Permission.RETAIL_ANSWER)
def create_part_refusal(part_id: int) -> Answer:
    """Nothing of it will come."""
    form = RefusalForm.load()
    if form.validate():
        with form.guard():
            part = services.refuse_part(current_actor(), part_id, **form.values())
            return _done(part, _("Tercatat. Pembeli diberi tahu dan uangnya diurus."))
    return _page(queries_parts.part_for(current_actor(), part_id), form), 422


@bp.post("/jualan/<int:part_id>/kemasan")
@requires(Permission.RETAIL_ANSWER)
def create_part_packing(part_id: int) -> Answer:
    """It is packed."""
    return _done(services.pack_part(current_actor(), part_id), _("Sudah dikemas. Bawa ke gerai koperasi."))


# --- what there is to sell -------------------------------------------------------------------------


@bp.get("/jualan/stok")
@requires(Permission.RETAIL_ANSWER)
def index_supply() -> str:
    """How many lie at home, how full the coming days are, and the days without work."""
    return _supply()


def _supply(stock: HomeStockForm | None = None, product_id: int = 0) -> str:
    actor = current_actor()
    mine = [item for item in catalogue.products_of(actor) if item.state != "withdrawn"]
    made = catalogue.products_on_sale_of(actor.organization_id or 0)
    return render_template(
        "retail/index_supply.html",
        home=[item for item in mine if item.supply == "home"],
        made=[item for item in mine if item.supply == "order"],
        days=queries_days.day_offers(made),
        closed=queries_days.closed_rows(actor.organization_id or 0),
        stock=stock or HomeStockForm(),
        wrong=product_id,
    )


@bp.post("/jualan/stok/<int:product_id>")
@requires(Permission.RETAIL_ANSWER)
def update_home_stock(product_id: int) -> Answer:
    """So many lie at home for new buyers."""
    form = HomeStockForm.load()
    if form.validate():
        with form.guard():
            products.set_home_stock(current_actor(), product_id, form.quantity.data, form.seen_quantity.data)
            flash(_("Stok di rumah tersimpan."))
            return redirect(url_for("retail.index_supply"), 303)
    return _supply(stock=form, product_id=product_id), 422


def text_day(typed: str) -> date:
    """A day from an address; today when it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return clock.today()
