"""What is asked of members."""

from __future__ import annotations

from sqlalchemy import select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.members.models import Member

MAX_ID = 2**63 - 1


def member_for(actor: Actor, member_id: int, lock: bool = False) -> Member:
    """A member of the actor's own cooperative; raises NotFound."""
    query = select(Member).where(
        Member.id == min(member_id, MAX_ID), Member.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Anggota tidak ditemukan."))
    return found


def member_by_id(member_id: int) -> Member:
    """For papers that name a member of their own cooperative; raises NotFound."""
    found = db.session.get(Member, member_id)
    if found is None:
        raise NotFound(_("Anggota tidak ditemukan."))
    return found


def by_card(cooperative_id: int, card: str) -> Member | None:
    """The active member whose card's QR or number this is; None for anybody else's."""
    query = select(Member).where(Member.organization_id == cooperative_id, Member.state == "active")
    return db.session.scalar(query.where((Member.card_token == card) | (Member.number == card)))


def by_phone(cooperative_id: int, phone: str) -> Member | None:
    """The active member with this number (as `messages.normal_phone` writes it); the oldest of several."""
    query = select(Member).where(
        Member.organization_id == cooperative_id, Member.state == "active", Member.phone == phone
    )
    return db.session.scalar(query.order_by(Member.id).limit(1))


def by_user(cooperative_id: int, user_id: int) -> Member | None:
    """The active member who signs in with this account."""
    query = select(Member).where(
        Member.organization_id == cooperative_id, Member.state == "active", Member.user_id == user_id
    )
    return db.session.scalar(query.order_by(Member.id).limit(1))
