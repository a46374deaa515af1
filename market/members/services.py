"""Applying, being admitted or declined, and leaving."""

from __future__ import annotations

from market.core import clock, crypto, db, faults, messages, states
from market.core.errors import Forbidden, Refused
from market.core.i18n import LazyText, _, lazy
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.identity import queries as identity
from market.identity import services as identity_services
from market.identity.models import User
from market.members import queries
from market.members.models import Member
from market.notices import services as notices

BOARD = (Role.CHAIR, Role.SECRETARY)


def apply(actor: Actor, cooperative_id: int, name: str, phone: str, user_id: int | None = None) -> Member:
    """Somebody wants to become a member; the board decides. Raises Refused for an unknown phone number,
    or one whose owner is a member already."""
    phone = messages.normal_phone(phone)
    if queries.by_phone(cooperative_id, phone) is not None:
        raise Refused(_("Nomor ini sudah terdaftar sebagai anggota."), field="phone")
    if queries.asked_by_phone(cooperative_id, phone) is not None:
        raise Refused(_("Permintaan dengan nomor ini sudah menunggu jawaban koperasi."), field="phone")
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
    faults.point("membership_asked")
    notices.notify(
        cooperative_id,
        BOARD,
        "member_asked",
        lazy("%(name)s ingin menjadi anggota", name=name),
        lazy("Terima atau tolak dengan alasan, supaya tidak menunggu lama."),
        f"/anggota/{member.id}",
    )
    return member


def apply_as(actor: Actor, cooperative_id: int, agreed: bool) -> Member:
    """A signed-in person asks with her own name and number.

    Who was written down at the counter with the same number finds that membership, if a code has proven
    the number. Raises Forbidden for a stranger, Refused without the agreement or a number, or who is known.
    """
    user = db.session.get(User, actor.user_id) if actor.user_id else None
    if user is None:
        raise Forbidden(_("Masuk dahulu dengan nomor HP Anda."))
    if not agreed:
        raise Refused(_("Centang dahulu bahwa Anda bersedia."), field="agreed")
    if not user.phone:
        raise Refused(_("Akun Anda belum punya nomor HP. Minta pengurus mencatat Anda di gerai."))
    if identity.organization(cooperative_id).kind != "cooperative":
        raise Refused(_("Pilih koperasi dari daftar."))
    known = queries.by_phone(cooperative_id, user.phone)
    if known is not None and known.user_id is None and user.password_hash is None:
        known.user_id = user.id  # an account without a password began with a code to this number
        db.session.flush()
        _seat(known)
        return known
    return apply(actor, cooperative_id, user.name[:80], user.phone, user.id)


def admit(actor: Actor, member_id: int) -> Member:
    """The board takes the applicant in: number and card from now on.

    Raises Forbidden, NotFound, IllegalMove.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    member.number = member.number or next_number(member.organization_id, "AGT")
    member.joined_on = member.joined_on or clock.today()
    states.advance(member, "active", actor)
    faults.point("member_admitted")
    _seat(member)
    _tell(
        member,
        lazy("Anda anggota %(cooperative)s", cooperative=identity.organization(member.organization_id).name),
        lazy("Nomor anggota %(number)s. Tunjukkan kartu Anda di gerai.", number=member.number),
    )
    return member


def _seat(member: Member) -> None:
    """A member who signs in gets the member's seat: there is the inbox and the card."""
    if member.user_id is None:
        return
    held = identity_services.seats(member.user_id)
    if not any(s.organization_id == member.organization_id and s.role == Role.MEMBER for s in held):
        identity_services.grant_role(SYSTEM, member.user_id, member.organization_id, Role.MEMBER)


def _tell(member: Member, title: LazyText, body: LazyText | str) -> None:
    if member.user_id is not None:
        notices.tell(
            member.organization_id,
            member.user_id,
            "membership",
            title,
            body,
            "/kartu-anggota",
            by_phone=True,
        )


def decline(actor: Actor, member_id: int, reason: str) -> Member:
    """The board says no, and why; the person may ask again. Raises Refused without a reason."""
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    states.advance(member, "declined", actor, _reason(reason))
    name = identity.organization(member.organization_id).name
    _tell(member, lazy("Permintaan anggota di %(cooperative)s ditolak", cooperative=name), reason)
    return member


def leave(actor: Actor, member_id: int, reason: str) -> Member:
    """A member is one no longer; number and history stay, the card opens nothing. Raises Refused."""
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    states.advance(member, "left", actor, _reason(reason))
    for seat in identity_services.seats(member.user_id or 0):
        if seat.organization_id == member.organization_id and seat.role == Role.MEMBER:
            identity_services.end_role(SYSTEM, seat.id)
    return member


def readmit(actor: Actor, member_id: int) -> Member:
    """A member comes back under the old number, with a new card."""
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    if queries.by_phone(member.organization_id, member.phone) is not None:
        raise Refused(_("Nomor HP ini sudah dipakai anggota lain."))
    member.card_token = crypto.token()
    states.advance(member, "active", actor)
    _seat(member)
    return member


def renew_card(actor: Actor, member_id: int) -> Member:
    """A lost card: the old QR opens nothing any more."""
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    if member.state != "active":
        raise Refused(_("Hanya anggota aktif yang punya kartu."))
    member.card_token = crypto.token()
    db.session.flush()
    return member


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    return reason.strip()
