"""A market of many sellers at makmur: what lies on the shelf, what lies at home, what is made for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from market.catalogue import queries_days
from market.catalogue import services as catalogue
from market.catalogue.models import Product
from market.core import db
from market.core.permissions import Actor
from market.retail import queries_parts, services
from market.retail.models import RetailOrder
from market.retail.models_parts import RetailPart
from tests.cast import Cast
from tests.retail import shop as shops
from tests.retail.shop import COMMISSION_BP, PHONE, ShopFront

COOKIE_RP, CAKE_RP = 25_000, 40_000
AT_HOME, A_DAY = 12, 5


@dataclass(frozen=True)
class Market:
    """The shop front, and two makers who keep their goods themselves."""

    front: ShopFront
    cast: Cast
    rina: Actor
    """has cookies at home"""
    dewi: Actor
    """makes cakes to order"""
    cookies: Product
    cake: Product

    def place(
        self, crisps: int = 0, rice: int = 0, cookies: int = 0, cake: int = 0, **details
    ) -> RetailOrder:  # type: ignore[no-untyped-def]
        """A resident's order, inside an open transaction."""
        basket = {
            self.front.crisps.id: crisps,
            self.front.rice.id: rice,
            self.cookies.id: cookies,
            self.cake.id: cake,
        }
        phone = details.pop("phone", PHONE)
        return services.place_order(services.BUYER, self.front.makmur.id, basket, "Bu Ani", phone, **details)

    def part(self, order: RetailOrder, maker: Actor) -> RetailPart:
        """The maker's part of an order."""
        found = queries_parts.parts_of(order.id)
        return next(
            each for each in found if each.seller_id == maker.organization_id and each.place == "away"
        )

    def first_day(self) -> date:
        """The first day on which a cake can be had."""
        return queries_days.day_offers([self.cake])[self.cake.id][0].on


def made(actor: Actor, name: str, price_rp: int, supply: str, **details: object) -> Product:
    """A product that does not lie on the shelf, as its maker lists it."""
    product = catalogue.list_product(
        actor, name=name, price_rp=price_rp, unit_label="toples", net_weight_g=300
    )
    product.supply = supply
    for key, value in details.items():
        setattr(product, key, value)
    db.session.flush()
    return product


def open_market(cast: Cast) -> Market:
    """Ten bags and ten packs on the shelf, twelve jars at Rina's, five cakes a day at Dewi's; committed."""
    front = shops.open_shop(cast)
    with db.transaction():
        rina = shops.seller(cast, "Kue Kering Bu Rina", login="rina")
        dewi = shops.seller(cast, "Dapur Bu Dewi", login="dewi")
        cookies = made(rina, "Nastar", COOKIE_RP, "home")
        cake = made(dewi, "Kue Lapis", CAKE_RP, "order", lead_days=1, day_capacity=A_DAY)
        for product in (cookies, cake):
            catalogue.approve_product(cast.sri, product.id, COMMISSION_BP)
        catalogue.set_home_stock(rina, cookies.id, AT_HOME)
        return Market(front, cast, rina, dewi, cookies, cake)
