"""The public shop: cooperatives, shelf, product, basket, order. No login anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import parse_qs

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from market.catalogue import queries as catalogue
from market.catalogue import queries_days
from market.catalogue import queries_finding as finding
from market.catalogue.queries import ShelfItem, Shop
from market.catalogue.queries_cards import Card
from market.core import messages, text
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.places import queries as places
from market.retail import queries_front, services
from market.retail.forms import OrderForm
from market.retail.forms_buying import ExtrasForm
from market.retail.queries_front import Front
from market.retail.routes import basket, checkout, filters, pages, sharing
from market.retail.routes.blueprint import Answer, bp
from market.web.access import current_actor, public, repeatable

Counter = tuple[Front, dict[str, int]]
"""A shop, and its parameters that the basket shows."""
MORE = 4
"""Other goods of the seller below a product."""


@bp.get("/toko")
@public
def index() -> str:
    """Cooperatives with something on the shelf, by district."""
    words = filters.words_of()
    shops = [shop for shop in catalogue.shops() if _matches(shop, words)]
    districts = places.names({shop.district_code for shop in shops})
    groups = [
        (districts.get(code, ""), list(found))
        for code, found in groupby(shops, lambda each: each.district_code)
    ]
    return render_template("retail/index.html", groups=groups, words=words)


def _matches(shop: Shop, words: str) -> bool:
    return words.casefold() in f"{shop.name} {shop.village}".casefold()


@bp.get("/toko/<slug>")
@public
def show_shop(slug: str) -> Response:
    """The shelf of one cooperative: searched, filtered, in turn or by price, page by page."""
    shop = queries_front.front(slug)
    asked, after = filters.read(), request.args.get("sesudah", "")
    found = finding.find(replace(asked.wanted, shops=(shop.id,)), after)
    wanted = basket.quantities(shop.id)
    on_page: dict[int, ShelfItem | Card] = {card.id: card for card in found.cards}
    full = basket.load(shop.id) if wanted.keys() - on_page.keys() else basket.of(on_page, wanted)
    cards = pages.cards(found.cards, wanted, slug)
    return pages.answer(
        "retail/show_shop.html",
        *(shop, cards, found.after, full.pieces, full.total_rp),
        shop=shop,
        asked=asked,
        found=found,
        cards=cards,
        basket=full,
        kinds=filters.LABELS,
        first=not after,
        address=messages.link(url_for("retail.show_shop", slug=slug)),
        picture=sharing.picture_of(None),
        structured=sharing.structured(sharing.shop_facts(shop)),
    )


@bp.get("/toko/<slug>/<int:product_id>")
@public
def show_product(slug: str, product_id: int) -> Response:
    """One product, larger, with what it may be chosen instead of, and more of its seller."""
    shop, permits = queries_front.front_for_product(slug, product_id)
    items, others = finding.family(shop.id, product_id)
    item = next((each for each in items if each.id == product_id), None)
    if item is None:
        raise NotFound(_("Barang ini tidak dijual lagi."))
    wanted = basket.quantities(shop.id)
    known = {each.id: each for each in (*items, *others)}
    full = basket.load(shop.id) if wanted.keys() - known.keys() else basket.of(known, wanted)
    more = pages.cards(others[:MORE], wanted, slug)
    said = pages.said_of(product_id)
    return pages.answer(
        "retail/show_product.html",
        *(shop, permits, items, more, said, wanted.get(product_id), full.pieces, full.total_rp),
        shop=shop,
        permits=permits,
        said=said,
        item=item,
        items=items,
        more=more,
        wanted=wanted,
        basket=full,
        most=services.MAX_QUANTITY,
        address=messages.link(url_for("retail.show_product", slug=slug, product_id=product_id)),
        picture=sharing.picture_of(item.photo),
        words=sharing.product_words(shop, item),
        structured=sharing.structured(sharing.product_facts(shop, items, item)),
    )


@bp.post("/toko/<slug>/keranjang")
@public
@repeatable
def update_basket(slug: str) -> Answer:
    """Have so many of a product in the basket; a repeat changes nothing."""
    shop = queries_front.front(slug)
    product_id, quantity = _wish(request.form.get("set", ""))
    item = catalogue.shelf_items(shop.id, [product_id]).get(product_id)
    if item is None and quantity:
        raise NotFound(_("Barang ini tidak dijual lagi."))
    allowed = min(quantity, item.left if item else 0, services.MAX_QUANTITY)
    if allowed < quantity and item is not None:
        flash(_("%(name)s tinggal %(left)s.", name=item.name, left=allowed), "warn")
    if len(basket.quantities(shop.id)) >= services.MAX_LINES and product_id not in basket.quantities(shop.id):
        raise Refused(_("Satu pesanan paling banyak %(most)s macam barang.", most=services.MAX_LINES))
    basket.put(shop.id, product_id, allowed)
    return redirect(_back(slug, product_id), 303)


def _wish(typed: str) -> tuple[int, int]:
    """Product and quantity from a button's value "12:3"; raises Refused."""
    product, _colon, wanted = typed.partition(":")
    return text.whole_number(product, least=1), text.whole_number(wanted, most=10_000)


def _back(slug: str, product_id: int) -> str:
    came_from = request.form.get("back")
    if came_from == "basket":
        return url_for("retail.show_basket", slug=slug)
    if came_from == "product":
        return url_for("retail.show_product", slug=slug, product_id=product_id)
    kept = parse_qs(request.form.get("at", "")[:400])
    typed: dict[str, Any] = {name: kept[name][0] for name in (*filters.ARGUMENTS, "sesudah") if name in kept}
    return url_for("retail.show_shop", slug=slug, **typed, _anchor=f"barang-{product_id}")


WAITS = (services.HOLD_HOURS, services.PAY_FIRST_MIN)


def _basket_page(
    at: Counter,
    form: OrderForm,
    extras: ExtrasForm | None = None,
    bill: services.Bill | None = None,
) -> str:
    shop, waits = at
    full, products = basket.load_with_products(shop.id)
    names = {line.item.seller_id: line.item.seller for line in full.lines}
    return render_template(
        "retail/show_basket.html",
        shop=shop,
        place=shop.village,
        payable=shop.payable,
        basket=full,
        wanted=full.quantities,
        form=form,
        hold_hours=waits[services.HOLD_HOURS.name],
        pay_minutes=waits[services.PAY_FIRST_MIN.name],
        days=queries_days.day_offers(products),
        chosen=_days(),
        other_baskets=len(basket.shops() - {shop.id}),
        most=services.MAX_QUANTITY,
        **checkout.page_values(
            shop, full.quantities, extras or checkout.extras_form(shop), bill, products, names
        ),
    )


@bp.get("/toko/<slug>/keranjang")
@public
def show_basket(slug: str) -> str:
    """The basket, where the money goes, and who collects."""
    at = queries_front.front_with(slug, WAITS)
    return _basket_page(at, _form(at[0].payable))


def _form(payable: bool) -> OrderForm:
    ways = [("pickup", _("Tunai saat barang diterima"))]
    if payable:
        ways.append(("online", _("Sekarang dengan QRIS")))
    form = OrderForm.load(pay=ways)
    form.pay.flags.optional = False  # one of them is always chosen
    return form


def _days() -> dict[int, date]:
    """The chosen days as sent: `hari_12=2026-11-26`. Raises Refused for what is no day."""
    found = {}
    for name, typed in request.form.items():
        if name.startswith("hari_") and name.removeprefix("hari_").isdecimal() and typed:
            try:
                found[int(name.removeprefix("hari_"))] = date.fromisoformat(typed)
            except ValueError as error:
                raise Refused(_("Pilih hari dari daftar.")) from error
    return found


@bp.get("/keranjang")
@public
def index_baskets() -> str:
    """All baskets of this visitor: each cooperative is paid on its own."""
    return render_template("retail/index_baskets.html", baskets=basket.load_all())


@bp.post("/toko/<slug>/pesanan")
@public
def create_order(slug: str) -> Answer:
    """Order as a guest: goods are kept, nothing is paid yet."""
    at = queries_front.front_with(slug, WAITS)
    shop, form = at[0], _form(at[0].payable)
    besides, bill = checkout.extras_form(shop), None
    if form.validate():
        with form.guard():
            wanted = basket.load(shop.id).quantities
            extras = checkout.extras_of(shop, besides, form.phone.data, form.pay.data)
            bill = checkout.bill_of(shop, wanted, extras, form.phone.data) if wanted else None
            order = services.place_order(
                services.BUYER,
                shop.id,
                wanted,
                buyer_name=form.buyer_name.data or "",
                phone=form.phone.data,
                note=form.note.data or "",
                expected_total_rp=form.expected_total_rp.data,
                days=_days(),
                pay_first=form.pay.data == "online",
                user_id=current_actor().user_id,
                extras=extras,
            )
            basket.ordered(shop.id, order.token)
            if order.pay_first:
                payment = services.pay_fresh_order(services.BUYER, order)
                return redirect(url_for("payments.show", token=payment.token), 303)
            return redirect(url_for("retail.show_tracking", token=order.token), 303)
    return _basket_page(at, form, besides, bill), 422


@bp.post("/toko/<slug>/hitung")
@public
@repeatable
def update_quote(slug: str) -> Answer:
    """What the basket costs with door, voucher and member price; nothing is ordered."""
    at = queries_front.front_with(slug, WAITS)
    shop = at[0]
    form, besides = _form(shop.payable), checkout.extras_form(shop)
    phone = form.phone.data or ""
    try:
        extras = checkout.extras_of(shop, besides, phone, form.pay.data)
        bill = checkout.bill_of(shop, basket.load(shop.id).quantities, extras, phone)
    except Refused as refusal:
        form.refuse(refusal)
        return _basket_page(at, form, besides), 422
    return _basket_page(at, form, besides, bill)
