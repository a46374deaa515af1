"""Payouts through the provider: queued with the maker's key, released with the approver's, asked to the end.

Nothing leaves before the release, and only the one payout whose number is written down here is released:
a call that got no answer may be repeated without paying twice.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta

from market.core import clock, crypto, db, faults, jobs, states
from market.core.i18n import lazy
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM
from market.payments import doors, gateway, queries, queries_earnings, queries_payouts
from market.payments.models import MerchantAccount
from market.payments.models_payouts import Payout
from market.payments.services import leaving, targets
from market.payments.types import PAYOUT_FINAL, CreatePayout, PayoutRef, PayoutSnapshot, PayoutStatus

log = logging.getLogger(__name__)
ASK_S, ASK_LATER_S, YOUNG = 60, 480, timedelta(hours=2)
FEE_RP = Parameter(
    "payments.payout_fee_rp",
    5_000,
    "payment research 2.7: usual list price of a payout, to be confirmed in the contract",
    *(0, 50_000, lazy("Biaya kirim uang lewat penyedia pembayaran"), lazy("rupiah"), "cooperative"),
)
REFUSALS = (gateway.InvalidRequest, gateway.NotAllowed, gateway.Unsupported)


def account_of(organization_id: int) -> MerchantAccount | None:
    """The account from whose deposit the cooperative can send money today; None without payout keys."""
    account = queries.account_now(organization_id)
    if account is None:
        return None
    try:
        doors.payouts_of(account)
    except (LookupError, ValueError, crypto.Unreadable):
        return None
    return account


def tag_of(account: MerchantAccount) -> str:
    """The start of this account's payout ids: no other installation on the same deposit uses it."""
    return hashlib.sha256(account.token.encode()).hexdigest()[:8].upper()


@dataclass(frozen=True)
class _Order:
    """A payout as the provider is asked for it: the same each time."""

    state: str
    called_off: bool
    ref: PayoutRef
    request: CreatePayout
    door: gateway.PayoutGateway


def _read(payout_id: int) -> _Order | None:
    with db.transaction(read_only=True):
        payout = queries_payouts.payout_by_id(payout_id)
        if payout.way != "iris" or payout.state not in Payout.MOVING:
            return None
        row = (
            queries_earnings.payee_account_by_id(payout.account_id)
            if payout.account_id
            else queries_payouts.destination_of(payout.refund_id or 0)
        )
        if row is None:
            return None
        ref = PayoutRef(payout.provider_id, payout.payout_id)
        number, name = targets.number_of(row), row.holder
        request = CreatePayout(
            payout.payout_id, payout.amount_rp, row.bank, number, name, notes=payout.number
        )
        account = queries.account_by_id(payout.merchant_account_id or 0)
        door = doors.payouts_of(account, queries.rows_of_merchant(account))
        return _Order(payout.state, payout.called_off, ref, request, door)


def send_payout(payout_id: int) -> str:
    """Carry a payout on at the provider as far as it goes now; returns its state. Silence changes nothing."""
    order = _read(payout_id)
    if order is None:
        return _state(payout_id)
    try:
        ref = order.ref if order.ref.provider_id else _queue(payout_id, order)
        if ref is None:
            return _state(payout_id)
        return _believe(payout_id, _carry_on(payout_id, order, ref))
    except gateway.GatewayError as trouble:
        log.warning("payout %s: no answer yet: %s", order.request.payout_id, trouble)
        return _note(payout_id, str(trouble))


def _queue(payout_id: int, order: _Order) -> PayoutRef | None:
    """Have it queued, or find what an earlier call has; None when the provider will not have it at all."""
    if order.called_off:
        _failed(payout_id, "called off before the provider knew it")
        return None
    faults.point("payouts.calling")
    try:
        made = order.door.create_payout(order.request, idempotency_key=order.request.payout_id)
    except REFUSALS as refusal:
        _failed(payout_id, str(refusal))
        return None
    faults.point("payouts.queued")
    with db.transaction():
        payout = queries_payouts.payout_by_id(payout_id, lock=True)
        if payout.state == "approved":
            states.advance(payout, "sending", SYSTEM, also={"provider_id": made.ref.provider_id})
        return PayoutRef(payout.provider_id, payout.payout_id) if payout.provider_id else None


def _failed(payout_id: int, reason: str) -> None:
    with db.transaction():
        held, payout = leaving.hold(payout_id)
        if payout.state in Payout.MOVING and not payout.provider_id:
            payout.last_error = reason
            leaving.undo(SYSTEM, payout, held, "failed", reason)


def _carry_on(payout_id: int, order: _Order, ref: PayoutRef) -> PayoutSnapshot:
    """The truth now; what still lies in the queue is released, or stopped when nobody wants it any more."""
    said = order.door.get_payout(ref)
    if said.status != PayoutStatus.QUEUED or said.amount_rp != order.request.amount_rp:
        return said
    faults.point("payouts.releasing")
    if order.called_off:
        return order.door.reject_payout(ref, reason=order.request.payout_id)
    return order.door.approve_payout(ref)


def _believe(payout_id: int, said: PayoutSnapshot) -> str:
    with db.transaction():
        return apply_payout(payout_id, said)


def apply_payout(payout_id: int, said: PayoutSnapshot) -> str:
    """Make rows and books say what the provider says; saying it again changes nothing.

    To be called in a transaction of its own. Raises NotFound.
    """
    held, payout = leaving.hold(payout_id)
    if payout.state not in Payout.MOVING or said.ref.provider_id != payout.provider_id:
        return payout.state
    payout.provider_status = said.provider_status[:40] or said.status.value
    payout.ask_at = clock.now() + timedelta(seconds=_ask_after_s(payout))
    if said.amount_rp != payout.amount_rp:
        log.error("payout %s: the provider says Rp%s", payout.payout_id, said.amount_rp)
        payout.last_error = "the provider names another amount"
        return payout.state
    if said.status not in PAYOUT_FINAL:
        return payout.state
    if said.status == PayoutStatus.COMPLETED:
        fee = FEE_RP.value(organization_id=payout.organization_id)
        today = clock.today()
        leaving.complete(SYSTEM, payout, held, {"fee_rp": fee, "paid_on": today}, today)
    else:
        payout.last_error = said.error or said.status.value
        leaving.undo(SYSTEM, payout, held, "failed", payout.last_error)
    faults.point("payouts.applied")
    return payout.state


def _ask_after_s(payout: Payout) -> int:
    return ASK_S if clock.now() - payout.state_at < YOUNG else ASK_LATER_S


def _note(payout_id: int, trouble: str) -> str:
    with db.transaction():
        payout = queries_payouts.payout_by_id(payout_id, lock=True)
        payout.last_error = trouble[:300]
        payout.ask_at = clock.now() + timedelta(seconds=_ask_after_s(payout))
        return payout.state


def _state(payout_id: int) -> str:
    with db.transaction(read_only=True):
        return queries_payouts.payout_by_id(payout_id).state


def ask_payouts() -> int:
    """Twice a minute: a job for each payout whose turn has come; returns how many. No call is made here."""
    due = queries_payouts.due_payouts()
    for payout in due:
        payout.ask_at = clock.now() + timedelta(seconds=_ask_after_s(payout))
        jobs.enqueue("payout_check", {"payout_id": payout.id})
    return len(due)
