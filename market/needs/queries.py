"""What is asked of needs: one's own, those of an office's city, those that a round may take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, Select, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload

from market.commodities.models import Pack, Quota
from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.needs.models import TERMS, Need, NeedImport

MAX_ID = 2**63 - 1
STALE_DRAFT_HOURS = 24
OFFICE_STATES = ("submitted", "open", "in_round", "matched", "fulfilled", "expired")
"""What an office sees: drafts, rejections and what was withdrawn stay in the cooperative."""
GROUPS: dict[str, tuple[str, ...]] = {
    "menunggu": ("draft", "submitted", "rejected"),
    "terbuka": ("open", "in_round"),
    "cocok": ("matched",),
    "selesai": ("fulfilled", "withdrawn", "expired"),
}
"""Tabs of the list, by the word in the address."""


def _of(organization_id: int | None) -> Select[Need]:
    return select(Need).where(Need.organization_id == organization_id)


def _seen_by(actor: Actor) -> Select[Need]:
    """The needs that this person may see: the own organization's, or the office's area."""
    if actor.organization_kind == "office":
        scope = actor.scope_code or "?"
        return select(Need).where(
            Need.place_code.startswith(scope, autoescape=True), Need.state.in_(OFFICE_STATES)
        )
    return _of(actor.organization_id)


def need_for(actor: Actor, need_id: int) -> Need:
    """A need that the actor may see; raises Forbidden without the permission, NotFound for others'."""
    actor.require(Permission.NEEDS_VIEW)
    found = None
    if 0 < need_id <= MAX_ID:
        query = _seen_by(actor).where(Need.id == need_id).options(joinedload(Need.organization))
        found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Kebutuhan tidak ditemukan."))
    return found


def needs_of(organization_id: int, states: Sequence[str] = ()) -> list[Need]:
    """Every need of an organization, newest first; of some states only if named."""
    query = _of(organization_id)
    if states:
        query = query.where(Need.state.in_(states))
    return list(db.session.scalars(query.order_by(Need.id.desc())))


def listed(actor: Actor, states: Sequence[str] = ()) -> Select[Need]:
    """The select behind the list pages and the exports (ordered and limited by the caller)."""
    actor.require(Permission.NEEDS_VIEW)
    query = _seen_by(actor).options(joinedload(Need.organization))
    return query.where(Need.state.in_(states)) if states else query


def state_counts(actor: Actor) -> dict[str, int]:
    """How many needs the actor sees in each state."""
    seen = _seen_by(actor).with_only_columns(Need.state, func.count()).group_by(Need.state)
    return {row[0]: row[1] for row in db.session.execute(seen)}


def waiting_in(actor: Actor) -> list[Row[Any]]:
    """For the office: (pack, needs, packs, oldest since) of what is open or in a round, oldest first."""
    actor.require(Permission.NEEDS_VIEW)
    seen = _seen_by(actor).where(Need.state.in_(("open", "in_round"))).subquery()
    query = (
        select(
            Pack.name.label("name"),
            func.count().label("needs"),
            func.sum(seen.c.wanted_packs).label("packs"),
            func.min(seen.c.created_at).label("since"),
        )
        .join(Pack, Pack.id == seen.c.pack_id)
        .group_by(Pack.id, Pack.name)
        .order_by(func.min(seen.c.created_at))
    )
    return list(db.session.execute(query))


def open_needs(scope_code: str, pack_ids: Iterable[int] | None = None) -> list[Need]:
    """Open needs below a place, by id: what a round may take."""
    query = select(Need).where(Need.state == "open", Need.place_code.startswith(scope_code, autoescape=True))
    if pack_ids is not None:
        query = query.where(Need.pack_id.in_(list(pack_ids)))
    return list(db.session.scalars(query.order_by(Need.id)))


def by_ids(need_ids: Iterable[int]) -> list[Need]:
    """The needs with these ids, by id (for rounds, which have already checked the scope)."""
    query = select(Need).where(Need.id.in_(list(need_ids))).options(joinedload(Need.organization))
    return list(db.session.scalars(query.order_by(Need.id)))


def accepts(need_terms: str, offer_terms: str) -> bool:
    """Whether a cooperative that can pay so takes an offer on such terms."""
    return TERMS.index(need_terms) <= TERMS.index(offer_terms)


# --- quotas --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuotaUse:
    """A quota and what the cooperative has already asked for in the fullest window around a day."""

    quota: Quota
    used_base: int

    @property
    def free_base(self) -> int:
        return max(0, self.quota.amount_base - self.used_base)


def quota_use(
    organization_id: int, pack: Pack, quota: Quota, on: date, without_id: int = 0, beside: Iterable[int] = ()
) -> QuotaUse:
    """What of `quota` is asked for in any window of its length that holds `on`, in base units.

    Counts needs that were submitted; a matched need counts with what it got. `without_id` leaves one
    need out: the one that is about to be changed; `beside` leaves out needs that the caller counts.
    """
    reach = timedelta(days=quota.period_days - 1)
    counted = ("submitted", "open", "in_round", "matched", "fulfilled")
    query = (
        select(Need)
        .join(Pack, Pack.id == Need.pack_id)
        .where(
            Need.organization_id == organization_id,
            Need.id.not_in([without_id, *beside]),
            Pack.commodity_id == pack.commodity_id,
            Need.state.in_(counted),
            Need.needed_by_on.between(on - reach, on + reach),
        )
    )
    asked = [(need.needed_by_on, _asked_base(need)) for need in db.session.scalars(query)]
    starts = {on - reach, on, *(day for day, _base in asked if day <= on)}
    return QuotaUse(quota, max(_within(asked, start, start + reach) for start in starts))


def _asked_base(need: Need) -> int:
    got = need.state in ("matched", "fulfilled")
    return (need.matched_packs if got else need.at_most_packs) * need.pack.size_base


def _within(asked: list[tuple[date, int]], first: date, last: date) -> int:
    return sum(base for day, base in asked if first <= day <= last)


# --- imports -------------------------------------------------------------------------------------


def import_for(actor: Actor, import_id: int) -> NeedImport:
    """An import of the actor's organization; raises NotFound."""
    actor.require(Permission.NEEDS_POST)
    found = None
    if 0 < import_id <= MAX_ID:
        mine = NeedImport.organization_id == actor.organization_id
        found = db.session.scalar(select(NeedImport).where(NeedImport.id == import_id, mine))
    if found is None:
        raise NotFound(_("Impor tidak ditemukan."))
    return found


def import_of(organization_id: int | None, digest: str) -> NeedImport | None:
    """The earlier upload of the same file, unless it was thrown away."""
    query = select(NeedImport).where(
        NeedImport.organization_id == organization_id,
        NeedImport.digest == digest,
        NeedImport.state != "discarded",
    )
    return db.session.scalar(query)


# --- home ----------------------------------------------------------------------------------------


def today(actor: Actor) -> Select[*tuple[Any, ...]] | None:
    """What waits for this person: needs to approve, own drafts left lying, needs that were rejected."""
    if actor.organization_kind != "cooperative" or not actor.may(Permission.NEEDS_POST):
        return None
    old = clock.now() - timedelta(hours=STALE_DRAFT_HOURS)
    mine = Need.created_by == actor.user_id
    cases = [
        and_(mine, Need.state == "draft", Need.state_at < old),
        and_(mine, Need.state == "rejected"),
    ]
    if actor.may(Permission.NEEDS_APPROVE):
        others = and_(Need.created_by != actor.user_id, Need.submitted_by != actor.user_id)
        cases.append(and_(Need.state == "submitted", others))
    kind = literal("need_", String) + Need.state
    return (
        select(
            cast(kind, String).label("kind"),
            Need.id.label("subject_id"),
            Need.state_at.label("since"),
            cast(Pack.name, String).label("detail"),
            cast(Need.wanted_packs, BigInteger).label("amount"),
        )
        .join(Pack, Pack.id == Need.pack_id)
        .where(Need.organization_id == actor.organization_id, or_(*cases))
    )
