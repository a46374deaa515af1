"""Applying, being verified, active once the principal savings are paid and confirmed, and leaving."""

from __future__ import annotations

from market.core import clock, crypto, db, faults, jobs, messages, states
from market.core.errors import Forbidden, Refused
from market.core.i18n import LazyText, _, lazy, stored
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.identity import queries as identities
from market.identity import services as identity_services
from market.identity.models import User
from market.members import queries
from market.members.models import Member
from market.members.services.identities import (
    checked,
    forget_identity,
    keep_identity,
    require_unknown,
)
from market.members.types import Identity
from market.notices import services as notices
from market.places import queries as places

BOARD = (Role.CHAIR, Role.SECRETARY)
CASHIERS = (Role.CASHIER, Role.TREASURER)


def apply(
    actor: Actor,
    cooperative_id: int,
    name: str,
    phone: str,
    user_id: int | None = None,
    identity: Identity | None = None,
) -> Member:
    """Somebody wants to become a member; the board decides. Raises Refused for an unfit or known phone
    number or NIK."""
    phone = messages.normal_phone(phone)
    if queries.by_phone(cooperative_id, phone) is not None:
        raise Refused(_("Nomor ini sudah terdaftar sebagai anggota."), field="phone")
    if queries.known_by_phone(cooperative_id, phone) is not None:
        raise Refused(_("Permintaan dengan nomor ini sudah menunggu jawaban koperasi."), field="phone")
    plain = None if identity is None else checked(cooperative_id, identity)
    if plain is not None:
        require_unknown(cooperative_id, plain.nik)
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
    if plain is not None:
        keep_identity(actor, member, plain)
    notices.notify(
        cooperative_id,
        BOARD,
        "member_asked",
        lazy("%(name)s ingin menjadi anggota", name=name),
        lazy("Terima atau tolak dengan alasan, supaya tidak menunggu lama."),
        f"/anggota/{member.id}",
    )
    return member


def apply_as(actor: Actor, cooperative_id: int, agreed: bool, identity: Identity | None = None) -> Member:
    """A signed-in person asks with her own name and number, and her NIK.

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
    if identities.organization(cooperative_id).kind != "cooperative":
        raise Refused(_("Pilih koperasi dari daftar."))
    known = claim(actor, cooperative_id)
    if known is not None:
        return known
    if identity is None:
        raise Refused(_("NIK terdiri dari 16 angka, lihat KTP."), field="nik")
    if identity.age_checked:
        raise Forbidden(_("Peran Anda tidak boleh melakukan ini."))
    return apply(actor, cooperative_id, user.name[:80], user.phone, user.id, identity)


def claim(actor: Actor, cooperative_id: int) -> Member | None:
    """Join an account that began with a code to its number with the member written down at the counter.

    None where there is no such member, or the account's number was never proven.
    """
    user = db.session.get(User, actor.user_id) if actor.user_id else None
    if user is None or not user.phone or user.password_hash is not None:
        return None
    known = queries.known_by_phone(cooperative_id, user.phone)
    if known is None or known.user_id is not None:
        return None
    known.user_id = user.id
    db.session.flush()
    if known.state == "active":
        _seat(known)
    return known


def verify(actor: Actor, member_id: int, place_code: str) -> Member:
    """The board has seen the card: the NIK is right and `place_code` is the kelurahan that it names.

    Raises Forbidden, NotFound, IllegalMove, Refused without a NIK or for a place that is no kelurahan.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    kept = queries.identity_of(member)
    if kept is None:
        raise Refused(_("Catat NIK-nya dahulu, lalu terima."))
    kept.place_code = places.village(place_code).code
    states.advance(member, "verified", actor)
    faults.point("members.verified")
    name = identities.organization(member.organization_id).name
    _tell(
        member,
        lazy("Permintaan Anda di %(cooperative)s diterima", cooperative=name),
        lazy("Bayar simpanan pokok di gerai, lalu setujui tanda terimanya. Setelah itu Anda anggota."),
    )
    notices.notify(
        member.organization_id,
        CASHIERS,
        "principal_due",
        lazy("%(name)s diterima, simpanan pokok belum dibayar", name=member.name),
        lazy("Terima uangnya di gerai dan berikan tanda terima bernomor."),
        f"/simpanan/pokok/{member.id}",
    )
    return member


def activate(actor: Actor, member_id: int) -> Member:
    """A member from now on, with number and card: the principal savings are paid and she has confirmed it.

    Called by whoever keeps the savings, who has checked both. Raises NotFound, IllegalMove.
    """
    member = queries.member_by_id(member_id, lock=True)
    also = {
        "number": member.number or next_number(member.organization_id, "AGT"),
        "joined_on": member.joined_on or clock.today(),
    }
    states.advance(member, "active", actor, also=also)
    faults.point("member_admitted")
    _seat(member)
    name = identities.organization(member.organization_id).name
    _tell(
        member,
        lazy("Anda anggota %(cooperative)s", cooperative=name),
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
    """The board says no, and why; the person may ask again. The NIK is forgotten.

    Raises Refused without a reason. Money that was taken and not confirmed is cancelled with its receipt.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    states.advance(member, "declined", actor, _reason(reason))
    forget_identity(member)
    faults.point("members.declined")
    name = identities.organization(member.organization_id).name
    _tell(member, lazy("Permintaan anggota di %(cooperative)s ditolak", cooperative=name), reason)
    return member


def leave(actor: Actor, member_id: int, reason: str) -> Member:
    """A member is one no longer; number and history stay, the card opens nothing.

    What was paid as principal savings is to be repaid: the savings hear of it. Raises Refused.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    states.advance(member, "left", actor, _reason(reason))
    faults.point("members.left")
    for seat in identity_services.seats(member.user_id or 0):
        if seat.organization_id == member.organization_id and seat.role == Role.MEMBER:
            identity_services.end_role(SYSTEM, seat.id)
    jobs.enqueue("member_left", {"member_id": member.id, "by": actor.user_id})
    return member


def readmit(actor: Actor, member_id: int) -> Member:
    """Who left comes back under the old number, with a new card, once the principal is paid again."""
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    if member.phone and queries.known_by_phone(member.organization_id, member.phone) is not None:
        raise Refused(_("Nomor HP ini sudah dipakai anggota lain."))
    states.advance(
        member, "verified", actor, stored("anggota yang kembali"), also={"card_token": crypto.token()}
    )
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
