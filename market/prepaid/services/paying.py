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
    left = room_in(pool)
    if account not in ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    if not 0 < shares <= left:
        raise Refused(_("Tinggal %(left)s bagian.", left=left), field="shares")
    share = new_share(pool, shares, account, member, buyer_name, phone)
    states.start(share, actor)
    states.advance(share, "paid", actor)
    faults.point("prepaid.paid")
    ledger.post(actor, pool.organization_id, postings.for_payment(share))
    if shares == left:
        jobs.enqueue("prepaid_full", {"pool_id": pool.id}, unique_key=f"prepaid_full:{pool.id}")
    return share


def room_in(pool: PrepaidPool) -> int:
    """Shares that nobody has paid for; raises Conflict once the pool (held by the caller) is closed."""
    if pool.state != "open" or pool.closes_at <= clock.now():
        raise Conflict(_("Setor beli ini sudah ditutup."))
    return pool.max_shares - queries.paid_shares([pool.id]).get(pool.id, (0, 0))[0]


def _phone(typed: str) -> str:
    try:
        return messages.normal_phone(typed)
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal


def new_share(
    pool: PrepaidPool, shares: int, account: str, member: bool, buyer_name: str, phone: str
) -> PrepaidShare:
    """An unpaid share with its number, link and code; raises Refused at name or phone."""
    buyer_name, phone = clean(buyer_name, MAX_NAME), _phone(phone)
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
