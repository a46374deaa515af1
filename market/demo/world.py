"""Who is in the story of a city: the office, the cooperatives, the suppliers, and their logins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from market import refdata
from market.catalogue import services as products
from market.commodities import queries as commodities
from market.commodities import services as commodity_services
from market.core import clock
from market.core.permissions import SYSTEM, Actor, Role
from market.identity import queries as identity_queries
from market.identity import services as identity
from market.identity.models import Organization
from market.places import queries as place_queries
from market.places import services as places
from market.refdata import needs as story
from market.refdata.needs import CooperativeSpec

PASSWORD = "lumbung-2026"
SEATS = (Role.CHAIR, Role.SECRETARY, Role.TREASURER, Role.CASHIER)
WORDS = {
    Role.CHAIR: "ketua",
    Role.SECRETARY: "sekretaris",
    Role.TREASURER: "bendahara",
    Role.CASHIER: "kasir",
}
TOUR_LOGINS = {
    "office_officer": "dinas",
    "office_head": "kadis",
    "chair": "ketua",
    "secretary": "sekretaris",
    "treasurer": "bendahara",
    "cashier": "kasir",
    "supplier_sales": "pemasok",
    "seller_owner": "umkm",
}
"""The same words in every city; every other login is the word, a dot and the code."""
STORY_VILLAGES = {"3578": "3578041004", "3573": "3573011008", "3574": ""}
"""Ngagel Rejo and Bunulrejo, whose start was reported; Probolinggo takes its first strong one."""
TOUR_SUPPLIERS = {"3578": "SDA2", "3573": "JBG1", "3574": "PSR1"}
"""Rice suppliers that both rounds of the story ask for something: the tour answers as one of them."""

MAKER_ADDRESS = "Jl. Contoh 12, RT 3 RW 2"
"""Invented: a label names its maker's address."""


@dataclass(frozen=True)
class Cooperative:
    """A cooperative with the four people who work in the story."""

    spec: CooperativeSpec
    id: int
    name: str
    people: dict[Role, Actor]

    @property
    def chair(self) -> Actor:
        return self.people[Role.CHAIR]

    @property
    def secretary(self) -> Actor:
        return self.people[Role.SECRETARY]

    @property
    def treasurer(self) -> Actor:
        return self.people[Role.TREASURER]

    @property
    def cashier(self) -> Actor:
        return self.people[Role.CASHIER]


@dataclass
class World:
    """Everybody and everything that the acts of the story refer to."""

    city: str
    seed: int
    today: date = field(default_factory=clock.today)
    password_hash: str = field(default_factory=lambda: identity.hash_password(PASSWORD))
    packs: dict[str, int] = field(default_factory=dict)
    officer: Actor = SYSTEM
    head: Actor = SYSTEM
    seller: Actor = SYSTEM
    cooperatives: dict[str, Cooperative] = field(default_factory=dict)
    suppliers: dict[str, Actor] = field(default_factory=dict)

    @property
    def story(self) -> Cooperative:
        """The cooperative that the tour visits."""
        named = self.cooperatives.get(STORY_VILLAGES.get(self.city, ""))
        return named or next(each for each in self.cooperatives.values() if each.spec.level == "strong")

    def pilots(self, at_most: int) -> list[Cooperative]:
        """The strongest cooperatives, the story's first: those with a round behind them."""
        rank = {"strong": 0, "growing": 1}
        able = [each for each in self.cooperatives.values() if each.spec.level in rank]
        able.sort(key=lambda each: (each is not self.story, rank[each.spec.level], each.spec.village_code))
        return able[:at_most]

    def supplier_id(self, code: str) -> int:
        return self.suppliers[code].organization_id or 0


def load_reference(world: World) -> None:
    """Places, goods and price rules."""
    places.load_reference()
    commodity_services.load_reference()
    products.load_permit_rules()
    world.packs = pack_ids()


def pack_ids() -> dict[str, int]:
    """Ids of the packs by code."""
    return {pack.code: pack.id for pack in commodities.packs()}


@contextmanager
def familiar(world: World) -> Iterator[None]:
    """Hold what the services look up again and again, so that the session knows it by heart."""
    _held = [
        *commodities.packs(),
        *identity_queries.organizations("cooperative", world.city),
        *place_queries.villages_of(world.city),
    ]
    yield


def person(world: World, login: str, name: str, organization: Organization, role: Role) -> Actor:
    """A new person in a seat, with the demo's password."""
    user = identity.create_user(SYSTEM, login, name, password_hash=world.password_hash)
    grant = identity.grant_role(SYSTEM, user.id, organization.id, role)
    scope = organization.scope_code or organization.city_code or ""
    seat = identity.Seat(grant.id, role, organization.id, organization.kind, organization.name, scope)
    return identity.actor_of(user, seat)


def make_office(world: World) -> None:
    """The city's office with an officer and a head."""
    name = f"Dinas Koperasi {refdata.place(world.city).name}"
    office = identity.create_organization(
        SYSTEM, "office", name, None, city_code=world.city, scope_code=world.city
    )
    world.officer = person(world, "dinas", "Ratna Wulandari", office, Role.OFFICE_OFFICER)
    world.head = person(world, "kadis", "Agus Prasetyo", office, Role.OFFICE_HEAD)


def make_cooperatives(world: World, specs: Iterable[CooperativeSpec]) -> None:
    """Every cooperative of the city with chair, secretary, treasurer and cashier.

    Logins are "bendahara.3578041004" (office and village code); the story's own cooperative has the
    plain words.
    """
    specs = list(specs)
    story_village = STORY_VILLAGES[world.city] or next(s.village_code for s in specs if s.level == "strong")
    for spec in specs:
        people = {each.office: each.name for each in story.officers_for(spec.village_code, world.seed)}
        made = identity.create_organization(
            SYSTEM,
            "cooperative",
            spec.name,
            spec.village_code,
            households=spec.households_served,
            legal_on=clock.today(),
            simkopdes_account=spec.level != "not_started",
            outlet_open=spec.level not in ("not_started", "dormant"),
            slug=f"kkmp-{identity.slugify(spec.name.removeprefix('Koperasi Kelurahan Merah Putih '))}",
        )
        seats = {}
        for role in SEATS:
            chosen = spec.village_code == story_village
            login = WORDS[role] if chosen else f"{WORDS[role]}.{spec.village_code}"
            seats[role] = person(world, login, people[role.value], made, role)
        world.cooperatives[spec.village_code] = Cooperative(spec, made.id, spec.name, seats)


def make_suppliers(world: World) -> None:
    """The suppliers that offer anything to the city, each with one person who sells."""
    names = [row.name for row in refdata.people_names()]
    codes = list(dict.fromkeys(offer.supplier for offer in refdata.offers(world.city)))
    for number, code in enumerate(codes):
        row = refdata.supplier(code)
        made = identity.create_organization(SYSTEM, "supplier", row.name, None, city_code=row.place_code[:4])
        login = "pemasok" if code == TOUR_SUPPLIERS[world.city] else f"pemasok.{code.lower()}"
        name = names[(7 * number + world.seed) % len(names)]
        world.suppliers[code] = person(world, login, name, made, Role.SUPPLIER_SALES)


def make_seller(world: World) -> None:
    """A member with a home kitchen who sells through the story's cooperative."""
    shop = world.story
    made = identity.create_organization(
        SYSTEM,
        "seller",
        "Camilan Bu Tini",
        shop.spec.village_code,
        sells_through_id=shop.id,
        address=MAKER_ADDRESS,
    )
    world.seller = person(world, "umkm", "Tini Rahayu", made, Role.SELLER_OWNER)
