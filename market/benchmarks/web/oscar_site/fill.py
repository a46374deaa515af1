# mypy: ignore-errors
"""Tables and goods of the peer: `python -m ...oscar_site.fill` reads goods on stdin, prints pages on stdout.

A good is [name, description, category, price]. Each product gets every row that it needs to be sold, in bulk.
"""

import json
import sys
from decimal import Decimal

import django
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse

PLENTY = 1_000_000


def main():
    """Make the tables as the models say, fill them, say what there is."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    print(json.dumps(_fill(json.load(sys.stdin))))


def _fill(goods):
    _country()
    kind = _model("catalogue.ProductClass").objects.create(name="Barang", track_stock=True)
    made = _bulk(
        "catalogue.Product",
        (
            {"structure": "standalone", "upc": f"B{n}", "title": name, "slug": f"barang-{n}"}
            | {"description": text, "product_class": kind, "is_public": True}
            for n, (name, text, _category, _price) in enumerate(goods)
        ),
    )
    _sell(list(zip(made, goods, strict=True)))
    return {
        "list": reverse("catalogue:index"),
        "search": reverse("search:search"),
        "products": [[each.id, each.get_absolute_url()] for each in made],
    }


def _country():
    names = {"name": "Indonesia", "printable_name": "Indonesia"}
    _model("address.Country").objects.create(
        iso_3166_1_a2="ID", iso_3166_1_a3="IDN", is_shipping_country=True, **names
    )


def _sell(pairs):
    partner = _model("partner.Partner").objects.create(name="Koperasi", code="koperasi")
    named = sorted({good[2] for _product, good in pairs})
    categories = {name: _model("catalogue.Category").add_root(name=name) for name in named}
    _bulk(
        "catalogue.ProductCategory",
        ({"product": product, "category": categories[good[2]]} for product, good in pairs),
    )
    _bulk(
        "partner.StockRecord",
        (
            {"product": product, "partner": partner, "partner_sku": product.upc, "price_currency": "IDR"}
            | {"price": Decimal(good[3]), "num_in_stock": PLENTY}
            for product, good in pairs
        ),
    )
    _bulk(
        "catalogue.ProductImage",
        ({"product": product, "original": f"images/{product.id}.jpg"} for product, _good in pairs),
    )


def _bulk(name, rows):
    model = _model(name)
    return model.objects.bulk_create(model(**row) for row in rows)


def _model(name):
    return apps.get_model(*name.split("."))


if __name__ == "__main__":
    main()
