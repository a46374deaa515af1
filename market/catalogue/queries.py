"""What is asked of products: the shelf of a shop, one's own list, what waits for approval."""

from __future__ import annotations

from sqlalchemy import Row, Select, literal, or_, select

from market.catalogue.models import Product
from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization


def shelf(cooperative_id: int) -> list[Row[tuple[Product, str]]]:
    """Published products of one shop with their sellers' names."""
    query = (
        select(Product, Organization.name.label("seller"))
        .join(Organization, Organization.id == Product.organization_id)
        .where(Product.cooperative_id == cooperative_id, Product.state == "published")
        .order_by(Product.name, Product.id)
    )
    return list(db.session.execute(query))


def published(product_id: int) -> Product:
    """A product on some shelf; raises NotFound."""
    found = db.session.scalar(select(Product).where(Product.id == product_id, Product.state == "published"))
    if found is None:
        raise NotFound(_("Barang ini tidak dijual lagi."))
    return found


def products_of(actor: Actor) -> list[Product]:
    """What the actor's organization owns or, for a cooperative, sells."""
    mine = or_(
        Product.organization_id == actor.organization_id, Product.cooperative_id == actor.organization_id
    )
    return list(db.session.scalars(select(Product).where(mine).order_by(Product.id.desc())))


def product_for(actor: Actor, product_id: int) -> Product:
    """A product that the actor's organization owns or sells; raises NotFound."""
    mine = or_(
        Product.organization_id == actor.organization_id, Product.cooperative_id == actor.organization_id
    )
    found = db.session.scalar(select(Product).where(Product.id == product_id, mine))
    if found is None:
        raise NotFound(_("Produk tidak ditemukan."))
    return found


def product_in_shop(actor: Actor, product_id: int) -> Product:
    """A product in the shop of the actor's cooperative; raises NotFound."""
    query = select(Product).where(Product.id == product_id, Product.cooperative_id == actor.organization_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Produk tidak ditemukan."))
    return found


def today(actor: Actor) -> list[Select[tuple[str, int, object, str, int]]]:
    """Products to approve (cooperative) and products sent back (their owner)."""
    tasks = []
    columns = (
        Product.id.label("subject_id"),
        Product.state_at.label("since"),
        Product.name.label("detail"),
        Product.price_rp.label("amount"),
    )
    if actor.may(Permission.PRODUCT_APPROVE):
        waiting = (Product.cooperative_id == actor.organization_id) & (Product.state == "submitted")
        tasks.append(select(literal("product_waits").label("kind"), *columns).where(waiting))
    if actor.organization_kind == "seller":
        back = (Product.organization_id == actor.organization_id) & (Product.state == "rejected")
        tasks.append(select(literal("product_rejected").label("kind"), *columns).where(back))
    return tasks
