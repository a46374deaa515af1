"""Made-up problems stand on real villages, and what is near is found without trying everything."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from matching.data.draw import draw, villages
from matching.generate import generate
from matching.ground import ground, middles, nearest

ROOT = Path(__file__).resolve().parents[2]


def test_the_country_has_all_villages_whose_place_is_known() -> None:
    country = ground("", 0.0)
    assert len(country.km) == 83_379
    assert np.unique(country.district).size == 7_285
    assert np.all(country.district >= 0)


def test_kelurahan_of_surabaya_lie_where_the_register_says() -> None:
    """The same source was read for the market's own places, by another way."""
    text = (ROOT / "market" / "data" / "places.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["code"].startswith("3578")]
    known = sorted((row["code"], row) for row in rows if row["kind"] == "village")
    city = ground("3578", 0.0)
    assert len(city.km) == len(known) == 153
    assert city.district.tolist() == [int(code[:6]) for code, _ in known]
    latitude = np.array([float(row["latitude"]) for _, row in known])
    longitude = np.array([float(row["longitude"]) for _, row in known])
    north = (city.km[:, 0] - city.km[0, 0]) / 111.2
    east = (city.km[:, 1] - city.km[0, 1]) / (111.2 * np.cos(np.radians(latitude.mean())))
    assert np.abs(north - (latitude - latitude[0])).max() < 0.0011
    assert np.abs(east - (longitude - longitude[0])).max() < 0.0011


def test_suppliers_of_a_city_may_sit_around_it_but_not_far() -> None:
    city, wide = ground("3578", 0.0), ground("3578", 12.0)
    assert len(wide.km) > 2 * len(city.km)
    assert (wide.district >= 0).sum() == len(city.km)
    inside = wide.km[wide.district >= 0]
    assert np.all(wide.km >= inside.min(axis=0) - 12.0)
    assert np.all(wide.km <= inside.max(axis=0) + 12.0)


@pytest.mark.parametrize(("points", "spots", "count"), [(1, 5, 2), (300, 40, 7), (90, 400, 32), (7, 3, 5)])
def test_the_nearest_are_those_that_trying_all_finds(points: int, spots: int, count: int) -> None:
    dice = np.random.default_rng([points, spots])
    here, there = dice.normal(0, 9, (points, 2)), dice.normal(0, 9, (spots, 2)) ** 3
    found = nearest(here, there, count)
    for row, point in enumerate(here):
        apart = ((there - point) ** 2).sum(axis=1)
        assert found[row].tolist() == sorted(np.argsort(apart, kind="stable")[:count].tolist())


def test_points_on_one_spot_are_no_trouble() -> None:
    found = nearest(np.zeros((200, 2)), np.zeros((9, 2)), 4)
    assert found.tolist() == [[0, 1, 2, 3]] * 200


def test_a_district_lies_in_the_middle_of_its_villages() -> None:
    km = np.array([[0.0, 0.0], [2.0, 4.0], [5.0, 5.0]])
    assert middles(km, np.array([0, 0, 1]), 2).tolist() == [[1.0, 2.0], [5.0, 5.0]]


def test_the_drawing_leaves_out_what_has_no_place(tmp_path: Path) -> None:
    folder = tmp_path / "villages"
    folder.mkdir()
    rows = ["id,district_id,name,postal_code,latitude,longitude"]
    rows += ["3578012001,357801,B,,-7.2504,112.7508", "3501011001,350101,A,,-8.1,111.1"]
    rows += ["3578012002,357801,unknown,,,", "3578012003,357801,in the sea,,0.0,0.0"]
    with gzip.open(folder / "villages_35.csv.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(rows))
    draw(list(villages(tmp_path)), tmp_path / "villages.npz")
    with np.load(tmp_path / "villages.npz") as drawn:
        assert drawn["district"].tolist() == [350101, 357801]
        assert drawn["start"].tolist() == [0, 1, 2]
        assert drawn["place"].tolist() == [[-8100, -6900], [-7250, -5249]]


def test_a_city_names_the_districts_of_surabaya() -> None:
    city = generate("city", 3)
    assert len(city.district_id) == 31
    assert all(name.startswith("3578") for name in city.district_id)
    assert city.n_buyers == 153


def test_in_a_province_what_is_far_costs_more_freight() -> None:
    city, province = generate("city", 1), generate("province", 1)
    assert all(name.startswith("35") for name in province.district_id)
    rate = [np.median(p.freight_rp / p.lane_unit_g) for p in (city, province)]
    assert rate[0] < rate[1]
