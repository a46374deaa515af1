"""Signing in and out, choosing a role, and making people, organizations and seats."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Select, and_, bindparam, delete, select, update

from market.core import clock, crypto, db
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import ORGANIZATION_ROLES, Actor, Permission, Role
from market.identity.models import Organization, RoleGrant, Session, User

SESSION_HOURS = 24 * 14
FREE_TRIES = 5
"""Wrong passwords before the waiting time begins; it doubles with each further one, up to an hour."""
MIN_PASSWORD = 8
CODE_ROLES = frozenset({Role.SELLER_OWNER, Role.MEMBER})
"""Seats that a code on the phone opens. A stolen SIM card must not open a cooperative's till."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's minimum for argon2id: 19 MiB, two passes."""
_NO_USER_HASH = _hasher.hash("nobody has this password")
"""Verified when the login is unknown, so that both answers take the same time."""


@dataclass(frozen=True)
class SignIn:
    """A fresh session: the token goes into the cookie and is stored nowhere."""

    token: str
    user: User


def hash_password(password: str) -> str:
    """Argon2id hash; raises Refused for a password that is too short or too long."""
    if len(password) < MIN_PASSWORD:
        raise Refused(_("Kata sandi paling sedikit %(n)s huruf.", n=MIN_PASSWORD), field="password")
    if len(password) > 200:
        raise Refused(_("Kata sandi paling banyak 200 huruf."), field="password")
    return _hasher.hash(password)


def _verify(password: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def find_login(login: str) -> User | None:
    """The person with this login, phone number or e-mail."""
    wanted = login.strip().lower()
    query = select(User).where((User.login == wanted) | (User.phone == wanted) | (User.email == wanted))
    return db.session.scalars(query.order_by(User.id).limit(1)).first()


def check_password(login: str, password: str) -> User | None:
    """The person if the password is right and no waiting time runs, otherwise None."""
    user = find_login(login)
    if user is None or user.password_hash is None:
        _verify(password[:200], _NO_USER_HASH)
        return None
    blocked = user.blocked_until is not None and user.blocked_until > clock.now()
    right = _verify(password[:200], user.password_hash)
    return user if right and user.active and not blocked else None


def note_failed_login(login: str) -> None:
    """Count a wrong password; from the sixth on the account waits, twice as long each time.

    Called in a transaction of its own, because the request that failed is rolled back.
    """
    user = find_login(login)
    if user is None:
        return
    user.failed_logins += 1
    over = user.failed_logins - FREE_TRIES
    if over > 0:
        user.blocked_until = clock.now() + timedelta(seconds=min(3600, 15 * 2 ** min(over, 10)))


def sign_in(user: User, user_agent: str = "") -> SignIn:
    """Open a session for a person whose password was checked, in the first of the person's roles."""
    user.failed_logins, user.blocked_until = 0, None
    return _open_session(user, user_agent, seats(user.id), by_code=False)


def sign_in_by_code(user: User, user_agent: str = "") -> SignIn:
    """Open a session for a person who holds the phone: for the seats of sellers and members alone.

    Raises Refused for a person all of whose seats need a password.
    """
    held = seats(user.id)
    open_seats = [seat for seat in held if seat.role in CODE_ROLES]
    if held and not open_seats:
        raise Refused(_("Akun pengurus, pemasok, dan dinas masuk dengan kata sandi, bukan kode."))
    return _open_session(user, user_agent, open_seats, by_code=True)


def _open_session(user: User, user_agent: str, held: list[Seat], by_code: bool) -> SignIn:
    token = crypto.token()
    first = next(iter(held), None)
    row = Session(
        token_hash=crypto.hash_token(token),
        user_id=user.id,
        role_grant_id=first.id if first else None,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=SESSION_HOURS),
        user_agent=user_agent[:200],
        by_code=by_code,
    )
    db.session.add(row)
    db.session.flush()
    return SignIn(token, user)


def sign_out(token: str) -> None:
    """End the session: the cookie is worthless from now on."""
    db.session.execute(delete(Session).where(Session.token_hash == crypto.hash_token(token)))


def sign_out_everywhere(user_id: int) -> None:
    """End every session of a person (password change, account closed, role taken away)."""
    db.session.execute(delete(Session).where(Session.user_id == user_id))


@dataclass(frozen=True)
class Seat:
    """One of a person's roles, as plain values that outlive the transaction."""

    id: int
    role: Role
    organization_id: int
    organization_kind: str
    organization_name: str
    scope_code: str


@dataclass(frozen=True)
class Visit:
    """A signed-in request: who it is, in which language, with which seats, sitting in which."""

    user_id: int
    name: str
    locale: str
    seats: tuple[Seat, ...]
    role_grant_id: int | None

    @property
    def actor(self) -> Actor:
        """The person in the chosen seat, or in the first one."""
        chosen = next((seat for seat in self.seats if seat.id == self.role_grant_id), None)
        return _in_seat(self.user_id, self.name, chosen or next(iter(self.seats), None))


def visit(token: str) -> Visit | None:
    """Who comes with this session token, in one statement; None when it is over or the account closed."""
    asked = {"token_hash": crypto.hash_token(token), "now": clock.now()}
    rows = list(db.session.execute(_visit(), asked))
    if not rows:
        return None
    found = tuple(_seat(row) for row in rows if row.organization_id is not None)
    if rows[0].by_code:
        found = tuple(seat for seat in found if seat.role in CODE_ROLES)
    return Visit(rows[0].id, rows[0].name, rows[0].locale, found, rows[0].role_grant_id)


_SEAT_COLUMNS = (
    RoleGrant.id.label("seat_id"),
    RoleGrant.role,
    Organization.id.label("organization_id"),
    Organization.kind,
    Organization.name.label("organization_name"),
    Organization.scope_code,
    Organization.city_code,
)


@cache
def _visit() -> Select[*tuple[Any, ...]]:
    """Asked by every request of everybody who is signed in, so put together once."""
    seated = and_(RoleGrant.user_id == User.id, RoleGrant.ended_on.is_(None))
    at_work = and_(Organization.id == RoleGrant.organization_id, Organization.active.is_(True))
    return (
        select(User.id, User.name, User.locale, Session.role_grant_id, Session.by_code, *_SEAT_COLUMNS)
        .join(User, User.id == Session.user_id)
        .outerjoin(RoleGrant, seated)
        .outerjoin(Organization, at_work)
        .where(
            Session.token_hash == bindparam("token_hash"),
            Session.expires_at > bindparam("now"),
            User.active.is_(True),
        )
        .order_by(RoleGrant.id)
    )


def _seat(row: Any) -> Seat:
    scope = row.scope_code or row.city_code or ""
    return Seat(row.seat_id, Role(row.role), row.organization_id, row.kind, row.organization_name, scope)


def seats(user_id: int) -> list[Seat]:
    """The person's seats that are in force, oldest first."""
    query = (
        select(*_SEAT_COLUMNS)
        .join(Organization, Organization.id == RoleGrant.organization_id)
        .where(RoleGrant.user_id == user_id, RoleGrant.ended_on.is_(None), Organization.active.is_(True))
        .order_by(RoleGrant.id)
    )
    return [_seat(row) for row in db.session.execute(query)]


def actor_of(user: User, seat: Seat | None) -> Actor:
    """The actor that a person is while sitting in one seat."""
    return _in_seat(user.id, user.name, seat)


def _in_seat(user_id: int, name: str, seat: Seat | None) -> Actor:
    if seat is None:
        return Actor(user_id, None, "", "", Role.ANONYMOUS, name)
    return Actor(
        user_id=user_id,
        organization_id=seat.organization_id,
        organization_kind=seat.organization_kind,
        organization_name=seat.organization_name,
        role=seat.role,
        name=name,
        scope_code=seat.scope_code,
    )


def actor_in(user: User, organization_id: int, role: Role | str) -> Actor:
    """The person as actor in a given seat; raises NotFound when the person does not sit there."""
    found = [s for s in seats(user.id) if s.organization_id == organization_id and s.role == role]
    if not found:
        raise NotFound(_("Peran tidak ditemukan."))
    return actor_of(user, found[0])


def switch_role(user_id: int, token: str, role_grant_id: int) -> Seat:
    """Work in another of one's own seats from now on; raises NotFound for a seat that is not one's."""
    seat = next((s for s in seats(user_id) if s.id == role_grant_id), None)
    if seat is None:
        raise NotFound(_("Peran tidak ditemukan."))
    db.session.execute(
        update(Session).where(Session.token_hash == crypto.hash_token(token)).values(role_grant_id=seat.id)
    )
    return seat


def change_password(actor: Actor, old: str, new: str) -> None:
    """Set a new password and end every session; raises Refused when the old one is wrong."""
    user = db.session.get(User, actor.user_id)
    if user is None or user.password_hash is None or not _verify(old, user.password_hash):
        raise Refused(_("Kata sandi lama tidak cocok."), field="old")
    user.password_hash = hash_password(new)
    sign_out_everywhere(user.id)


def slugify(name: str) -> str:
    """A short address from a name: "Koperasi Ngagel Rejo" -> "koperasi-ngagel-rejo"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70] or "organisasi"


def _free_slug(name: str) -> str:
    slug = slugify(name)
    taken = set(db.session.scalars(select(Organization.slug).where(Organization.slug.startswith(slug))))
    return next(s for n in range(len(taken) + 1) if (s := slug if n == 0 else f"{slug}-{n + 1}") not in taken)


def create_organization(
    actor: Actor, kind: str, name: str, place_code: str | None = None, **details: Any
) -> Organization:
    """Register an organization; its city follows from the place. Raises Forbidden, Refused."""
    actor.require(Permission.OPERATE)
    if kind not in ORGANIZATION_ROLES:
        raise Refused(_("Jenis organisasi tidak dikenal."), field="kind")
    city = place_code[:4] if place_code and len(place_code) >= 4 else None
    details.setdefault("city_code", city)
    details.setdefault("slug", _free_slug(name))
    made = Organization(kind=kind, name=name, place_code=place_code, created_at=clock.now(), **details)
    db.session.add(made)
    db.session.flush()
    return made


def create_user(actor: Actor, login: str, name: str, password: str | None = None, **details: Any) -> User:
    """Make an account; `password_hash` in the details takes a ready hash. Raises Refused if taken."""
    if not (actor.may(Permission.OPERATE) or actor.may(Permission.PEOPLE_MANAGE)):
        actor.require(Permission.PEOPLE_MANAGE)
    login = login.strip().lower()
    if db.session.scalar(select(User.id).where(User.login == login)) is not None:
        raise Refused(_("Nama masuk ini sudah dipakai."), field="login")
    if password is not None:
        details["password_hash"] = hash_password(password)
    user = User(login=login, name=name, created_at=clock.now(), **details)
    db.session.add(user)
    db.session.flush()
    return user


def grant_role(actor: Actor, user_id: int, organization_id: int, role: Role | str) -> RoleGrant:
    """Give a person a seat; a chair may do so in the own cooperative only.

    Raises Forbidden, Refused when the organization has no such seat or the person sits there.
    """
    _require_people_manager(actor, organization_id)
    organization = db.session.get(Organization, organization_id)
    if organization is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    if Role(role) not in ORGANIZATION_ROLES[organization.kind]:
        raise Refused(_("Peran ini tidak ada di organisasi tersebut."), field="role")
    held = [s for s in seats(user_id) if s.organization_id == organization_id and s.role == role]
    if held:
        raise Refused(_("Orang ini sudah punya peran tersebut."), field="role")
    grant = RoleGrant(
        user_id=user_id,
        organization_id=organization_id,
        role=str(Role(role)),
        granted_on=clock.today(),
        granted_by=actor.user_id,
    )
    db.session.add(grant)
    db.session.flush()
    return grant


def end_role(actor: Actor, role_grant_id: int) -> RoleGrant:
    """Take a seat away from today on; the person's sessions end, the history stays."""
    grant = db.session.get(RoleGrant, role_grant_id)
    if grant is None or grant.ended_on is not None:
        raise NotFound(_("Peran tidak ditemukan."))
    _require_people_manager(actor, grant.organization_id)
    if grant.user_id == actor.user_id:
        raise Refused(_("Anda tidak bisa mengakhiri peran Anda sendiri."))
    grant.ended_on = clock.today()
    sign_out_everywhere(grant.user_id)
    return grant


def _require_people_manager(actor: Actor, organization_id: int) -> None:
    if actor.may(Permission.OPERATE):
        return
    actor.require(Permission.PEOPLE_MANAGE)
    if actor.organization_id != organization_id:
        raise NotFound(_("Organisasi tidak ditemukan."))


def invite(actor: Actor, name: str, phone: str, role: str) -> str:
    """Account (or the existing one with this number) and seat in the actor's organization.

    Returns the first password of a new account, an empty text when the person already had one.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    if actor.organization_id is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    user = find_login(phone)
    password = ""
    if user is None:
        password = crypto.token()[:12]
        user = create_user(actor, phone, name, password, phone=phone)
    elif user.password_hash is None and Role(role) not in CODE_ROLES:
        password = crypto.token()[:12]  # signed up by phone; a seat on the board needs a password
        user.password_hash = hash_password(password)
    grant_role(actor, user.id, actor.organization_id, role)
    return password


def grant_role_by_slug(actor: Actor, user_id: int, slug: str, role: str) -> RoleGrant:
    """Like `grant_role`, for an organization named by its address."""
    organization_id = db.session.scalar(select(Organization.id).where(Organization.slug == slug))
    if organization_id is None or role not in set(Role):
        raise NotFound(_("Organisasi atau peran tidak ditemukan."))
    return grant_role(actor, user_id, organization_id, role)
