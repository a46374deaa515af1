"""What is asked of members."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, func, literal, or_, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization
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


def asked_by_phone(cooperative_id: int, phone: str) -> Member | None:
    """Who waits for the board's answer with this number."""
    query = select(Member).where(
        Member.organization_id == cooperative_id, Member.state == "asked", Member.phone == phone
    )
    return db.session.scalar(query.limit(1))


def listed(actor: Actor, state: str, words: str = "") -> Select[*tuple[Any, ...]]:
    """Members of the own cooperative in a state, whose name, number or phone contains the words."""
    query = select(Member).where(Member.organization_id == actor.organization_id, Member.state == state)
    if words:
        digits = "".join(letter for letter in words if letter.isdigit()).removeprefix("0")
        fields = [
            Member.name.icontains(words, autoescape=True),
            Member.number.icontains(words, autoescape=True),
        ]
        if len(digits) >= 4 and actor.may(Permission.MEMBERS_ADMIT):
            # Who sees no full number may not find one either: a search would tell it digit by digit.
            fields.append(Member.phone.contains(digits, autoescape=True))
        query = query.where(or_(*fields))
    return query


def counts(actor: Actor) -> dict[str, int]:
    """How many members of the own cooperative are in each state."""
    query = select(Member.state, func.count()).where(Member.organization_id == actor.organization_id)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Member.state))}


def of_user(user_id: int) -> list[tuple[Member, str, str]]:
    """A person's memberships and applications with the cooperative's name and address, newest first."""
    query = (
        select(Member, Organization.name, Organization.slug)
        .join(Organization, Organization.id == Member.organization_id)
        .where(Member.user_id == user_id)
        .order_by(Member.id.desc())
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def today(actor: Actor) -> Select[*tuple[Any, ...]] | None:
    """Who waits to become a member."""
    if not actor.may(Permission.MEMBERS_ADMIT):
        return None
    return select(
        literal("member_asked", String).label("kind"),
        Member.id.label("subject_id"),
        Member.state_at.label("since"),
        Member.name.label("detail"),
        literal(0).label("amount"),
    ).where(Member.organization_id == actor.organization_id, Member.state == "asked")
