"""Making, changing, publishing and ending offers; the trucks and the limit of a supplier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from market.commodities import queries as commodities
from market.core import clock, db, faults, history, states
from market.core.errors import Conflict, NotFound, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.offers import queries
from market.offers.models import Offer, OfferTier, OfferZone, SupplierLimit, TripRate
from market.offers.services import rules
from market.places import queries as places

Tier = tuple[int, int]
"""(from packs, rupiah per pack)"""
Zone = tuple[str, int, int]
"""(place code, freight rupiah per pack, rupiah per delivery point)"""
MAX_WEIGHT_G = 10**12
PLAIN = (
    *("capacity_packs", "lot_packs", "min_per_drop_packs", "pooled_min_packs", "fixed_rp", "terms"),
    *("credit_days", "lead_days", "valid_from_on", "valid_until_on", "note"),
)


def make_offer(
    actor: Actor,
    *,
    pack_id: int,
    tiers: Sequence[Tier],
    zones: Sequence[Zone],
    capacity_packs: int,
    valid_until_on: date,
    lot_packs: int = 1,
    min_per_drop_packs: int | None = None,
    pooled_min_packs: int = 0,
    fixed_rp: int = 0,
    terms: str = "cod",
    credit_days: int = 0,
    lead_days: int = 0,
    valid_from_on: date | None = None,
    note: str = "",
    publish: bool = True,
) -> Offer:
    """An offer of the actor's supplier, in whole packs and rupiah per pack; live unless `publish` is False.

    Raises Forbidden, NotFound, and Refused at the field (and row) that breaks a rule.
    """
    actor.require(Permission.OFFERS_MAKE)
    if actor.organization_id is None or actor.organization_kind != "supplier":
        raise Refused(_("Hanya pemasok yang bisa membuat penawaran."))
    now = clock.now()
    offer = Offer(
        organization_id=actor.organization_id,
        capacity_packs=capacity_packs,
        lot_packs=lot_packs,
        min_per_drop_packs=lot_packs if min_per_drop_packs is None else min_per_drop_packs,
        pooled_min_packs=pooled_min_packs,
        fixed_rp=fixed_rp,
        terms=terms,
        credit_days=credit_days,
        lead_days=lead_days,
        valid_from_on=valid_from_on or clock.today(),
        valid_until_on=valid_until_on,
        note=note,
        state=Offer.STATES.initial,
        state_at=now,
        created_by=actor.user_id,
        created_at=now,
    )
    with db.session.no_autoflush:
        _choose_pack(offer, pack_id)
        _spread(offer, tiers, zones)
        rules.check(offer)
    db.session.add(offer)
    db.session.flush()
    faults.point("offers.made")
    states.start(offer, actor)
    if publish:
        states.advance(offer, "live", actor)
    return offer


def _choose_pack(offer: Offer, pack_id: int) -> None:
    pack = commodities.pack(pack_id)
    if not pack.bulk:
        raise Refused(_("Kemasan ini dijual eceran. Pilih kemasan besar."), field="pack_id")
    offer.pack, offer.pack_id = pack, pack.id


def _spread(offer: Offer, tiers: Sequence[Tier], zones: Sequence[Zone]) -> None:
    """Tiers and areas as rows of the same organization."""
    owner = offer.organization_id
    offer.tiers = [
        OfferTier(organization_id=owner, from_packs=start, price_rp=price) for start, price in tiers
    ]
    offer.zones = [
        OfferZone(organization_id=owner, place_code=code, freight_rp=freight, drop_rp=drop)
        for code, freight, drop in zones
    ]


def update_offer(
    actor: Actor,
    offer_id: int,
    *,
    version: int | None = None,
    tiers: Sequence[Tier] | None = None,
    zones: Sequence[Zone] | None = None,
    **changes: Any,
) -> Offer:
    """Change a draft or a live offer; rounds that have closed keep what they froze.

    Raises NotFound, Conflict when it has ended or was changed since `version`, Refused as `make_offer`.
    """
    actor.require(Permission.OFFERS_MAKE)
    offer = queries.offer_for(actor, offer_id)
    if offer.state not in ("draft", "live"):
        raise Conflict(_("Penawaran ini sudah berakhir. Salin menjadi penawaran baru."))
    if version is not None and version != offer.version:
        raise Conflict(_("Orang lain baru saja mengubah penawaran ini. Muat ulang, lalu ubah lagi."))
    unknown = set(changes) - set(PLAIN) - {"pack_id"}
    if unknown:
        raise TypeError(f"not fields of an offer: {sorted(unknown)}")
    _change(offer, tiers, zones, changes)
    history.record(actor, offer, offer.state, offer.state, stored("diubah"))
    db.session.flush()
    return offer


def _change(
    offer: Offer, tiers: Sequence[Tier] | None, zones: Sequence[Zone] | None, changes: dict[str, Any]
) -> None:
    """Old rows go before new ones come, because both may name the same amount or place."""
    new_tiers = tiers if tiers is not None else queries.price_curve(offer)
    old_zones = [(zone.place_code, zone.freight_rp, zone.drop_rp) for zone in offer.zones]
    offer.tiers, offer.zones = [], []
    db.session.flush()
    with db.session.no_autoflush:
        if "pack_id" in changes:
            _choose_pack(offer, changes.pop("pack_id"))
        for name, value in changes.items():
            setattr(offer, name, value)
        _spread(offer, new_tiers, zones if zones is not None else old_zones)
        rules.check(offer)


def publish_offer(actor: Actor, offer_id: int) -> Offer:
    """Put a draft into force. Raises NotFound, IllegalMove, Refused when a rule now says no."""
    actor.require(Permission.OFFERS_MAKE)
    offer = queries.offer_for(actor, offer_id)
    rules.check(offer)
    states.advance(offer, "live", actor)
    return offer


def withdraw_offer(actor: Actor, offer_id: int, reason: str = "") -> Offer:
    """End an offer; what was already assigned from it stands. Raises NotFound, IllegalMove."""
    actor.require(Permission.OFFERS_MAKE)
    offer = queries.offer_for(actor, offer_id)
    states.advance(offer, "withdrawn", actor, reason[:300])
    return offer


def expire_old() -> int:
    """Close live offers whose last day has passed; returns how many (a scheduled job)."""
    query = select(Offer).where(Offer.state == "live", Offer.valid_until_on < clock.today())
    late = list(db.session.scalars(query))
    for offer in late:
        states.advance(offer, "expired", SYSTEM, stored("masa berlaku habis"))
    return len(late)


# --- trucks and limits ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Trip:
    """One truck rate: what a truck carries, what it costs to a place, how often it can go."""

    place_code: str
    vehicle: str
    capacity_g: int
    cost_rp: int
    max_trips: int | None = None
    min_load_g: int = 0


def set_trip_rates(actor: Actor, rates: Iterable[Trip]) -> list[TripRate]:
    """Replace the truck rates of the actor's supplier. Raises Refused naming the row."""
    actor.require(Permission.OFFERS_MAKE)
    wanted = list(rates)
    for row, rate in enumerate(wanted, 1):
        _check_trip(row, rate, [each.place_code for each in wanted[: row - 1]])
    db.session.execute(delete(TripRate).where(TripRate.organization_id == actor.organization_id))
    made = [TripRate(organization_id=actor.organization_id, **vars(rate)) for rate in wanted]
    db.session.add_all(made)
    db.session.flush()
    return made


def _check_trip(row: int, rate: Trip, earlier: list[str]) -> None:
    try:
        places.place(rate.place_code)
    except NotFound:
        raise Refused(
            _("Baris %(row)s: pilih kota atau kecamatan.", row=row), field=f"trip_{row}_place"
        ) from None
    if rate.place_code in earlier:
        raise Refused(_("Baris %(row)s: wilayah ini sudah ada di atas.", row=row), field=f"trip_{row}_place")
    if not 0 < rate.capacity_g <= MAX_WEIGHT_G:
        raise Refused(_("Baris %(row)s: isi muatan truk.", row=row), field=f"trip_{row}_capacity")
    if not 0 <= rate.cost_rp <= 10**9:
        raise Refused(_("Baris %(row)s: periksa ongkos truk.", row=row), field=f"trip_{row}_cost")
    if not 0 <= rate.min_load_g <= rate.capacity_g:
        text = _("Baris %(row)s: muatan paling sedikit tidak boleh lebih dari muatan truk.", row=row)
        raise Refused(text, field=f"trip_{row}_load")
    if rate.max_trips is not None and not 0 < rate.max_trips <= 1000:
        raise Refused(_("Baris %(row)s: isi antara 1 dan 1.000 kali.", row=row), field=f"trip_{row}_trips")


def set_weight_limit(actor: Actor, max_weight_g: int | None) -> None:
    """The most the supplier delivers in a round over all offers, in grams; None lifts the limit."""
    actor.require(Permission.OFFERS_MAKE)
    if max_weight_g is not None and not 0 < max_weight_g <= MAX_WEIGHT_G:
        raise Refused(_("Isi berat lebih dari nol, atau kosongkan."), field="max_weight")
    db.session.execute(delete(SupplierLimit).where(SupplierLimit.organization_id == actor.organization_id))
    if max_weight_g is not None:
        db.session.add(SupplierLimit(organization_id=actor.organization_id, max_weight_g=max_weight_g))
    db.session.flush()
