"""A bill that differs: both sides talk, and one of four outcomes ends it."""

from __future__ import annotations

from datetime import date

from market.core import clock, db, faults, money, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.purchasing import queries
from market.purchasing.models import PurchaseOrder, SupplierBill
from market.purchasing.models_bills import BillCase, BillCaseMessage
from market.purchasing.services.announcing import announce_case
from market.purchasing.services.billing import record_bill, release, void
from market.purchasing.services.ordering import MAX_REASON

MAX_WORDS = 1_000


def write_case_message(actor: Actor, case_id: int, words: str) -> BillCaseMessage:
    """Say a word on a difference: buyer or supplier; the other side is told.

    Raises NotFound for strangers, Forbidden for who only reads, Refused without words or after the end.
    """
    case, _bill, order = queries.case_seen(actor, case_id)
    buys = actor.organization_id == order.organization_id
    actor.require(Permission.BILLS_RECORD if buys else Permission.CREDIT_ISSUE)
    said = clean(words, MAX_WORDS, multiline=True)
    if not said:
        raise Refused(_("Tulis pesannya."), field="message")
    if case.state != "open":
        raise Refused(_("Selisih ini sudah selesai."))
    message = BillCaseMessage(
        organization_id=case.organization_id,
        case_id=case.id,
        speaker_id=actor.organization_id,
        written_by=actor.user_id,
        written_at=clock.now(),
        text=said,
    )
    db.session.add(message)
    if not buys and case.answered_at is None:
        case.answered_at = clock.now()
    db.session.flush()
    announce_case(case, order.supplier_id if buys else order.organization_id)
    return message


def accept_difference(actor: Actor, case_id: int, reason: str) -> BillCase:
    """Agree to the paper as it is: the bill may be paid. Never by the one who recorded it.

    Raises NotFound, Forbidden, Refused without a reason, for one's own, or after the end.
    """
    actor.require(Permission.CASE_ACCEPT)
    case, bill, order = _open(actor, case_id)
    if case.opened_by == actor.user_id:
        raise Refused(_("Tagihan yang Anda catat sendiri harus diterima orang lain."))
    _end(actor, case, "accepted", _reason(reason))
    release(actor, order, bill)
    return case


def reject_bill(actor: Actor, case_id: int, reason: str) -> BillCase:
    """Send the invoice back: it counts no more, and what came may be billed by a new one.

    Raises NotFound, Forbidden, Refused without a reason, after the end, or once a part was credited.
    """
    actor.require(Permission.BILLS_RECORD)
    case, bill, order = _open(actor, case_id)
    why = _reason(reason)
    void(actor, order, bill, why)
    _end(actor, case, "rejected", why)
    return case


def correct_bill(
    actor: Actor, case_id: int, reference: str, amount_rp: int, billed_on: date, due_on: date | None = None
) -> SupplierBill:
    """The supplier sent a corrected invoice: it takes the place of the disputed one, and must agree.

    Raises NotFound, Forbidden, Refused when the new one differs beyond the tolerance, too, has the
    number of another, or a part of the old one was credited: then nothing has changed.
    """
    actor.require(Permission.BILLS_RECORD)
    case, bill, order = _open(actor, case_id)
    why = stored("diganti tagihan %(reference)s", reference=reference)
    void(actor, order, bill, why)
    _end(actor, case, "corrected", why)
    faults.point("bill_replaced")
    return record_bill(actor, order.id, reference, amount_rp, billed_on, due_on)


def end_if_credited(actor: Actor, case: BillCase, bill: SupplierBill, order: PurchaseOrder) -> bool:
    """A case ends when credit notes took the difference down to the tolerance (all held)."""
    left_rp = case.difference_rp - queries.case_credited_rp(case.id)
    if case.state != "open" or case.difference_rp < 0 or left_rp > case.tolerance_rp:
        return False
    _end(actor, case, "credited", stored("selisih dikreditkan pemasok"))
    release(actor, order, bill)
    return True


def _open(actor: Actor, case_id: int) -> tuple[BillCase, SupplierBill, PurchaseOrder]:
    case, bill, order = queries.case_to_decide(actor, case_id)
    if case.state != "open":
        raise Refused(_("Selisih ini sudah selesai."))
    return case, bill, order


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    return clean(reason, MAX_REASON)


def _end(actor: Actor, case: BillCase, state: str, reason: str) -> None:
    states.advance(case, state, actor, reason, also={"decided_by": actor.user_id})
    for side in {case.organization_id, case.supplier_id} - {actor.organization_id}:
        announce_case(case, side)


def remind_cases() -> int:
    """Tell both sides of every difference whose deadline is over, once; returns how many (a schedule)."""
    late = queries.cases_overdue(clock.now())
    for case in late:
        case.reminded_at = clock.now()
        announce_case(case, case.supplier_id)
        announce_case(case, case.organization_id)
    db.session.flush()
    return len(late)


def case_figures(case: BillCase, bill: SupplierBill) -> dict[str, str]:
    """What the paper says, what came, the difference and the tolerance, for people."""
    return {
        "expected": money.format_rp(case.expected_rp),
        "paper": money.format_rp(bill.amount_rp),
        "difference": money.format_rp(abs(case.difference_rp)),
        "tolerance": money.format_rp(case.tolerance_rp),
    }
