"""What is asked of sellers: by themselves, by their cooperative, by buyers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, String, exists, func, literal, or_, select

from market.catalogue.models import Product
from market.catalogue.models_permits import Permit
from market.catalogue.queries_days import closed_rows
from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization, User
from market.places.models import Place
from market.profiles.models import SellerProfile

MAX_ID = 2**63 - 1


def profile(organization_id: int, lock: bool = False) -> SellerProfile | None:
    """What a seller says of herself; None for one who was there before people signed up by phone."""
    query = select(SellerProfile).where(SellerProfile.organization_id == organization_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def seller_of(actor: Actor, organization_id: int) -> Organization:
    """A seller of the actor's cooperative; raises NotFound."""
    query = select(Organization).where(
        Organization.id == min(organization_id, MAX_ID),
        Organization.kind == "seller",
        Organization.sells_through_id == actor.organization_id,
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Penjual tidak ditemukan."))
    return found


def state_of(own: SellerProfile | None) -> str:
    """Where a seller stands; one from before sign-up by phone sells already."""
    return "active" if own is None else own.state


def listed(actor: Actor, state: str, words: str = "") -> Select[*tuple[Any, ...]]:
    """Sellers of the own cooperative in a state, with their profile where there is one."""
    standing = func.coalesce(SellerProfile.state, "active")
    query = (
        select(Organization, SellerProfile)
        .outerjoin(SellerProfile, SellerProfile.organization_id == Organization.id)
        .where(
            Organization.kind == "seller",
            Organization.sells_through_id == actor.organization_id,
            standing == state,
        )
    )
    return query.where(Organization.name.icontains(words, autoescape=True)) if words else query


def counts(actor: Actor) -> dict[str, int]:
    """How many sellers of the own cooperative are in each state."""
    standing = func.coalesce(SellerProfile.state, "active")
    query = (
        select(standing, func.count())
        .select_from(Organization)
        .outerjoin(SellerProfile, SellerProfile.organization_id == Organization.id)
        .where(Organization.kind == "seller", Organization.sells_through_id == actor.organization_id)
        .group_by(standing)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def owner(own: SellerProfile | None) -> User | None:
    """The person who applied."""
    return None if own is None or own.owner_id is None else db.session.get(User, own.owner_id)


def of_user(user_id: int) -> list[tuple[SellerProfile, Organization]]:
    """The sellers that a person signed up, newest first."""
    query = (
        select(SellerProfile, Organization)
        .join(Organization, Organization.id == SellerProfile.organization_id)
        .where(SellerProfile.owner_id == user_id)
        .order_by(SellerProfile.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def place_of(organization: Organization) -> str:
    """The name of the kelurahan."""
    found = db.session.get(Place, organization.place_code) if organization.place_code else None
    return found.name if found else ""


def nib(organization_id: int) -> str:
    """The business number that the seller states for all her products, or nothing."""
    query = select(Permit.number).where(
        Permit.organization_id == organization_id,
        Permit.product_id.is_(None),
        Permit.kind == "nib",
        Permit.state.in_(("stated", "checked")),
    )
    return db.session.scalar(query.order_by(Permit.id.desc()).limit(1)) or ""


@dataclass(frozen=True)
class Closure:
    """Days in a row without work."""

    from_on: date
    to_on: date
    note: str


def closures(organization_id: int) -> list[Closure]:
    """The coming closed days of a seller, neighbouring days with the same note as one."""
    found: list[Closure] = []
    for row in closed_rows(organization_id):
        last = found[-1] if found else None
        if last and row.closed_on == last.to_on + timedelta(days=1) and row.note == last.note:
            found[-1] = Closure(last.from_on, row.closed_on, last.note)
        else:
            found.append(Closure(row.closed_on, row.closed_on, row.note))
    return found


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Sellers to decide on (cooperative), and what a seller does next."""
    if actor.may(Permission.SELLERS_DECIDE):
        waiting = (SellerProfile.cooperative_id == actor.organization_id, SellerProfile.state == "submitted")
        return [_task("seller_waits").where(*waiting)]
    if not actor.may(Permission.SELLER_KEEP):
        return []
    mine = SellerProfile.organization_id == actor.organization_id
    back = SellerProfile.state.in_(("changes_requested", "declined"))
    has_product = exists().where(Product.organization_id == actor.organization_id)
    starting = SellerProfile.state.in_(("submitted", "active")), ~has_product
    return [_task("seller_changes").where(mine, back), _task("first_product").where(mine, *starting)]


def _task(kind: str) -> Select[*tuple[Any, ...]]:
    return select(
        literal(kind, String).label("kind"),
        SellerProfile.organization_id.label("subject_id"),
        SellerProfile.state_at.label("since"),
        Organization.name.label("detail"),
        literal(0).label("amount"),
    ).join(Organization, Organization.id == SellerProfile.organization_id)


def photos_in_use(names: set[str]) -> set[str]:
    """Those of some photos that a seller's page shows."""
    return set(db.session.scalars(select(SellerProfile.photo).where(SellerProfile.photo.in_(names)))) - {None}  # type: ignore[return-value]


def waiting_of(user_id: int) -> int:
    """How many of a person's sellers wait for a cooperative or were sent back."""
    undecided = or_(SellerProfile.state == "submitted", SellerProfile.state == "changes_requested")
    query = select(func.count()).select_from(SellerProfile)
    return db.session.scalar(query.where(SellerProfile.owner_id == user_id, undecided)) or 0
