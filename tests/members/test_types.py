"""What a NIK is, how old it says somebody is, and how little of it is shown."""

from __future__ import annotations

from datetime import date

import pytest

from market.core import clock, db
from market.core.errors import Refused
from market.members import types
from market.members.types import Identity


@pytest.mark.parametrize("typed", ["3578014505800001", "357801 450580 0001", "35.78.01.450580.0001"])
def test_a_nik_is_read_however_it_is_spaced(typed):
    assert types.parse_nik(typed) == "3578014505800001"


@pytest.mark.parametrize(
    "typed",
    [
        "357801450580001",  # one digit short
        "35780145058000011",
        "3578014505800000",  # serials begin at 0001
        "3578010005800001",  # day 0
        "3578013205800001",  # day 32: neither a man's nor a woman's
        "3578014005800001",  # day 40
        "3578017205800001",  # day 72
        "3578014500800001",  # month 0
        "3578014513800001",  # month 13
        "0578014505800001",
        "３５７８014505800001",
    ],
)
def test_what_cannot_be_a_nik_is_refused_at_its_field(typed):
    with pytest.raises(Refused) as refusal:
        types.parse_nik(typed)
    assert refusal.value.field == "nik"


@pytest.mark.parametrize("day", ["01", "31", "41", "71"])
def test_days_of_men_and_women_are_right(day):
    assert types.parse_nik(f"357801{day}05800001")


@pytest.mark.parametrize(
    ("nik", "age"),
    [
        ("3578014505800001", 46),  # 5 May 1980
        ("3578012311090001", 17),  # born seventeen years ago today
        ("3578012411090001", 16),  # tomorrow
        ("3578010101270001", 99),  # 1927: 2027 has not come
    ],
)
def test_the_age_is_the_youngest_that_two_digits_of_a_year_can_mean(nik, age):
    assert types.age_by(nik, date(2026, 11, 23)) == age


def test_who_seems_too_young_is_taken_only_after_staff_saw_the_card(cast, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 23))
    child = "3578012411090001"
    with db.transaction(read_only=True):
        with pytest.raises(Refused, match="16 tahun"):
            types.require_age(cast.makmur.id, Identity(child))
        types.require_age(cast.makmur.id, Identity(child, age_checked=True))


def test_a_masked_number_shows_the_province_and_the_last_four():
    assert types.masked("3578014505801234") == "35xx********1234"
