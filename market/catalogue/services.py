"""Listing, approving and withdrawing products."""

from __future__ import annotations

import re

from market.catalogue import queries
from market.catalogue.models import HALAL_STATES, Product
from market.commodities import queries as commodities
from market.core import clock, db, files, money, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity import queries as identity

PIRT = re.compile(r"\d{13}-\d{2}")
"""P-IRT number: 13 digits, a dash, the last two digits of the year it ends (domain facts 6.1)."""


def list_product(
    actor: Actor,
    *,
    name: str,
    price_rp: int,
    unit_label: str,
    description: str = "",
    net_weight_g: int | None = None,
    ingredients: str = "",
    pirt: str | None = None,
    halal: str = "in_process",
    photo: bytes | None = None,
) -> Product:
    """A member lists a product for the shop of the own cooperative; it waits for approval.

    Raises Refused for a price of nothing, a malformed P-IRT number, or a photo that is none.
    """
    actor.require(Permission.PRODUCT_LIST)
    product = Product(
        organization_id=actor.organization_id or 0,
        cooperative_id=_shop_of(actor),
        name=name,
        price_rp=_price(price_rp),
        unit_label=unit_label,
        description=description,
        net_weight_g=net_weight_g,
        ingredients=ingredients,
        pirt=_pirt(pirt),
        halal=_halal(halal),
        photo=files.store_photo(photo).name if photo else None,
        state_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(product)
    db.session.flush()
    states.start(product, actor)
    states.advance(product, "submitted", actor)
    return product


def _shop_of(actor: Actor) -> int:
    if actor.organization_kind == "cooperative":
        return actor.organization_id or 0
    through = identity.organization(actor.organization_id or 0).sells_through_id
    if through is None:
        raise Refused(_("Usaha Anda belum terhubung dengan koperasi."))
    return through


def _price(price_rp: int) -> int:
    if price_rp <= 0:
        raise Refused(_("Harga harus lebih dari nol."), field="price_rp")
    return price_rp


def _pirt(number: str | None) -> str:
    if number and not PIRT.fullmatch(number):
        raise Refused(_("Nomor P-IRT ditulis seperti 1234567890123-45."), field="pirt")
    return number or ""


def _halal(state: str) -> str:
    if state not in HALAL_STATES:
        raise Refused(_("Pilih status halal."), field="halal")
    return state


def sell_pack(actor: Actor, pack_id: int, price_rp: int) -> Product:
    """Put a retail pack of a commodity on the cooperative's shelf, never above the HET.

    Raises Refused above the ceiling (with the figure) or for goods that may not be sold online.
    """
    actor.require(Permission.PRODUCT_APPROVE)
    pack = commodities.pack(pack_id)
    place_code = identity.organization(actor.organization_id or 0).place_code
    ceiling = commodities.ceiling_rp(pack, place_code, clock.today())
    if ceiling is not None and _price(price_rp) > ceiling:
        most = money.format_rp(ceiling)
        raise Refused(
            _("HET %(name)s %(most)s. Turunkan harganya.", name=pack.name, most=most), field="price_rp"
        )
    if not pack.commodity.online_allowed:
        raise Refused(_("Barang ini hanya boleh dijual langsung di gerai."), field="pack_id")
    product = Product(
        organization_id=actor.organization_id or 0,
        cooperative_id=actor.organization_id or 0,
        pack_id=pack.id,
        name=pack.commodity.name,
        price_rp=_price(price_rp),
        unit_label=pack.label,
        net_weight_g=pack.size_base if pack.commodity.base_unit == "g" else None,
        halal="not_applicable",
        state_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(product)
    db.session.flush()
    states.start(product, actor)
    states.advance(product, "published", actor)
    return product


def approve_product(actor: Actor, product_id: int, commission_bp: int) -> Product:
    """The cooperative puts a member's product on its shelf at an agreed commission."""
    actor.require(Permission.PRODUCT_APPROVE)
    product = queries.product_in_shop(actor, product_id)
    if not 0 <= commission_bp <= 5_000:
        raise Refused(_("Komisi antara 0 dan 50 persen."), field="commission_percent")
    product.commission_bp = commission_bp
    states.advance(product, "published", actor)
    return product


def reject_product(actor: Actor, product_id: int, reason: str) -> Product:
    """Send a product back with what has to change; the member may submit it again."""
    actor.require(Permission.PRODUCT_APPROVE)
    if not reason.strip():
        raise Refused(_("Tulis apa yang harus diperbaiki."), field="reason")
    product = queries.product_in_shop(actor, product_id)
    states.advance(product, "rejected", actor, reason)
    return product


def withdraw_product(actor: Actor, product_id: int) -> Product:
    """Take a product off the shelf; orders already placed stay."""
    product = queries.product_for(actor, product_id)
    states.advance(product, "withdrawn", actor)
    return product


def submit_again(actor: Actor, product_id: int) -> Product:
    """Ask for approval again after a rejection or a pause."""
    actor.require(Permission.PRODUCT_LIST)
    product = queries.product_for(actor, product_id)
    states.advance(product, "submitted", actor)
    return product
