"""Typed text: what may be stored, and what a person is told otherwise."""

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core.errors import Refused
from market.core.text import clean, parse_date, whole_number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Sri   Wahyuni ", "Sri Wahyuni"),
        ("Sri\tWahyuni", "Sri Wahyuni"),
        ("Sri\r\nWahyuni", "Sri Wahyuni"),
        ("Sri\u00a0Wahyuni", "Sri Wahyuni"),
        ("Sri\u200bWahyuni\ufeff", "SriWahyuni"),
        ("e\u0301", "\u00e9"),
        ("e\u200b\u0301", "\u00e9"),
        ("Beras & <b>gula</b> 100%", "Beras & <b>gula</b> 100%"),
        ("%00", "%00"),
        ("🌾 Padi", "🌾 Padi"),
        ("ꦧꦼꦫꦱ꧀", "ꦧꦼꦫꦱ꧀"),
        ("\ufeff", ""),
        ("", ""),
    ],
)
def test_text_is_kept_tidy_and_in_one_normal_form(typed, kept):
    assert clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "a\x00b",
            "\x00",
            "a\x01",
            "a\x1b[31m",
            "a\x7f",
            "a\x9f",
            "\ud800",
            "a\udfff",
            "\ufffe",
            "\uffff",
            "\ufdd0",
        ),
        *(
            "abc\u202egpj.exe",
            "\u202a",
            "\u2066x",
            "\U0001ffff",
            "e" + "\u0301" * 1_000,
            "Z" + "\u0310" * 10 + "algo",
        ),
    ],
)
def test_hidden_and_broken_letters_are_refused_in_words(typed):
    with pytest.raises(Refused) as refused:
        clean(typed, 10_000)
    assert len(refused.value.message) > 10


def test_limits_count_letters_and_bytes_of_what_is_kept():
    assert clean("a" * 200) == "a" * 200
    assert clean(" " * 500 + "a" * 200) == "a" * 200
    with pytest.raises(Refused, match="200"):
        clean("a" * 201)
    assert clean("é" * 10, 10, 20) == "é" * 10
    with pytest.raises(Refused):
        clean("é" * 10, 10, 19)


def test_ten_megabytes_are_refused_without_being_looked_at():
    with pytest.raises(Refused, match=r"1\.000"):
        clean("\u0301" * 10_000_000, 1_000)


def test_lines_survive_only_where_they_are_wanted():
    typed = "  Satu \r\n\r\n\r\n\r\n dua\u2028tiga \n"
    assert clean(typed, multiline=True) == "Satu\n\ndua\ntiga"
    assert clean(typed) == "Satu dua tiga"


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=80), st.booleans())
def test_whatever_is_typed_is_refused_or_safe_to_store(typed, multiline):
    try:
        kept = clean(typed, 60, multiline=multiline)
    except Refused:
        return
    assert unicodedata.is_normalized("NFC", kept)
    assert len(kept) <= 60
    assert len(kept.encode("utf-8")) <= 240
    assert clean(kept, 60, multiline=multiline) == kept
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.category(c) in hidden for c in kept if c != "\n" or not multiline)


@pytest.mark.parametrize(("typed", "value"), [("0", 0), ("1250", 1250), ("1.250", 1250), (" 7 ", 7)])
def test_whole_numbers_are_read(typed, value):
    assert whole_number(typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "-1",
            "1,5",
            "1.5",
            "12.50",
            "1e3",
            "1e309",
            "NaN",
            "inf",
            "१२",
            "１",
            "0x1",
            "1_000",
            "1 000",
            "+1",
        ),
        *("\x00", "\ud800", "4294967296", "9223372036854775808", "9" * 10_000, "01", "--1", "1.000,50"),
    ],
)
def test_no_other_number_is_guessed(typed):
    with pytest.raises(Refused):
        whole_number(typed)


def test_the_bounds_are_named():
    assert whole_number("-5", least=-5) == -5
    with pytest.raises(Refused, match="Paling sedikit 1"):
        whole_number("0", least=1)
    with pytest.raises(Refused, match=r"Paling banyak 1\.000"):
        whole_number("1001", most=1000)


@pytest.mark.parametrize(
    "typed",
    [
        "22/11/2026",
        "22-11-2026",
        "22.11.2026",
        "2026-11-22",
        "22 Nov 2026",
        "22 november 2026",
        "22  Nop 2026",
    ],
)
def test_dates_are_read_day_first(typed):
    assert parse_date(typed) == dt.date(2026, 11, 22)


def test_every_month_is_known_in_both_languages():
    for number, names in enumerate(
        [
            *("januari january jan", "februari february pebruari feb", "maret march mar", "april apr"),
            *("mei may", "juni june jun", "juli july jul", "agustus august agu agt ags aug"),
            *(
                "september sep sept",
                "oktober october okt oct",
                "november nopember nov nop",
                "desember december des dec",
            ),
        ],
        1,
    ):
        for name in names.split():
            assert parse_date(f"5 {name} 2026") == dt.date(2026, number, 5), name


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "besok",
            "31/02/2026",
            "29/02/2026",
            "11/22/2026",
            "22/11/26",
            "0/1/2026",
            "1/0/2026",
            "1/1/0000",
        ),
        *(
            "1/1/9999",
            "1/1/1899",
            "46348",
            "22/xyz/2026",
            "२२/११/२०२६",
            "22//11/2026",
            "2026-13-01",
            "1e3",
            "\x00",
        ),
        *("22/11/2026 10:00", "-1/1/2026", "9" * 10_000, "ma 1 2026", "1 ma 2026"),
    ],
)
def test_a_date_that_is_not_certain_is_refused(typed):
    with pytest.raises(Refused, match="misalnya"):
        parse_date(typed)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_every_date_is_read_back(day):
    assert parse_date(f"{day:%d/%m/%Y}") == parse_date(day.isoformat()) == day
