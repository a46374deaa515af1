"""Both sides of a claim: the supplier answers before a deadline, anybody concerned may say a word."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from market.core import clock, db, states
from market.core.errors import Refused
from market.core.i18n import _, lazy, stored
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.purchasing import queries
from market.purchasing.models import Claim
from market.purchasing.models_deliveries import ClaimMessage
from market.purchasing.services.announcing import announce_claim
from market.purchasing.services.claiming import take_off
from market.purchasing.services.ordering import end_if_nothing_comes

ANSWERS = ("replacement", "no_replacement", "refused")
MAX_WORDS = 1_000
LATEST_DAYS = 60
ANSWER_DAYS = Parameter(
    "purchasing.claim_answer_days",
    2,
    "domain facts 12 E 12: at least two working days",
    *(1, 14, lazy("Pemasok menjawab klaim dalam"), lazy("hari kerja"), "cooperative"),
)


def answer_by(now: datetime, working_days: int) -> datetime:
    """The end (in Jakarta) of the working day by which a claim of now is to be answered."""
    day = clock.wib(now).date()
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return clock.start_of(day + timedelta(days=1))


def answer_claim(
    actor: Actor, claim_id: int, answer: str, words: str = "", promised_on: date | None = None
) -> Claim:
    """The supplier's answer, one of ANSWERS.

    `replacement` needs the day it comes, `refused` a reason; `no_replacement` takes the claimed
    packs off the order, so that nobody pays for them. Raises NotFound for a claim of others, Refused
    for one that is over, promised already, or an answer that lacks what it needs.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    claim, order = queries.claim_to_answer(actor, claim_id)
    if claim.state not in ("open", "refused", "escalated"):
        raise Refused(_("Klaim ini sudah dijawab atau selesai. Tulis pesan bila ada yang berubah."))
    if answer not in ANSWERS:
        raise Refused(_("Pilih salah satu dari daftar."), field="answer")
    _check(answer, words, promised_on)
    said = clean(words, MAX_WORDS, multiline=True)
    if said:
        _write(actor, claim, said)
    if answer == "replacement":
        states.advance(claim, "promised", actor, said, also={"promised_on": promised_on})
    elif answer == "refused":
        states.advance(claim, "refused", actor, said)
    else:
        lines = queries.lines_of(order.id)
        line = next(each for each in lines if each.id == claim.order_line_id)
        take_off(lines, line, claim)
        claim.note = stored("pemasok tidak mengganti")
        states.advance(claim, "cancelled_rest", actor, said or stored("pemasok tidak mengganti"))
        end_if_nothing_comes(actor, order, stored("pemasok tidak mengganti"))
    announce_claim(claim, order, order.organization_id)
    return claim


def _check(answer: str, words: str, promised_on: date | None) -> None:
    if answer == "refused" and not words.strip():
        raise Refused(_("Tulis alasan menolak klaim ini."), field="words")
    if answer != "replacement":
        return
    if promised_on is None:
        raise Refused(_("Tulis kapan penggantinya dikirim."), field="promised_on")
    if not clock.today() <= promised_on <= clock.today() + timedelta(days=LATEST_DAYS):
        raise Refused(
            _("Pengganti dikirim paling cepat hari ini, paling lambat %(n)s hari lagi.", n=LATEST_DAYS),
            field="promised_on",
        )


def write_message(actor: Actor, claim_id: int, words: str) -> ClaimMessage:
    """Say a word on a claim: buyer, supplier, or the office once it has come there.

    The other side is told. Raises NotFound for strangers, Forbidden for who only reads.
    """
    claim, order = queries.claim_seen(actor, claim_id)
    rights = {
        order.organization_id: Permission.GOODS_RECEIVE,
        order.supplier_id: Permission.ASSIGNMENTS_ANSWER,
    }
    actor.require(rights.get(actor.organization_id or 0, Permission.ROUNDS_RUN))
    said = clean(words, MAX_WORDS, multiline=True)
    if not said:
        raise Refused(_("Tulis pesannya."), field="message")
    message = _write(actor, claim, said)
    for side in {order.organization_id, order.supplier_id} - {actor.organization_id}:
        announce_claim(claim, order, side)
    return message


def _write(actor: Actor, claim: Claim, words: str) -> ClaimMessage:
    message = ClaimMessage(
        organization_id=claim.organization_id,
        claim_id=claim.id,
        speaker_id=actor.organization_id,
        written_by=actor.user_id,
        written_at=clock.now(),
        text=words,
    )
    db.session.add(message)
    db.session.flush()
    return message


def escalate_claims() -> int:
    """Bring to the office what a supplier left unanswered, or promised for a day that is over.

    Returns how many (a scheduled job); both sides and the office are told.
    """
    late = queries.claims_to_escalate(clock.now(), clock.today())
    for claim, order in late:
        why = stored("pengganti tidak datang") if claim.state == "promised" else stored("tidak dijawab")
        states.advance(claim, "escalated", SYSTEM, why, also={"escalated_at": clock.now()})
        offices = queries.offices_of(claim.organization_id)
        for side in (order.organization_id, order.supplier_id, *offices):
            announce_claim(claim, order, side)
    return len(late)
