"""Applying as a seller, answering applications, and keeping one's own page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from market.catalogue import services as catalogue
from market.core import clock, db, faults, files, messages, states
from market.core.errors import Conflict, Forbidden, Refused
from market.core.i18n import LazyText, _, lazy, stored
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.identity import queries as identity
from market.identity import services as people
from market.identity.models import Organization, User
from market.notices import services as notices
from market.profiles import queries
from market.profiles.models import SellerProfile

BOARD = (Role.CHAIR, Role.VICE_CHAIR)
"""Who decides on sellers, and therefore hears of those who wait."""
MOST_WAITING = 2
"""Applications of one person that may wait at the same time."""
LONGEST_CLOSURE_DAYS = 60
MIN_NAME = 3
PHOTO_SIZES = (176, 320, 640)
"""Longest sides in pixels: beside the name, on a phone, on a desk."""


def apply(
    actor: Actor,
    cooperative_id: int,
    name: str,
    story: str = "",
    address: str = "",
    place_code: str | None = None,
    nib: str | None = None,
) -> SellerProfile:
    """A signed-in person asks a cooperative to sell her goods: a seller of her own, which waits.

    She may prepare products at once; nothing is sold before the yes. Raises Forbidden for a stranger,
    Refused for a name too short, something that is no cooperative, a malformed NIB, or too many waiting.
    """
    user = _person(actor)
    cooperative = identity.organization(cooperative_id)
    if cooperative.kind != "cooperative" or not cooperative.active:
        raise Refused(_("Pilih koperasi dari daftar."), field="cooperative")
    if queries.waiting_of(user.id) >= MOST_WAITING:
        raise Refused(_("Permintaan Anda sebelumnya masih menunggu jawaban koperasi."))
    seller = people.create_organization(
        SYSTEM,
        "seller",
        _name(name),
        place_code or cooperative.place_code,
        sells_through_id=cooperative.id,
        address=address,
        phone=user.phone,
        trading=False,
    )
    people.grant_role(SYSTEM, user.id, seller.id, Role.SELLER_OWNER)
    made = SellerProfile(
        organization_id=seller.id,
        cooperative_id=cooperative.id,
        owner_id=user.id,
        story=story,
        state_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    states.start(made, actor)
    _state_nib(people.actor_in(user, seller.id, Role.SELLER_OWNER), nib)
    faults.point("seller_applied")
    _tell_board(made, lazy("%(name)s ingin berjualan", name=seller.name))
    return made


def _person(actor: Actor) -> User:
    user = db.session.get(User, actor.user_id) if actor.user_id else None
    if user is None:
        raise Forbidden(_("Masuk dahulu dengan nomor HP Anda."))
    return user


def _name(name: str) -> str:
    if len(name.strip()) < MIN_NAME:
        raise Refused(_("Nama usaha paling sedikit %(n)s huruf.", n=MIN_NAME), field="name")
    return name.strip()


def _state_nib(actor: Actor, nib: str | None) -> None:
    if not nib or nib == queries.nib(actor.organization_id or 0):
        return
    try:
        catalogue.state_permit(actor, "nib", nib)
    except Refused as refusal:
        raise Refused(refusal.message, field="nib") from refusal


def _tell_board(own: SellerProfile, title: LazyText) -> None:
    notices.notify(
        own.cooperative_id,
        BOARD,
        "seller_waits",
        title,
        lazy("Baca permintaannya, lalu setujui atau tulis apa yang perlu diperbaiki."),
        f"/penjual/{own.organization_id}",
    )


# --- the cooperative decides -----------------------------------------------------------------------


def _decide(
    actor: Actor,
    organization_id: int,
    to: str,
    reason: str = "",
    version: int | None = None,
) -> tuple[SellerProfile, Organization]:
    actor.require(Permission.SELLERS_DECIDE)
    seller = queries.seller_of(actor, organization_id)
    own = _kept(seller)
    if version is not None and version != own.version:
        raise Conflict(_("Permintaan ini baru saja diubah. Baca lagi, lalu putuskan."))
    states.advance(own, to, actor, reason)
    seller.trading = own.state == "active"
    db.session.flush()
    faults.point("seller_decided")
    return own, seller


def _kept(seller: Organization) -> SellerProfile:
    """The profile, made now for a seller from before sign-up by phone."""
    own = queries.profile(seller.id, lock=True)
    if own is None:
        own = SellerProfile(
            organization_id=seller.id,
            cooperative_id=seller.sells_through_id,
            state_at=clock.now(),
            created_at=clock.now(),
        )
        db.session.add(own)
        db.session.flush()
        states.start(own, SYSTEM)
        states.advance(own, "active", SYSTEM, stored("sudah berjualan sebelum pendaftaran lewat HP"))
    return own


def approve(actor: Actor, organization_id: int, version: int | None = None) -> SellerProfile:
    """The cooperative takes the seller in. Raises Forbidden, NotFound, Conflict, IllegalMove."""
    own, seller = _decide(actor, organization_id, "active", version=version)
    cooperative = identity.organization(own.cooperative_id).name
    title = lazy("%(cooperative)s menyetujui %(name)s", cooperative=cooperative, name=seller.name)
    _tell_owner(own, title, lazy("Pasang produk pertama Anda, supaya dilihat pembeli."))
    return own


def ask_changes(actor: Actor, organization_id: int, reason: str, version: int | None = None) -> SellerProfile:
    """Send the application back with what has to change. Raises Refused without words."""
    reason = _reason(reason)
    own, seller = _decide(actor, organization_id, "changes_requested", reason, version)
    _tell_owner(own, lazy("Perbaiki permintaan %(name)s", name=seller.name), reason)
    return own


def decline(actor: Actor, organization_id: int, reason: str, version: int | None = None) -> SellerProfile:
    """Say no, and why; she may ask again. Raises Refused without a reason."""
    reason = _reason(reason)
    own, seller = _decide(actor, organization_id, "declined", reason, version)
    _tell_owner(own, lazy("Permintaan %(name)s ditolak", name=seller.name), reason)
    return own


def pause(actor: Actor, organization_id: int, reason: str) -> SellerProfile:
    """Take all of a seller's goods off sale for now; orders already placed stay. Raises Refused."""
    reason = _reason(reason)
    own, seller = _decide(actor, organization_id, "paused", reason)
    _tell_owner(own, lazy("Penjualan %(name)s dihentikan sementara", name=seller.name), reason)
    return own


def resume(actor: Actor, organization_id: int) -> SellerProfile:
    """Let a paused seller sell again."""
    own, seller = _decide(actor, organization_id, "active")
    _tell_owner(
        own, lazy("%(name)s boleh berjualan lagi", name=seller.name), lazy("Produk Anda tampil lagi.")
    )
    return own


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Tulis alasannya, supaya ia tahu apa yang harus diperbaiki."), field="reason")
    return reason.strip()


def _tell_owner(own: SellerProfile, title: LazyText, body: LazyText | str) -> None:
    if own.owner_id is not None:
        link = "/profil-usaha"
        notices.tell(own.organization_id, own.owner_id, "seller_decided", title, body, link, by_phone=True)
    else:
        roles = (Role.SELLER_OWNER,)
        notices.notify(own.organization_id, roles, "seller_decided", title, body, "/profil-usaha")


# --- her own page ----------------------------------------------------------------------------------


def update_profile(actor: Actor, *, photo: bytes | None = None, nib: str | None = None, **facts: Any) -> None:
    """Change name, story, address, place_code, open_days, phone, show_phone; an answered one waits again.

    Raises Forbidden, Refused for a name too short, a week without a day, an unknown place or number.
    """
    actor.require(Permission.SELLER_KEEP)
    seller = identity.organization(actor.organization_id or 0)
    own, before = _kept(seller), seller.name
    seller.name = _name(facts["name"])
    seller.address, seller.place_code = facts["address"] or "", facts["place_code"]
    if not 0 < facts["open_days"] < 128:
        raise Refused(_("Pilih paling sedikit satu hari buka."), field="open_days")
    seller.open_days = facts["open_days"]
    seller.phone = _phone(facts["phone"])
    own.story, own.show_phone = facts["story"] or "", bool(facts["show_phone"] and seller.phone)
    if photo:
        own.photo = _photo(photo)
    _state_nib(actor, nib)
    db.session.flush()
    if own.state in ("changes_requested", "declined"):
        states.advance(own, "submitted", actor)
        _tell_board(own, lazy("%(name)s mengirim perbaikan", name=seller.name))
    elif own.state == "active" and seller.name != before:
        _tell_board(own, lazy("%(before)s sekarang bernama %(name)s", before=before, name=seller.name))


def _photo(data: bytes) -> str:
    try:
        return files.store_photo(data, PHOTO_SIZES).name
    except Refused as refusal:
        raise Refused(refusal.message, field="photo", **refusal.detail) from refusal


def _phone(typed: str | None) -> str | None:
    return messages.normal_phone(typed) if typed else None


def close_days(actor: Actor, from_on: date, to_on: date | None, note: str = "") -> int:
    """No work from a day to another: nothing new is promised for these days. Raises Refused.

    Orders already placed stay. Returns how many days.
    """
    actor.require(Permission.SELLER_KEEP)
    last = to_on or from_on
    if last < from_on:
        raise Refused(_("Hari terakhir tidak boleh sebelum hari pertama."), field="to_on")
    days = (last - from_on).days + 1
    if days > LONGEST_CLOSURE_DAYS:
        raise Refused(_("Paling lama %(n)s hari sekali catat.", n=LONGEST_CLOSURE_DAYS), field="to_on")
    try:
        for ahead in range(days):
            catalogue.close_day(actor, from_on + timedelta(days=ahead), note)
    except Refused as refusal:
        raise Refused(refusal.message, field="from_on") from refusal
    return days


def open_days(actor: Actor, from_on: date, to_on: date) -> None:
    """She is there after all."""
    actor.require(Permission.SELLER_KEEP)
    for ahead in range(min((to_on - from_on).days + 1, LONGEST_CLOSURE_DAYS * 7)):
        catalogue.open_day(actor, from_on + timedelta(days=ahead))
