"""Rupiah: read with certainty, written one way, shared to the last one."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core.errors import Refused
from market.core.money import MAX_RP, div_round, format_rp, group, parse_rp, split, terbilang

AMOUNTS = st.integers(-MAX_RP, MAX_RP)

GOOD = {
    "0": 0,
    "7": 7,
    "12500": 12_500,
    "12.500": 12_500,
    "1.250.000": 1_250_000,
    "Rp12.500": 12_500,
    "Rp 12.500": 12_500,
    "rp. 12.500": 12_500,
    "RP12500": 12_500,
    "Rp\u00a012.500": 12_500,
    "  12.500  ": 12_500,
    "12.500,00": 12_500,
    "12.500,0": 12_500,
    "12.500,-": 12_500,
    "1000000000000": MAX_RP,
}

BAD = [
    *("", " ", "\t", "Rp", "-", ".", ",", "Rp ,00", "abc", "dua ribu", "12500 rupiah", "USD 12", "$12"),
    *("12,500", "12.500,50", "12500,01", "12.500,000", "12,5", "0,5", "12.500.", ".500", "1.2", "12.50"),
    *(
        "1.25.000",
        "1.2500",
        "12.5000",
        "1..250",
        "1.250..000",
        "0.500",
        "00",
        "007",
        "1 250",
        "1'250",
        "1_250",
    ),
    *("1e3", "1E3", "1e309", "0x10", "0b1", "NaN", "nan", "inf", "Infinity", "1/2", "50%", "1+1", "=1+1"),
    *("१२", "١٢٣", "１２", "Ⅻ", "²", "½", "12५", "1\u200b2", "\x0012", "12\x00", "\ud800", "12\n500", "--5"),
    *("−5", "1000000000001", "9223372036854775808", "9" * 40, "9" * 5_000, "1" + "." + "0" * 3 + "." * 40),
]


@pytest.mark.parametrize(("typed", "value"), GOOD.items())
def test_usual_ways_of_writing_rupiah_are_understood(typed, value):
    assert parse_rp(typed) == value


@pytest.mark.parametrize("typed", BAD)
def test_whatever_is_not_certain_is_refused_in_words_and_never_guessed(typed):
    with pytest.raises(Refused) as refused:
        parse_rp(typed, negative=True)
    assert len(refused.value.message) > 10


@pytest.mark.parametrize("value", [12.5, 12.0, True, None, b"12", [12]])
def test_only_text_and_whole_numbers_are_amounts(value):
    with pytest.raises(Refused):
        parse_rp(value)


@pytest.mark.parametrize("typed", ["-1", "-Rp12.500", "- 5", -1])
def test_a_negative_amount_must_be_asked_for(typed):
    with pytest.raises(Refused, match="kurang dari nol"):
        parse_rp(typed)
    assert parse_rp(typed, negative=True) < 0


def test_the_largest_amount_is_named_in_the_refusal():
    assert parse_rp(MAX_RP) == MAX_RP
    with pytest.raises(Refused, match=r"Rp1\.000\.000\.000\.000"):
        parse_rp(MAX_RP + 1)
    with pytest.raises(Refused):
        parse_rp(-MAX_RP - 1, negative=True)


@given(AMOUNTS)
def test_what_is_written_is_read_back(value):
    assert parse_rp(format_rp(value), negative=True) == value
    assert parse_rp(str(value), negative=True) == value


@given(st.text(max_size=60))
def test_no_text_whatever_breaks_the_reader(typed):
    with suppress(Refused):
        assert 0 <= parse_rp(typed) <= MAX_RP


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "Rp0"), (999, "Rp999"), (12_500, "Rp12.500"), (-12_500, "-Rp12.500"), (10**9, "Rp1.000.000.000")],
)
def test_rupiah_are_written_one_way(value, shown):
    assert format_rp(value) == shown


def test_groups_of_three():
    assert group(1_250_000) == "1.250.000"
    assert group(-1_250) == "-1.250"


WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_shares_sum_exactly_to_the_total_and_stay_within_one_rupiah_of_fair(total, weights):
    shares = split(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)
        if weight == 0:
            assert share == 0


@given(AMOUNTS, WEIGHTS)
def test_a_reversed_amount_splits_into_the_reversed_shares(total, weights):
    assert split(-total, weights) == [-share for share in split(total, weights)]


@given(st.integers(0, MAX_RP), WEIGHTS)
def test_a_larger_weight_never_gets_the_smaller_share(total, weights):
    pairs = sorted(zip(weights, split(total, weights), strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(pairs) if a[0] < b[0])


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (2, [1, 1, 1], [1, 1, 0]),
        (10, [3, 3, 4], [3, 3, 4]),
        (5, [1, 2, 7], [1, 1, 3]),
        (0, [1, 2], [0, 0]),
        (0, [], []),
        (0, [0, 0], [0, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
    ],
)
def test_leftover_rupiah_go_to_the_largest_remainder_then_to_the_first(total, weights, shares):
    assert split(total, weights) == shares


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_nobody_to_share_with_is_our_own_mistake(weights):
    with pytest.raises(ValueError, match="weight"):
        split(5, weights)


@pytest.mark.parametrize(
    ("n", "d", "rounded"),
    [(1, 2, 1), (3, 2, 2), (-1, 2, -1), (1, 3, 0), (2, 3, 1), (-2, 3, -1), (1, -2, -1), (7, 1, 7), (0, 5, 0)],
)
def test_halves_are_rounded_away_from_zero(n, d, rounded):
    assert div_round(n, d) == rounded


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**15))
def test_rounding_is_exact_for_numbers_no_float_could_hold(n, d):
    rounded = div_round(n, d)
    assert abs(2 * (rounded * d - n)) <= d
    assert div_round(-n, d) == -rounded == div_round(n, -d)


def test_division_by_nothing_is_our_own_mistake():
    with pytest.raises(ZeroDivisionError):
        div_round(1, 0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "nol"),
        (7, "tujuh"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (20, "dua puluh"),
        (99, "sembilan puluh sembilan"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (210, "dua ratus sepuluh"),
        (1_000, "seribu"),
        (1_250, "seribu dua ratus lima puluh"),
        (1_999, "seribu sembilan ratus sembilan puluh sembilan"),
        (2_000, "dua ribu"),
        (11_000, "sebelas ribu"),
        (100_000, "seratus ribu"),
        (101_000, "seratus satu ribu"),
        (1_001_000, "satu juta seribu"),
        (14_160_000, "empat belas juta seratus enam puluh ribu"),
        (1_000_000_000, "satu miliar"),
        (10**12, "satu triliun"),
        (-5, "minus lima"),
    ],
)
def test_amounts_in_words_as_on_a_receipt(value, words):
    assert terbilang(value) == words


_NAMES = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
_DIGITS = {word: i for i, word in enumerate(_NAMES)}
_SCALE = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12}


def _read_words(words):
    """An independent reader: digits gather into a group, a scale word closes it."""
    total = group_value = digit = 0
    for word in words.split():
        if word in _SCALE:
            total, group_value, digit = total + (group_value + digit) * _SCALE[word], 0, 0
        elif word == "seribu":
            total += 1000
        elif word in {"sepuluh", "sebelas", "seratus"}:
            group_value += {"sepuluh": 10, "sebelas": 11, "seratus": 100}[word]
        elif word in {"belas", "puluh", "ratus"}:
            group_value += 10 + digit if word == "belas" else digit * (10 if word == "puluh" else 100)
            digit = 0
        else:
            digit = _DIGITS[word]
    return total + group_value + digit


@given(st.integers(0, 10**15 - 1))
def test_the_words_mean_the_number(value):
    assert _read_words(terbilang(value)) == value


def test_too_large_for_words_is_said():
    with pytest.raises(ValueError, match="too large"):
        terbilang(10**15)
