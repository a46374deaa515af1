"""What is asked of prepaid buying: pools, who paid what, what is due, and the cash that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, String, case, cast, func, literal, select

from market.commodities.models import Pack
from market.core import clock, db
from market.core.approvals import Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.jobs import Job
from market.core.permissions import Actor, Permission
from market.ledger import chart
from market.ledger import queries as books
from market.ledger.models import LedgerAccount
from market.needs import queries as needs
from market.needs.models import Need
from market.payments.models import Payment, PaymentAttempt, PaymentRefund
from market.prepaid.models import ONLINE, PrepaidPool, PrepaidShare

MAX_ID = 2**63 - 1
POOL, REFUND = "prepaid_pool", "prepaid_refund"
"""Kinds of two-person acts: a pool is opened, buyers are paid back."""
PURPOSE = "prepaid_share"
"""What a payment over the internet is for, here."""
PAID = ("paid", "ready", "collected")
"""A buyer in one of these counts towards the minimum."""


def pool_for(actor: Actor, pool_id: int, lock: bool = False) -> PrepaidPool:
    """A pool of the actor's cooperative; raises NotFound."""
    query = select(PrepaidPool).where(
        PrepaidPool.id == pool_id, PrepaidPool.organization_id == actor.organization_id
    )
    return _one(query, pool_id, lock)


def _one(query: Select[PrepaidPool], pool_id: int, lock: bool) -> PrepaidPool:
    if lock:
        query = query.with_for_update(of=PrepaidPool).execution_options(populate_existing=True)
    found = db.session.scalar(query) if 0 < pool_id <= MAX_ID else None
    if found is None:
        raise NotFound(_("Setor beli tidak ditemukan."))
    return found


def pool_by_id(pool_id: int) -> PrepaidPool:
    """The pool with this id, locked, for jobs and schedules."""
    return _one(select(PrepaidPool).where(PrepaidPool.id == pool_id), pool_id, lock=True)


def public_pool(pool_id: int, lock: bool = False) -> PrepaidPool:
    """A pool that was opened, for anybody; raises NotFound for one that was never approved."""
    query = select(PrepaidPool).where(
        PrepaidPool.id == pool_id, PrepaidPool.state.not_in(("proposed", "rejected"))
    )
    return _one(query, pool_id, lock)


def open_pools(organization_id: int) -> list[PrepaidPool]:
    """Pools of a cooperative that residents may join now, the next to close first."""
    query = select(PrepaidPool).where(
        PrepaidPool.organization_id == organization_id,
        PrepaidPool.state == "open",
        PrepaidPool.closes_at > clock.now(),
    )
    return list(db.session.scalars(query.order_by(PrepaidPool.closes_at, PrepaidPool.id)))


def locked_pool_of(share: PrepaidShare) -> PrepaidPool:
    """The pool of a share, held."""
    return pool_by_id(share.pool_id)


def unpaid_soon(now: datetime, limit: int = 200) -> list[int]:
    """Shares that wait for money in pools which close within two days, not reminded yet."""
    reminded = select(Job.id).where(
        Job.kind == "prepaid_reminder",
        Job.unique_key == literal("prepaid_reminder:") + cast(PrepaidShare.id, String),
    )
    query = (
        select(PrepaidShare.id)
        .join(PrepaidPool, PrepaidPool.id == PrepaidShare.pool_id)
        .where(
            PrepaidShare.state == "awaiting_payment",
            PrepaidPool.state == "open",
            PrepaidPool.closes_at > now,
            PrepaidPool.closes_at <= now + timedelta(days=2),
            ~reminded.exists(),
        )
        .order_by(PrepaidShare.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def pool_of(share: PrepaidShare) -> PrepaidPool:
    """The pool of a share."""
    return db.session.get_one(PrepaidPool, share.pool_id)


def pools_of(organization_id: int, limit: int = 50) -> list[PrepaidPool]:
    """The cooperative's pools, newest first."""
    query = select(PrepaidPool).where(PrepaidPool.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(PrepaidPool.id.desc()).limit(limit)))


def shares_of(pool_id: int, states: Sequence[str] = ()) -> list[PrepaidShare]:
    """Buyers of a pool in the order of payment; of some states only if named."""
    query = select(PrepaidShare).where(PrepaidShare.pool_id == pool_id)
    if states:
        query = query.where(PrepaidShare.state.in_(states))
    return list(db.session.scalars(query.order_by(PrepaidShare.id)))


def paid_shares(pool_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """(shares, rupiah) that are paid and stand, by pool."""
    query = (
        select(PrepaidShare.pool_id, func.sum(PrepaidShare.shares), func.sum(PrepaidShare.amount_rp))
        .where(PrepaidShare.pool_id.in_(pool_ids), PrepaidShare.state.in_(PAID))
        .group_by(PrepaidShare.pool_id)
    )
    return {pool_id: (int(shares), int(rp)) for pool_id, shares, rp in db.session.execute(query)}


def share_for(actor: Actor, share_id: int, lock: bool = False) -> PrepaidShare:
    """A buyer's share at the actor's cooperative; raises NotFound."""
    query = select(PrepaidShare).where(
        PrepaidShare.id == share_id, PrepaidShare.organization_id == actor.organization_id
    )
    query = query.with_for_update().execution_options(populate_existing=True) if lock else query
    found = db.session.scalar(query) if 0 < share_id <= MAX_ID else None
    if found is None:
        raise NotFound(_("Setoran tidak ditemukan."))
    return found


def share_by_token(token: str, lock: bool = False) -> PrepaidShare:
    """The share behind a buyer's secret link; raises NotFound."""
    query = select(PrepaidShare).where(PrepaidShare.token == token)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(_("Setoran tidak ditemukan."))
    return found


def share_by_id(share_id: int, lock: bool = False) -> PrepaidShare:
    """A share, for jobs; with `lock` as it is now, held."""
    query = select(PrepaidShare).where(PrepaidShare.id == share_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def undecided(pool_id: int) -> Sequence[Row[PrepaidShare, Payment]]:
    """Promises of a pool whose payment over the internet may still come, or came just now."""
    asked = (Payment.purpose == PURPOSE) & (Payment.purpose_id == PrepaidShare.id)
    query = (
        select(PrepaidShare, Payment)
        .join(Payment, asked)
        .where(
            PrepaidShare.pool_id == pool_id,
            PrepaidShare.state == "awaiting_payment",
            Payment.state.in_(("open", "paid")),
        )
        .order_by(PrepaidShare.id)
    )
    return db.session.execute(query).all()


def _goes_back_online() -> ColumnElement[bool]:
    """The provider was asked to give the money back, and has not refused."""
    return (
        select(PaymentRefund.id)
        .join(PaymentAttempt, PaymentAttempt.id == PaymentRefund.attempt_id)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .where(
            Payment.purpose == PURPOSE,
            Payment.purpose_id == PrepaidShare.id,
            PaymentRefund.state != "refused",
            PrepaidShare.account == ONLINE,
        )
        .exists()
    )


def goes_back_online(share_id: int) -> bool:
    """Whether the provider is giving the money of a share back, or has done so."""
    query = select(PrepaidShare.id).where(PrepaidShare.id == share_id, _goes_back_online())
    return db.session.scalar(query) is not None


def back_by_hand(pool_id: int) -> list[PrepaidShare]:
    """Buyers of a pool who wait for money that no provider gives back, in the order of payment."""
    query = select(PrepaidShare).where(
        PrepaidShare.pool_id == pool_id, PrepaidShare.state == "refund_pending", ~_goes_back_online()
    )
    return list(db.session.scalars(query.order_by(PrepaidShare.id)))


def due_pools(now: datetime, limit: int = 50) -> list[int]:
    """Open pools whose time is over, by id; what somebody handles now is left for later."""
    query = (
        select(PrepaidPool.id)
        .where(PrepaidPool.state == "open", PrepaidPool.closes_at <= now)
        .order_by(PrepaidPool.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(query))


def unsupplied_pools(limit: int = 50) -> list[PrepaidPool]:
    """Fired pools whose need came to nothing: expired, withdrawn or refused."""
    query = (
        select(PrepaidPool)
        .join(Need, Need.id == PrepaidPool.need_id)
        .where(PrepaidPool.state == "fired", Need.state.in_(("expired", "withdrawn", "rejected")))
        .order_by(PrepaidPool.id)
        .limit(limit)
        .with_for_update(of=PrepaidPool, skip_locked=True)
    )
    return list(db.session.scalars(query))


# --- cash ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CashGap:
    """What a cooperative asked for and must pay at once, against its money; `unknown` needs have no price.

    What buyers paid in advance counts only for the needs of their pools: the rest is theirs.
    """

    asked_rp: int
    money_rp: int
    advances_rp: int
    unknown: int

    @property
    def gap_rp(self) -> int:
        """Whole rupiah that are missing; 0 when the money is enough."""
        return max(0, self.asked_rp - self.money_rp)


def cash_gap(organization_id: int) -> CashGap:
    """The gap of one cooperative now: wanted packs at the ceiling of each need not bought on credit."""
    asked = unknown = 0
    for need in needs.needs_of(organization_id, ("submitted", "open", "in_round", "matched")):
        if need.terms != "tempo":
            packs = need.matched_packs if need.state == "matched" else need.wanted_packs
            asked += packs * (need.ceiling_rp or 0)
            unknown += need.ceiling_rp is None
    money = sum(books.balance_rp(organization_id, code) for code in (chart.CASH, chart.BANK))
    held = -books.balance_rp(organization_id, chart.CUSTOMER_ADVANCES)
    return CashGap(asked, money - _idle_advances(organization_id), held, unknown)


def cash_gaps(organization_ids: Sequence[int]) -> dict[int, CashGap]:
    """The gaps of several cooperatives in four statements, as `cash_gap` has each."""
    ids = list(organization_ids)
    packs = case((Need.state == "matched", Need.matched_packs), else_=Need.wanted_packs)
    asked = (
        select(
            Need.organization_id,
            func.sum(packs * func.coalesce(Need.ceiling_rp, 0)),
            func.sum(case((Need.ceiling_rp.is_(None), 1), else_=0)),
        )
        .where(
            Need.organization_id.in_(ids),
            Need.state.in_(("submitted", "open", "in_round", "matched")),
            Need.terms != "tempo",
        )
        .group_by(Need.organization_id)
    )
    found = {row[0]: (int(row[1]), int(row[2])) for row in db.session.execute(asked)}
    money = _balances(ids, (chart.CASH, chart.BANK))
    held = _balances(ids, (chart.CUSTOMER_ADVANCES,))
    idle_rp = {each: int(rp) for each, rp in db.session.execute(_idle(ids))}
    return {
        each: CashGap(
            found.get(each, (0, 0))[0],
            money.get(each, 0) - idle_rp.get(each, 0),
            -held.get(each, 0),
            found.get(each, (0, 0))[1],
        )
        for each in ids
    }


def _balances(organization_ids: Sequence[int], codes: Sequence[str]) -> dict[int, int]:
    query = (
        select(LedgerAccount.organization_id, func.sum(LedgerAccount.balance_rp))
        .where(LedgerAccount.organization_id.in_(organization_ids), LedgerAccount.code.in_(codes))
        .group_by(LedgerAccount.organization_id)
    )
    return {each: int(rp) for each, rp in db.session.execute(query)}


def _idle_advances(organization_id: int) -> int:
    """Cash of pools that have not fired, or are paid back: nobody may buy with it."""
    return next((int(rp) for _each, rp in db.session.execute(_idle([organization_id]))), 0)


def _idle(organization_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    waits = PrepaidShare.state.in_(("ready", "refund_pending"))
    early = (PrepaidShare.state == "paid") & (PrepaidPool.state != "fired")
    cash = PrepaidShare.account != ONLINE
    return (
        select(PrepaidPool.organization_id, func.sum(PrepaidShare.amount_rp))
        .join(PrepaidPool, PrepaidPool.id == PrepaidShare.pool_id)
        .where(PrepaidPool.organization_id.in_(organization_ids), waits | early, cash)
        .group_by(PrepaidPool.organization_id)
    )


# --- home ------------------------------------------------------------------------------------------


def _task(kind: str, actor: Actor, *conditions: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal(kind, String).label("kind"),
            PrepaidPool.id.label("subject_id"),
            PrepaidPool.state_at.label("since"),
            cast(Pack.name, String).label("detail"),
            cast(PrepaidPool.max_packs, BigInteger).label("amount"),
        )
        .join(Pack, Pack.id == PrepaidPool.pack_id)
        .where(PrepaidPool.organization_id == actor.organization_id, *conditions)
    )


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Pools to approve, goods to set aside, money to give back, for those who may do it."""
    found: list[Select[*tuple[Any, ...]]] = []
    if actor.organization_kind != "cooperative":
        return found
    waits = select(Approval.id).where(
        Approval.kind == REFUND, Approval.subject_id == PrepaidPool.id, Approval.state == "proposed"
    )
    state = PrepaidPool.state
    if actor.may(Permission.NEEDS_APPROVE):
        others = PrepaidPool.opened_by != actor.user_id
        found.append(_task("pool_to_approve", actor, state == "proposed", others))
    if actor.may(Permission.RETAIL_HAND_OVER):
        due = PrepaidPool.delivery_on <= clock.today()
        found.append(_task("pool_to_ready", actor, state == "fired", due))
    if actor.may(Permission.PAYMENT_PROPOSE):
        owed = select(PrepaidShare.id).where(
            PrepaidShare.pool_id == PrepaidPool.id,
            PrepaidShare.state == "refund_pending",
            ~_goes_back_online(),
        )
        found.append(_task("pool_to_refund", actor, owed.exists(), ~waits.exists()))
    if actor.may(Permission.PAYMENT_APPROVE):
        theirs = waits.where(Approval.proposed_by != actor.user_id)
        found.append(_task("pool_refund_waits", actor, theirs.exists()))
    return found
