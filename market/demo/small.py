"""The cast of the rice story: two cooperatives, two mills, an office, a member with snacks."""

from __future__ import annotations

from datetime import timedelta

from market.catalogue import services as catalogue
from market.core import clock
from market.core.permissions import SYSTEM, Actor, Role
from market.demo import snacks
from market.demo.world import MAKER_ADDRESS, World, load_reference, person
from market.identity import services as identity
from market.identity.models import Organization
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.services import OpeningRow
from market.needs import services as needs
from market.offers import services as offers
from market.retail import services as retail
from market.rounds import services as rounds
from market.stock import services as stock

CITY = "3578"
VILLAGES = ("3578041004", "3578041001")
RICE, SMALL_PACK = "BRS-MED-25", "BRS-MED-5"
CASH_RP, SACKS, SACK_RP = 40_000_000, 8, 300_000


def fill(seed: int) -> dict[str, str]:
    """Everything of the story up to an open round, in the open transaction; logins by role."""
    world = World(CITY, seed)
    load_reference(world)
    makmur = _cooperative("Koperasi Sumber Makmur", VILLAGES[0])
    sri, budi, hadi, kasir = _officers(world, makmur)
    neighbour = _cooperative("Koperasi Rukun Tetangga", VILLAGES[1])
    person(world, "wati", "Wati", neighbour, Role.SECRETARY)
    ratna = _office(world)
    _mills(world)
    _books(budi, makmur)
    _shelf(world, makmur, sri, kasir)
    _snacks(world, makmur, sri, kasir)
    _needs(world, sri, budi)
    rounds.open_round(ratna, "Putaran beras", clock.now() + timedelta(days=2), answer_hours=24)
    assert hadi.organization_id == makmur.id
    return dict(LOGINS)


LOGINS = {
    "secretary": "sri",
    "treasurer": "budi",
    "chair": "hadi",
    "cashier": "kasir",
    "stranger_secretary": "wati",
    "supplier_sales": "joko",
    "second_supplier_sales": "nur",
    "seller_owner": "tini",
    "office_officer": "ratna",
    "office_head": "agus",
}


def _cooperative(name: str, village: str) -> Organization:
    return identity.create_organization(
        SYSTEM,
        "cooperative",
        name,
        village,
        households=2_000,
        legal_on=clock.today(),
        simkopdes_account=True,
        outlet_open=True,
    )


def _officers(world: World, makmur: Organization) -> tuple[Actor, Actor, Actor, Actor]:
    return (
        person(world, "sri", "Sri", makmur, Role.SECRETARY),
        person(world, "budi", "Budi", makmur, Role.TREASURER),
        person(world, "hadi", "Hadi", makmur, Role.CHAIR),
        person(world, "kasir", "Kasir", makmur, Role.CASHIER),
    )


def _office(world: World) -> Actor:
    name = "Dinas Koperasi Kota Surabaya"
    office = identity.create_organization(SYSTEM, "office", name, None, city_code=CITY, scope_code=CITY)
    person(world, "agus", "Agus", office, Role.OFFICE_HEAD)
    return person(world, "ratna", "Ratna", office, Role.OFFICE_OFFICER)


def _mills(world: World) -> None:
    """Lamongan gives 1.200 kg at 11.800, Ngawi 1.500 kg from 500 kg on at 12.100."""
    lamongan = identity.create_organization(
        SYSTEM, "supplier", "Penggilingan Lamongan Jaya", None, city_code="3524"
    )
    ngawi = identity.create_organization(
        SYSTEM, "supplier", "Penggilingan Ngawi Subur", None, city_code="3521"
    )
    joko = person(world, "joko", "Joko", lamongan, Role.SUPPLIER_SALES)
    nur = person(world, "nur", "Nur", ngawi, Role.SUPPLIER_SALES)
    for sales, packs, price, least in ((joko, 48, 295_000, 1), (nur, 60, 302_500, 20)):
        offers.make_offer(
            sales,
            pack_id=world.packs[RICE],
            tiers=[(1, price)],
            zones=[(CITY, 0, 0)],
            capacity_packs=packs,
            min_per_drop_packs=least,
            lead_days=1,
            valid_until_on=clock.today() + timedelta(days=60),
        )


def _books(budi: Actor, makmur: Organization) -> None:
    goods = SACKS * SACK_RP
    rows = [
        OpeningRow(chart.CASH, CASH_RP),
        OpeningRow(chart.INVENTORY, goods),
        OpeningRow(chart.PRINCIPAL_SAVINGS, -20_000_000),
        OpeningRow(chart.MANDATORY_SAVINGS, -(CASH_RP + goods - 20_000_000)),
    ]
    ledger.open_books(SYSTEM, makmur.id)
    ledger.import_opening(budi, rows, clock.today())


def _shelf(world: World, makmur: Organization, sri: Actor, kasir: Actor) -> None:
    """Some rice of last week, half of it already in 5 kg packs."""
    item = stock.item_for_pack(makmur.id, world.packs[RICE])
    stock.move_in(kasir, makmur.id, item.id, SACKS * 25_000, SACKS * SACK_RP, "opening", "opening")
    stock.repack(kasir, item.id, world.packs[SMALL_PACK], SACKS // 2)
    catalogue.sell_pack(sri, world.packs[SMALL_PACK], 64_500)


def _snacks(world: World, makmur: Organization, sri: Actor, kasir: Actor) -> None:
    seller = identity.create_organization(
        SYSTEM,
        "seller",
        "Camilan Bu Tini",
        makmur.place_code,
        sells_through_id=makmur.id,
        address=MAKER_ADDRESS,
    )
    world.seller = person(world, "tini", "Tini", seller, Role.SELLER_OWNER)
    first, _second = snacks.list_snacks(world)
    snacks.approve(sri, first)
    retail.receive_consignment(kasir, first, 30)


def _needs(world: World, sri: Actor, budi: Actor) -> None:
    """Two tonnes of rice within ten days at 13.000 per kg, approved; a smaller one still waits."""
    soon = clock.today() + timedelta(days=10)
    rice = needs.post_need(
        sri, pack_id=world.packs[RICE], wanted_packs=80, needed_by_on=soon, ceiling_rp=325_000
    )
    needs.approve_need(budi, rice.id)
    needs.post_need(sri, pack_id=world.packs["GULA-50"], wanted_packs=4, needed_by_on=soon)
