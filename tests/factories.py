"""Small makers of the things that tests need; each returns what it made, already flushed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count

from argon2 import PasswordHasher
from sqlalchemy import select

from market.core import clock, db, sheets
from market.core.permissions import SYSTEM, Actor, Role
from market.identity import services
from market.identity.models import Organization, User
from market.members import services as membership
from market.members.models import Member
from market.places.models import Place

PRODUCT_HASHER = services._hasher
"""What the product hashes with; tests/identity holds it to OWASP's minimum."""
# Hundreds of tests sign somebody in: here hashing costs next to nothing.
services._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
services._NO_USER_HASH = services._hasher.hash("nobody has this password")

PASSWORD = "beras-pulen-2026"
_PASSWORD_HASH = services.hash_password(PASSWORD)
_numbers = count(1)

VILLAGES = {
    "3578081003": ("Ngagelrejo", -7.2954, 112.7494),
    "3578041001": ("Wonokromo", -7.3025, 112.7372),
    "3573011001": ("Blimbing", -7.9386, 112.6402),
}
PARENTS = (
    ("35", "province", "Jawa Timur", None),
    ("3578", "city", "Kota Surabaya", "35"),
    ("3573", "city", "Kota Malang", "35"),
    ("3524", "city", "Kabupaten Lamongan", "35"),
    ("357808", "district", "Gubeng", "3578"),
    ("357804", "district", "Wonokromo", "3578"),
    ("357301", "district", "Blimbing", "3573"),
)


def places() -> None:
    """A handful of real places; calling it twice is fine."""
    if db.session.get(Place, "35") is not None:
        return
    for code, kind, name, parent in PARENTS:
        db.session.add(
            Place(code=code, kind=kind, name=name, parent_code=parent, latitude=-7.3, longitude=112.7)
        )
        db.session.flush()
    for code, (name, latitude, longitude) in VILLAGES.items():
        db.session.add(
            Place(
                code=code,
                kind="village",
                name=name,
                parent_code=code[:6],
                postcode="60245",
                latitude=latitude,
                longitude=longitude,
            )
        )
    db.session.flush()


def organization(
    kind: str, name: str, place_code: str | None = "3578081003", **details: object
) -> Organization:
    places()
    return services.create_organization(SYSTEM, kind, name, place_code, **details)


def cooperative(
    name: str = "Koperasi Sumber Makmur", place_code: str = "3578081003", **details: object
) -> Organization:
    return organization("cooperative", name, place_code, **{"households": 2000, **details})


def supplier(name: str = "Penggilingan Lamongan Jaya", **details: object) -> Organization:
    return organization("supplier", name, None, **{"city_code": "3524", **details})


def seller(through: Organization, name: str = "Keripik Bu Tini") -> Organization:
    return organization("seller", name, through.place_code, sells_through_id=through.id)


def office(scope_code: str = "3578", name: str = "Dinas Koperasi Kota Surabaya") -> Organization:
    return organization("office", name, None, city_code=scope_code[:4], scope_code=scope_code)


def user(name: str = "Seseorang", login: str | None = None, **details: object) -> User:
    login = login or f"orang{next(_numbers)}"
    return services.create_user(SYSTEM, login, name, password_hash=_PASSWORD_HASH, **details)


def actor(
    role: Role | str, organization: Organization, name: str | None = None, login: str | None = None
) -> Actor:
    """A new person in the seat, as the actor that services take."""
    person = user(name or f"{role} {next(_numbers)}", login)
    services.grant_role(SYSTEM, person.id, organization.id, role)
    return services.actor_in(person, organization.id, role)


def nik(number: int | None = None) -> str:
    """A NIK that nobody else here has: a woman born 5 May 1980, registered in Surabaya."""
    return f"357801450580{number or next(_numbers):04d}"


def member(board: Actor, name: str = "Bu Ani", phone: str = "") -> Member:
    """A member of old, from the paper register: uploaded by one, held against the book by another."""
    return register(board, [(name, phone)])[0]


def register(board: Actor, people: Sequence[tuple[str, str]], principal_rp: int = 50_000) -> list[Member]:
    """Members of the board's cooperative who paid the principal before Lumbung kept the books."""
    cooperative = db.session.get_one(Organization, board.organization_id)
    rows = [[name, nik(), phone, principal_rp] for name, phone in people]
    data = sheets.write_csv(["Nama lengkap", "NIK", "Nomor HP", "Simpanan pokok dibayar"], rows)
    read = membership.preview_import(actor(Role.SECRETARY, cooperative), data, "buku.csv")
    assert not isinstance(read, list), read
    writer = Actor(read.created_by, cooperative.id, "cooperative", cooperative.name, Role.SECRETARY, "Buku")
    assert len(people) == read.row_count, membership.shown_rows(read)[1]
    membership.store_import(writer, read.id)
    second = actor(Role.CHAIR, cooperative)
    membership.confirm_import(second, read.id)
    query = select(Member).where(Member.import_id == read.id).order_by(Member.id)
    return list(db.session.scalars(query))


def today_plus(days: int) -> date:
    """A day from now on, in Jakarta."""
    return clock.today() + timedelta(days=days)
