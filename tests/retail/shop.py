"""A shop as the stories have it: Bu Tini's camilan on consignment and 5 kg of received rice."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from market.catalogue import queries
from market.catalogue import services as catalogue
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.commodities import services as reference
from market.core import clock, db
from market.core.permissions import SYSTEM, Actor, Role
from market.identity.models import Organization
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.retail import services
from market.stock import services as stock
from tests import factories
from tests.cast import Cast, begin

PHONE = "0812-3456-7890"
RICE_RP, RICE_COST_RP = 68_000, 60_000
CRISPS_RP, COMMISSION_BP = 15_000, 1_000


@dataclass(frozen=True)
class ShopFront:
    """Koperasi Sumber Makmur's shelf: ids of what lies there, and who brought it."""

    makmur: Organization
    seller: Organization
    tini: Actor
    """sells crisps through makmur"""
    crisps: Product
    rice: Product


def photo(width: int = 640, height: int = 480, **options: object) -> bytes:
    """A picture as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#c98a1b").save(out, "JPEG", **options)  # type: ignore[arg-type]
    return out.getvalue()


def seller(cast: Cast, name: str = "Keripik Bu Tini", login: str | None = None) -> Actor:
    """A UMKM member who sells through makmur."""
    return factories.actor(Role.SELLER_OWNER, factories.seller(cast.makmur, name), "Tini", login)


def crisps(actor: Actor, **details: object) -> Product:
    """The camilan as its seller lists it."""
    facts = {"name": "Keripik Singkong", "price_rp": CRISPS_RP, "unit_label": "bungkus", "net_weight_g": 250}
    return catalogue.list_product(actor, **{**facts, **details})  # type: ignore[arg-type]


def tasks(actor: Actor) -> list[tuple[str, int]]:
    """Kind and subject of everything about products that waits for the actor."""
    rows = [row for task in queries.today(actor) for row in db.session.execute(task)]
    return [(row.kind, row.subject_id) for row in rows]


def receive_rice(organization: Organization, packs: int, cost_rp: int = RICE_COST_RP) -> int:
    """Packs of rice in stock and in the books, as a receipt leaves them; returns the pack's id."""
    pack = commodities.pack_by_code("BRS-PRM-5")
    item = stock.item_for_pack(organization.id, pack.id)
    value = packs * cost_rp
    stock.move_in(SYSTEM, organization.id, item.id, packs * pack.size_base, value, "opening:beras", "opening")
    lines = [debit(chart.INVENTORY, value), credit(chart.GRANTS, value)]
    ledger.post(SYSTEM, organization.id, EntryDraft("opening:beras", clock.today(), "Beras", lines))
    return pack.id


def open_shop(cast: Cast, crisps_left: int = 10, rice_left: int = 10) -> ShopFront:
    """Everything on the shelf, committed."""
    with db.transaction():
        reference.load_reference()
        tini = seller(cast, login="tini")
        snack = crisps(tini)
        catalogue.approve_product(cast.sri, snack.id, COMMISSION_BP)
        if crisps_left:
            services.receive_consignment(cast.kasir, snack.id, crisps_left)
        pack_id = (
            receive_rice(cast.makmur, rice_left) if rice_left else commodities.pack_by_code("BRS-PRM-5").id
        )
        rice = catalogue.sell_pack(cast.sri, pack_id, RICE_RP)
        owner = db.session.get_one(Organization, tini.organization_id)
        return ShopFront(cast.makmur, owner, tini, snack, rice)


def stocked() -> tuple[Cast, ShopFront]:
    """The cast and the shop: a world to begin with."""
    cast = begin()
    return cast, open_shop(cast)


def place(shop: ShopFront, crisps: int = 0, rice: int = 0, phone: str = PHONE, **details: object):  # type: ignore[no-untyped-def]
    """A resident's order, inside an open transaction."""
    basket = {shop.crisps.id: crisps, shop.rice.id: rice}
    return services.place_order(services.BUYER, shop.makmur.id, basket, "Bu Ani", phone, **details)  # type: ignore[arg-type]
