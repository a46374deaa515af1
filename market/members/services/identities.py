"""What is kept sealed of a member: written once, shown masked, opened with a reason that is written down."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from market.core import clock, crypto, db, faults
from market.core.errors import NotFound, Refused
from market.core.i18n import _, lazy
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.members import queries
from market.members.models import IdentityReveal, Member, MemberIdentity
from market.members.types import CONSENT, Identity, parse_family, parse_nik, require_age

TABLE = "member_identity"
REVEALS_A_DAY = Parameter(
    "members.reveals_a_day",
    20,
    "assumption: nobody needs more papers in one day by hand; more is copying the register",
    *(1, 1000, lazy("NIK yang boleh dibuka satu orang dalam sehari"), lazy("NIK"), "cooperative"),
)
OPEN_FOR = timedelta(minutes=5)
"""How long a page that was opened with a reason shows the whole number."""


def nik_index(nik: str) -> str:
    """By what a NIK is found again without being readable."""
    return crypto.blind_index(nik, table=TABLE, column="nik_index")


def sealed_columns(member_id: int, identity: Identity) -> dict[str, str]:
    """The columns that hold an identity (checked before), sealed for this member's row."""
    columns = {
        "nik_sealed": crypto.seal(identity.nik, table=TABLE, column="nik_sealed", row=member_id),
        "nik_index": nik_index(identity.nik),
        "family_sealed": "",
        "family_index": "",
    }
    if identity.family:
        columns["family_sealed"] = crypto.seal(
            identity.family, table=TABLE, column="family_sealed", row=member_id
        )
        columns["family_index"] = crypto.blind_index(identity.family, table=TABLE, column="family_index")
    return columns


def checked(organization_id: int, identity: Identity) -> Identity:
    """The identity in its plain form; raises Refused at `nik` or `family`."""
    family = parse_family(identity.family) if identity.family.strip() else ""
    plain = Identity(parse_nik(identity.nik), family, identity.age_checked)
    require_age(organization_id, plain)
    return plain


def require_unknown(organization_id: int, nik: str, besides: int | None = None) -> None:
    """Raises Refused where somebody in this register has the NIK already, saying who only to the board."""
    known = queries.by_nik_index(organization_id, nik_index(nik))
    if known is None or known.id == besides:
        return
    if known.state == "left":
        raise Refused(_("NIK ini milik anggota yang sudah keluar: terima ia kembali."), field="nik")
    raise Refused(_("NIK ini sudah terdaftar di koperasi ini."), field="nik")


def keep_identity(actor: Actor, member: Member, identity: Identity) -> MemberIdentity:
    """Seal and keep a checked identity with the consent given now; for this part's services."""
    require_unknown(member.organization_id, identity.nik, besides=member.id)
    kept = MemberIdentity(
        organization_id=member.organization_id,
        member_id=member.id,
        age_checked=identity.age_checked,
        consent=str(CONSENT),
        consent_at=clock.now(),
        entered_by=actor.user_id,
        entered_at=clock.now(),
        **sealed_columns(member.id, identity),
    )
    db.session.add(kept)
    db.session.flush()
    faults.point("members.identity_kept")
    return kept


def record_identity(actor: Actor, member_id: int, identity: Identity, agreed: bool) -> MemberIdentity:
    """The board writes down the NIK of somebody who came without one, or corrects it.

    Raises Forbidden, NotFound, Refused at `nik`, `family`, or `agreed` without the person's consent.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    member = queries.member_for(actor, member_id, lock=True)
    if member.state in ("declined", "left"):
        raise Refused(_("Hanya untuk anggota dan yang meminta menjadi anggota."))
    if not agreed:
        raise Refused(_("Bacakan dahulu persetujuannya, lalu centang."), field="agreed")
    plain = checked(member.organization_id, identity)
    require_unknown(member.organization_id, plain.nik, besides=member.id)
    before = queries.identity_of(member)
    place_code = before.place_code if before else None
    forget_identity(member)
    kept = keep_identity(actor, member, plain)
    kept.place_code = place_code
    db.session.flush()
    return kept


def forget_identity(member: Member) -> None:
    """Nothing is kept of who is no member: no purpose is left."""
    db.session.execute(delete(MemberIdentity).where(MemberIdentity.member_id == member.id))


def reveal_identity(actor: Actor, member_id: int | None, reason: str) -> IdentityReveal:
    """Write down who opens a NIK (None: the register with every NIK) and why; the page comes after.

    Raises Forbidden, NotFound, Refused without a reason, or above what one person may open in a day.
    """
    actor.require(Permission.MEMBERS_REVEAL)
    reason = clean(reason, 300)
    if len(reason) < 5:
        raise Refused(_("Tulis untuk apa, misalnya: mencocokkan KTP di gerai."), field="reason")
    if member_id is not None and queries.identity_of(queries.member_for(actor, member_id)) is None:
        raise NotFound(_("NIK anggota ini belum dicatat."))
    most = REVEALS_A_DAY.value(organization_id=actor.organization_id)
    if queries.reveals_since(actor, clock.now() - timedelta(days=1)) >= most:
        raise Refused(_("Hari ini sudah %(most)s NIK dibuka. Lanjutkan besok.", most=most))
    opened = IdentityReveal(
        organization_id=actor.organization_id,
        member_id=member_id,
        reason=reason,
        revealed_by=actor.user_id,
        revealed_name=actor.name,
        revealed_at=clock.now(),
    )
    db.session.add(opened)
    db.session.flush()
    return opened


def identity_in_full(actor: Actor, reveal_id: int) -> tuple[Member, Identity]:
    """What was opened, for who opened it, for five minutes. Raises Forbidden, NotFound."""
    actor.require(Permission.MEMBERS_REVEAL)
    opened = queries.reveal_for(actor, reveal_id, clock.now() - OPEN_FOR)
    if opened.member_id is None:
        raise NotFound(_("Halaman ini tidak ada"))
    member = queries.member_for(actor, opened.member_id)
    kept = queries.identity_of(member)
    if kept is None:
        raise NotFound(_("NIK anggota ini belum dicatat."))
    return member, queries.opened(kept)
