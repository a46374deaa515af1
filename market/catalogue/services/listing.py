"""A member lists a product, changes it, and asks for approval."""

from __future__ import annotations

from typing import Any

from market.catalogue import queries
from market.catalogue.models import Product
from market.catalogue.services import rules
from market.core import clock, db, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.identity import queries as identity


def list_product(
    actor: Actor,
    *,
    name: str,
    price_rp: int,
    unit_label: str,
    description: str = "",
    net_weight_g: int | None = None,
    net_volume_ml: int | None = None,
    ingredients: str = "",
    pirt: str | None = None,
    halal: str = "unstated",
    photo: bytes | None = None,
    submit: bool = True,
) -> Product:
    """A member lists a product for the shop of the own cooperative; it waits for approval.

    Without `submit` it stays a draft that only the member sees. Raises Forbidden, or Refused for a
    seller without a cooperative, a price of nothing, a malformed or ended P-IRT number, or a photo
    that is none. Own packs of a cooperative go through `sell_pack`.
    """
    actor.require(Permission.PRODUCT_LIST)
    product = Product(
        organization_id=actor.organization_id or 0,
        cooperative_id=_shop_of(actor),
        name=name,
        price_rp=rules.price(price_rp),
        unit_label=unit_label,
        description=description,
        ingredients=ingredients,
        pirt=rules.pirt(pirt),
        halal=rules.halal(halal),
        **rules.net(net_weight_g, net_volume_ml),
        photo=rules.photo(photo) if photo else None,
        state_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(product)
    db.session.flush()
    states.start(product, actor)
    if submit:
        states.advance(product, "submitted", actor)
    return product


def _shop_of(actor: Actor) -> int:
    if actor.organization_kind != "seller":
        raise Refused(_("Barang koperasi sendiri dipasang dari kemasannya, bukan sebagai titipan."))
    through = identity.organization(actor.organization_id or 0).sells_through_id
    if through is None:
        raise Refused(_("Usaha Anda belum terhubung dengan koperasi. Hubungi pengurus koperasi Anda."))
    return through


def update_product(
    actor: Actor,
    product_id: int,
    *,
    name: str,
    price_rp: int,
    unit_label: str,
    description: str = "",
    net_weight_g: int | None = None,
    net_volume_ml: int | None = None,
    ingredients: str = "",
    pirt: str | None = None,
    halal: str = "unstated",
    photo: bytes | None = None,
    version: int | None = None,
    submit: bool = True,
) -> Product:
    """The owner changes a product; without a new photo the old one stays.

    A published product whose price alone changes stays on the shelf; any other change is read by
    the cooperative again. Orders already placed keep their price. Raises NotFound for somebody
    else's product, Conflict for a stale `version`, Refused as `list_product` does.
    """
    actor.require(Permission.PRODUCT_LIST)
    product = queries.own_product(actor, product_id, lock=True)
    rules.unchanged(product.version, version)
    if product.pack_id is not None:
        raise Refused(_("Kemasan koperasi hanya bisa diubah harganya."))
    product.price_rp = rules.price(price_rp)
    changes: dict[str, Any] = {
        "name": name,
        "unit_label": unit_label,
        "description": description,
        "ingredients": ingredients,
        "pirt": rules.pirt(pirt),
        "halal": rules.halal(halal),
        **rules.net(net_weight_g, net_volume_ml),
        **({"photo": rules.photo(photo)} if photo else {}),
    }
    reworded = any(getattr(product, field) != value for field, value in changes.items())
    for field, value in changes.items():
        setattr(product, field, value)
    db.session.flush()
    _after_change(actor, product, reworded, submit)
    return product


def _after_change(actor: Actor, product: Product, reworded: bool, submit: bool) -> None:
    if product.state == "published":
        if reworded:
            states.advance(product, "submitted", actor, stored("isi diubah, diperiksa lagi"))
    elif submit and product.state != "submitted":
        states.advance(product, "submitted", actor)


def submit_again(actor: Actor, product_id: int) -> Product:
    """Ask for approval of a draft, or again after a rejection or a pause; owners only."""
    actor.require(Permission.PRODUCT_LIST)
    product = queries.own_product(actor, product_id, lock=True)
    if product.pack_id is not None:
        raise Refused(_("Kemasan koperasi tidak perlu persetujuan. Pasang lagi dengan harganya."))
    states.advance(product, "submitted", actor)
    return product
