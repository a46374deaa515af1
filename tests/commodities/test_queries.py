"""Which price rule binds where and when, and what it means per pack."""

from __future__ import annotations

from datetime import date

import pytest

from market.commodities import queries, services
from market.commodities.models import PriceObservation, PriceRule
from market.core import clock, db
from market.core.errors import NotFound

SURABAYA, MALUKU, MEDAN = "3578081003", "8101011001", "1271011001"


@pytest.fixture
def loaded(transaction):
    services.load_reference()


def test_the_ceiling_of_a_sack_is_the_ceiling_per_kilo_times_its_weight(loaded):
    sack = queries.pack_by_code("BRS-PRM-25")
    assert queries.ceiling_rp(sack, SURABAYA, date(2026, 1, 1)) == 14_900 * 25


def test_java_sumatra_and_maluku_have_their_own_rice_ceilings(loaded):
    sack, on = queries.pack_by_code("BRS-MED-25"), date(2026, 1, 1)
    ceilings = [queries.ceiling_rp(sack, place, on) for place in (SURABAYA, MEDAN, MALUKU)]
    assert ceilings == [13_500 * 25, 14_000 * 25, 15_500 * 25]


def test_a_past_day_keeps_the_rule_of_that_day(loaded):
    sack = queries.pack_by_code("BRS-MED-25")
    assert queries.ceiling_rp(sack, SURABAYA, date(2025, 8, 21)) == 12_500 * 25
    assert queries.ceiling_rp(sack, SURABAYA, date(2025, 8, 22)) == 13_500 * 25


def test_before_the_first_rule_nothing_binds(loaded):
    assert queries.ceiling_rp(queries.pack_by_code("BRS-MED-25"), SURABAYA, date(2020, 1, 1)) is None


def test_a_price_per_kilo_that_does_not_divide_is_rounded_down_per_pack(loaded):
    carton = queries.pack_by_code("MKT-12")
    assert carton.of_rule_rp(15_700) == 188_400
    half = queries.pack_by_code("TLR-15")
    half.size_base = 15_333
    assert half.of_rule_rp(30_001) == 30_001 * 15_333 // 1000


def test_a_city_rule_wins_over_the_province_and_the_nation(loaded):
    sack, on = queries.pack_by_code("GULA-50"), date(2026, 1, 1)
    for region, amount in (("35", 16_000), ("3578", 15_000)):
        db.session.add(
            PriceRule(
                commodity_id=sack.commodity_id,
                kind="HAP",
                channel="consumer",
                region_key=region,
                amount_rp=amount,
                valid_from_on=on,
                legal_ref="Keputusan uji",
                state="in_force",
                state_at=clock.now(),
            )
        )
    db.session.flush()
    assert queries.reference_rp(sack, SURABAYA, on) == 15_000 * 50
    assert queries.reference_rp(sack, "3573011001", on) == 16_000 * 50
    assert queries.reference_rp(sack, MEDAN, on) == 17_500 * 50


def test_sugar_has_a_reference_price_but_no_ceiling(loaded):
    sack, on = queries.pack_by_code("GULA-50"), date(2026, 1, 1)
    assert queries.ceiling_rp(sack, SURABAYA, on) is None
    assert queries.reference_rp(sack, SURABAYA, on) == 17_500 * 50


def test_a_cooperative_buys_administered_goods_at_its_own_link_of_the_chain(loaded):
    on = date(2026, 1, 1)
    prices = {
        code: queries.buy_price_rp(queries.pack_by_code(code), SURABAYA, on)
        for code in ("BRS-SPHP-5", "LPG-3", "MKT-12", "BRS-PRM-25")
    }
    assert prices == {"BRS-SPHP-5": 55_000, "LPG-3": 16_000, "MKT-12": 174_000, "BRS-PRM-25": None}
    assert queries.buy_price_rp(queries.pack_by_code("MKT-12"), SURABAYA, on, "d1") == 13_500 * 12


def test_the_gas_price_of_east_java_does_not_bind_elsewhere(loaded):
    assert queries.ceiling_rp(queries.pack_by_code("LPG-3"), MEDAN, date(2026, 1, 1)) is None


def test_subsidised_rice_is_limited_to_four_hundred_packs_in_seven_days(loaded):
    pack = queries.pack_by_code("BRS-SPHP-5")
    found = queries.quota(pack, date(2026, 1, 1))
    assert found is not None
    assert (queries.quota_packs(pack, date(2026, 1, 1)), found.period_days) == (400, 7)


def test_what_is_merely_usual_is_no_quota(loaded):
    gas = queries.pack_by_code("LPG-3")
    assert queries.quota_packs(gas, date(2026, 1, 1)) is None
    assert len(queries.quotas_of(gas.commodity_id, date(2026, 1, 1))) == 3


def test_the_consumer_cap_follows_the_date(loaded):
    pack = queries.pack_by_code("BRS-SPHP-5")
    assert queries.quota_packs(pack, date(2026, 1, 31), "consumer_cap") == 2
    assert queries.quota_packs(pack, date(2026, 2, 1), "consumer_cap") == 5


def test_the_market_price_is_the_newest_one_seen_by_that_day(loaded):
    sack = queries.pack_by_code("BRS-PRM-25")
    assert queries.market_price_rp(sack, SURABAYA, date(2026, 1, 27)) == 14_888 * 25
    assert queries.market_price_rp(sack, SURABAYA, date(2026, 2, 1)) == 14_829 * 25
    assert queries.market_price_rp(sack, SURABAYA, date(2025, 1, 1)) is None


def test_a_price_seen_in_the_city_counts_before_the_province_average(loaded):
    sack = queries.pack_by_code("BRS-PRM-25")
    seen = {"region_key": "3578", "amount_rp": 14_000, "observed_on": date(2026, 1, 1), "source": "pasar"}
    db.session.add(PriceObservation(commodity_id=sack.commodity_id, level="retail", **seen))
    db.session.flush()
    assert queries.market_price_rp(sack, SURABAYA, date(2026, 2, 1)) == 14_000 * 25


def test_goods_that_come_in_one_pack_only_are_bought_together_in_it(loaded):
    bulk = {pack.code for pack in queries.packs(bulk=True)}
    assert {"BRS-PRM-25", "BRS-SPHP-5", "LPG-3", "MKT-12"} <= bulk
    assert not {"BRS-PRM-5", "MKT-1", "GULA-1"} & bulk
    assert {pack.code for pack in queries.packs(retail=True)} >= {"BRS-PRM-5", "LPG-3"}


def test_a_pack_says_what_one_of_it_is_called(loaded):
    words = {
        code: queries.pack_by_code(code).unit_word for code in ("BRS-PRM-25", "LPG-3", "TLR-15", "MKT-12")
    }
    assert words == {"BRS-PRM-25": "sak", "LPG-3": "tabung", "TLR-15": "peti", "MKT-12": "karton"}
    assert queries.pack_by_code("BRS-PRM-25").name == "Beras premium, sak 25 kg"


@pytest.mark.parametrize("wrong", [0, -1, 10**30])
def test_ids_that_cannot_be_are_simply_not_found(loaded, wrong):
    with pytest.raises(NotFound):
        queries.pack(wrong)
    with pytest.raises(NotFound):
        queries.commodity(wrong)


def test_every_province_of_java_is_in_the_first_rice_zone():
    assert all("zone1" in queries.region_keys(code) for code in ("31", "32", "33", "34", "35", "36"))
    assert queries.region_keys("3578081003")[:2] == ["3578", "35"]
    assert queries.region_keys(None) == ["national"]


def test_no_province_is_in_two_rice_zones():
    zones = [
        province
        for name, provinces in queries.ZONES.items()
        if name.startswith("zone")
        for province in provinces
    ]
    assert len(zones) == len(set(zones)) == 38
