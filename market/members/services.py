"""Applying and being admitted."""

from __future__ import annotations

from market.core import clock, crypto, db, messages, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.members import queries
from market.members.models import Member


def apply(actor: Actor, cooperative_id: int, name: str, phone: str, user_id: int | None = None) -> Member:
    """Somebody wants to become a member; the board decides. Raises Refused for an unknown phone number,
    or one whose owner is a member already."""
    phone = messages.normal_phone(phone)
    if queries.by_phone(cooperative_id, phone) is not None:
        raise Refused(_("Nomor ini sudah terdaftar sebagai anggota."), field="phone")
    member = Member(
        organization_id=cooperative_id,
        name=name,
        phone=phone,
        card_token=crypto.token(),
        user_id=user_id,
        state_at=clock.now(),
    )
    db.session.add(member)
    db.session.flush()
    states.start(member, actor)
    return member


def admit(actor: Actor, member_id: int) -> Member:
    """The board takes the applicant in: number and card from now on.

    Raises Forbidden, NotFound, IllegalMove.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    member.number = member.number or next_number(member.organization_id, "AGT")
    member.joined_on = member.joined_on or clock.today()
    states.advance(member, "active", actor)
    return member
