"""What is asked of goods for a visitor's baskets at several shops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_
from sqlalchemy.orm import aliased

from market.catalogue.models import Product, on_sale
from market.catalogue.queries import ShelfItem, shelf_columns
from market.core import db
from market.identity.models import Organization


@dataclass(frozen=True)
class ShelfShop:
    """A shop by its name and address."""

    id: int
    name: str
    slug: str


def shelves(wanted: Mapping[int, Iterable[int]]) -> list[tuple[ShelfShop, dict[int, ShelfItem]]]:
    """Of several shops those of the products that lie on their shelves now; one statement, by shop id."""
    lies = [
        (Product.cooperative_id == shop_id) & Product.id.in_(list(ids)) for shop_id, ids in wanted.items()
    ]
    if not lies:
        return []
    shop = aliased(Organization)
    query = (
        shelf_columns()
        .join(shop, shop.id == Product.cooperative_id)
        .add_columns(shop.name.label("shop"), shop.slug.label("shop_slug"))
        .where(or_(*lies), on_sale())
        .order_by(shop.id, Product.id)
    )
    found: dict[ShelfShop, dict[int, ShelfItem]] = {}
    for row in db.session.execute(query).mappings():
        facts = dict(row)
        at = ShelfShop(facts["cooperative_id"], facts.pop("shop"), facts.pop("shop_slug"))
        found.setdefault(at, {})[facts["id"]] = ShelfItem(**facts)
    return list(found.items())
