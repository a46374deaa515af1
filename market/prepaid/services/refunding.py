"""Money goes back: one person proposes, another decides, each buyer has an entry of its own."""

from __future__ import annotations

from market.core import approvals, faults, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import queries as books
from market.ledger import services as ledger
from market.needs import queries as need_queries
from market.needs import services as needs
from market.prepaid import postings, queries
from market.prepaid.models import ACCOUNTS, PrepaidPool, PrepaidShare
from market.prepaid.services import online
from market.prepaid.services.settling import drop_unpaid, start_refund

MAX_REASON = 300


def give_up(actor: Actor, pool_id: int, reason: str) -> PrepaidPool:
    """End an open or fired pool before its goods came: everybody is paid back, its need is withdrawn.

    Raises Forbidden, NotFound, IllegalMove (also while a round holds the need), Refused without a reason.
    """
    actor.require(Permission.NEEDS_APPROVE)
    pool = queries.pool_for(actor, pool_id, lock=True)
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    if pool.need_id is not None:
        need = need_queries.need_for(actor, pool.need_id)
        if need.state in ("submitted", "open", "in_round", "matched"):
            needs.withdraw_need(actor, need.id, reason)
    if pool.state == "open" and not queries.shares_of(pool.id, ("paid",)):
        drop_unpaid(pool)
        states.advance(pool, "closed", actor, reason)
    else:
        start_refund(actor, pool, reason)
    return pool


def propose_refunds(actor: Actor, pool_id: int, account: str) -> approvals.Approval:
    """Ask a second person to pay back all waiting buyers of a pool whom no provider pays back.

    Raises Forbidden, NotFound, Refused.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    pool = queries.pool_for(actor, pool_id, lock=True)
    if account not in ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    waiting = queries.back_by_hand(pool.id)
    if not waiting:
        raise Refused(_("Tidak ada setoran yang harus dikembalikan."))
    payload = {"account": account, "shares": [share.id for share in waiting]}
    return approvals.propose(actor, queries.REFUND, pool, payload)


def decide_refunds(actor: Actor, pool_id: int, approve: bool, reason: str = "") -> PrepaidPool:
    """Pay the proposed buyers back, or refuse with a reason; never one's own proposal.

    Raises Forbidden, NotFound, Refused for a decided or lapsed proposal, and when cash or bank does not hold
    the sum: then nobody was paid.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    pool = queries.pool_for(actor, pool_id, lock=True)
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = approvals.waiting(queries.REFUND, pool, pool.organization_id)
    if waiting is None:
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    approvals.decide(actor, waiting.id, approve, clean(reason, MAX_REASON))
    if not approve:
        return pool
    named = set(waiting.payload["shares"])
    for share in queries.back_by_hand(pool.id):
        if share.id in named:
            _refund(actor, share, str(waiting.payload["account"]))
    if books.balance_rp(pool.organization_id, str(waiting.payload["account"])) < 0:
        raise Refused(_("Uang di rekening itu tidak cukup. Belum ada yang dikembalikan."))
    online.close_if_done(pool, actor)
    return pool


def _refund(actor: Actor, share: PrepaidShare, account: str) -> None:
    states.advance(share, "refunded", actor, also={"refund_account": account})
    online.use(actor, share)
    faults.point("prepaid.refunded")
    ledger.post(actor, share.organization_id, postings.for_refund(share))
