"""The story's cooperatives and needs: same seed, same story; sizes as in the few real reports."""

from collections import Counter

import pytest

from market import refdata
from market.refdata import needs

CITIES = sorted(refdata.CITIES.values())
NGAGEL_REJO = "3578041004"


def test_the_same_seed_tells_the_same_story_and_another_seed_another():
    assert needs.needs_for("3574", 1) == needs.needs_for("3574", 1)
    assert needs.needs_for("3574", 1) != needs.needs_for("3574", 2)


def test_a_fixed_fingerprint_shows_that_no_machine_tells_it_differently():
    first = needs.needs_for("3578")[0]
    told = (first.village_code, first.pack, first.wanted_packs, first.needed_in_days)
    assert told == ("3578011001", "BRS-PRM-25", 2, 8)


@pytest.mark.parametrize(
    ("city", "cooperatives", "at_least"), [("3578", 153, 400), ("3573", 57, 120), ("3574", 29, 70)]
)
def test_every_kelurahan_has_its_cooperative_and_the_city_enough_needs(city, cooperatives, at_least):
    assert len({row.village_code for row in needs.cooperatives_for(city)}) == cooperatives
    asked = needs.needs_for(city)
    assert len(asked) >= at_least
    assert len({need.commodity for need in asked}) >= 8


@pytest.mark.parametrize("city", CITIES)
def test_some_cooperatives_sleep_and_ask_for_nothing(city):
    cooperatives = needs.cooperatives_for(city)
    for level, count in Counter(row.level for row in cooperatives).items():
        assert refdata.assumption(f"level_{level}", city) == count
    asleep = {row.village_code for row in cooperatives if row.level in ("dormant", "not_started")}
    assert asleep and asleep.isdisjoint(need.village_code for need in needs.needs_for(city))
    assert all((row.quiet_days is None) == (row.level == "not_started") for row in cooperatives)


def test_names_are_official_and_twins_are_told_apart_by_district():
    names = [row.name for row in needs.cooperatives_for("3578")]
    assert len(set(names)) == 153
    assert "Koperasi Kelurahan Merah Putih Ngagel Rejo" in names
    assert "Koperasi Kelurahan Merah Putih Wonorejo (Rungkut)" in names
    assert "Koperasi Kelurahan Merah Putih Wonorejo (Tegalsari)" in names


def test_the_reported_first_month_of_ngagel_rejo_comes_out_of_the_rates():
    people = 3 * next(row.households for row in refdata.households() if row.village_code == NGAGEL_REJO)

    def month(*codes: str) -> float:
        rows = [row for row in refdata.consumption() if row.commodity in codes]
        return sum(people * row.base_per_head_month * row.share_strong_bp / 10_000 for row in rows)

    assert month("BRS-MED", "BRS-PRM", "BRS-SPHP") == pytest.approx(4_000_000, rel=0.03)
    assert month("GULA") == pytest.approx(1_200_000, rel=0.03)
    assert month("MKT", "MGK") == pytest.approx(5_760_000, rel=0.03)


def test_a_strong_cooperative_s_fortnight_is_about_half_of_its_reported_month():
    asked = {row.commodity: row for row in needs.needs_for("3578") if row.village_code == NGAGEL_REJO}
    rice_g = sum(
        row.wanted_packs * refdata.pack(row.pack).size_base
        for row in asked.values()
        if row.commodity.startswith("BRS-")
    )
    assert 1_400_000 < rice_g < 2_400_000
    assert {row.weight for row in asked.values()} == {220}


def test_known_cooperatives_keep_what_is_reported_of_them():
    by_village = {row.village_code: row for row in needs.cooperatives_for("3578")}
    assert (by_village[NGAGEL_REJO].level, by_village[NGAGEL_REJO].members) == ("strong", 59)
    for known in refdata.known_cooperatives():
        cooperatives = needs.cooperatives_for(known.village_code[:4])
        told = next(row.level for row in cooperatives if row.village_code == known.village_code)
        assert told == known.level


@pytest.mark.parametrize("city", CITIES)
def test_a_need_is_whole_packs_with_a_ceiling_below_the_law_s(city):
    for need in needs.needs_for(city):
        assert 1 <= need.wanted_packs <= need.at_most_packs <= 2 * need.wanted_packs
        assert 2 <= need.needed_in_days <= 14 and need.weight >= 1 and need.terms
        legal = refdata.price_rule(need.commodity, "HET", needs.PRICES_ON)
        if legal and need.ceiling_rp is not None:
            assert need.ceiling_rp < refdata.pack_price_rp(need.pack, legal.amount_rp)


@pytest.mark.parametrize("city", CITIES)
def test_administered_goods_are_asked_within_their_quota_and_never_without_a_ceiling(city):
    for need in needs.needs_for(city):
        if refdata.commodity(need.commodity).price_class == "administered":
            assert need.at_most_packs == need.wanted_packs and need.ceiling_rp is not None
        if need.commodity == "BRS-SPHP":
            assert need.wanted_packs * 5_000 <= 2_000_000 and need.wanted_packs % 10 == 0
        if need.commodity == "LPG3":
            assert need.wanted_packs % needs.LPG_DROP == 0 and need.wanted_packs <= 800


def approved_rp_by_village(city: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for need in needs.needs_for(city):
        total[need.village_code] += needs.reference_rp(need)
    return total


@pytest.mark.parametrize("city", CITIES)
def test_a_treasurer_lets_through_what_the_purse_pays_or_sets_cash_aside(city):
    purse = {row.village_code: row.cash_rp for row in needs.cooperatives_for(city)}
    total = approved_rp_by_village(city)
    fit = refdata.assumption("cash_fit_percent")
    limited = {need.village_code for need in needs.needs_for(city) if need.cash_rp is not None}
    for village, approved in total.items():
        assert village in limited or 100 * approved <= fit * purse[village]


@pytest.mark.parametrize("city", CITIES)
def test_cash_set_aside_is_the_purse_divided_and_pays_one_pack_at_least(city):
    purse = {row.village_code: row.cash_rp for row in needs.cooperatives_for(city)}
    shares: Counter[str] = Counter()
    for need in needs.needs_for(city):
        if need.cash_rp is not None:
            one = needs.reference_rp(need) // need.wanted_packs
            assert need.cash_rp >= one
            shares[need.village_code] += need.cash_rp if need.cash_rp > one else 0
    assert all(share <= purse[village] for village, share in shares.items())


def test_only_a_minority_is_bound_by_cash():
    asked = needs.needs_for("3578")
    bound = sum(need.cash_rp is not None for need in asked)
    assert 0.04 < bound / len(asked) < 0.2
    cash = sorted(row.cash_rp for row in needs.cooperatives_for("3578"))
    assert cash[len(cash) // 4] <= 4_000_000 and cash[-1] <= 110_000_000


@pytest.mark.parametrize("city", CITIES)
def test_payment_and_road_differ_between_cooperatives(city):
    cooperatives = needs.cooperatives_for(city)
    assert {row.truck_access for row in cooperatives} == {"any", "small", "pickup"}
    assert {len(row.terms) for row in cooperatives} == {2, 3, 4}


def test_who_takes_only_credit_is_not_made_to_prepay():
    cooperatives = needs.cooperatives_for("3578")
    on_credit_only = {row.village_code for row in cooperatives if row.terms == ("tempo_14", "tempo_30")}
    assert on_credit_only
    for need in needs.needs_for("3578"):
        if need.village_code in on_credit_only:
            assert need.terms == ("tempo_14", "tempo_30")


def test_a_board_has_six_different_people_and_enough_women():
    for village in refdata.villages_of("3574"):
        board = needs.officers_for(village.code)
        assert [row.office for row in board] == list(needs.OFFICES)
        assert len({row.name for row in board}) == 6
        assert sum(row.gender == "female" for row in board) == 3


def test_the_story_s_prices_are_those_of_the_newest_observation():
    assert max(row.observed_on for row in refdata.market_prices()) == needs.PRICES_ON
