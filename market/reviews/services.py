"""Writing a review by the tracking link, answering it once, hiding it with a reason and showing it again."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db, faults, files, messages, states
from market.core.errors import Conflict, NotFound, Refused
from market.core.i18n import _, lazy
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission, Role
from market.core.text import clean
from market.identity import queries as identity
from market.notices.services import notify
from market.retail import queries as retail
from market.retail.models import RetailOrder, RetailOrderLine
from market.reviews import queries
from market.reviews.models import Review

HONORIFICS = {"bu", "ibu", "pak", "bapak", "mas", "mbak", "kak", "cak", "ning", "haji", "hajah", "h", "hj"}
MAX_TEXT, MAX_ANSWER, MAX_REASON = 600, 600, 300
WRITE_DAYS = Parameter(
    "reviews.write_days",
    30,
    "assumption: after a month nobody remembers the taste",
    *(1, 365, lazy("Ulasan ditulis paling lambat"), lazy("hari sesudah diambil"), "cooperative"),
)
EDIT_DAYS = Parameter(
    "reviews.edit_days",
    7,
    "assumption: a week to change one's mind, then what was answered stays as it was",
    *(0, 90, lazy("Ulasan bisa diubah selama"), lazy("hari"), "cooperative"),
)


def may_write(order: RetailOrder, review: Review | None) -> bool:
    """Whether the buyer may write about a line of this order, or still change what stands there."""
    if order.state != "collected" or order.collected_at is None:
        return False
    if review is None:
        days = WRITE_DAYS.value(organization_id=order.organization_id)
        return clock.now() <= order.collected_at + timedelta(days=days)
    days = EDIT_DAYS.value(organization_id=order.organization_id)
    return review.state == "shown" and clock.now() <= review.written_at + timedelta(days=days)


def write_review(
    actor: Actor, token: str, line_id: int, *, stars: int, text: str | None = "", photo: bytes | None = None
) -> Review:
    """What the buyer behind the tracking link says of one line; said again it changes the first one.

    Without a new photo the old one stays. Raises NotFound, Conflict before the goods were handed over, when
    the days are over, or when it was hidden; Refused for a seller who reviews the own goods.
    """
    order = retail.order_by_token(token, lock=True)
    line = next((each for each in retail.lines_of(order.id) if each.id == line_id), None)
    if line is None or not line.kept:
        raise NotFound(_("Barang ini tidak ada di pesanan Anda."))
    review = queries.by_line([line.id]).get(line.id)
    if not may_write(order, review):
        raise Conflict(_("Ulasan ditulis sesudah barang diambil, selama beberapa hari saja."))
    if not 1 <= stars <= 5:
        raise Refused(_("Beri 1 sampai 5 bintang."), field="stars")
    _require_a_buyer(order, line)
    words = clean(text or "", MAX_TEXT, multiline=True)
    kept = files.store_photo(photo).name if photo else None
    if review is None:
        return _first(actor, order, line, stars, words, kept)
    review.stars, review.text, review.changed_at = stars, words, clock.now()
    review.photo = kept or review.photo
    db.session.flush()
    return review


def _require_a_buyer(order: RetailOrder, line: RetailOrderLine) -> None:
    """Who owns the goods does not praise them."""
    owner = identity.organization(line.seller_id)
    owners = identity.seat_holders(line.seller_id, (Role.SELLER_OWNER.value,))
    theirs = {_normal(phone) for phone in (owner.phone, *(user.phone for user in owners)) if phone}
    if order.phone in theirs:
        raise Refused(_("Penjual tidak bisa mengulas barangnya sendiri."))


def _normal(phone: str) -> str:
    try:
        return messages.normal_phone(phone)
    except Refused:
        return phone


def _first(
    actor: Actor, order: RetailOrder, line: RetailOrderLine, stars: int, text: str, photo: str | None
) -> Review:
    now = clock.now()
    review = Review(
        organization_id=order.organization_id,
        line_id=line.id,
        product_id=line.product_id,
        seller_id=line.seller_id,
        by=_called(order.buyer_name),
        goods=line.name,
        stars=stars,
        text=text,
        photo=photo,
        written_at=now,
        changed_at=now,
        state_at=now,
    )
    db.session.add(review)
    db.session.flush()
    states.start(review, actor)
    faults.point("reviews.written")
    title = lazy("Ulasan baru: %(name)s, %(stars)s bintang", name=line.name, stars=stars)
    roles = (Role.SELLER_OWNER, Role.SECRETARY)
    notify(line.seller_id, roles, "review", title, text or lazy("Tanpa kata-kata."), "/ulasan")
    return review


def _called(name: str) -> str:
    """The first name, with what people put before it: "Bu Ani"."""
    words = name.split()
    kept = 2 if words[0].casefold().rstrip(".") in HONORIFICS else 1
    return " ".join(words[:kept])[:40]


def answer(actor: Actor, review_id: int, text: str) -> Review:
    """The owner of the goods answers for everybody to read: one answer, which may be changed.

    Raises Forbidden, NotFound for others' goods, Conflict for a hidden one, Refused for an empty answer.
    """
    actor.require(Permission.REVIEWS_ANSWER)
    review = queries.review_for(actor, review_id, lock=True)
    if review.seller_id != actor.organization_id:
        raise NotFound(_("Ulasan tidak ditemukan."))
    if review.state != "shown":
        raise Conflict(_("Ulasan ini sedang disembunyikan."))
    words = clean(text, MAX_ANSWER, multiline=True)
    if not words:
        raise Refused(_("Tulis jawabannya."), field="answer")
    review.answer, review.answered_at, review.answered_by = words, clock.now(), actor.user_id
    db.session.flush()
    return review


def hide(actor: Actor, review_id: int, reason: str) -> Review:
    """Take a review from the pages, with a reason that stays on record; the average is of those shown.

    What was said of the cooperative's own goods needs the same reason. Raises Forbidden, NotFound,
    IllegalMove, Refused.
    """
    actor.require(Permission.REVIEWS_MODERATE)
    review = queries.review_for(actor, review_id, lock=True)
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    if review.organization_id != actor.organization_id:
        raise NotFound(_("Ulasan tidak ditemukan."))
    states.advance(review, "hidden", actor, reason, also={"hidden_for": reason})
    faults.point("reviews.hidden")
    title = lazy("Ulasan %(name)s disembunyikan", name=review.goods)
    notify(review.seller_id, (Role.SELLER_OWNER,), "review_hidden", title, reason, "/ulasan")
    return review


def show_again(actor: Actor, review_id: int) -> Review:
    """Put a hidden review back. Raises Forbidden, NotFound, IllegalMove."""
    actor.require(Permission.REVIEWS_MODERATE)
    review = queries.review_for(actor, review_id, lock=True)
    states.advance(review, "shown", actor, also={"hidden_for": ""})
    return review
