"""The reference files agree with each other, with the law's figures and with the shape the story needs."""

import gzip
import re
from collections import Counter
from datetime import date
from urllib.parse import urlparse

import pytest

from market import refdata
from market.refdata.rows import AreaRateRow, OfferRow, TierRow

CITIES = sorted(refdata.CITIES.values())
TODAY = date(2026, 2, 1)
ADMINISTERED = {row.code for row in refdata.commodities() if row.price_class == "administered"}
CONFIDENCE = {"A", "B", "C", "M", "asumsi"}


def test_three_cities_have_their_official_number_of_districts_and_kelurahan():
    counted = {
        city: Counter(row.kind for row in refdata.places() if row.code.startswith(city) and row.code != city)
        for city in CITIES
    }
    assert counted["3578"] == {"district": 31, "village": 153}
    assert counted["3573"] == {"district": 5, "village": 57}
    assert counted["3574"] == {"district": 5, "village": 29}
    assert sum(row.kind == "city" for row in refdata.places()) == 38


def test_every_place_is_inside_its_parent_by_code_and_comes_after_it():
    seen = set()
    for row in refdata.places():
        assert row.code.startswith(row.parent_code)
        assert not row.parent_code or row.parent_code in seen
        assert row.code not in seen
        seen.add(row.code)


def test_codes_have_the_ministry_s_length_and_villages_a_postcode():
    length = {"province": 2, "city": 4, "district": 6, "village": 10}
    for row in refdata.places():
        assert len(row.code) == length[row.kind]
        assert bool(re.fullmatch(r"[1-9]\d{4}", row.postcode)) == (row.kind == "village")


@pytest.mark.parametrize(
    ("city", "south", "north", "west", "east"),
    [
        ("3578", -7.36, -7.19, 112.59, 112.83),
        ("3573", -8.06, -7.90, 112.56, 112.71),
        ("3574", -7.83, -7.71, 113.15, 113.26),
    ],
)
def test_kelurahan_lie_where_their_city_is(city, south, north, west, east):
    for row in refdata.villages_of(city):
        assert south < row.latitude < north and west < row.longitude < east, row


def test_a_known_kelurahan_is_found_by_its_code():
    row = refdata.place("3578041004")
    assert (row.name, refdata.place(row.parent_code).name) == ("Ngagel Rejo", "Wonokromo")
    with pytest.raises(KeyError):
        refdata.place("3578049999")


def test_every_district_of_the_three_cities_has_one_delivery_zone():
    districts = [row.code for row in refdata.places() if row.kind == "district"]
    assert sorted(row.district_code for row in refdata.delivery_zones()) == districts == sorted(districts)
    assert refdata.delivery_zone("3578041004").zone_name == "Surabaya Selatan"


@pytest.mark.parametrize("city", CITIES)
def test_the_map_has_one_cell_with_its_lamp_for_each_kelurahan(city):
    drawn = refdata.city_map(city)
    assert drawn.label == "perkiraan wilayah"
    assert [cell.village_code for cell in drawn.cells] == [row.code for row in refdata.villages_of(city)]
    _, _, width, height = drawn.view_box
    for cell in drawn.cells:
        assert re.fullmatch(r"M\d+ \d+l[-\d ]+z", cell.path)
        assert 0 < cell.x < width and 0 < cell.y < height
    codes = {row.parent_code for row in refdata.villages_of(city)}
    assert {code for code, _ in drawn.districts} == codes


def test_north_is_up_and_east_is_right_on_the_map():
    drawn = {cell.village_code: cell for cell in refdata.city_map("3578").cells}
    villages = refdata.villages_of("3578")
    northern = max(villages, key=lambda row: row.latitude)
    eastern = max(villages, key=lambda row: row.longitude)
    assert drawn[northern.code].y == min(cell.y for cell in drawn.values())
    assert drawn[eastern.code].x == max(cell.x for cell in drawn.values())


def test_the_map_of_surabaya_stays_small_on_a_slow_link():
    assert len(gzip.compress((refdata.DATA / "cells_surabaya.json").read_bytes())) <= 6_000


def test_packs_and_commodities_agree_and_nothing_weighs_less_than_its_content():
    for row in refdata.packs():
        commodity = refdata.commodity(row.commodity)
        assert row.code.startswith(row.commodity.rstrip("3"))
        content_g = row.size_base if commodity.base_unit == "g" else row.size_base * 0.9
        assert row.weight_g >= content_g * 0.99
    assert len({row.code for row in refdata.packs()}) == len(refdata.packs())


def test_the_legal_shortage_tolerance_follows_the_pack_s_weight():
    tolerance = {row.code: row.tolerance_g for row in refdata.packs()}
    assert tolerance["BRS-PRM-5"] == tolerance["BRS-SPHP-5"] == 75
    assert tolerance["BRS-PRM-10"] == 150
    assert tolerance["BRS-PRM-25"] == tolerance["TRG-25"] == 250
    assert tolerance["BRS-MED-50"] == tolerance["GULA-50"] == 500
    assert tolerance["LPG-3"] is None


def test_repacking_loses_and_invents_nothing():
    for row in refdata.repacks():
        large, small = refdata.pack(row.from_pack), refdata.pack(row.to_pack)
        assert large.commodity == small.commodity
        assert large.size_base == row.pieces * small.size_base
        assert (large.kind, small.kind) == ("bulk", "retail")


def test_subsidised_rice_is_never_repacked_or_resold():
    assert not refdata.commodity("BRS-SPHP").resale_allowed
    assert not [row for row in refdata.repacks() if "SPHP" in row.from_pack]


@pytest.mark.parametrize(
    ("commodity", "kind", "level", "amount_rp"),
    [
        ("BRS-MED", "HET", "consumer", 13_500),
        ("BRS-PRM", "HET", "consumer", 14_900),
        ("BRS-SPHP", "ADMIN_BUY", "outlet", 11_000),
        ("BRS-SPHP", "HET", "consumer", 12_500),
        ("LPG3", "ADMIN_BUY", "pangkalan", 16_000),
        ("LPG3", "HET", "consumer", 18_000),
        ("MKT", "ADMIN_BUY", "d2", 14_000),
        ("MKT", "ADMIN_BUY", "retailer", 14_500),
        ("MKT", "HET", "consumer", 15_700),
        ("GULA", "HAP", "consumer", 17_500),
        ("TLR", "HAP", "consumer", 30_000),
        ("UREA", "HET", "consumer", 1_800),
    ],
)
def test_the_rule_in_force_in_east_java_is_the_published_one(commodity, kind, level, amount_rp):
    found = refdata.price_rule(commodity, kind, TODAY, level)
    assert found is not None and found.amount_rp == amount_rp


def test_an_older_order_keeps_the_ceiling_of_its_day():
    before, after = date(2025, 8, 21), date(2025, 8, 22)
    assert [refdata.price_rule("BRS-MED", "HET", on).amount_rp for on in (before, after)] == [12_500, 13_500]
    assert refdata.price_rule("LPG3", "HET", date(2025, 1, 14)).amount_rp == 16_000
    assert refdata.price_rule("BRS-SPHP", "HET", date(2024, 4, 30)) is None


def test_other_provinces_do_not_get_east_java_s_gas_price():
    assert refdata.price_rule("LPG3", "HET", TODAY, province="33") is None
    assert refdata.price_rule("GULA", "HAP", TODAY, province="33").amount_rp == 17_500


def test_no_two_rules_hold_at_the_same_time_for_the_same_thing():
    groups: dict[tuple[str, ...], list[tuple[date, date]]] = {}
    for row in refdata.price_rules():
        key = (row.commodity, row.region_key, row.channel_level, row.kind)
        groups.setdefault(key, []).append((row.valid_from, row.valid_to or date.max))
    for spans in groups.values():
        for (_, ended), (started, _) in zip(sorted(spans), sorted(spans)[1:], strict=False):
            assert ended < started


def test_every_rule_quota_and_price_names_its_source_and_how_sure_it_is():
    for row in (*refdata.price_rules(), *refdata.quotas(), *refdata.market_prices()):
        assert row.confidence in CONFIDENCE
        assert refdata.commodity(row.commodity)
        if row.confidence != "asumsi":
            assert urlparse(row.source_url).scheme in ("http", "https")


def test_units_of_rules_and_prices_are_the_commodity_s_own():
    for row in (*refdata.price_rules(), *refdata.market_prices()):
        assert row.unit == refdata.commodity(row.commodity).price_unit
    for row in refdata.quotas():
        assert row.base_unit == refdata.commodity(row.commodity).base_unit


def test_subsidised_rice_is_limited_per_pick_up_and_per_buyer():
    def limit(kind: str, on: date) -> list[int]:
        rows = [row for row in refdata.quotas() if (row.commodity, row.kind) == ("BRS-SPHP", kind)]
        return [row.amount_base for row in rows if refdata.in_force(row, on)]

    assert limit("outlet_pickup", TODAY) == [2_000_000]
    assert limit("consumer_cap", date(2026, 1, 31)) == [10_000]
    assert limit("consumer_cap", TODAY) == [25_000]


def test_the_reference_price_is_the_newest_observation_but_never_above_the_ceiling():
    assert refdata.reference_price_rp("BRS-MED", date(2026, 1, 28)) == 12_893
    assert refdata.reference_price_rp("BRS-MED", TODAY) == 12_909
    assert refdata.reference_price_rp("MKT", TODAY) == 15_700
    assert refdata.reference_price_rp("LPG3", TODAY) == 18_000
    with pytest.raises(LookupError):
        refdata.reference_price_rp("MGK", date(2025, 12, 31))


def test_a_pack_costs_its_content_times_the_unit_price():
    assert refdata.pack_price_rp("BRS-PRM-25", 14_900) == 372_500
    assert refdata.pack_price_rp("MKT-12", 14_500) == 174_000
    assert refdata.pack_price_rp("LPG-3", 16_000) == 16_000


def test_small_vehicles_reach_every_door_and_large_ones_only_wide_roads():
    reached = {
        code: [access for access in ("any", "small", "pickup") if refdata.can_reach(code, access)]
        for code in ("pickup", "cde", "cdd")
    }
    assert reached == {"pickup": ["any", "small", "pickup"], "cde": ["any", "small"], "cdd": ["any"]}
    assert [row.payload_g for row in refdata.vehicles()] == [1_000_000, 2_000_000, 4_000_000]


def test_every_supplier_is_used_has_a_home_and_public_bodies_say_they_are_examples():
    used = {offer.supplier for city in CITIES for offer in refdata.offers(city)}
    assert used == {row.code for row in refdata.suppliers()}
    for row in refdata.suppliers():
        assert refdata.place(row.place_code).kind in ("city", "district")
        assert refdata.vehicle(row.vehicle)
        assert row.fictional or row.name.endswith("(contoh)")


@pytest.mark.parametrize(("city", "at_least"), [("3578", 30), ("3573", 15), ("3574", 12)])
def test_each_city_has_suppliers_for_every_commodity_of_the_story(city, at_least):
    offers = refdata.offers(city)
    assert len({offer.supplier for offer in offers}) >= at_least
    wanted = {row.bulk_pack for row in refdata.consumption()}
    assert {offer.pack for offer in offers} == wanted and len(wanted) >= 8


def _all_offers() -> list[OfferRow]:
    return [offer for city in CITIES for offer in refdata.offers(city)]


@pytest.mark.parametrize("offer", _all_offers(), ids=lambda offer: offer.code)
def test_an_offer_keeps_the_rules_of_the_form(offer):
    starts = [tier.from_packs for tier in offer.tiers]
    prices = [tier.price_rp for tier in offer.tiers]
    assert starts[0] == 1 and starts == sorted(set(starts))
    assert prices == sorted(set(prices), reverse=True)
    assert max(starts[-1], offer.min_total_packs, offer.min_per_need_packs) <= offer.capacity_packs
    assert offer.capacity_packs % offer.lot_packs == 0 and offer.min_per_need_packs % offer.lot_packs == 0
    assert offer.terms in ("prepaid", "cod", "tempo_14", "tempo_30")
    assert offer.freight_mode in ("pack", "truck") and offer.areas
    assert all(area.place_code.startswith(offer.city) for area in offer.areas)
    assert offer.min_load_g <= refdata.vehicle(refdata.supplier(offer.supplier).vehicle).payload_g


def test_administered_goods_come_only_from_authorised_sources_at_the_rule_s_price():
    level = {"BRS-SPHP": "outlet", "LPG3": "pangkalan", "MKT": "retailer"}
    for offer in _all_offers():
        commodity = refdata.pack(offer.pack).commodity
        if commodity not in ADMINISTERED:
            continue
        assert commodity in refdata.supplier(offer.supplier).authorised
        rule = refdata.price_rule(commodity, "ADMIN_BUY", TODAY, level[commodity])
        assert offer.tiers == (TierRow(1, refdata.pack_price_rp(offer.pack, rule.amount_rp)),)


def test_each_kelurahan_of_surabaya_has_exactly_one_gas_agent():
    agents = [offer for offer in refdata.offers("3578") if offer.pack == "LPG-3"]
    for village in refdata.villages_of("3578"):
        assert len([offer for offer in agents if refdata.area_rate(offer, village.code)]) == 1


def test_producers_ask_less_than_households_pay_but_not_fairy_tale_prices():
    for offer in _all_offers():
        reference = refdata.pack_price_rp(
            offer.pack, refdata.reference_price_rp(refdata.pack(offer.pack).commodity, TODAY)
        )
        cheapest, dearest = offer.tiers[-1].price_rp, offer.tiers[0].price_rp
        assert 0.86 * reference < cheapest <= dearest < 0.97 * reference, offer.code


def test_the_most_exact_area_decides_the_freight():
    offer = refdata.offers("3574")[0]
    wide, exact = AreaRateRow("3574", 900), AreaRateRow("357403", 500)
    layered = OfferRow(**{**{name: getattr(offer, name) for name in offer.__slots__}, "areas": (wide, exact)})
    assert refdata.area_rate(layered, "3574031001") is exact
    assert refdata.area_rate(layered, "3574011001") is wide
    assert refdata.area_rate(layered, "3578041004") is None


@pytest.mark.parametrize("city", CITIES)
def test_households_add_up_to_the_city_s_population(city):
    rows = [row for row in refdata.households() if row.village_code.startswith(city)]
    assert [row.village_code for row in rows] == [row.code for row in refdata.villages_of(city)]
    people = refdata.assumption("persons_per_household") * sum(row.households for row in rows)
    assert people == pytest.approx(refdata.assumption("population", city), rel=0.002)


def test_assumptions_are_marked_as_such_and_name_each_cooperative_s_level():
    assert {row.confidence for row in refdata.assumptions()} <= CONFIDENCE
    for city in CITIES:
        levels = ("strong", "growing", "starting", "dormant", "not_started")
        total = sum(refdata.assumption(f"level_{level}", city) for level in levels)
        assert total == len(refdata.villages_of(city))


def test_there_are_two_hundred_different_names_half_of_them_women_s():
    names = refdata.people_names()
    assert len({row.name for row in names}) == len(names) == 200
    assert Counter(row.gender for row in names) == {"female": 100, "male": 100}


def test_the_readme_describes_every_file():
    readme = (refdata.DATA / "README.md").read_text(encoding="utf-8")
    for path in refdata.DATA.iterdir():
        described = re.sub(r"_(surabaya|malang|probolinggo)\.", "_<city>.", path.name)
        assert path.name == "README.md" or f"`{described}`" in readme, path.name
