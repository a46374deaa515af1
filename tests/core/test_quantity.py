"""Goods: exact in the smallest unit, read and written as people do."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core.errors import Refused
from market.core.i18n import use_locale
from market.core.quantity import BASE_UNITS, MAX_BASE, format_base, format_packs, parse, whole_packs

GOOD = [
    ("2 ton", "g", 2_000_000),
    ("2ton", "g", 2_000_000),
    ("1,5 kg", "g", 1_500),
    ("1.500 kg", "g", 1_500_000),
    ("1.250,5 kg", "g", 1_250_500),
    ("25kg", "g", 25_000),
    ("25 KG", "g", 25_000),
    ("25 Kg.", "g", 25_000),
    ("25\u00a0kg", "g", 25_000),
    ("2 kuintal", "g", 200_000),
    ("3 ons", "g", 300),
    ("500 gram", "g", 500),
    ("0,001 kg", "g", 1),
    ("0 kg", "g", 0),
    ("10 liter", "ml", 10_000),
    ("1,5 L", "ml", 1_500),
    ("200 cc", "ml", 200),
    ("3 lusin", "pcs", 36),
    ("0,5 lusin", "pcs", 6),
    ("1 gros", "pcs", 144),
    ("1.200", "pcs", 1_200),
    ("24 buah", "pcs", 24),
]

BAD = [
    *("", " ", "kg", "25", "-2 kg", "+2 kg", "1.5 kg", "1,5,5 kg", "1e3 kg", "12.50 kg", "01 kg", "1 000 kg"),
    *(
        "2 liter",
        "2 sak",
        "2 kgg",
        "2 kg 500 g",
        "dua kg",
        "२ kg",
        "２ kg",
        "2 ｋｇ",
        "1/2 kg",
        "½ kg",
        "~2 kg",
    ),
    *(
        "NaN kg",
        "inf kg",
        "1,0005 kg",
        "0,5 g",
        "1,1234567 kg",
        ",5 kg",
        "5, kg",
        "2\x00kg",
        "2 \ud800",
        "2\nkg.",
    ),
    *("1000001 ton", "9223372036854775808 kg", "9" * 39 + "g", "9" * 5_000, "1e309 ton", "=2 kg", "2 kg;"),
]


@pytest.mark.parametrize(("typed", "base", "value"), GOOD)
def test_usual_ways_of_writing_amounts_are_understood(typed, base, value):
    assert parse(typed, base) == value


@pytest.mark.parametrize("typed", BAD)
def test_whatever_is_not_certain_or_not_whole_is_refused(typed):
    with pytest.raises(Refused) as refused:
        parse(typed, "g")
    assert len(refused.value.message) > 10


@pytest.mark.parametrize(
    ("typed", "base"), [("1,5", "pcs"), ("0,3 lusin", "pcs"), ("2 kg", "pcs"), ("2 kg", "ml")]
)
def test_a_unit_of_another_kind_and_half_a_piece_are_refused(typed, base):
    with pytest.raises(Refused):
        parse(typed, base)


def test_a_bare_number_counts_in_the_unit_of_the_field():
    assert parse("25", "g", default_unit="kg") == 25_000
    assert parse("25 g", "g", default_unit="kg") == 25
    with pytest.raises(Refused, match="satuannya"):
        parse("25", "g")


def test_an_unknown_base_unit_is_our_own_mistake():
    with pytest.raises(KeyError):
        parse("1 kg", "kg")


@pytest.mark.parametrize(
    ("value", "base", "shown"),
    [
        (1_250_000, "g", "1.250 kg"),
        (2_000_000, "g", "2.000 kg"),
        (1_250_500, "g", "1.250,5 kg"),
        (1_001, "g", "1,001 kg"),
        (999, "g", "999 g"),
        (0, "g", "0 kg"),
        (-1_500, "g", "-1,5 kg"),
        (-5, "g", "-5 g"),
        (10_000, "ml", "10 L"),
        (500, "ml", "500 ml"),
        (1_200, "pcs", "1.200 buah"),
    ],
)
def test_amounts_are_written_one_way(value, base, shown):
    assert format_base(value, base) == shown


@given(st.integers(0, MAX_BASE), st.sampled_from(BASE_UNITS))
def test_what_is_written_is_read_back(value, base):
    assert parse(format_base(value, base), base) == value


@given(st.text(max_size=60), st.sampled_from(BASE_UNITS))
def test_no_text_whatever_breaks_the_reader(typed, base):
    with suppress(Refused):
        assert 0 <= parse(typed, base) <= MAX_BASE


def test_packs_are_shown_with_what_they_hold():
    assert format_packs(80, 25_000, "g", "sak") == "80 sak (2.000 kg)"
    assert format_packs(80, 25_000, "g") == "80 × 25 kg (2.000 kg)"
    assert format_packs(1, 1_000, "ml", "botol") == "1 botol (1 L)"


def test_only_whole_packs_can_be_wanted_and_the_neighbours_are_named():
    assert whole_packs(2_000_000, 25_000, "g") == 80
    assert whole_packs(0, 25_000, "g") == 0
    with pytest.raises(Refused, match=r"475 kg atau 500 kg"):
        whole_packs(480_000, 25_000, "g")
    with pytest.raises(Refused, match=r"paling sedikit 25 kg"):
        whole_packs(10_000, 25_000, "g")


def test_the_refusal_speaks_the_language_of_the_moment():
    with use_locale("id"), pytest.raises(Refused, match="misalnya 25 kg"):
        parse("?", "g")
