"""What is asked of organizations and people by pages and by other parts."""

from __future__ import annotations

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import aliased

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.identity.models import Organization, RoleGrant, User
from market.places.models import Place


def organization(organization_id: int) -> Organization:
    """The organization with this id; raises NotFound."""
    found = db.session.get(Organization, organization_id)
    if found is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    return found


def organization_by_slug(slug: str) -> Organization:
    """The organization at this address; raises NotFound."""
    found = db.session.scalar(select(Organization).where(Organization.slug == slug))
    if found is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    return found


def shop_at(slug: str) -> Organization:
    """The cooperative whose shop is at this address; raises NotFound for anybody else's and a closed one."""
    found = organization_by_slug(slug)
    if found.kind != "cooperative" or not found.active:
        raise NotFound(_("Toko tidak ditemukan."))
    return found


def organizations(kind: str, scope_code: str = "") -> list[Organization]:
    """Active organizations of a kind below a place (empty scope: everywhere), by name."""
    query = select(Organization).where(Organization.kind == kind, Organization.active.is_(True))
    if scope_code:
        query = query.where(Organization.place_code.startswith(scope_code, autoescape=True))
    return list(db.session.scalars(query.order_by(Organization.name)))


def names(organization_ids: set[int]) -> dict[int, str]:
    """Name of each organization asked for."""
    query = select(Organization.id, Organization.name).where(Organization.id.in_(organization_ids))
    return {row.id: row.name for row in db.session.execute(query)}


def people(organization_id: int) -> list[Row[tuple[RoleGrant, User]]]:
    """Who sits in the organization today, with their seats."""
    query = (
        select(RoleGrant, User)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.organization_id == organization_id, RoleGrant.ended_on.is_(None))
        .order_by(RoleGrant.id)
    )
    return list(db.session.execute(query))


def sits_in(user_id: int | None, kind: str) -> bool:
    """Whether a person holds a seat today in an organization of a kind."""
    query = (
        select(RoleGrant.id)
        .join(Organization, Organization.id == RoleGrant.organization_id)
        .where(RoleGrant.user_id == user_id, RoleGrant.ended_on.is_(None), Organization.kind == kind)
    )
    return db.session.scalar(query.limit(1)) is not None


def seat_holders(organization_id: int, roles: tuple[str, ...]) -> list[User]:
    """The people who hold any of the given seats (to whom a notice goes)."""
    query = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.organization_id == organization_id,
            RoleGrant.role.in_(roles),
            RoleGrant.ended_on.is_(None),
            User.active.is_(True),
        )
        .order_by(User.id)
    )
    return list(db.session.scalars(query).unique())


def user_with_phone(phone: str) -> User | None:
    """The person whose account or number this is (as `messages.normal_phone` writes it); the oldest."""
    query = select(User).where((User.login == phone) | (User.phone == phone), User.active.is_(True))
    return db.session.scalar(query.order_by(User.login != phone, User.id).limit(1))


def cooperatives_near(words: str, limit: int = 20) -> list[Row[tuple[Organization, str, str]]]:
    """Active cooperatives whose own name or kelurahan contains the words, with village and district."""
    village, district = aliased(Place), aliased(Place)
    found = or_(
        Organization.name.icontains(words, autoescape=True), village.name.icontains(words, autoescape=True)
    )
    query = (
        select(Organization, village.name, district.name)
        .outerjoin(village, village.code == Organization.place_code)
        .outerjoin(district, district.code == village.parent_code)
        .where(Organization.kind == "cooperative", Organization.active.is_(True), found)
        .order_by(village.name, Organization.name)
    )
    return list(db.session.execute(query.limit(limit)))
