"""Rows of other parts as the plain rows of `rounds.problem`."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock
from market.needs import queries as needs
from market.offers import queries as offers
from market.rounds import queries
from market.rounds.models import Round, RoundNeed
from market.rounds.problem import FixedRow, NeedRow, OfferRow, TripRow


def first_delivery_on(round_: Round) -> date:
    """The earliest day at which anything can come: after the answers are due."""
    return (
        (clock.today() + timedelta(hours=round_.answer_hours)) if round_.answer_hours >= 24 else clock.today()
    )


def need_rows(round_: Round) -> list[NeedRow]:
    """The round's needs as they were frozen, with what only the need itself knows.

    Last round's losers come first in the tie-break order, then older needs.
    """
    frozen = queries.round_needs(round_.id)
    found = needs.needs_by_id([row.need_id for row in frozen])
    packs = {pack.id: pack for pack in commodities.packs()}
    ranked = sorted(frozen, key=lambda row: (found[row.need_id].carried_from_id is None, row.need_id))
    return [_need_row(row, found[row.need_id], packs[row.pack_id], rank) for rank, row in enumerate(ranked)]


def _need_row(frozen: RoundNeed, need: needs.Need, pack: Pack, rank: int) -> NeedRow:
    return NeedRow(
        id=need.id,
        buyer_id=frozen.buyer_id,
        pack_code=pack.code,
        gross_g=pack.gross_g,
        administered=pack.commodity.handling == "administered",
        place_code=need.place_code,
        wanted=frozen.wanted_packs,
        at_most=frozen.at_most_packs,
        ceiling_rp=need.ceiling_rp,
        cash_rp=need.cash_rp,
        terms=need.terms,
        needed_by_on=need.needed_by_on,
        truck_access=need.truck_access,
        weight=need.weight,
        order=rank,
    )


def offer_rows(round_: Round) -> list[OfferRow]:
    """Standing offers for the round's goods.

    An offer that declined or stayed silent in this round is out; one that gave less than it was
    asked for has no more than it gave.
    """
    pack_ids = {row.pack_id for row in queries.round_needs(round_.id)}
    packs = {pack.id: pack for pack in commodities.packs()}
    refused, limited = queries.answers_that_limit(round_.id)
    live = [o for o in offers.live_offers(round_.scope_code, clock.today(), pack_ids) if o.id not in refused]
    ids = [offer.id for offer in live]
    tiers, zones = offers.tiers_by_offer(ids), offers.zones_by_offer(ids)
    authorised = offers.authorised_pairs(clock.today())
    return [
        OfferRow(
            id=offer.id,
            supplier_id=offer.organization_id,
            pack_code=packs[offer.pack_id].code,
            capacity=limited.get(offer.id, offer.capacity_packs),
            lot=offer.lot_packs,
            min_per_drop=offer.min_per_drop_packs,
            pooled_min=offer.pooled_min_packs,
            fixed_rp=offer.fixed_rp,
            terms=offer.terms,
            lead_days=offer.lead_days,
            tiers=tuple((tier.from_packs, tier.price_rp) for tier in tiers[offer.id]),
            zones=tuple((zone.place_code, zone.freight_rp, zone.drop_rp) for zone in zones[offer.id]),
            authorised=_authorised(packs[offer.pack_id], offer.organization_id, authorised),
        )
        for offer in live
    ]


def _authorised(pack: Pack, supplier_id: int, pairs: set[tuple[int, int]]) -> bool:
    return pack.commodity.handling != "administered" or (supplier_id, pack.commodity_id) in pairs


def trip_rows(supplier_ids: set[int]) -> list[TripRow]:
    """What each supplier's trucks cost to where."""
    return [
        TripRow(
            supplier_id=rate.organization_id,
            place_code=rate.place_code,
            capacity_g=rate.capacity_g,
            cost_rp=rate.cost_rp,
            max_trips=rate.max_trips,
            min_load_g=rate.min_load_g,
        )
        for rate in offers.trip_rates(supplier_ids)
    ]


def fixed_rows(round_: Round) -> list[FixedRow]:
    """Accepted lines of earlier attempts, one per need and offer; the highest accepted price binds."""
    packs: dict[tuple[int, int], int] = defaultdict(int)
    price: dict[tuple[int, int], int] = defaultdict(int)
    for line, assignment in queries.accepted_lines(round_.id):
        key = (line.need_id, assignment.offer_id)
        packs[key] += line.accepted_packs or 0
        price[key] = max(price[key], line.price_rp)
    return [
        FixedRow(need, offer, count, price[need, offer]) for (need, offer), count in sorted(packs.items())
    ]
