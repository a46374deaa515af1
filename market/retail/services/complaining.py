"""A buyer is not content: photo, wish, words of all sides, an answer in time, and an objection."""

from __future__ import annotations

from datetime import datetime, timedelta

from market.core import clock, db, faults, files, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy, stored
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.core.text import clean
from market.notices.services import notify
from market.places import queries as places
from market.retail import queries, queries_complaints
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_complaints import Complaint, ComplaintMessage
from market.retail.services.placing import fresh_code

WINDOW_DAYS = Parameter(
    "retail.complaint_days",
    3,
    "PP 80/2019: goods can be exchanged or the purchase cancelled for at least 2 working days after receipt "
    "(https://www.legalroom.co.id/sisi-perlindungan-konsumen-pada-peraturan-pemerintah-80-2019-tentang-"
    "perdagangan-melalui-sistem-elektronik/); one day more is the cooperative's courtesy",
    *(2, 30, lazy("Keluhan warga diterima sesudah barang diterima"), lazy("hari kerja"), "cooperative"),
)
ANSWER_DAYS = Parameter(
    "retail.complaint_answer_days",
    2,
    "assumption: a complaint that waits longer than two working days is lost trust",
    *(1, 14, lazy("Keluhan warga dijawab paling lama"), lazy("hari kerja"), "cooperative"),
)
BOARD = (Role.SECRETARY, Role.TREASURER)
ABOVE = (Role.CHAIR, Role.SUPERVISOR)
MAX_WORDS = 600
MOST_MESSAGES = 60
MOST_OBJECTIONS = 1
PHOTO_SIDES = (1024, 320)


LOOK_AHEAD = timedelta(days=120)


def after_working_days(now: datetime, days: int) -> datetime:
    """The end of the last of so many working days after today, in Jakarta.

    Monday to Friday, but for public holidays: those of every year and those that an office has entered.
    """
    day = clock.wib(now).date()
    holidays = places.holidays(day, day + LOOK_AHEAD)
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5 and day not in holidays
    return clock.start_of(day + timedelta(days=1))


def complaint_until(order: RetailOrder) -> datetime | None:
    """Until when the buyer may complain; None before the goods were handed over."""
    if order.state != "collected" or order.collected_at is None:
        return None
    return after_working_days(order.collected_at, WINDOW_DAYS.value(organization_id=order.organization_id))


def may_complain(order: RetailOrder) -> bool:
    """Whether the window is open at this moment."""
    until = complaint_until(order)
    return until is not None and until > clock.now()


def complain(
    actor: Actor,
    token: str,
    line_id: int,
    *,
    quantity: int,
    wish: str,
    words: str,
    photo: bytes | None = None,
) -> Complaint:
    """The buyer complains of pieces of a line, with what they wish for and a photo.

    Raises NotFound, Conflict for an order that was not handed over or too long ago, Refused at the field.
    """
    order = queries.order_by_token(token, lock=True)
    if not may_complain(order):
        raise Conflict(_("Keluhan hanya bisa dikirim sesudah barang diterima dan sebelum batas waktunya."))
    line = next((each for each in queries.lines_of(order.id) if each.id == line_id), None)
    if line is None:
        raise Refused(_("Pilih barangnya."), field="line_id")
    _check(line, quantity, wish, words)
    complaint = Complaint(
        organization_id=order.organization_id,
        state_at=clock.now(),
        order_id=order.id,
        line_id=line.id,
        seller_id=line.seller_id,
        quantity=quantity,
        wish=wish,
        words=clean(words, MAX_WORDS, multiline=True),
        photo=files.store_photo(photo, PHOTO_SIDES, private=True).name if photo else None,
        made_at=clock.now(),
        answer_by_at=_answer_by(order),
        pickup_code=fresh_code(),
    )
    db.session.add(complaint)
    db.session.flush()
    states.start(complaint, actor)
    faults.point("complaint_made")
    _announce(complaint, order, lazy("Keluhan pembeli: %(goods)s", goods=line.name))
    return complaint


def _answer_by(order: RetailOrder) -> datetime:
    return after_working_days(clock.now(), ANSWER_DAYS.value(organization_id=order.organization_id))


def _check(line: RetailOrderLine, quantity: int, wish: str, words: str) -> None:
    left = line.kept - queries_complaints.complained_pieces(line.id)
    if not 0 < quantity <= left:
        raise Refused(_("Paling banyak %(left)s.", left=max(0, left)), field="quantity")
    if wish not in Complaint.WISHES:
        raise Refused(_("Pilih salah satu dari daftar."), field="wish")
    if not words.strip():
        raise Refused(_("Ceritakan apa yang salah."), field="words")


def _announce(complaint: Complaint, order: RetailOrder, title: object) -> None:
    body = lazy("%(number)s. Jawab sebelum batas waktunya.", number=order.number)
    link = f"/keluhan/{complaint.id}"
    notify(complaint.organization_id, BOARD, "complaint", title, body, link)  # type: ignore[arg-type]
    if complaint.seller_id != complaint.organization_id:
        said = lazy("%(number)s. Tulis pandangan Anda; koperasi yang memutuskan.", number=order.number)
        notify(complaint.seller_id, (Role.SELLER_OWNER,), "complaint", title, said, link)  # type: ignore[arg-type]


def withdraw_complaint(actor: Actor, token: str, complaint_id: int) -> Complaint:
    """The buyer takes it back. Raises NotFound, IllegalMove once it is decided."""
    order = queries.order_by_token(token, lock=True)
    complaint = queries_complaints.complaint_of(order.id, complaint_id, lock=True)
    states.advance(complaint, "withdrawn", actor)
    return complaint


def object_to(actor: Actor, token: str, complaint_id: int, words: str) -> Complaint:
    """The buyer does not accept the refusal: it is open once more, and those above look at it.

    Raises NotFound, IllegalMove when it was not refused, Conflict for a second time.
    """
    order = queries.order_by_token(token, lock=True)
    complaint = queries_complaints.complaint_of(order.id, complaint_id, lock=True)
    if complaint.objections >= MOST_OBJECTIONS:
        raise Conflict(_("Keberatan hanya bisa sekali. Anda bisa menghubungi Dinas Koperasi atau BPSK."))
    said = _words(words)
    also = {
        "objections": complaint.objections + 1,
        "escalated_at": clock.now(),
        "answer_by_at": _answer_by(order),
    }
    states.advance(complaint, "open", actor, stored("pembeli keberatan"), also=also)
    _write(complaint, "buyer", order.buyer_name, said)
    _tell_above(complaint, order)
    return complaint


def refuse_complaint(actor: Actor, complaint_id: int, words: str) -> Complaint:
    """The shop gives nothing, and says why. Raises Forbidden, NotFound, IllegalMove, Refused wordless."""
    actor.require(Permission.COMPLAINTS_DECIDE)
    complaint = queries_complaints.complaint_for(actor, complaint_id, lock=True)
    said = _words(words)
    states.advance(complaint, "refused", actor)
    _write(complaint, "shop", actor.name, said)
    return complaint


def _words(words: str) -> str:
    said = clean(words, MAX_WORDS, multiline=True)
    if not said:
        raise Refused(_("Tulis alasannya."), field="words")
    return said


def say(actor: Actor, complaint_id: int, words: str) -> ComplaintMessage:
    """A word of the shop, or of the seller whose goods they were. Raises Forbidden, NotFound, Refused."""
    actor.require(Permission.COMPLAINTS_VIEW)
    complaint = queries_complaints.complaint_seen(actor, complaint_id, lock=True)
    side = "shop" if complaint.organization_id == actor.organization_id else "seller"
    return _write(complaint, side, actor.organization_name, _words(words))


def say_as_buyer(token: str, complaint_id: int, words: str) -> ComplaintMessage:
    """A word of the buyer behind the link. Raises NotFound, Refused."""
    order = queries.order_by_token(token, lock=True)
    complaint = queries_complaints.complaint_of(order.id, complaint_id, lock=True)
    return _write(complaint, "buyer", order.buyer_name, _words(words))


def _write(complaint: Complaint, side: str, author: str, said: str) -> ComplaintMessage:
    if len(queries_complaints.messages_of(complaint.id)) >= MOST_MESSAGES:
        raise Refused(_("Pesan di keluhan ini sudah terlalu banyak. Hubungi lewat telepon."))
    row = ComplaintMessage(
        organization_id=complaint.organization_id,
        complaint_id=complaint.id,
        side=side,
        author_name=author[:80],
        said=said,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def escalate_complaints() -> int:
    """Those above are told of what nobody answered in time (a scheduled job); returns how many."""
    late = queries_complaints.late_complaints()
    for complaint in late:
        complaint.escalated_at = clock.now()
        _write(complaint, "shop", SYSTEM.name, stored("Batas jawab lewat. Ketua dan pengawas diberi tahu."))
        _tell_above(complaint, queries.order_by_id(complaint.order_id))
    return len(late)


def _tell_above(complaint: Complaint, order: RetailOrder) -> None:
    title = lazy("Keluhan pembeli menunggu Anda: %(number)s", number=order.number)
    body = lazy("Belum dijawab atau pembeli keberatan. Putuskan sekarang.")
    notify(complaint.organization_id, ABOVE, "complaint_late", title, body, f"/keluhan/{complaint.id}")
