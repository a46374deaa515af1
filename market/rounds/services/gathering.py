"""Rows of other parts as the plain rows of `rounds.problem`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock
from market.needs import queries as needs
from market.needs.models import Need
from market.offers import queries as offers
from market.offers.models import Offer
from market.rounds import queries
from market.rounds.models import Round, RoundNeed
from market.rounds.problem import FixedRow, NeedRow, OfferRow, TripRow, build_problem
from market.rounds.services import rationing


@dataclass(frozen=True)
class Rows:
    """Everything that a problem is made of."""

    needs: list[NeedRow]
    offers: list[OfferRow]
    trips: list[TripRow]
    first_delivery_on: date
    fixed: list[FixedRow]
    weight_limits: dict[int, int]

    def problem(self) -> dict[str, Any]:
        """The rows as a problem for the matcher."""
        return build_problem(
            self.needs, self.offers, self.trips, self.first_delivery_on, self.fixed, self.weight_limits
        )


def rows_of(round_: Round) -> Rows:
    """The rows of a round, as things stand now."""
    fixed = fixed_rows(round_.id)
    offered = offer_rows(round_, {row.offer_id for row in fixed})
    suppliers = {offer.supplier_id for offer in offered}
    return Rows(
        need_rows(round_.id, fixed),
        offered,
        trip_rows(suppliers),
        first_delivery_on(round_),
        fixed,
        offers.weight_limits(suppliers),
    )


def problem_of(round_: Round) -> dict[str, Any]:
    """The round as a problem for the matcher, as things stand now."""
    return rows_of(round_).problem()


def first_delivery_on(round_: Round) -> date:
    """The earliest day at which anything can come: when the answers are due, counted from now."""
    return clock.wib(clock.now() + timedelta(hours=round_.answer_hours)).date()


def need_rows(round_id: int, fixed: Sequence[FixedRow] = ()) -> list[NeedRow]:
    """The round's needs as they were frozen, with what only the need itself knows.

    Last round's losers come first in the tie-break order, then rests of earlier needs, then older needs.
    What is left of a quota is that of now: it may have been lowered since the need was approved, but not
    below what is accepted (`fixed`).
    """
    frozen = queries.round_needs(round_id)
    found = {need.id: need for need in needs.by_ids([row.need_id for row in frozen])}
    packs = {pack.id: pack for pack in commodities.packs()}
    administered = {pack.id for pack in packs.values() if pack.commodity.handling == "administered"}
    turns = rationing.turns(round_id, frozen, administered & {row.pack_id for row in frozen})
    ranked = sorted(
        frozen,
        key=lambda row: (turns[row.need_id], found[row.need_id].carried_from_id is None, row.need_id),
    )
    left = _quotas_left([(found[row.need_id], packs[row.pack_id]) for row in ranked], fixed)
    return [
        _need_row(row, found[row.need_id], packs[row.pack_id], rank, left.get(row.need_id))
        for rank, row in enumerate(ranked)
    ]


def _quotas_left(ranked: list[tuple[Need, Pack]], fixed: Sequence[FixedRow]) -> dict[int, int]:
    """By need of an administered good under a quota: packs that its buyer may still have.

    Needs of one buyer share the quota in their order; what is accepted already is always within it.
    """
    agreed: dict[int, int] = defaultdict(int)
    for line in fixed:
        agreed[line.need_id] += line.packs
    kept = [(need, pack) for need, pack in ranked if pack.commodity.handling == "administered"]
    ours = [need.id for need, _pack in kept]
    given_base: dict[tuple[int, int, int], int] = defaultdict(int)
    left: dict[int, int] = {}
    for need, pack in kept:
        use = needs.quota_use(need.organization_id, pack, need.needed_by_on, beside=ours)
        if use is None:
            continue
        month = need.needed_by_on.month if use.monthly else 0
        key = (need.organization_id, pack.commodity_id, month)
        free = max(0, use.free_base - given_base[key]) // pack.size_base
        left[need.id] = max(agreed[need.id], free)
        given_base[key] += min(left[need.id], need.at_most_packs) * pack.size_base
    return left


def _need_row(frozen: RoundNeed, need: Need, pack: Pack, rank: int, quota_left: int | None) -> NeedRow:
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
        weight=rationing.households_of(need),
        order=rank,
        max_suppliers=need.max_suppliers,
        quota_left=quota_left,
    )


def offer_rows(round_: Round, agreed: set[int]) -> list[OfferRow]:
    """Standing offers for the round's goods, and those with accepted lines whatever became of them.

    An offer that declined or stayed silent in this round is out; one that gave less than it was asked
    for has no more than it gave. What other rounds have taken or asked for is not offered again.
    An administered good costs what the rule of the day says, whatever stood in the offer; without a rule
    it is not sold.
    """
    pack_ids = {row.pack_id for row in queries.round_needs(round_.id)}
    packs = {pack.id: pack for pack in commodities.packs()}
    refused, limited = queries.answers_that_limit(round_.id)
    standing = offers.live_offers(round_.scope_code, clock.today(), pack_ids)
    standing = [offer for offer in standing if offer.id not in refused]
    known = {offer.id for offer in standing}
    taken = queries.packs_taken(known, except_round_id=round_.id)
    rows = []
    book = commodities.rule_book(round_.scope_code, clock.today())
    for offer in standing:
        pack, fixed = packs[offer.pack_id], offer.id in agreed
        rule = book.buying(pack.commodity_id) if pack.commodity.handling == "administered" else None
        if pack.commodity.handling == "administered" and rule is None and not fixed:
            continue
        price = None if rule is None or fixed else pack.of_rule_rp(rule.amount_rp)
        free = limited.get(offer.id, offer.capacity_packs - taken.get(offer.id, 0))
        if offer.id in agreed or free >= max(offer.lot_packs, offer.min_per_drop_packs):
            rows.append(_offer_row(offer, pack, max(0, free), price_rp=price))
    gone = offers.by_ids(agreed - known)
    return [*rows, *(_offer_row(offer, packs[offer.pack_id], 0, standing=False) for offer in gone)]


def _offer_row(
    offer: Offer, pack: Pack, capacity: int, standing: bool = True, price_rp: int | None = None
) -> OfferRow:
    tiers = tuple((tier.from_packs, tier.price_rp) for tier in offer.tiers)
    return OfferRow(
        id=offer.id,
        supplier_id=offer.organization_id,
        pack_code=pack.code,
        capacity=capacity,
        lot=offer.lot_packs,
        min_per_drop=offer.min_per_drop_packs,
        pooled_min=offer.pooled_min_packs,
        fixed_rp=offer.fixed_rp,
        terms=offer.terms,
        lead_days=offer.lead_days,
        tiers=tiers if price_rp is None else ((1, price_rp),),
        zones=tuple((zone.place_code, zone.freight_rp, zone.drop_rp) for zone in offer.zones),
        standing=standing,
    )


def trip_rows(supplier_ids: set[int]) -> list[TripRow]:
    """What each supplier's trucks cost to where."""
    return [
        TripRow(
            supplier_id=supplier_id,
            place_code=rate.place_code,
            capacity_g=rate.capacity_g,
            cost_rp=rate.cost_rp,
            max_trips=rate.max_trips,
            min_load_g=rate.min_load_g,
        )
        for supplier_id, rates in sorted(offers.trip_rates(supplier_ids).items())
        for rate in rates
    ]


def fixed_rows(round_id: int) -> list[FixedRow]:
    """Accepted lines of earlier attempts, one per need and offer; the highest accepted price binds."""
    packs: dict[tuple[int, int], int] = defaultdict(int)
    price: dict[tuple[int, int], int] = defaultdict(int)
    delivery: dict[tuple[int, int], tuple[int, int]] = {}
    for line, assignment in queries.accepted_lines(round_id):
        key = (line.need_id, assignment.offer_id)
        packs[key] += line.accepted_packs or 0
        price[key] = max(price[key], line.price_rp)
        delivery.setdefault(key, (line.freight_rp, line.drop_rp))
    return [
        FixedRow(
            *key, packs=count, price_rp=price[key], freight_rp=delivery[key][0], drop_rp=delivery[key][1]
        )
        for key, count in sorted(packs.items())
    ]
