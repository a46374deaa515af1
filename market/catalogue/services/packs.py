"""The cooperative's own goods on its own shelf, never above the HET."""

from __future__ import annotations

from market.catalogue import queries
from market.catalogue.models import Product
from market.catalogue.services import rules
from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db, money, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity import queries as identity


def sell_pack(actor: Actor, pack_id: int, price_rp: int, member_price_rp: int | None = None) -> Product:
    """Put a retail pack of a commodity on the cooperative's shelf, never above the HET.

    A pack that was taken off comes back with the new price. Raises Refused above the ceiling (with
    the figure), for a bulk pack, for goods that may not be sold online, or when it lies there already.
    """
    actor.require(Permission.PRODUCT_APPROVE)
    if actor.organization_kind != "cooperative":
        raise Refused(_("Hanya koperasi yang memasang kemasannya sendiri."))
    pack = commodities.pack(pack_id)
    _sellable(pack)
    _within_ceiling(actor, pack, rules.price(price_rp))
    rules.member_price(price_rp, member_price_rp)
    product = queries.pack_on_shelf(actor.organization_id or 0, pack.id)
    if product is not None:
        return _put_back(actor, product, price_rp, member_price_rp)
    product = Product(
        organization_id=actor.organization_id or 0,
        cooperative_id=actor.organization_id or 0,
        pack_id=pack.id,
        name=pack.commodity.name,
        price_rp=price_rp,
        member_price_rp=member_price_rp,
        category="sembako",
        unit_label=pack.label[:30],
        net_weight_g=pack.size_base if pack.commodity.base_unit == "g" else None,
        net_volume_ml=pack.size_base if pack.commodity.base_unit == "ml" else None,
        halal="not_applicable",
        state_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(product)
    db.session.flush()
    states.start(product, actor)
    states.advance(product, "published", actor)
    return product


def _sellable(pack: Pack) -> None:
    if not pack.retail:
        raise Refused(_("Kemasan grosir dikemas ulang dahulu sebelum dijual eceran."), field="pack_id")
    if not pack.commodity.online_allowed:
        raise Refused(_("Barang ini hanya boleh dijual langsung di gerai."), field="pack_id")


def _within_ceiling(actor: Actor, pack: Pack, price_rp: int) -> None:
    place_code = identity.organization(actor.organization_id or 0).place_code
    ceiling = commodities.ceiling_rp(pack, place_code, clock.today())
    if ceiling is not None and price_rp > ceiling:
        most = money.format_rp(ceiling)
        raise Refused(
            _("HET %(name)s %(most)s. Turunkan harganya.", name=pack.name, most=most), field="price_rp"
        )


def _put_back(actor: Actor, product: Product, price_rp: int, member_price_rp: int | None) -> Product:
    if product.state == "published":
        raise Refused(_("Kemasan ini sudah ada di rak. Ubah harganya di halaman barangnya."), field="pack_id")
    product.price_rp, product.member_price_rp = price_rp, member_price_rp
    db.session.flush()
    states.advance(product, "published", actor)
    return product


def change_price(
    actor: Actor,
    product_id: int,
    price_rp: int,
    version: int | None = None,
    member_price_rp: int | None = None,
) -> Product:
    """Another price for the cooperative's own pack, from now on; placed orders keep theirs.

    `member_price_rp` is what members pay, at most the price; None means the same as everybody.

    Raises Refused above the HET, NotFound for goods that are not the cooperative's own.
    """
    actor.require(Permission.PRODUCT_APPROVE)
    product = queries.own_product(actor, product_id, lock=True)
    rules.unchanged(product.version, version)
    if product.pack_id is not None:
        _within_ceiling(actor, commodities.pack(product.pack_id), rules.price(price_rp))
    rules.member_price(price_rp, member_price_rp)
    product.price_rp, product.member_price_rp = rules.price(price_rp), member_price_rp
    db.session.flush()
    return product
