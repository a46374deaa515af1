"""A shop that delivers: a zone, a voucher, an order on its way, and a complaint, each with one call."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock
from market.retail import queries_delivery, services
from market.retail.models import RetailOrder
from market.retail.models_complaints import Complaint
from market.retail.models_delivery import CourierRun, DeliveryZone, RetailDelivery
from market.retail.models_vouchers import Voucher
from market.retail.services import Door, Extras, VoucherTerms, ZoneTerms
from tests.cast import Cast
from tests.retail.shop import PHONE, ShopFront

FEE_RP = 7_000


def zone(cast: Cast, **details: object) -> DeliveryZone:
    """Makmur delivers in its own village."""
    terms = {"fee_rp": FEE_RP, "from_hour": 0, "until_hour": 24, **details}
    villages = [cast.makmur.place_code or ""]
    return services.add_zone(cast.sri, "Dekat gerai", villages, ZoneTerms(**terms), clock.today())  # type: ignore[arg-type]


def voucher(cast: Cast, code: str = "LEBARAN", **details: object) -> Voucher:
    """A voucher from today for a month."""
    today = clock.today()
    facts = {"starts_on": today, "ends_on": today + timedelta(days=30), "most_uses": 10, **details}
    if "percent" not in facts and "amount_rp" not in facts:
        facts["percent"] = 10
    return services.make_voucher(cast.sri, code, VoucherTerms(**facts))  # type: ignore[arg-type]


def door(cast: Cast, **details: object) -> Door:
    facts = {"place_code": cast.makmur.place_code or "", "address": "Jl. Mawar 3", "cash": True}
    return Door(**{**facts, **details})  # type: ignore[arg-type]


def order(shop: ShopFront, extras: Extras, crisps: int = 0, rice: int = 0, phone: str = PHONE) -> RetailOrder:
    basket = {shop.crisps.id: crisps, shop.rice.id: rice}
    return services.place_order(services.BUYER, shop.makmur.id, basket, "Bu Ani", phone, extras=extras)


def to_the_door(cast: Cast, shop: ShopFront, crisps: int = 2, rice: int = 1, code: str = "") -> RetailOrder:
    """An order to be brought and paid to the courier, packed."""
    placed = order(shop, Extras(door=door(cast), voucher=code), crisps, rice)
    services.mark_ready(cast.kasir, placed.id)
    return placed


def delivery_of(placed: RetailOrder) -> RetailDelivery:
    found = queries_delivery.delivery_of(placed.id)
    assert found is not None
    return found


def on_the_way(cast: Cast, *orders: RetailOrder) -> CourierRun:
    """Pak Udin has left with these."""
    stops = [delivery_of(each).id for each in orders]
    run = services.open_run(cast.kasir, "Pak Udin", "0813-1111-2222", stops)
    services.depart(run.token)
    return run


def collected(
    cast: Cast, shop: ShopFront, crisps: int = 2, rice: int = 1, extras: Extras | None = None
) -> RetailOrder:
    """An order that was handed over for cash at the counter."""
    placed = order(shop, extras or Extras(), crisps, rice)
    services.hand_over(cast.kasir, placed.id, placed.pickup_code)
    return placed


def complaint(placed: RetailOrder, line_id: int, quantity: int = 1, **details: object) -> Complaint:
    facts = {"wish": "refund", "words": "Bungkusnya sobek.", "photo": None, **details}
    return services.complain(services.BUYER, placed.token, line_id, quantity=quantity, **facts)  # type: ignore[arg-type]
