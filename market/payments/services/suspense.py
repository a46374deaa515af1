"""The treasurer's queue: money that belongs to nothing yet goes back, or to what it was meant for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from market.core import faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.ledger import services as ledger
from market.payments import postings, queries
from market.payments.models import Payment, PaymentAttempt, SuspenseCase
from market.payments.services import keeping


@dataclass(frozen=True)
class LatePurpose:
    """What the part that asked for money says when it comes after its time (`wiring.LATE_PURPOSES`).

    `why_unwanted` tells why it can only go back, "" while it can still be used; `revive` makes that true, and
    raises Refused. Both take the purpose's id; `revive` locks its row before payments locks any of its own.
    """

    why_unwanted: Callable[[int], str]
    revive: Callable[[Actor, int], object]


_late: Mapping[str, LatePurpose] = {}


def configure(late: Mapping[str, LatePurpose]) -> None:
    """Who is asked about late money, by purpose (set once by the application, by a test for its own)."""
    global _late
    _late = late


def why_unwanted(payment: Payment) -> str:
    """Why late money for this payment can only go back to the payer; "" while it can still be used."""
    purpose = _late.get(payment.purpose)
    if purpose is None:
        return _("Untuk tujuan ini uang yang terlambat hanya bisa dikembalikan.")
    return purpose.why_unwanted(payment.purpose_id)


def refund_case(actor: Actor, case_id: int, reason: str) -> SuspenseCase:
    """Give the whole money of a case back to who paid it.

    Raises Forbidden, NotFound, Conflict, Refused for a method that cannot be paid back.
    """
    actor.require(Permission.MONEY_IN_SETTLE)
    case, payment, attempt = _case(actor, case_id)
    # What was given back at the provider itself is not given back again.
    left_rp = case.amount_rp - queries.refunding_rp(attempt.id)
    keeping.refund_attempt(actor, payment, attempt, left_rp, reason, suspense=True)
    states.advance(case, "refunding", actor, reason)
    return case


def attribute_case(actor: Actor, case_id: int, reason: str) -> SuspenseCase:
    """The money is for what it was asked for, though late: the purpose says whether it still wants it.

    Raises Forbidden, NotFound, Conflict, Refused when the amount is not the payment's, or what it was for is
    gone, or was paid otherwise.
    """
    actor.require(Permission.MONEY_IN_SETTLE)
    meant_for = queries.payment_of_case(queries.case_for(actor, case_id))
    reason_against = why_unwanted(meant_for)
    if reason_against:
        raise Refused(_("%(why)s Kembalikan uangnya.", why=reason_against))
    _late[meant_for.purpose].revive(actor, meant_for.purpose_id)
    case, payment, attempt = _case(actor, case_id)
    if case.amount_rp != payment.amount_rp or case.reason == "double":
        raise Refused(_("Jumlahnya tidak sama dengan tagihan. Kembalikan uangnya."))
    if queries.refunding_rp(attempt.id) or queries.disputed_rp(attempt.id):
        raise Conflict(_("Sebagian uang ini sudah kembali atau disanggah. Kembalikan sisanya."))
    other = queries.live_payment(payment.purpose, payment.purpose_id)
    if payment.state != "closed" or other is not None:
        raise Conflict(_("Untuk ini sudah ada pembayaran lain. Kembalikan uangnya."))
    states.advance(case, "attributed", actor, reason)
    states.advance(payment, "paid", actor, reason, also={"received_rp": case.amount_rp})
    faults.point("payments.attributed")
    ledger.post(actor, payment.organization_id, postings.for_attributed(payment, case))
    keeping.tell(payment, "paid")
    return case


def _case(actor: Actor, case_id: int) -> tuple[SuspenseCase, Payment, PaymentAttempt]:
    # In the order in which believing a snapshot takes them: attempt, payment, case.
    seen = queries.case_for(actor, case_id)
    attempt = queries.attempt(queries.effect_by_id(seen.effect_id).attempt_id, lock=True)
    payment = queries.payment_by_id(attempt.payment_id, lock=True)
    case = queries.case_for(actor, case_id, lock=True)
    if case.state != "open" or attempt.state != "succeeded":
        raise Conflict(_("Uang ini sudah diurus."))
    return case, payment, attempt
