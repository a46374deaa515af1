"""Made-up problems are valid, believable in shape and always the same for one seed."""

from __future__ import annotations

import numpy as np
import pytest

from matching.generate import SCALES, generate
from matching.problem import Problem


def test_a_city_has_the_size_of_a_city() -> None:
    city = generate("city", 0)
    assert (city.n_needs, city.n_offers) == (918, 150)
    assert 9_500 < city.n_lanes < 11_500
    assert city.n_trips > 1_000
    assert set(city.closed_reason) == {"area", "date", "permit"}


def test_the_same_seed_gives_the_same_city() -> None:
    assert generate("city", 4).sha256 == generate("city", 4).sha256
    assert generate("city", 4).sha256 != generate("city", 5).sha256


@pytest.mark.parametrize("seed", range(5))
def test_a_city_is_a_valid_problem_file(seed: int) -> None:
    city = generate("city", seed)
    assert Problem.from_document(city.to_document()).sha256 == city.sha256


def test_there_is_enough_of_everything_and_every_feature_occurs() -> None:
    city = generate("city", 0)
    for good in range(city.n_commodities):
        supply = city.capacity[city.offer_commodity == good].sum()
        assert supply > city.wanted[city.need_commodity == good].sum()
    columns = (city.ceiling_rp, city.cash_rp, city.max_weight_g, city.trip_max, city.max_suppliers)
    for column in columns:
        assert np.any(column >= 0)
        assert np.any(column < 0)
    for flags in (city.lot > 1, city.min_total > 0, city.fixed_rp > 0, city.credit, city.min_fill > 0):
        assert 0 < flags.sum() < flags.size


def test_the_three_scales_have_names_and_another_name_is_refused() -> None:
    assert set(SCALES) == {"city", "province", "nation"}
    with pytest.raises(KeyError):
        generate("village")


@pytest.mark.slow
def test_a_province_has_the_size_of_a_province() -> None:
    province = generate("province", 0)
    assert (province.n_needs, province.n_offers) == (34_002, 2_000)
    assert 620_000 < province.n_lanes < 740_000
