"""What is asked of organizations and people by pages and by other parts."""

from __future__ import annotations

from sqlalchemy import Row, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.identity.models import Organization, RoleGrant, User


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
