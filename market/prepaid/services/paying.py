"""A buyer's money is taken by hand: numbered receipt, secret link, pickup code."""

from __future__ import annotations

import secrets

from market.core import clock, crypto, db, faults, jobs, messages, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import services as ledger
from market.prepaid import postings, queries
from market.prepaid.models import ACCOUNTS, PrepaidPool, PrepaidShare

SERIES = "KW"
MAX_NAME = 80


def record_payment(
    actor: Actor,
    pool_id: int,
    *,
    buyer_name: str,
    phone: str,
    shares: int,
    account: str,
    member: bool = False,
) -> PrepaidShare:
    """Write down that somebody paid for `shares` of an open pool; a full pool fires by a job.

    Raises Forbidden, NotFound, Conflict for a pool that is not open any more, Refused at the wrong field.
    """
    actor.require(Permission.BOOKS_POST)
    pool = queries.pool_for(actor, pool_id, lock=True)
    if pool.state != "open" or pool.closes_at <= clock.now():
        raise Conflict(_("Setor beli ini sudah ditutup."))
    if account not in ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    taken = queries.paid_shares([pool.id]).get(pool.id, (0, 0))[0]
    if not 0 < shares <= pool.max_shares - taken:
        left = pool.max_shares - taken
        raise Refused(_("Tinggal %(left)s bagian.", left=left), field="shares")
    share = _share(pool, shares, account, member, clean(buyer_name, MAX_NAME), _phone(phone))
    states.start(share, actor)
    states.advance(share, "paid", actor)
    faults.point("prepaid.paid")
    ledger.post(actor, pool.organization_id, postings.for_payment(share))
    if taken + shares == pool.max_shares:
        jobs.enqueue("prepaid_full", {"pool_id": pool.id}, unique_key=f"prepaid_full:{pool.id}")
    return share


def _phone(typed: str) -> str:
    try:
        return messages.normal_phone(typed)
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal


def _share(
    pool: PrepaidPool, shares: int, account: str, member: bool, buyer_name: str, phone: str
) -> PrepaidShare:
    if not buyer_name:
        raise Refused(_("Wajib diisi."), field="buyer_name")
    share = PrepaidShare(
        organization_id=pool.organization_id,
        pool_id=pool.id,
        number=next_number(pool.organization_id, SERIES),
        token=crypto.token(),
        pickup_code=fresh_code(),
        buyer_name=buyer_name,
        phone=phone,
        member=member,
        shares=shares,
        amount_rp=shares * pool.price_rp,
        account=account,
        state_at=clock.now(),
    )
    db.session.add(share)
    db.session.flush()
    return share


def fresh_code() -> str:
    """Six digits that open the counter once."""
    return f"{secrets.randbelow(1_000_000):06d}"
