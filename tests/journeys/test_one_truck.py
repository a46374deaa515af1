"""One truck brings two orders of two rounds: planned, sent off, counted at one visit with one signature."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from market.commodities import queries as commodities
from market.core import clock, db
from market.offers.models import TripRate
from market.purchasing import queries
from market.purchasing import services as purchasing
from market.purchasing.services import OrderLine
from tests import factories
from tests.journeys import steps
from tests.journeys.conftest import fits

GOODS = (
    ("BRS-PRM-25", "Beras premium 25 kg", 20, 295_000),
    ("BRS-MED-25", "Beras medium 25 kg", 60, 285_000),
)
TRUCK_RP = 400_000


@pytest.fixture
def orders(cast) -> list[int]:
    """Two orders of Makmur to Lamongan, each with a truck of its own, due tomorrow."""
    with db.transaction():
        rate = TripRate(
            organization_id=cast.lamongan.id,
            place_code=cast.makmur.place_code[:6],
            vehicle="cdd",
            capacity_g=6_000_000,
            cost_rp=TRUCK_RP,
        )
        db.session.add(rate)
        return [order(cast, *row) for row in GOODS]


def order(cast, code: str, name: str, packs: int, price_rp: int) -> int:
    made = purchasing.issue_order(
        factories.SYSTEM,
        cast.makmur.id,
        cast.lamongan.id,
        [
            OrderLine("goods", commodities.pack_by_code(code).id, name, packs, price_rp),
            OrderLine("truck", None, "Bagian ongkos truk, menurut berat", 1, TRUCK_RP),
        ],
        origin=f"truck:{code}",
        terms="cod",
        delivery_on=clock.today() + timedelta(days=1),
        place_code=cast.makmur.place_code,
    )
    return made.id


def test_one_truck_brings_two_orders_in_one_visit(live, cast, orders, books_are_true):
    supplier = steps.see(live.of(cast.joko), "/kiriman")
    expect(supplier.get_by_test_id("ride")).to_contain_text("turun dari Rp800.000 menjadi Rp400.000")
    fits(supplier)
    supplier.get_by_test_id("plan-trip").click()
    steps.state(supplier, "trip-state", "Direncanakan")
    supplier.get_by_test_id("field-driver_name").fill("Pak Slamet")
    supplier.get_by_test_id("field-plate").fill("L 1234 AB")
    fits(supplier)
    supplier.get_by_test_id("depart").click()
    steps.state(supplier, "trip-state", "Di jalan")

    door = steps.see(live.of(cast.sri), "/hari-ini")
    door.get_by_test_id("task-stop_arrives").get_by_role("link").click()
    shares = door.get_by_test_id("truck-share")
    expect(shares).to_have_text(
        ["Ongkos truk Rp100.000, tadinya Rp400.000.", "Ongkos truk Rp300.000, tadinya Rp400.000."]
    )
    fits(door)
    door.get_by_test_id("receive-stop").click()
    expect(door.locator("input[name^=accepted_]")).to_have_count(2)
    fits(door)
    door.get_by_test_id("field-driver_name").fill("Pak Slamet")
    door.get_by_test_id("save-receipt").click()
    steps.state(door, "trip-state", "Sudah tiba")
    expect(door.get_by_test_id("proof-pdf")).to_be_visible()
    with db.transaction(read_only=True):
        receipts = [queries.receipts_of(order_id)[0] for order_id in orders]
        assert [receipt.value_rp for receipt in receipts] == [
            packs * price + share
            for (_code, _name, packs, price), share in zip(GOODS, (100_000, 300_000), strict=True)
        ]
        assert {receipt.driver_name for receipt in receipts} == {"Pak Slamet"}
    books_are_true(cast.makmur.id)
