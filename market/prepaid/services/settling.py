"""What time does to a pool: it fires when enough is paid, else everybody gets the money back."""

from __future__ import annotations

import logging

from market.core import clock, db, faults, money, states
from market.core.errors import Conflict, NotFound, Refused
from market.core.i18n import lazy, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.identity import queries as organizations
from market.identity import services as identity
from market.identity.models import User
from market.needs import services as needs
from market.needs.models import Need
from market.notices.services import notify
from market.prepaid import queries
from market.prepaid.models import PrepaidPool
from market.prepaid.services import online

log = logging.getLogger(__name__)
KEEPERS = online.KEEPERS


def settle_pool(pool_id: int) -> str:
    """Decide an open pool that is full or whose time is over; returns its state, also when said twice.

    It stays open for the moment that the provider needs to say whether the last payments came.
    """
    pool = queries.pool_by_id(pool_id)
    if pool.state == "open" and pool.closes_at <= clock.now() and not online.settle_unknown(pool):
        return pool.state
    shares, paid_rp = queries.paid_shares([pool.id]).get(pool.id, (0, 0))
    over = pool.closes_at <= clock.now()
    if pool.state != "open" or (shares < pool.max_shares and not over):
        return pool.state
    drop_unpaid(pool)
    if not shares:
        states.advance(pool, "closed", SYSTEM, stored("tidak ada yang menyetor"))
    elif shares < pool.min_shares:
        start_refund(SYSTEM, pool, stored("setoran tidak sampai batas paling sedikit"))
    else:
        _fire(pool, shares, paid_rp)
    return pool.state


def drop_unpaid(pool: PrepaidPool) -> None:
    """Promises of a pool that was decided end: nobody is bound by them."""
    for share in queries.shares_of(pool.id, ("awaiting_payment",)):
        online.stop(SYSTEM, share)
        states.advance(share, "cancelled", SYSTEM, stored("tidak dibayar sampai ditutup"))


def _fire(pool: PrepaidPool, shares: int, paid_rp: int) -> None:
    """Ask for the goods in the name of the two who opened the pool; what the rules refuse is paid back."""
    try:
        with db.session.begin_nested():
            need = _ask(pool, shares, paid_rp)
    except (Refused, NotFound, Conflict) as refusal:
        log.warning("prepaid pool %s cannot fire: %s", pool.number, refusal)
        start_refund(SYSTEM, pool, stored("barang tidak bisa dipesan"))
        return
    states.advance(pool, "fired", SYSTEM, also={"need_id": need.id})
    faults.point("prepaid.fired")
    title = lazy("Setor beli %(good)s cukup", good=pool.pack.name)
    body = lazy("%(rp)s terkumpul, kebutuhan sudah dipasang.", rp=money.format_rp(paid_rp))
    notify(pool.organization_id, KEEPERS, "pool_fired", title, body, path_of(pool))


def _ask(pool: PrepaidPool, shares: int, paid_rp: int) -> Need:
    opener = _signer(pool, pool.opened_by, pool.opened_role)
    second = _signer(pool, pool.approved_by or 0, pool.approved_role)
    opener.require(Permission.NEEDS_POST)
    packs = -(-shares // pool.shares_per_pack)
    home = organizations.organization(pool.organization_id).place_code or ""
    outlook = needs.price_outlook(pool.pack, home)
    ceiling = None if outlook.fixed_rp else paid_rp // packs
    need = needs.post_need(
        opener,
        pack_id=pool.pack_id,
        wanted_packs=packs,
        needed_by_on=pool.delivery_on,
        ceiling_rp=ceiling,
        cash_rp=paid_rp,
        terms="prepaid",
        note=stored("Setor beli %(number)s", number=pool.number),
    )
    return needs.approve_need(second, need.id)


def _signer(pool: PrepaidPool, user_id: int, role: str) -> Actor:
    """One of the two who opened the pool, if still in that seat; raises NotFound."""
    return identity.actor_in(db.session.get_one(User, user_id), pool.organization_id, role)


def path_of(pool: PrepaidPool) -> str:
    """The page of a pool."""
    return f"/setor-beli/{pool.id}"


def start_refund(actor: Actor, pool: PrepaidPool, reason: str) -> None:
    """Nothing will be bought: every buyer's money waits to be given back."""
    states.advance(pool, "refunding", actor, reason)
    drop_unpaid(pool)
    for share in queries.shares_of(pool.id, ("paid",)):
        states.advance(share, "refund_pending", actor, reason)
        online.send_back(actor, share, reason)
    online.close_if_done(pool, actor)
    faults.point("prepaid.refund_started")
    if not queries.back_by_hand(pool.id):
        return
    title = lazy("Kembalikan setoran %(good)s", good=pool.pack.name)
    notify(pool.organization_id, KEEPERS, "pool_refund", title, reason, path_of(pool))


def settle_due() -> int:
    """Decide pools whose time is over; returns how many (a scheduled job)."""
    due = queries.due_pools(clock.now())
    for pool_id in due:
        settle_pool(pool_id)
    return len(due)


def refund_unsupplied() -> int:
    """Pools whose need came to nothing pay back; returns how many (a scheduled job)."""
    lost = queries.unsupplied_pools()
    for pool in lost:
        start_refund(SYSTEM, pool, stored("barang tidak didapat"))
    return len(lost)
