"""What the counter asks of products: everything on its shelf, each choice for itself, and why not."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, or_, select

from market.catalogue.models import Product, on_sale
from market.catalogue.queries import MAX_ID, MOST_ON_SHELF, ShelfItem, shelf_columns
from market.core import clock, db
from market.core.history import history_of
from market.core.i18n import _, format_date
from market.identity.models import Organization


def on_shelf(
    cooperative_id: int, product_ids: Iterable[int] | None = None, words: str = ""
) -> list[ShelfItem]:
    """What lies in a shop and may be sold today, by name; all of it, those products, or what has the words.

    Other than on a page of the shelf a product and its choices stand side by side: each has a price.
    """
    where = (Product.cooperative_id == cooperative_id) & (Product.supply == "shelf") & on_sale()
    query = shelf_columns().where(where).order_by(Product.pack_id.is_(None), Product.name, Product.id)
    if product_ids is not None:
        query = query.where(Product.id.in_([each for each in product_ids if 0 < each <= MAX_ID]))
    if words:
        fields = (Product.name, Product.variant)
        query = query.where(or_(*(field.icontains(words, autoescape=True) for field in fields)))
    return [ShelfItem(**row._mapping) for row in db.session.execute(query.limit(MOST_ON_SHELF))]


def named(cooperative_id: int, typed: str) -> Product | None:
    """The product of a shop with this barcode, or the only one of this name; whatever its state."""
    mine = select(Product).where(Product.cooperative_id == cooperative_id)
    found = db.session.scalar(mine.where(Product.barcode == typed))
    if found is not None:
        return found
    same = list(db.session.scalars(mine.where(func.lower(Product.name) == typed.lower()).limit(2)))
    return same[0] if len(same) == 1 else None


def own_product(cooperative_id: int, product_id: int) -> Product | None:
    """A product of this shop, whatever its state."""
    query = select(Product).where(
        Product.id == min(product_id, MAX_ID), Product.cooperative_id == cooperative_id
    )
    return db.session.scalar(query)


def why_not_sold(product: Product) -> str:
    """What keeps a product off the counter today, in words for the cashier; empty where nothing does."""
    name = product.name
    if product.supply != "shelf":
        return _("%(name)s tidak disimpan di gerai: dijual lewat pesanan.", name=name)
    last = product.lawful_until_on
    if product.state in ("published", "paused") and last is not None and last < clock.today():
        day = format_date(last)
        return _("%(name)s hanya boleh dijual sampai %(day)s: izinnya belum lengkap.", name=name, day=day)
    if product.state == "paused":
        return _("%(name)s sedang dihentikan sementara.", name=name)
    if product.state in ("submitted", "returned", "rejected"):
        return _("%(name)s ditahan: koperasi belum menyetujuinya.", name=name)
    if product.state != "published":
        why = history_of(product)[-1].reason
        return f"{_('%(name)s sudah ditarik dari rak.', name=name)} {why}".strip()
    if not db.session.get_one(Organization, product.organization_id).trading:
        return _("Penjual %(name)s sedang tidak berjualan.", name=name)
    return ""
