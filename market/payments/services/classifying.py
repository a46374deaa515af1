"""One payment as the provider tells it beside our own rows: equal, or in which way not. Calls nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from market.core import clock
from market.core.i18n import stored
from market.payments import queries
from market.payments.models import PaymentAttempt, PaymentRefund
from market.payments.services import keeping
from market.payments.types import PaymentSnapshot, RefundStatus, Status

ALIVE = (Status.REQUIRES_ACTION, Status.PROCESSING, Status.REQUIRES_CAPTURE)
PATIENCE = timedelta(hours=1)
"""A refund that was asked for may take so long until the provider lists it."""


@dataclass(frozen=True)
class Difference:
    """`kind` is one of ReconciliationCase; whole rupiah at the provider and here, and words for a person."""

    kind: str
    theirs_rp: int
    ours_rp: int
    detail: str


def differences(attempt: PaymentAttempt, snapshot: PaymentSnapshot | None) -> list[Difference]:
    """What is not equal after everything in `snapshot` was believed; None: the provider has no such payment.

    Empty means equal. Ours may be ahead, for a state never moves backwards here.
    """
    received = queries.effect(attempt.id, "received")
    ours_rp = received.amount_rp if received else 0
    if snapshot is None:
        return _missing(attempt, ours_rp)
    if not snapshot.understood:
        said = stored("Penyedia menyebut “%(word)s”, yang belum dikenal.", word=snapshot.provider_status)
        return [Difference("unclear", snapshot.amount_received_rp, ours_rp, said)]
    found = [_state(attempt, snapshot, ours_rp), _amount(attempt, snapshot, ours_rp)]
    found.append(_refunds(attempt, snapshot))
    return [each for each in found if each is not None]


def fingerprint(attempt: PaymentAttempt) -> tuple[object, ...]:
    """All that believing a snapshot may change of an attempt: the same before and after means equal."""
    refunds = tuple((each.id, each.state) for each in queries.refunds_of(attempt.id))
    return attempt.state, len(queries.effects_of(attempt.id)), refunds


def _missing(attempt: PaymentAttempt, ours_rp: int) -> list[Difference]:
    """An attempt that never reached the provider is no difference; one that it showed us before is."""
    if not ours_rp and (attempt.state in ("starting", "failed", "cancelled") or not attempt.provider_id):
        return []
    return [Difference("missing_there", 0, ours_rp, stored("Penyedia tidak mengenal nomor ini lagi."))]


def _state(attempt: PaymentAttempt, snapshot: PaymentSnapshot, ours_rp: int) -> Difference | None:
    paid_there = snapshot.status == Status.SUCCEEDED
    taken_back = snapshot.reversed or snapshot.status == Status.REQUIRES_METHOD
    if attempt.state == "succeeded" and not paid_there and not taken_back:
        text = stored("Di buku sudah dibayar, di penyedia belum.")
    elif attempt.state == "reversed" and not taken_back:
        text = stored("Di buku sudah ditarik bank, di penyedia tidak.")
    elif attempt.state in ("cancelled", "failed") and snapshot.status in ALIVE:
        text = stored("Di buku sudah ditutup, di penyedia masih bisa dibayar.")
    elif queries.disputed_rp(attempt.id) > snapshot.disputed_rp:
        text = stored("Di buku lebih banyak yang disengketakan daripada di penyedia.")
    else:
        return None
    return Difference("ahead", snapshot.amount_received_rp if paid_there else 0, ours_rp, text)


def _amount(attempt: PaymentAttempt, snapshot: PaymentSnapshot, ours_rp: int) -> Difference | None:
    """Of money that both have: the sum. A reversed payment has none there any more."""
    theirs_rp = snapshot.amount_received_rp or snapshot.amount_rp
    if snapshot.status != Status.SUCCEEDED or snapshot.reversed or theirs_rp == ours_rp:
        return None
    return Difference("amount", theirs_rp, ours_rp, stored("Jumlah di penyedia dan di buku tidak sama."))


def _refunds(attempt: PaymentAttempt, snapshot: PaymentSnapshot) -> Difference | None:
    proved = [each for each in snapshot.refunds if each.status == RefundStatus.SUCCEEDED]
    theirs_rp = sum(each.amount_rp for each in proved)
    # What the cooperative paid back itself never passed the provider.
    ours_rp = sum(each.amount_rp for each in queries.effects_of(attempt.id) if each.kind == "refunded")
    if theirs_rp != ours_rp:
        return Difference("refund", theirs_rp, ours_rp, stored("Uang yang sudah kembali tidak sama."))
    listed = {keeping.short(each.refund_id or each.provider_id) for each in snapshot.refunds}
    lost = [each for each in queries.refunds_of(attempt.id) if _is_lost(each, listed)]
    if not lost:
        return None
    text = stored("Pengembalian yang diminta tidak ada di penyedia.")
    return Difference("refund", 0, sum(each.amount_rp for each in lost), text)


def _is_lost(refund: PaymentRefund, listed: set[str]) -> bool:
    if refund.way == "hand" or refund.state not in PaymentRefund.UNDER_WAY or refund.refund_id in listed:
        return False
    return refund.state_at < clock.now() - PATIENCE
