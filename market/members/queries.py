"""What is asked of members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, func, literal, or_, select

from market.core import crypto, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization
from market.members.models import IdentityReveal, Member, MemberIdentity, MemberImport
from market.members.types import Identity

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


def member_by_id(member_id: int, lock: bool = False) -> Member:
    """For papers that name a member of their own cooperative; raises NotFound."""
    found = db.session.get(Member, member_id, with_for_update=lock or None, populate_existing=lock)
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


def known_by_phone(cooperative_id: int, phone: str) -> Member | None:
    """Who belongs or is about to with this number: everybody but who was declined or has left."""
    query = select(Member).where(
        Member.organization_id == cooperative_id,
        Member.state.not_in(("declined", "left")),
        Member.phone == phone,
    )
    return db.session.scalar(query.order_by(Member.id).limit(1))


def by_nik_index(cooperative_id: int, nik_index: str) -> Member | None:
    """Whose NIK has this fingerprint in the cooperative's register."""
    query = (
        select(Member)
        .join(MemberIdentity, MemberIdentity.member_id == Member.id)
        .where(MemberIdentity.organization_id == cooperative_id, MemberIdentity.nik_index == nik_index)
    )
    return db.session.scalar(query)


def identity_of(member: Member) -> MemberIdentity | None:
    """What is kept sealed of the member."""
    return db.session.scalar(select(MemberIdentity).where(MemberIdentity.member_id == member.id))


def opened(kept: MemberIdentity) -> Identity:
    """The numbers themselves: for the masked line, and for who gave a reason. Raises crypto.Unreadable."""
    row, table = kept.member_id, MemberIdentity.__tablename__
    nik = crypto.unseal(kept.nik_sealed, table=table, column="nik_sealed", row=row)
    family = ""
    if kept.family_sealed:
        family = crypto.unseal(kept.family_sealed, table=table, column="family_sealed", row=row)
    return Identity(nik, family, kept.age_checked)


def reveals_since(actor: Actor, since: datetime) -> int:
    """How often the actor opened a NIK since then."""
    query = select(func.count()).where(
        IdentityReveal.revealed_by == actor.user_id, IdentityReveal.revealed_at >= since
    )
    return db.session.scalar(query) or 0


def reveal_for(actor: Actor, reveal_id: int, since: datetime) -> IdentityReveal:
    """What the actor opened since then; raises NotFound for older and for others' reveals."""
    query = select(IdentityReveal).where(
        IdentityReveal.id == min(reveal_id, MAX_ID),
        IdentityReveal.organization_id == actor.organization_id,
        IdentityReveal.revealed_by == actor.user_id,
        IdentityReveal.revealed_at >= since,
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Halaman ini sudah ditutup. Buka lagi dengan alasannya."))
    return found


def reveals(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Who opened which NIK in the own cooperative, and why."""
    return (
        select(IdentityReveal, Member.name)
        .join(Member, Member.id == IdentityReveal.member_id, isouter=True)
        .where(IdentityReveal.organization_id == actor.organization_id)
    )


def import_for(actor: Actor, import_id: int, lock: bool = False) -> MemberImport:
    """A sheet of the actor's own cooperative; raises NotFound."""
    query = select(MemberImport).where(
        MemberImport.id == min(import_id, MAX_ID), MemberImport.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Impor tidak ditemukan."))
    return found


def import_of(organization_id: int | None, digest: str) -> MemberImport | None:
    """The same file, uploaded before and neither thrown away nor rejected."""
    query = select(MemberImport).where(
        MemberImport.organization_id == organization_id,
        MemberImport.digest == digest,
        MemberImport.state.not_in(("discarded", "rejected")),
    )
    return db.session.scalar(query)


def imports_waiting(actor: Actor) -> list[MemberImport]:
    """Sheets that are in the register and wait for a second person, oldest first."""
    query = select(MemberImport).where(
        MemberImport.organization_id == actor.organization_id, MemberImport.state == "stored"
    )
    return list(db.session.scalars(query.order_by(MemberImport.id)))


def of_import(import_id: int, lock: bool = False) -> list[Member]:
    """Who came with a sheet and still waits, in the order of the sheet."""
    query = select(Member).where(Member.import_id == import_id, Member.state == "imported")
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(query.order_by(Member.id)))


def taken(cooperative_id: int, column: Any, values: Iterable[str]) -> set[str]:
    """Which of the values stand in the register already (member.number, member.phone, identity.nik_index).

    A phone number of somebody who was declined or has left is free.
    """
    found: set[str] = set()
    wanted = sorted(set(values))
    for start in range(0, len(wanted), 500):
        query = select(column).where(column.in_(wanted[start : start + 500]))
        query = query.where(column.class_.organization_id == cooperative_id)
        if column is Member.phone:
            query = query.where(Member.state.not_in(("declined", "left")))
        found |= set(db.session.scalars(query))
    return found


def register(actor: Actor) -> Iterator[tuple[Member, MemberIdentity | None]]:
    """Everybody who belongs, has left or waits, by number, a few hundred in memory at a time."""
    query = (
        select(Member, MemberIdentity)
        .join(MemberIdentity, MemberIdentity.member_id == Member.id, isouter=True)
        .where(Member.organization_id == actor.organization_id, Member.state != "declined")
        .order_by(Member.number, Member.id)
        .execution_options(yield_per=500)
    )
    for row in db.session.execute(query):
        yield row[0], row[1]


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


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Who waits to become a member, and sheets that wait for a second person."""
    if not actor.may(Permission.MEMBERS_ADMIT):
        return []
    asked = select(
        literal("member_asked", String).label("kind"),
        Member.id.label("subject_id"),
        Member.state_at.label("since"),
        Member.name.label("detail"),
        literal(0).label("amount"),
    ).where(Member.organization_id == actor.organization_id, Member.state == "asked")
    sheets = select(
        literal("members_imported", String).label("kind"),
        MemberImport.id.label("subject_id"),
        MemberImport.state_at.label("since"),
        MemberImport.filename.label("detail"),
        MemberImport.row_count.label("amount"),
    ).where(
        MemberImport.organization_id == actor.organization_id,
        MemberImport.state == "stored",
        MemberImport.created_by != actor.user_id,
    )
    return [asked, sheets]
