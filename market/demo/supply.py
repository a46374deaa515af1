"""What the suppliers bring: authorisations, trucks and offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from market import refdata
from market.commodities import queries as commodities
from market.demo.world import World
from market.offers import services as offers
from market.offers.services import Trip
from market.refdata.rows import OfferRow


def authorise(world: World, since: date) -> None:
    """The office notes who may sell administered goods; the papers of the story are examples."""
    ids = {pack.commodity.code: pack.commodity_id for pack in commodities.packs()}
    for code in world.suppliers:
        for commodity in refdata.supplier(code).authorised:
            offers.authorise_supplier(
                world.officer,
                world.supplier_id(code),
                ids[commodity],
                valid_from_on=since,
                reference=f"Contoh/{commodity}/{code}",
                source="contoh untuk demo, bukan surat sungguhan",
            )


def set_trucks(world: World) -> None:
    """What one truck of a supplier costs to where, and the most that it can deliver in a round."""
    for code, sales in world.suppliers.items():
        row = refdata.supplier(code)
        trips: dict[str, Trip] = {}
        for offer in refdata.offers(world.city):
            if offer.supplier == code and offer.freight_mode == "truck":
                trips |= {trip.place_code: trip for trip in _trips(offer, row.vehicle)}
        if trips:
            offers.set_trip_rates(sales, trips.values())
        if row.max_weight_g:
            offers.set_weight_limit(sales, row.max_weight_g)


def _trips(offer: OfferRow, vehicle_code: str) -> Iterable[Trip]:
    payload = refdata.vehicle(vehicle_code).payload_g
    for area in offer.areas:
        yield Trip(area.place_code, vehicle_code, payload, area.rate_rp, min_load_g=offer.min_load_g)


def make_offers(world: World, until: date, commodity_codes: Iterable[str] | None = None) -> int:
    """Every offer of the story for the city, or those of some goods; returns how many."""
    wanted = None if commodity_codes is None else set(commodity_codes)
    rows = [
        row
        for row in refdata.offers(world.city)
        if wanted is None or refdata.pack(row.pack).commodity in wanted
    ]
    for row in rows:
        _make(world, row, until)
    return len(rows)


def _make(world: World, row: OfferRow, until: date) -> None:
    terms, _, days = row.terms.partition("_")
    by_truck = row.freight_mode == "truck"
    offers.make_offer(
        world.suppliers[row.supplier],
        pack_id=world.packs[row.pack],
        tiers=[(tier.from_packs, tier.price_rp) for tier in row.tiers],
        zones=[(area.place_code, 0 if by_truck else area.rate_rp, row.drop_rp) for area in row.areas],
        capacity_packs=row.capacity_packs,
        lot_packs=row.lot_packs,
        min_per_drop_packs=row.min_per_need_packs,
        pooled_min_packs=row.min_total_packs,
        terms=terms,
        credit_days=int(days or 0),
        lead_days=row.lead_days,
        valid_until_on=until,
    )
