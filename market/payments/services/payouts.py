"""Money that leaves: one proposes, another approves, then it is sent, handed over, or owed again.

Whoever decides on a payout of a refund takes attempt, payment, refund and payout in this order, as believing
a provider does.
"""

from __future__ import annotations

from datetime import date

from market.core import approvals, clock, crypto, db, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.core.text import clean
from market.ledger import queries as books
from market.ledger import services as ledger
from market.notices.services import notify
from market.payments import postings_payouts, queries, queries_earnings, queries_payouts
from market.payments.models_payouts import BANKS, Payout, RefundDestination
from market.payments.services import leaving, refunding, sending, targets
from market.payments.services.leaving import Held

KIND, SERIES = "payout", "KLR"
MAX_REASON, MAX_REFERENCE = 200, 80
APPROVERS = (Role.CHAIR, Role.VICE_CHAIR)


# --- proposing -------------------------------------------------------------------------------------


def propose_seller_payout(actor: Actor, seller_id: int, way: str = "") -> Payout:
    """Ask a second person to pay a seller all that is released; `way` as in `Payout.WAYS`, or the best one.

    Raises Forbidden, Refused for less than the least, a seller without a confirmed account, a payout that
    is under way, and a way that there is not.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    owed = queries_earnings.owed_to(actor.organization_id or 0, seller_id)
    if owed.payout is not None:
        raise Refused(_("Untuk UMKM ini masih ada pembayaran yang berjalan."))
    if owed.released_rp < owed.least_rp:
        raise Refused(_("Paling sedikit %(least)s yang bisa dibayarkan.", least=format_rp(owed.least_rp)))
    bank = owed.account.bank if owed.account else ""
    way = way or best_way(actor.organization_id or 0, bank)
    if way != "cash" and owed.account is None:
        raise Refused(_("UMKM ini belum punya rekening yang sudah dibenarkan. Bayar tunai, atau isi dahulu."))
    payout = _payout(actor, "seller", way, owed.released_rp, bank)
    payout.seller_id = seller_id
    if way != "cash" and owed.account is not None:
        payout.account_id, payout.target = owed.account.id, targets.masked(owed.account)
    return _propose(actor, payout, owed.name)


def propose_refund_payout(actor: Actor, refund_id: int, way: str = "") -> Payout:
    """Ask a second person to pay a refund by hand to where its payer has said.

    Raises Forbidden, NotFound, Conflict for a refund that is not waiting or whose money a bank disputes,
    Refused while the payer has said nothing, and for a way that does not lead there.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    held = leaving.hold_refund(queries_payouts.refund_for(actor, refund_id))
    destination = queries_payouts.destination_of(refund_id, lock=True)
    if held.refund.way != "hand" or held.refund.state != "asked":
        raise Conflict(_("Pengembalian ini sudah diurus."))
    if queries_payouts.live_payout_of_refund(refund_id) is not None:
        raise Conflict(_("Pengembalian ini sudah diurus."))
    _require_undisputed(held)
    if destination is None:
        raise Refused(_("Pembeli belum mengisi ke mana uangnya dikembalikan."))
    way = (
        "cash" if destination.way == "cash" else way or best_way(actor.organization_id or 0, destination.bank)
    )
    if (way == "cash") != (destination.way == "cash"):
        raise Refused(_("Pembeli minta dibayar dengan cara lain."))
    payout = _payout(actor, "refund", way, held.refund.amount_rp, destination.bank)
    payout.refund_id = refund_id
    payout.target = targets.masked(destination) if way != "cash" else ""
    return _propose(actor, payout, held.payment.payer_name)


def best_way(organization_id: int, bank: str) -> str:
    """Through the provider where it can, else a transfer by hand; cash where no bank is known."""
    if not bank:
        return "cash"
    return "iris" if bank in BANKS and sending.account_of(organization_id) is not None else "transfer"


def _payout(actor: Actor, kind: str, way: str, amount_rp: int, bank: str) -> Payout:
    organization_id = actor.organization_id or 0
    if way not in Payout.WAYS:
        raise Refused(_("Pilih cara membayar dari daftar."), field="way")
    account = sending.account_of(organization_id) if way == "iris" else None
    if way == "iris" and (account is None or bank not in BANKS):
        raise Refused(_("Ke tujuan ini uang belum bisa dikirim otomatis. Transfer sendiri."), field="way")
    number = next_number(organization_id, SERIES)
    tag = sending.tag_of(account) if account else "HAND"
    return Payout(
        organization_id=organization_id,
        number=number,
        kind=kind,
        way=way,
        merchant_account_id=account.id if account else None,
        amount_rp=amount_rp,
        payout_id=f"{tag}-{organization_id}-{number.replace('/', '-')}",
        proposed_by=actor.user_id,
        proposed_at=clock.now(),
        ask_at=clock.now(),
        state_at=clock.now(),
    )


def _propose(actor: Actor, payout: Payout, name: str) -> Payout:
    db.session.add(payout)
    db.session.flush()
    states.start(payout, actor)
    faults.point("payouts.proposed")
    approvals.propose(actor, KIND, payout)
    title = lazy("Setujui uang keluar %(amount)s", amount=format_rp(payout.amount_rp))
    body = lazy("%(number)s untuk %(name)s.", number=payout.number, name=name)
    notify(payout.organization_id, APPROVERS, "payout_proposed", title, body, f"/uang-keluar/{payout.id}")
    return payout


# --- deciding --------------------------------------------------------------------------------------


def decide_payout(actor: Actor, payout_id: int, approve: bool, reason: str = "") -> Payout:
    """The second person's word: with a yes the money is in transit in the books, and sent where it can be.

    Raises Forbidden, NotFound, Conflict when the refund's money is disputed since, Refused for one's own
    proposal, a decided or lapsed one, a no without reason, and a seller who is owed less than that now.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    held, payout = _hold(actor, payout_id)
    reason = clean(reason, MAX_REASON)
    if not approve and not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = approvals.waiting(KIND, payout, payout.organization_id)
    if waiting is None or payout.state != "proposed":
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    if approve:
        _require_still(payout, held)
    approvals.decide(actor, waiting.id, approve, reason)
    if not approve:
        states.advance(payout, "rejected", actor, reason)
        return payout
    states.advance(payout, "approved", actor, reason, also={"approved_by": actor.user_id})
    if held is not None:
        states.advance(held.refund, "pending", actor)
    faults.point("payouts.approved")
    ledger.post(actor, payout.organization_id, postings_payouts.for_payout(payout))
    if payout.way == "iris":
        jobs.enqueue("payout_approved", {"payout_id": payout.id}, unique_key=f"payout_approved:{payout.id}")
    return payout


def _require_still(payout: Payout, held: Held | None) -> None:
    """What was proposed is still owed, to the same account."""
    if held is not None:
        _require_undisputed(held)
        return
    owed = queries_earnings.owed_to(payout.organization_id, payout.seller_id or 0)
    if owed.owed_rp - owed.held_rp < payout.amount_rp:
        raise Refused(_("Hak UMKM ini sekarang kurang dari usulan. Tolak, lalu usulkan lagi."))
    if payout.account_id is not None and (owed.account is None or owed.account.id != payout.account_id):
        raise Refused(_("Rekening UMKM berubah sejak diusulkan. Tolak, lalu usulkan lagi."))


def _require_undisputed(held: Held) -> None:
    if held.attempt.state != "succeeded" or queries.disputed_rp(held.attempt.id):
        raise Conflict(_("Bank menarik kembali atau menyengketakan uang ini. Jangan dibayarkan dahulu."))


def withdraw_payout(actor: Actor, payout_id: int, reason: str) -> Payout:
    """Take a payout back before the money has left.

    One that lies at the provider is called off by a job; when the provider was faster it arrives all the
    same. Raises Forbidden, NotFound, Refused without a reason or for one that has ended.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    held, payout = _hold(actor, payout_id)
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    if payout.state not in Payout.LIVE:
        raise Refused(_("Pembayaran ini sudah selesai."))
    if payout.way == "iris" and payout.state != "proposed":
        payout.called_off, payout.last_error = True, reason
        jobs.enqueue("payout_check", {"payout_id": payout.id})
        return payout
    waiting = approvals.waiting(KIND, payout, payout.organization_id)
    if waiting is not None:
        states.advance(waiting, "lapsed", actor, stored("ditarik pengusul"))
    if payout.state == "proposed":
        states.advance(payout, "withdrawn", actor, reason)
    else:
        leaving.undo(actor, payout, held, "withdrawn", reason)
    return payout


def record_payout(
    actor: Actor,
    payout_id: int,
    paid_on: date | None = None,
    reference: str = "",
    fee_rp: int = 0,
    code: str = "",
) -> Payout:
    """The money has left by hand: a transfer with the bank's reference and fee, or cash at the counter.

    Cash of a refund is handed over against the `code` that the payer shows (the edge counts wrong ones
    with `note_wrong_code`). Raises Forbidden, NotFound, Refused at the field that is wrong, before approval,
    or when the books hold less.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    held, payout = _hold(actor, payout_id)
    if payout.state != "approved" or payout.way == "iris":
        raise Refused(_("Pembayaran ini belum disetujui atau sudah selesai."))
    on = paid_on or clock.today()
    if not clock.wib(payout.proposed_at).date() <= on <= clock.today():
        raise Refused(_("Tanggal bayar: sejak diusulkan, paling lambat hari ini."), field="paid_on")
    if payout.way == "cash":
        fee_rp = 0
        destination = queries_payouts.destination_of(payout.refund_id) if payout.refund_id else None
        reference = _cash_reference(destination, code, reference)
    reference = clean(reference, MAX_REFERENCE)
    if not reference:
        raise Refused(_("Tulis nomor bukti."), field="reference")
    _require_money(payout, fee_rp)
    also = {"paid_on": on, "reference": reference, "fee_rp": fee_rp}
    leaving.complete(actor, payout, held, also, on)
    return payout


def _cash_reference(destination: RefundDestination | None, code: str, reference: str) -> str:
    """A seller signs for cash (the receipt's number); a payer of a refund shows the code of their page."""
    if destination is None:
        return reference
    if destination.wrong_codes >= refunding.MAX_WRONG_CODES:
        raise Refused(_("Terlalu banyak kode salah. Minta pembeli membuat kode baru di halamannya."))
    if not crypto.same(destination.code, "".join(code.split())):
        raise Refused(_("Kode tidak cocok."), field="code")
    return reference or stored("kode pembeli cocok")


def _require_money(payout: Payout, fee_rp: int) -> None:
    there = books.balance_rp(payout.organization_id, postings_payouts.MONEY[payout.way])
    if there < payout.amount_rp + fee_rp:
        text = _("Saldo di buku hanya %(there)s. Belum ada yang dibukukan.", there=format_rp(there))
        raise Refused(text)


# --- what is locked --------------------------------------------------------------------------------


def _hold(actor: Actor, payout_id: int) -> tuple[Held | None, Payout]:
    queries_payouts.payout_for(actor, payout_id)
    return leaving.hold(payout_id)


def lapse_payouts() -> int:
    """Close proposals that nobody decided within 72 hours; returns how many (a schedule)."""
    stale = queries_payouts.stale_payouts()
    for payout in stale:
        states.advance(payout, "lapsed", SYSTEM, stored("lewat 72 jam"))
    return len(stale)
