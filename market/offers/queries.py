"""What is asked of offers. Prices are sealed: a supplier sees its own, an office sums without prices,
and only a round reads them all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import joinedload, selectinload

from market.commodities.models import Commodity, Pack
from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.offers.models import (
    Offer,
    OfferImport,
    OfferTier,
    OfferZone,
    SupplierAuthorisation,
    SupplierLimit,
    TripRate,
)

MAX_ID = 2**63 - 1
EXPIRING_DAYS = 3
GROUPS: dict[str, tuple[str, ...]] = {
    "berlaku": ("live",),
    "konsep": ("draft",),
    "selesai": ("withdrawn", "expired"),
}
"""Tabs of the list, by the word in the address."""

Placed = TypeVar("Placed", OfferZone, TripRate)


def offer_for(actor: Actor, offer_id: int) -> Offer:
    """An offer of the actor's own organization; raises Forbidden without the permission, NotFound."""
    actor.require(Permission.OFFERS_VIEW)
    found = None
    if 0 < offer_id <= MAX_ID:
        mine = Offer.organization_id == actor.organization_id
        found = db.session.scalar(select(Offer).where(Offer.id == offer_id, mine))
    if found is None:
        raise NotFound(_("Penawaran tidak ditemukan."))
    return found


def listed(actor: Actor, states: Sequence[str] = ()) -> Select[Offer]:
    """The select behind a supplier's list and exports (ordered and limited by the caller)."""
    actor.require(Permission.OFFERS_VIEW)
    query = select(Offer).where(Offer.organization_id == actor.organization_id)
    query = query.options(selectinload(Offer.tiers), selectinload(Offer.zones))
    return query.where(Offer.state.in_(states)) if states else query


def state_counts(actor: Actor) -> dict[str, int]:
    """How many offers the supplier has in each state."""
    mine = Offer.organization_id == actor.organization_id
    query = select(Offer.state, func.count()).where(mine).group_by(Offer.state)
    return {row[0]: row[1] for row in db.session.execute(query)}


def price_curve(offer: Offer) -> list[tuple[int, int]]:
    """(from packs, rupiah per pack), the smallest amount first."""
    return [(tier.from_packs, tier.price_rp) for tier in offer.tiers]


# --- what a round reads --------------------------------------------------------------------------


def _touches(scope_code: str) -> ColumnElement[bool]:
    """The offer reaches some place of the scope: below it, or above it."""
    above = [scope_code[:length] for length in range(2, len(scope_code) + 1)]
    place = OfferZone.place_code
    return exists().where(
        OfferZone.offer_id == Offer.id, or_(place.startswith(scope_code, autoescape=True), place.in_(above))
    )


def _authorised(on: date) -> ColumnElement[bool]:
    """Goods that anybody may sell, or an authorisation of this supplier that is valid on the day."""
    held = SupplierAuthorisation
    return or_(
        Commodity.handling != "administered",
        exists().where(
            held.supplier_id == Offer.organization_id,
            held.commodity_id == Commodity.id,
            _valid_on(on),
        ),
    )


def _valid_on(on: date) -> ColumnElement[bool]:
    until = SupplierAuthorisation.valid_until_on
    return (SupplierAuthorisation.valid_from_on <= on) & (until.is_(None) | (until >= on))


def _live(on: date) -> Select[Offer]:
    return (
        select(Offer)
        .join(Pack, Pack.id == Offer.pack_id)
        .join(Commodity, Commodity.id == Pack.commodity_id)
        .where(Offer.state == "live", Offer.valid_from_on <= on, Offer.valid_until_on >= on, _authorised(on))
    )


def live_offers(scope_code: str, on: date, pack_ids: Iterable[int] | None = None) -> list[Offer]:
    """Offers that are valid on a day and reach into a place, by id, with tiers and zones loaded.

    Sealed: for rounds only, never for a page of a cooperative, an office or another supplier.
    """
    query = _live(on).where(_touches(scope_code))
    if pack_ids is not None:
        query = query.where(Offer.pack_id.in_(list(pack_ids)))
    query = query.options(selectinload(Offer.tiers), selectinload(Offer.zones))
    return list(db.session.scalars(query.order_by(Offer.id)))


def by_ids(offer_ids: Iterable[int]) -> list[Offer]:
    """The offers with these ids, by id (for rounds)."""
    query = select(Offer).where(Offer.id.in_(list(offer_ids)))
    query = query.options(
        selectinload(Offer.tiers), selectinload(Offer.zones), joinedload(Offer.organization)
    )
    return list(db.session.scalars(query.order_by(Offer.id)))


def tiers(offer_ids: Iterable[int]) -> dict[int, list[OfferTier]]:
    """Offer id -> its tiers, the smallest amount first."""
    query = select(OfferTier).where(OfferTier.offer_id.in_(list(offer_ids)))
    found: dict[int, list[OfferTier]] = defaultdict(list)
    for tier in db.session.scalars(query.order_by(OfferTier.offer_id, OfferTier.from_packs)):
        found[tier.offer_id].append(tier)
    return dict(found)


def zones(offer_ids: Iterable[int]) -> dict[int, list[OfferZone]]:
    """Offer id -> the places it reaches."""
    query = select(OfferZone).where(OfferZone.offer_id.in_(list(offer_ids)))
    found: dict[int, list[OfferZone]] = defaultdict(list)
    for zone in db.session.scalars(query.order_by(OfferZone.offer_id, OfferZone.place_code)):
        found[zone.offer_id].append(zone)
    return dict(found)


def trip_rates(supplier_ids: Iterable[int]) -> dict[int, list[TripRate]]:
    """Supplier id -> its truck rates."""
    query = select(TripRate).where(TripRate.organization_id.in_(list(supplier_ids)))
    found: dict[int, list[TripRate]] = defaultdict(list)
    for rate in db.session.scalars(query.order_by(TripRate.organization_id, TripRate.place_code)):
        found[rate.organization_id].append(rate)
    return dict(found)


def weight_limits(supplier_ids: Iterable[int]) -> dict[int, int]:
    """Supplier id -> the most it delivers in a round (grams), for those that named a limit."""
    query = select(SupplierLimit).where(SupplierLimit.organization_id.in_(list(supplier_ids)))
    return {limit.organization_id: limit.max_weight_g for limit in db.session.scalars(query)}


def at_place(rows: Iterable[Placed], place_code: str) -> Placed | None:
    """The row for the most exact place that holds `place_code`, or None where none does."""
    held = [row for row in rows if place_code.startswith(row.place_code)]
    return max(held, key=lambda row: len(row.place_code), default=None)


def cheapest_landed_rp(pack_id: int, place_code: str, on: date) -> int | None:
    """The least that live offers ask per pack at a door: best tier plus freight, without truck shares.

    None where nobody offers. Sealed: the answer may decide about a warning, it is never shown.
    """
    landed = [
        min(tier.price_rp for tier in offer.tiers) + zone.freight_rp
        for offer in live_offers(place_code, on, [pack_id])
        if (zone := at_place(offer.zones, place_code)) is not None
    ]
    return min(landed, default=None)


# --- what others may see -------------------------------------------------------------------------


def supply(scope_code: str, on: date) -> list[Row[Any]]:
    """(name, unit size, offers, suppliers, packs) per pack: sums without a price."""
    live = _live(on).where(_touches(scope_code)).subquery()
    query = (
        select(
            Pack.name.label("name"),
            Pack.size_base.label("size_base"),
            Commodity.base_unit.label("base_unit"),
            func.count().label("offers"),
            func.count(func.distinct(live.c.organization_id)).label("suppliers"),
            func.sum(live.c.capacity_packs).label("packs"),
        )
        .join(Pack, Pack.id == live.c.pack_id)
        .join(Commodity, Commodity.id == Pack.commodity_id)
        .group_by(Pack.id, Pack.name, Pack.size_base, Commodity.base_unit)
        .order_by(Pack.name)
    )
    return list(db.session.execute(query))


def authorisation(supplier_id: int | None, commodity_id: int, on: date) -> SupplierAuthorisation | None:
    """The authorisation that lets a supplier sell an administered good on a day."""
    query = select(SupplierAuthorisation).where(
        SupplierAuthorisation.supplier_id == supplier_id,
        SupplierAuthorisation.commodity_id == commodity_id,
        _valid_on(on),
    )
    return db.session.scalars(query.order_by(SupplierAuthorisation.id).limit(1)).first()


def authorisations(on: date | None = None) -> list[SupplierAuthorisation]:
    """Every authorisation, newest first; only those valid on a day if one is named."""
    query = select(SupplierAuthorisation).options(
        joinedload(SupplierAuthorisation.supplier), joinedload(SupplierAuthorisation.commodity)
    )
    if on is not None:
        query = query.where(_valid_on(on))
    return list(db.session.scalars(query.order_by(SupplierAuthorisation.id.desc())))


def authorised_commodities(supplier_id: int | None, on: date) -> set[int]:
    """Ids of the administered goods that the supplier may sell on a day."""
    held = SupplierAuthorisation
    query = select(held.commodity_id).where(held.supplier_id == supplier_id, _valid_on(on))
    return set(db.session.scalars(query))


# --- imports and home ----------------------------------------------------------------------------


def import_for(actor: Actor, import_id: int) -> OfferImport:
    """An import of the actor's organization; raises NotFound."""
    actor.require(Permission.OFFERS_MAKE)
    found = None
    if 0 < import_id <= MAX_ID:
        mine = OfferImport.organization_id == actor.organization_id
        found = db.session.scalar(select(OfferImport).where(OfferImport.id == import_id, mine))
    if found is None:
        raise NotFound(_("Impor tidak ditemukan."))
    return found


def import_of(organization_id: int | None, digest: str) -> OfferImport | None:
    """The earlier upload of the same file, unless it was thrown away."""
    query = select(OfferImport).where(
        OfferImport.organization_id == organization_id,
        OfferImport.digest == digest,
        OfferImport.state != "discarded",
    )
    return db.session.scalar(query)


def today(actor: Actor) -> Select[*tuple[Any, ...]] | None:
    """Offers of this supplier that end within three days, and drafts nobody published for a day."""
    if not actor.may(Permission.OFFERS_MAKE):
        return None
    soon = clock.today() + timedelta(days=EXPIRING_DAYS)
    old = clock.now() - timedelta(days=1)
    ending = and_(Offer.state == "live", Offer.valid_until_on <= soon)
    lying = and_(Offer.state == "draft", Offer.state_at < old)
    return (
        select(
            cast(literal("offer_", String) + Offer.state, String).label("kind"),
            Offer.id.label("subject_id"),
            Offer.state_at.label("since"),
            cast(Pack.name, String).label("detail"),
            cast(Offer.capacity_packs, BigInteger).label("amount"),
        )
        .join(Pack, Pack.id == Offer.pack_id)
        .where(Offer.organization_id == actor.organization_id, or_(ending, lying))
    )
