"""What a round reads of offers, what others see, and the story's offers under the rules."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import refdata
from market.commodities import queries as commodities
from market.commodities import services as reference
from market.core import clock, db
from market.core.errors import Refused
from market.core.permissions import SYSTEM, Role
from market.identity import services as identity
from market.offers import queries, services
from market.offers.models import Offer, OfferZone, TripRate
from market.offers.services.making import Trip
from market.places.models import Place
from tests import factories
from tests.offers.conftest import authorise, make, pack_id

pytestmark = pytest.mark.usefixtures("open_transaction")


def test_live_offers_reach_into_the_place_on_the_day(cast):
    city = make(cast.joko)
    part = make(cast.nur, zones=[("357808", 5_000, 0)])
    elsewhere = make(cast.nur, zones=[("3573", 5_000, 0)])
    later = make(cast.joko, valid_from_on=clock.today() + timedelta(days=5))
    today = clock.today()
    assert queries.live_offers("3578", today) == [city, part]
    assert queries.live_offers("3578041001", today) == [city], "a district next door is not served"
    assert queries.live_offers("3573", today) == [elsewhere]
    assert queries.live_offers("3578", today + timedelta(days=5)) == [city, part, later]
    assert queries.live_offers("3578", today, [pack_id("GULA-50")]) == []


def test_the_most_exact_area_sets_the_freight(cast):
    offer = make(cast.joko, zones=[("3578", 6_000, 0), ("357808", 4_000, 0)])
    assert queries.at_place(offer.zones, "3578081003").freight_rp == 4_000
    assert queries.at_place(offer.zones, "3578041001").freight_rp == 6_000
    assert queries.at_place(offer.zones, "3573011001") is None


def test_the_cheapest_landed_price_is_best_tier_plus_freight(cast):
    make(cast.joko)
    make(cast.nur, tiers=[(1, 349_000)], zones=[("357808", 1_000, 0)])
    asked = pack_id(), "3578081003", clock.today()
    assert queries.cheapest_landed_rp(*asked) == 341_000 + 6_000
    assert queries.cheapest_landed_rp(pack_id("GULA-50"), "3578081003", clock.today()) is None


def test_rows_for_a_round_come_in_bulk(cast):
    offers = [make(cast.joko), make(cast.nur, tiers=[(1, 340_000)])]
    ids = [offer.id for offer in offers]
    assert [len(rows) for rows in queries.tiers(ids).values()] == [3, 1]
    assert [rows[0].freight_rp for rows in queries.zones(ids).values()] == [6_000, 6_000]
    assert queries.by_ids(ids) == offers


def test_trucks_replace_trucks_and_limits_limits(cast):
    services.set_trip_rates(cast.joko, [Trip("3578", "cde", 2_000_000, 405_000, None, 1_000_000)])
    services.set_trip_rates(cast.joko, [Trip("3578", "cdd", 4_000_000, 650_000, 3)])
    rates = queries.trip_rates([cast.lamongan.id, cast.ngawi.id])
    assert [(rate.vehicle, rate.max_trips) for rate in rates[cast.lamongan.id]] == [("cdd", 3)]
    services.set_weight_limit(cast.joko, 14_000_000)
    services.set_weight_limit(cast.joko, 15_000_000)
    assert queries.weight_limits([cast.lamongan.id]) == {cast.lamongan.id: 15_000_000}
    services.set_weight_limit(cast.joko, None)
    assert queries.weight_limits([cast.lamongan.id]) == {}


@pytest.mark.parametrize(
    ("trips", "field"),
    [
        ([Trip("9999", "cde", 1, 1)], "trip_1_place"),
        ([Trip("3578", "cde", 1, 1), Trip("3578", "cdd", 1, 1)], "trip_2_place"),
        ([Trip("3578", "cde", 0, 1)], "trip_1_capacity"),
        ([Trip("3578", "cde", 10**18, 1)], "trip_1_capacity"),
        ([Trip("3578", "cde", 5, -1)], "trip_1_cost"),
        ([Trip("3578", "cde", 5, 1, None, 6)], "trip_1_load"),
        ([Trip("3578", "cde", 5, 1, 0)], "trip_1_trips"),
    ],
)
def test_trucks_that_cannot_be_right_are_refused_by_row(cast, trips, field):
    with pytest.raises(Refused) as refusal:
        services.set_trip_rates(cast.joko, trips)
    assert refusal.value.field == field
    assert db.session.query(TripRate).count() == 0


def test_a_weight_limit_is_more_than_nothing(cast):
    with pytest.raises(Refused):
        services.set_weight_limit(cast.joko, 0)


# --- what others see -----------------------------------------------------------------------------


def test_an_office_sees_sums_without_prices(cast):
    make(cast.joko)
    make(cast.nur, capacity_packs=160)
    (row,) = queries.supply("3578", clock.today())
    assert (row.name, row.offers, row.suppliers, row.packs) == ("Beras premium, sak 25 kg", 2, 2, 600)
    assert not any("rp" in name or "price" in name for name in row._fields)


def test_home_reminds_of_offers_that_end_soon_and_drafts_left_lying(cast):
    ending = make(cast.joko, valid_until_on=clock.today() + timedelta(days=3))
    make(cast.joko)
    draft = make(cast.joko, publish=False)
    seen = lambda actor: [(row.kind, row.subject_id) for row in db.session.execute(queries.today(actor))]  # noqa: E731
    assert seen(cast.joko) == [("offer_live", ending.id)]
    clock.travel(25 * 3600)
    assert ("offer_draft", draft.id) in seen(cast.joko)
    assert seen(cast.nur) == []
    assert queries.today(cast.sri) is None


def test_every_state_of_an_offer_can_be_reached():
    assert Offer.STATES.reachable() == Offer.STATES.states


# --- the story -----------------------------------------------------------------------------------


def load_places():
    held = set(db.session.scalars(db.session.query(Place.code).statement))
    for row in refdata.places():
        if row.code not in held:
            place = Place(code=row.code, kind=row.kind, name=row.name, parent_code=row.parent_code or None)
            db.session.add(place)
            db.session.flush()


def test_every_offer_of_the_story_keeps_the_rules(cast):
    load_places()
    sellers = {}
    for row in refdata.suppliers():
        seller = identity.create_organization(SYSTEM, "supplier", row.name, row.place_code)
        sellers[row.code] = factories.actor(Role.SUPPLIER_SALES, seller)
        for code in row.authorised:
            pack = next((each for each in commodities.packs() if each.commodity.code == code), None)
            if pack is not None:
                authorise(cast, pack.code, seller)
    for city in refdata.CITIES.values():
        for row in refdata.offers(city):
            offer = make(
                sellers[row.supplier],
                row.pack,
                tiers=[(tier.from_packs, tier.price_rp) for tier in row.tiers],
                zones=[
                    (area.place_code, area.rate_rp if row.freight_mode == "pack" else 0, row.drop_rp)
                    for area in row.areas
                ],
                capacity_packs=row.capacity_packs,
                lot_packs=row.lot_packs,
                min_per_drop_packs=row.min_per_need_packs,
                pooled_min_packs=row.min_total_packs,
            )
            assert offer.state == "live"
    assert db.session.query(OfferZone).count() > 100
    assert reference.load_reference() == 0
