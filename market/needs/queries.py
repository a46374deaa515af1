"""What is asked of needs: one's own, those of an office's city, those that a round may take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, Select, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from market.commodities import queries as commodities
from market.commodities.models import Pack, Quota
from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization
from market.needs.models import TERMS, Need, NeedImport
from market.needs.models_quotas import OutletQuota

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
    """A quota and what the cooperative has already asked for of it around a day.

    `quota` is the cooperative's own, per calendar month, or the one for all outlets, per some days.
    """

    quota: Quota | OutletQuota
    used_base: int

    @property
    def monthly(self) -> bool:
        """Whether it is the cooperative's own, which counts by the calendar month."""
        return isinstance(self.quota, OutletQuota)

    @property
    def days(self) -> int:
        """The length of the window of a quota for all outlets; 0 for one that counts by the month."""
        return 0 if isinstance(self.quota, OutletQuota) else self.quota.period_days

    @property
    def free_base(self) -> int:
        return max(0, self.quota.amount_base - self.used_base)


def own_quota(organization_id: int, commodity_id: int, on: date) -> OutletQuota | None:
    """The cooperative's own quota of a good on a day: the newest that a second person approved."""
    query = (
        select(OutletQuota)
        .join(Pack, Pack.id == OutletQuota.pack_id)
        .where(
            OutletQuota.organization_id == organization_id,
            Pack.commodity_id == commodity_id,
            OutletQuota.state == "approved",
            OutletQuota.valid_from_on <= on,
        )
    )
    newest = query.order_by(OutletQuota.valid_from_on.desc(), OutletQuota.id.desc())
    return db.session.scalars(newest.limit(1)).first()


def quota_use(
    organization_id: int, pack: Pack, on: date, without_id: int = 0, beside: Iterable[int] = ()
) -> QuotaUse | None:
    """What of the quota that binds on a day is asked for, in base units; None where nothing binds.

    The cooperative's own quota counts the calendar month of `on`, the one for all outlets any window of
    its length that holds `on`. Counts needs that were submitted; a matched need counts with what it got.
    `without_id` leaves one need out: the one that is about to be changed; `beside` leaves out needs that
    the caller counts.
    """
    left_out = [without_id, *beside]
    own = own_quota(organization_id, pack.commodity_id, on)
    if own is not None:
        first = on.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        asked = _asked(organization_id, pack, first, last, left_out)
        return QuotaUse(own, sum(base for _day, base in asked))
    quota = commodities.quota(pack, on)
    if quota is None:
        return None
    reach = timedelta(days=quota.period_days - 1)
    asked = _asked(organization_id, pack, on - reach, on + reach, left_out)
    starts = {on - reach, on, *(day for day, _base in asked if day <= on)}
    return QuotaUse(quota, max(_within(asked, start, start + reach) for start in starts))


def _asked(
    organization_id: int, pack: Pack, since: date, until: date, left_out: Iterable[int]
) -> list[tuple[date, int]]:
    counted = ("submitted", "open", "in_round", "matched", "fulfilled")
    query = (
        select(Need)
        .join(Pack, Pack.id == Need.pack_id)
        .where(
            Need.organization_id == organization_id,
            Need.id.not_in(list(left_out)),
            Pack.commodity_id == pack.commodity_id,
            Need.state.in_(counted),
            Need.needed_by_on.between(since, until),
        )
    )
    return [(need.needed_by_on, _asked_base(need)) for need in db.session.scalars(query)]


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


# --- quotas of one cooperative ---------------------------------------------------------------------


def quotas_for(actor: Actor, limit: int = 200) -> list[Row[OutletQuota, str, str]]:
    """Quotas with cooperative and proposer, waiting ones first: an office's city, an agent's, one's own."""
    owner, proposer = aliased(Organization), aliased(Organization)
    query = (
        select(OutletQuota, owner.name, proposer.name)
        .join(owner, owner.id == OutletQuota.organization_id)
        .join(proposer, proposer.id == OutletQuota.proposed_for)
    )
    if actor.organization_kind == "office":
        query = query.where(owner.place_code.startswith(actor.scope_code, autoescape=True))
    elif actor.organization_kind == "supplier":
        query = query.where(OutletQuota.proposed_for == actor.organization_id)
    else:
        query = query.where(OutletQuota.organization_id == actor.organization_id)
    order = (OutletQuota.state != "proposed", OutletQuota.valid_from_on.desc(), OutletQuota.id.desc())
    return list(db.session.execute(query.order_by(*order).limit(limit)))


def quota_of_day(organization_id: int, pack_id: int, on: date) -> OutletQuota | None:
    """A quota that begins on a day and was not rejected."""
    query = select(OutletQuota).where(
        OutletQuota.organization_id == organization_id,
        OutletQuota.pack_id == pack_id,
        OutletQuota.valid_from_on == on,
        OutletQuota.state != "rejected",
    )
    return db.session.scalar(query)


def quota_to_decide(actor: Actor, quota_id: int) -> OutletQuota:
    """A quota of a cooperative in the office's place, held; raises NotFound."""
    query = (
        select(OutletQuota)
        .join(Organization, Organization.id == OutletQuota.organization_id)
        .where(
            OutletQuota.id == quota_id, Organization.place_code.startswith(actor.scope_code, autoescape=True)
        )
    )
    found = db.session.scalar(query.with_for_update(of=OutletQuota).execution_options(populate_existing=True))
    if found is None or actor.organization_kind != "office":
        raise NotFound(_("Jatah tidak ditemukan."))
    return found
