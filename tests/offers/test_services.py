"""Making offers: prices that fall with the pool, areas, authorised sources, sealed until published."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import refdata
from market.commodities import queries as commodities
from market.commodities import services as reference
from market.core import clock, db, faults
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.core.history import history_of
from market.core.permissions import SYSTEM, Role
from market.identity import services as identity
from market.offers import queries, services
from market.offers.models import Offer, OfferTier, OfferZone, TripRate
from market.offers.services.making import Trip
from market.places.models import Place
from tests import factories
from tests.offers.conftest import authorise, make, pack_id, sphp

pytestmark = pytest.mark.usefixtures("open_transaction")


def test_an_offer_goes_live_with_its_tiers_and_areas(cast):
    offer = make(cast.joko, note="Panen baru")
    assert (offer.state, offer.organization_id) == ("live", cast.lamongan.id)
    assert queries.price_curve(offer) == [(1, 350_000), (40, 345_000), (120, 341_000)]
    assert [(zone.place_code, zone.freight_rp) for zone in offer.zones] == [("3578", 6_000)]
    assert [change.to_state for change in history_of(offer)] == ["draft", "live"]


def test_the_least_per_delivery_point_is_one_lot_unless_said_otherwise(cast):
    assert make(cast.joko, lot_packs=4).min_per_drop_packs == 4


def test_only_suppliers_make_offers(cast):
    for actor in (cast.sri, cast.ratna, cast.kasir):
        with pytest.raises(Forbidden):
            make(actor)


def test_another_supplier_finds_nothing_to_see_change_or_withdraw(cast):
    offer = make(cast.joko)
    for act in (
        lambda: queries.offer_for(cast.nur, offer.id),
        lambda: services.update_offer(cast.nur, offer.id, note="ubah"),
        lambda: services.withdraw_offer(cast.nur, offer.id),
        lambda: services.publish_offer(cast.nur, offer.id),
        lambda: queries.offer_for(cast.joko, 10**40),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize(
    ("tiers", "field", "words"),
    [
        ([], "tier_1_price", "satu harga"),
        ([(2, 350_000)], "tier_1_from", "Baris 1"),
        ([(1, 350_000), (1, 340_000)], "tier_2_from", "Baris 2"),
        ([(1, 350_000), (40, 345_000), (30, 340_000)], "tier_3_from", "Baris 3.*lebih dari 40"),
        ([(1, 350_000), (40, 350_000)], "tier_2_price", r"Baris 2.*lebih murah dari Rp350\.000"),
        ([(1, 350_000), (40, 360_000)], "tier_2_price", "Baris 2"),
        ([(1, 350_000), (441, 340_000)], "tier_2_from", "kapasitas 440"),
        ([(1, 0)], "tier_1_price", "lebih dari nol"),
        ([(1, 372_501)], "tier_1_price", r"Baris 1: di atas HET Rp372\.500 per sak.*299/2025"),
    ],
)
def test_tiers_out_of_order_or_above_the_ceiling_are_refused_by_row(cast, tiers, field, words):
    with pytest.raises(Refused, match=words) as refusal:
        make(cast.joko, tiers=tiers)
    assert refusal.value.field == field
    assert db.session.query(Offer).count() == 0


def test_a_price_at_the_ceiling_is_allowed_and_a_reference_price_only_warns(cast):
    assert make(cast.joko, tiers=[(1, 372_500)]).state == "live"
    sugar = make(cast.joko, "GULA-50", tiers=[(1, 900_000)])
    assert services.above_reference(sugar) == 17_500 * 50
    assert services.above_reference(make(cast.joko, "GULA-50", tiers=[(1, 875_000)])) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity_packs": 0}, "capacity_packs"),
        ({"capacity_packs": 10**12}, "capacity_packs"),
        ({"lot_packs": 0}, "lot_packs"),
        ({"lot_packs": 441}, "lot_packs"),
        ({"lot_packs": 10, "min_per_drop_packs": 9}, "min_per_drop_packs"),
        ({"min_per_drop_packs": 441}, "min_per_drop_packs"),
        ({"pooled_min_packs": 441}, "pooled_min_packs"),
        ({"pooled_min_packs": -1}, "pooled_min_packs"),
        ({"terms": "barter"}, "terms"),
        ({"terms": "tempo"}, "credit_days"),
        ({"terms": "cod", "credit_days": 14}, "credit_days"),
        ({"lead_days": 61}, "lead_days"),
        ({"fixed_rp": -1}, "fixed_rp"),
        ({"valid_until_on": -1}, "valid_until_on"),
        ({"valid_until_on": 4000}, "valid_until_on"),
        ({"valid_from_on": 20}, "valid_until_on"),
        ({"zones": []}, "zone_1_place"),
        ({"zones": [("3578", 0, 0), ("3578", 1, 1)]}, "zone_2_place"),
        ({"zones": [("3578", 0, 0), ("9999", 1, 1)]}, "zone_2_place"),
        ({"zones": [("35", 0, 0)]}, "zone_1_place"),
        ({"zones": [("3578", -1, 0)]}, "zone_1_freight"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field_and_not_kept(cast, changes, field):
    for name in ("valid_until_on", "valid_from_on"):
        if name in changes:
            changes = {**changes, name: clock.today() + timedelta(days=changes[name])}
    with pytest.raises(Refused) as refusal:
        make(cast.joko, **changes)
    assert refusal.value.field == field
    assert db.session.query(Offer).count() == 0


# --- administered goods --------------------------------------------------------------------------


def test_administered_goods_come_from_authorised_sources_only(cast):
    with pytest.raises(Refused, match="sumber resmi") as refusal:
        sphp(cast.joko)
    assert refusal.value.field == "pack_id"
    authorise(cast)
    assert sphp(cast.joko).state == "live"
    with pytest.raises(Refused, match="sumber resmi"):
        sphp(cast.nur)


def test_an_authorisation_counts_only_between_its_days(cast):
    authorise(
        cast,
        valid_from_on=clock.today() + timedelta(days=3),
        valid_until_on=clock.today() + timedelta(days=5),
    )
    for days, allowed in ((0, False), (3, True), (5, True), (6, False)):
        clock.reset()
        clock.travel(days * 86_400)
        held = queries.authorisation(
            cast.lamongan.id, commodities.pack_by_code("BRS-SPHP-5").commodity_id, clock.today()
        )
        assert (held is not None) is allowed


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        ([(1, 55_001)], r"Rp55\.000.*tidak lebih dan tidak kurang"),
        ([(1, 54_999)], r"Rp55\.000"),
        ([(1, 55_000), (10, 54_000)], "hanya satu harga"),
    ],
)
def test_a_fixed_price_is_neither_undercut_nor_exceeded(cast, tiers, words):
    authorise(cast)
    with pytest.raises(Refused, match=words):
        sphp(cast.joko, tiers=tiers)


def test_fertiliser_without_a_recorded_buying_price_cannot_be_offered(cast):
    authorise(cast, "UREA-50")
    with pytest.raises(Refused, match="belum dicatat"):
        make(cast.joko, "UREA-50", tiers=[(1, 85_000)])


def test_a_lapsed_authorisation_takes_the_offer_out_of_the_round(cast):
    authorise(cast, valid_until_on=clock.today() + timedelta(days=5))
    offer = sphp(cast.joko)
    assert queries.live_offers("3578", clock.today()) == [offer]
    assert queries.live_offers("3578", clock.today() + timedelta(days=6)) == []


def test_the_office_ends_an_authorisation_today(cast):
    held = authorise(cast, valid_from_on=clock.today() - timedelta(days=9))
    services.end_authorisation(cast.ratna, held.id)
    with pytest.raises(Refused, match="sumber resmi"):
        sphp(cast.joko)


def test_authorisations_are_for_the_office_for_suppliers_and_for_administered_goods(cast):
    goods = commodities.pack_by_code("BRS-SPHP-5").commodity_id
    rice = commodities.pack_by_code("BRS-PRM-25").commodity_id
    day = {"valid_from_on": clock.today(), "reference": "Surat"}
    with pytest.raises(Forbidden):
        services.authorise_supplier(cast.joko, cast.lamongan.id, goods, **day)
    with pytest.raises(NotFound):
        services.authorise_supplier(cast.ratna, cast.makmur.id, goods, **day)
    with pytest.raises(Refused, match="siapa saja"):
        services.authorise_supplier(cast.ratna, cast.lamongan.id, rice, **day)
    authorise(cast)
    with pytest.raises(Refused, match="sudah berizin"):
        authorise(cast)
    with pytest.raises(NotFound):
        services.end_authorisation(cast.ratna, 10**30)


# --- life ----------------------------------------------------------------------------------------


def test_a_draft_is_no_offer_until_it_is_published(cast):
    offer = make(cast.joko, publish=False)
    assert queries.live_offers("3578", clock.today()) == []
    services.publish_offer(cast.joko, offer.id)
    assert queries.live_offers("3578", clock.today()) == [offer]


def test_a_withdrawn_offer_is_gone_for_good(cast):
    offer = make(cast.joko)
    services.withdraw_offer(cast.joko, offer.id, "Mesin rusak")
    assert history_of(offer)[-1].reason == "Mesin rusak"
    assert queries.live_offers("3578", clock.today()) == []
    with pytest.raises(IllegalMove):
        services.publish_offer(cast.joko, offer.id)
    with pytest.raises(Conflict, match="Salin"):
        services.update_offer(cast.joko, offer.id, note="lagi")


def test_a_changed_offer_has_the_new_prices_and_says_who_changed_it(cast):
    offer = make(cast.joko)
    services.update_offer(cast.joko, offer.id, tiers=[(1, 349_000), (40, 340_000)], capacity_packs=300)
    assert queries.price_curve(offer) == [(1, 349_000), (40, 340_000)]
    assert (offer.capacity_packs, len(offer.zones)) == (300, 1)
    assert history_of(offer)[-1].reason == "diubah"
    assert db.session.query(OfferTier).count() == 2


def test_a_refused_change_leaves_the_offer_as_it_was(cast):
    offer = make(cast.joko)
    db.session.commit()
    with pytest.raises(Refused):
        services.update_offer(cast.joko, offer.id, tiers=[(1, 999_999)])
    db.session.rollback()
    assert queries.price_curve(db.session.get_one(Offer, offer.id))[0] == (1, 350_000)


def test_the_second_of_two_editors_is_told(cast):
    offer = make(cast.joko)
    seen = offer.version
    services.update_offer(cast.joko, offer.id, version=seen, note="satu")
    with pytest.raises(Conflict, match="Orang lain"):
        services.update_offer(cast.joko, offer.id, version=seen, note="dua")


def test_an_offer_ends_after_its_last_day(cast):
    offer = make(cast.joko, valid_until_on=clock.today() + timedelta(days=1))
    clock.travel(86_400)
    assert services.expire_old() == 0
    clock.travel(86_400)
    assert services.expire_old() == 1
    assert offer.state == "expired"


def test_a_crash_while_making_an_offer_leaves_nothing(cast):
    with pytest.raises(faults.FaultInjected), faults.armed("offers.made"):
        make(cast.joko)
    db.session.rollback()
    assert db.session.query(Offer).count() == 0


# --- what a round reads --------------------------------------------------------------------------


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
