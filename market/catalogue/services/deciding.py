"""The cooperative decides what lies on its shelf."""

from __future__ import annotations

from market.catalogue import queries
from market.catalogue.models import Product
from market.catalogue.services import rules
from market.core import db, states
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.permissions import Actor, Permission, Role
from market.notices.services import notify

MAX_COMMISSION_BP = 5_000


def approve_product(actor: Actor, product_id: int, commission_bp: int, version: int | None = None) -> Product:
    """The cooperative puts a member's product on its shelf at an agreed commission.

    Raises NotFound for a product of another shop, Refused for a commission outside 0 to 50 percent,
    Conflict when the product is no longer the `version` that was read, IllegalMove when it does not
    wait for approval.
    """
    actor.require(Permission.PRODUCT_APPROVE)
    product = queries.product_in_shop(actor, product_id, lock=True)
    rules.unchanged(product.version, version)
    if not 0 <= commission_bp <= MAX_COMMISSION_BP:
        raise Refused(_("Komisi antara 0 dan 50 persen."), field="commission_percent")
    if product.pack_id is not None or product.state != "submitted":
        raise Refused(_("Produk ini tidak sedang menunggu persetujuan."))
    product.commission_bp = commission_bp
    db.session.flush()
    states.advance(product, "published", actor)
    _tell_owner(
        product,
        "product_published",
        lazy("%(name)s sudah dijual", name=product.name),
        lazy("Koperasi memasangnya di rak. Antarkan barangnya ke gerai agar bisa dipesan."),
    )
    return product


def reject_product(actor: Actor, product_id: int, reason: str, version: int | None = None) -> Product:
    """Send a product back with what has to change; the member may submit it again."""
    actor.require(Permission.PRODUCT_APPROVE)
    if not reason.strip():
        raise Refused(_("Tulis apa yang harus diperbaiki."), field="reason")
    product = queries.product_in_shop(actor, product_id, lock=True)
    rules.unchanged(product.version, version)
    states.advance(product, "rejected", actor, reason)
    _tell_owner(product, "product_rejected", lazy("Perbaiki %(name)s", name=product.name), reason)
    return product


def withdraw_product(actor: Actor, product_id: int, reason: str = "") -> Product:
    """Take a product off the shelf, as its owner or as the shop; orders already placed stay.

    Raises Forbidden for those who may neither list nor approve.
    """
    if not actor.may(Permission.PRODUCT_APPROVE):
        actor.require(Permission.PRODUCT_LIST)
    product = queries.product_for(actor, product_id)
    states.advance(product, "withdrawn", actor, reason)
    if product.organization_id != actor.organization_id:
        title = lazy("%(name)s diturunkan dari rak", name=product.name)
        _tell_owner(product, "product_withdrawn", title, reason or lazy("Tanyakan alasannya ke koperasi."))
    return product


def _tell_owner(product: Product, kind: str, title: str, body: str) -> None:
    link = f"/produk/{product.id}"
    notify(product.organization_id, (Role.SELLER_OWNER,), kind, title, body, link)
