"""What other sites read of the market: previews, facts for search engines, the list of its pages."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, render_template, url_for
from markupsafe import Markup

from market.catalogue import queries_finding as finding
from market.catalogue.queries import ShelfItem
from market.core import messages, money
from market.core.i18n import _
from market.retail import queries_front
from market.retail.queries_front import Front
from market.retail.routes.blueprint import bp
from market.web.access import public

HIDDEN = ("/pesanan-saya", "/masuk", "/akun", "/hari-ini", "/penjualan", "/produk", "/bayar", "/*?sesudah=")
"""What a search engine has no business with."""
DAY_S = 86_400
MARKET_PICTURE = "retail/pasar.jpg"

Facts = dict[str, Any]


def structured(facts: Facts) -> Markup:
    """Facts for search engines as a block of data, which no browser runs; nothing in it can end the block."""
    said = json.dumps({"@context": "https://schema.org", **facts}, ensure_ascii=False)
    safe = said.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup('<script type="application/ld+json">') + Markup(safe) + Markup("</script>")


def picture_of(photo: str | None) -> str:
    """Address of a preview of 1200 x 630: the product's own, or the market's."""
    if photo:
        return messages.link(url_for("catalogue.show_preview", name=photo))
    return messages.link(url_for("static", filename=MARKET_PICTURE))


def shop_facts(shop: Front) -> Facts:
    """A cooperative as a shop in a street."""
    facts: Facts = {
        "@type": "LocalBusiness",
        "@id": _address(shop.slug),
        "name": shop.name,
        "url": _address(shop.slug),
        "image": picture_of(None),
        "paymentAccepted": "QRIS, tunai" if shop.payable else "tunai",
        "currenciesAccepted": "IDR",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": shop.address or shop.village,
            "addressLocality": shop.village,
            "addressCountry": "ID",
        },
    }
    if shop.latitude is not None and shop.longitude is not None:
        facts["geo"] = {"@type": "GeoCoordinates", "latitude": shop.latitude, "longitude": shop.longitude}
    return facts


def product_facts(shop: Front, items: list[ShelfItem], item: ShelfItem) -> Facts:
    """A product with an offer for each of its choices."""
    return {
        "@type": "Product",
        "name": item.name,
        "description": item.description or item.name,
        "image": picture_of(item.photo),
        "brand": {"@type": "Brand", "name": item.seller},
        "offers": [_offer(shop, each) for each in items],
    }


def _offer(shop: Front, item: ShelfItem) -> Facts:
    there = {"order": "PreOrder"}.get(item.supply, "InStock" if item.left > 0 else "OutOfStock")
    return {
        "@type": "Offer",
        "name": item.variant or item.name,
        "url": _address(shop.slug, item.id),
        "price": str(item.price_rp),
        "priceCurrency": "IDR",
        "availability": f"https://schema.org/{there}",
        "seller": {"@type": "LocalBusiness", "name": shop.name, "@id": _address(shop.slug)},
    }


def _address(slug: str, product_id: int | None = None) -> str:
    if product_id is None:
        return messages.link(url_for("retail.show_shop", slug=slug))
    return messages.link(url_for("retail.show_product", slug=slug, product_id=product_id))


def product_words(shop: Front, item: ShelfItem) -> str:
    """One line for a preview: price, unit, maker, where to fetch it."""
    maker = shop.name if item.own else item.seller
    return _(
        "%(price)s per %(unit)s, dari %(maker)s. Pesan tanpa daftar, ambil di %(shop)s.",
        price=money.format_rp(item.price_rp),
        unit=item.unit_label,
        maker=maker,
        shop=shop.name,
    )


# --- lists for search engines ------------------------------------------------------------------------


def _listed(body: str, mimetype: str) -> Response:
    response = make_response(body)
    response.mimetype = mimetype
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/robots.txt")
@public
def show_robots() -> Response:
    """What may be read by machines, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in HIDDEN), "Allow: /"]
    lines.append(f"Sitemap: {messages.link(url_for('retail.index_sitemaps'))}")
    return _listed("\n".join(lines) + "\n", "text/plain")


@bp.get("/sitemap.xml")
@public
def index_sitemaps() -> Response:
    """One list of pages per shop."""
    shops = [
        messages.link(url_for("retail.show_sitemap", slug=point.slug)) for point in finding.pickup_points()
    ]
    return _listed(render_template("retail/index_sitemaps.xml", shops=shops), "application/xml")


@bp.get("/toko/<slug>/sitemap.xml")
@public
def show_sitemap(slug: str) -> Response:
    """The pages of one shop."""
    shop = queries_front.front(slug)
    pages: list[tuple[str, Any]] = [(_address(slug), None)]
    pages += [(_address(slug, product_id), since) for product_id, since in finding.addresses(shop.id)]
    return _listed(render_template("retail/show_sitemap.xml", pages=pages), "application/xml")
