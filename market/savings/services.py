"""Setting the amount, taking the principal, the member's own yes, and paying back who leaves."""

from __future__ import annotations

from datetime import date
from typing import Any

from market.core import clock, db, faults, money, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy, stored
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.core.text import clean
from market.ledger import queries as books
from market.ledger import services as ledger
from market.members import queries as members
from market.members import services as membership
from market.members.models import Member
from market.notices import services as notices
from market.savings import postings, queries
from market.savings.models import ACCOUNTS, SavingsRate, SavingsReceipt, SavingsRepayment

MAX_RATE_RP = 100_000_000


def set_rate(
    actor: Actor, amount_rp: int, resolution: str, resolved_on: date, valid_from_on: date
) -> SavingsRate:
    """Record what the members' meeting resolved: the principal savings from a day on.

    Raises Forbidden, Refused at the field for no amount, no resolution, a meeting in the future, or a day
    before the meeting.
    """
    actor.require(Permission.SAVINGS_SET)
    if not 0 < amount_rp <= MAX_RATE_RP:
        raise Refused(_("Isi jumlah yang diputuskan rapat."), field="amount_rp")
    if not clean(resolution, 300):
        raise Refused(_("Tulis rapat dan nomor keputusannya."), field="resolution")
    if resolved_on > clock.today():
        raise Refused(_("Rapat itu belum terjadi."), field="resolved_on")
    if valid_from_on < resolved_on:
        raise Refused(_("Berlaku paling cepat pada hari rapat."), field="valid_from_on")
    rate = SavingsRate(
        organization_id=actor.organization_id,
        kind="principal",
        amount_rp=amount_rp,
        resolution=clean(resolution, 300),
        resolved_on=resolved_on,
        valid_from_on=valid_from_on,
        entered_by=actor.user_id,
        entered_at=clock.now(),
    )
    db.session.add(rate)
    db.session.flush()
    return rate


def take_principal(actor: Actor, member_id: int, seen_rp: int) -> SavingsReceipt:
    """The cashier takes the principal in cash and gives a numbered receipt; the books know it at once.

    `seen_rp` is what the page asked for. Raises Forbidden, NotFound, Refused where no meeting has set an
    amount or the person need not pay, Conflict where the amount is another by now.
    """
    actor.require(Permission.SAVINGS_TAKE)
    member = members.member_for(actor, member_id, lock=True)
    rate = queries.rate_on(member.organization_id)
    if rate is None:
        raise Refused(_("Besar simpanan pokok belum ditetapkan. Minta ketua mencatat keputusan rapat."))
    if rate.amount_rp != seen_rp:
        raise Conflict(_("Besar simpanan pokok baru saja berubah. Muat ulang halaman."))
    if member.state != "verified" or queries.waiting_receipt(member) is not None:
        raise Refused(_("Orang ini belum diterima pengurus, atau sudah membayar."))
    if member.user_id is not None and member.user_id == actor.user_id:
        raise Refused(_("Uang Anda sendiri diterima orang lain."))
    receipt = SavingsReceipt(
        organization_id=member.organization_id,
        number=next_number(member.organization_id, "SP"),
        member_id=member.id,
        kind=rate.kind,
        rate_id=rate.id,
        amount_rp=rate.amount_rp,
        taken_by=actor.user_id,
        taken_at=clock.now(),
        state_at=clock.now(),
    )
    db.session.add(receipt)
    db.session.flush()
    states.start(receipt, actor)
    faults.point("savings.taken")
    _ask_member(member, receipt)
    ledger.post(actor, receipt.organization_id, postings.for_receipt(receipt))
    return receipt


def _ask_member(member: Member, receipt: SavingsReceipt) -> None:
    if member.user_id is None:
        return
    notices.tell(
        member.organization_id,
        member.user_id,
        "savings_taken",
        lazy("Apakah Anda membayar %(rp)s?", rp=money.format_rp(receipt.amount_rp)),
        lazy("Setujui tanda terima %(number)s, lalu Anda anggota.", number=receipt.number),
        "/simpanan-saya",
        by_phone=True,
    )


def confirm_own(actor: Actor, receipt_id: int) -> SavingsReceipt:
    """The member says that she paid this: from now on she is a member. Raises NotFound, IllegalMove."""
    receipt = queries.own_receipt(actor.user_id or 0, receipt_id, lock=True)
    return _confirm(actor, receipt, "own")


def confirm_on_paper(actor: Actor, receipt_id: int) -> SavingsReceipt:
    """Somebody of the board holds the receipt that the member signed; never who took the money.

    Raises Forbidden, NotFound, IllegalMove, Refused.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    receipt = queries.receipt_for(actor, receipt_id, lock=True)
    return _confirm(actor, receipt, "paper")


def _confirm(actor: Actor, receipt: SavingsReceipt, how: str) -> SavingsReceipt:
    if receipt.taken_by == actor.user_id:
        raise Refused(_("Yang menerima uang tidak menyetujui tanda terimanya sendiri."))
    states.advance(receipt, "confirmed", actor, also={"how": how, "decided_by": actor.user_id})
    faults.point("savings.confirmed")
    membership.activate(actor, receipt.member_id)
    return receipt


def cancel_receipt(actor: Actor, receipt_id: int, reason: str) -> SavingsReceipt:
    """A receipt that should not be: the money goes back, the books are reversed, by another than the taker.

    Raises Forbidden, NotFound, IllegalMove, Refused without a reason or for who took the money.
    """
    actor.require(Permission.SAVINGS_APPROVE)
    receipt = queries.receipt_for(actor, receipt_id, lock=True)
    reason = _reason(reason)
    if receipt.taken_by == actor.user_id:
        raise Refused(_("Yang menerima uang tidak membatalkan tanda terimanya sendiri."))
    states.advance(receipt, "cancelled", actor, reason, also={"decided_by": actor.user_id})
    faults.point("savings.cancelled")
    entry = books.entry_by_source(receipt.organization_id, postings.source_of(receipt))
    ledger.reverse(actor, entry.id if entry else 0, reason)
    return receipt


def open_repayment(member_id: int, by_user_id: int) -> SavingsRepayment | None:
    """Who left is to get the principal back; None where there is nothing, or it was opened before.

    `by_user_id` is who recorded the leaving, and therefore does not approve it.
    """
    member = members.member_by_id(member_id, lock=True)
    amount_rp = queries.principal_rp(member)
    if member.state != "left" or amount_rp <= 0:
        return None
    repayment = SavingsRepayment(
        organization_id=member.organization_id,
        number=next_number(member.organization_id, "KS"),
        member_id=member.id,
        amount_rp=amount_rp,
        proposed_by=by_user_id,
        state_at=clock.now(),
    )
    db.session.add(repayment)
    db.session.flush()
    states.start(repayment, SYSTEM, stored("anggota keluar"))
    notices.notify(
        member.organization_id,
        (Role.CHAIR, Role.VICE_CHAIR, Role.TREASURER),
        "repayment_opened",
        lazy("Simpanan pokok %(name)s dikembalikan?", name=member.name),
        lazy("%(rp)s. Setujui, lalu bayar.", rp=money.format_rp(amount_rp)),
        f"/simpanan/pengembalian/{repayment.id}",
    )
    return repayment


def decide_repayment(actor: Actor, repayment_id: int, approve: bool, reason: str = "") -> SavingsRepayment:
    """A second person approves (owed from now on) or rejects with a reason.

    Raises Forbidden, NotFound, IllegalMove, Refused for who proposed it, for a rejection without a reason,
    and where the books hold less principal than is to be repaid.
    """
    actor.require(Permission.SAVINGS_APPROVE)
    repayment = queries.repayment_for(actor, repayment_id, lock=True)
    if repayment.proposed_by == actor.user_id:
        raise Refused(_("Yang mencatat keluar tidak menyetujui sendiri. Minta pengurus lain."))
    reason = clean(reason, 300) if approve else _reason(reason)
    decided: dict[str, Any] = {"decided_by": actor.user_id}
    states.advance(repayment, "approved" if approve else "rejected", actor, reason, also=decided)
    faults.point("savings.decided")
    if approve:
        ledger.post(actor, repayment.organization_id, postings.for_repayment(repayment))
    return repayment


def pay_repayment(actor: Actor, repayment_id: int, account: str) -> SavingsRepayment:
    """The money goes out of cash or bank. Raises Forbidden, NotFound, IllegalMove, Refused without enough."""
    actor.require(Permission.SAVINGS_TAKE)
    repayment = queries.repayment_for(actor, repayment_id, lock=True)
    if account not in ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    states.advance(repayment, "paid", actor, also={"account": account, "paid_by": actor.user_id})
    faults.point("savings.repaid")
    ledger.post(actor, repayment.organization_id, postings.for_repayment_paid(repayment))
    # Asked after posting, when the books are held: nobody else can have taken the money meanwhile.
    if books.balance_rp(repayment.organization_id, account) < 0:
        name = books.account(repayment.organization_id, account).name
        raise Refused(_("Saldo %(account)s tidak cukup. Belum ada yang dibayar.", account=_(name)))
    return repayment


def _reason(reason: str) -> str:
    if not clean(reason, 300):
        raise Refused(_("Tulis alasannya."), field="reason")
    return clean(reason, 300)
