"""What the law asks on which day: the rules of the reference data, judged by invented days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from market import refdata
from market.catalogue import duties
from market.catalogue.duties import Facts, Held, Rule

HALAL_DAY = date(2026, 10, 17)
EVE = HALAL_DAY - timedelta(days=1)
LONG = date(2031, 12, 31)


def known() -> list[Rule]:
    return [
        Rule(
            row.duty,
            frozenset(row.categories),
            frozenset(row.specials),
            row.packed_only,
            row.shelf_over_days,
            row.valid_from,
            row.valid_to,
            row.binding,
        )
        for row in refdata.permit_rules()
    ]


CRISPS = Facts(
    "camilan", "in_process", "", "plastic", 90, net=True, ingredients=True, dated=True, address=True
)
PIRT = Held("pirt", LONG, checked=True)
HALAL = Held("halal", None, checked=True)
NIB = Held("nib", None, checked=True)


def lacks(facts: Facts, held: list[Held], day: date) -> list[str]:
    return [gap.duty for gap in duties.unmet(known(), facts, held, day)]


class TestHalal:
    def test_on_the_eve_an_uncertified_snack_may_be_sold_for_one_more_day(self):
        assert lacks(CRISPS, [PIRT], EVE) == []
        assert duties.lawful_until(known(), CRISPS, [PIRT], EVE) == EVE

    @pytest.mark.parametrize("day", [HALAL_DAY, HALAL_DAY + timedelta(days=1), date(2030, 1, 1)])
    def test_from_the_day_on_it_may_not(self, day):
        assert lacks(CRISPS, [PIRT], day) == ["halal"]
        assert duties.lawful_until(known(), CRISPS, [PIRT], day) == day - timedelta(days=1)

    @pytest.mark.parametrize("halal", ["in_process", "unstated", "not_applicable"])
    def test_a_word_alone_is_no_certificate(self, halal):
        assert lacks(replace(CRISPS, halal=halal), [PIRT, HALAL], HALAL_DAY) == ["halal"]

    def test_a_checked_certificate_or_an_honest_no_keeps_it_on_the_shelf(self):
        certified = replace(CRISPS, halal="certified")
        assert lacks(certified, [PIRT, HALAL], HALAL_DAY) == []
        assert lacks(certified, [PIRT], HALAL_DAY) == ["halal"]
        assert lacks(replace(CRISPS, halal="not_halal"), [PIRT], HALAL_DAY) == []

    def test_a_stated_number_waits_and_does_not_count(self):
        certified = replace(CRISPS, halal="certified")
        stated = Held("halal", None, checked=False)
        (gap,) = duties.unmet(known(), certified, [PIRT, stated], HALAL_DAY)
        assert (gap.duty, gap.waiting) == ("halal", True)
        assert duties.lawful_until(known(), certified, [PIRT, stated], EVE) == EVE

    @pytest.mark.parametrize("category", ["kerajinan", "busana", "segar", "lainnya"])
    def test_what_is_no_food_needs_none(self, category):
        assert lacks(Facts(category, "not_applicable"), [], HALAL_DAY) == []

    def test_it_is_told_before_it_binds(self):
        told = {gap.duty: gap for gap in duties.gaps(known(), CRISPS, [PIRT], EVE - timedelta(days=40))}
        assert told["halal"].from_on == HALAL_DAY
        assert told["halal"].binding
        assert not told["nib"].binding


class TestPirt:
    @pytest.mark.parametrize(("days", "asked"), [(0, False), (7, False), (8, True), (90, True), (None, True)])
    def test_it_is_asked_of_packed_food_that_keeps_longer_than_a_week(self, days, asked):
        food = replace(CRISPS, shelf_life_days=days, halal="not_halal")
        assert (lacks(food, [], EVE) == ["pirt"]) == asked

    def test_what_is_served_unpacked_needs_neither_number_nor_label(self):
        assert (
            lacks(Facts("masakan", "not_halal", packaging="loose", shelf_life_days=30), [], HALAL_DAY) == []
        )

    def test_packaging_that_nobody_stated_counts_as_packed(self):
        assert "pirt" in lacks(replace(CRISPS, packaging=""), [], EVE)

    def test_it_ends_after_its_last_day_not_on_it(self):
        ends = date(2026, 6, 30)
        held = [Held("pirt", ends, checked=True)]
        assert lacks(CRISPS, held, ends) == []
        assert lacks(CRISPS, held, ends + timedelta(days=1)) == ["pirt"]
        assert duties.lawful_until(known(), CRISPS, held, date(2026, 1, 1)) == ends

    def test_a_renewed_number_carries_on_where_the_old_one_ends(self):
        held = [Held("pirt", date(2026, 6, 30), True), Held("pirt", LONG, True)]
        assert (
            duties.lawful_until(known(), replace(CRISPS, halal="not_halal"), held, date(2026, 1, 1)) == LONG
        )

    def test_bpom_s_number_is_enough_too_and_alone_enough_for_frozen_food(self):
        frozen = replace(CRISPS, special="beku", halal="not_halal")
        assert lacks(frozen, [PIRT], EVE) == ["md"]
        assert lacks(frozen, [Held("md", LONG, True)], EVE) == []
        assert duties.needed(known(), frozen, EVE) == ["nib", "md", "halal"]


@pytest.mark.parametrize(
    ("duty", "fact"),
    [("net", "net"), ("ingredients", "ingredients"), ("dates", "dated"), ("address", "address")],
)
def test_each_line_of_the_label_is_asked_for_by_itself(duty, fact):
    assert lacks(replace(CRISPS, **{fact: False}), [PIRT], EVE) == [duty]


def test_a_rule_that_ended_asks_nothing_any_more_and_one_to_come_not_yet():
    rule = Rule(
        "net", frozenset({"kue"}), frozenset(), False, None, date(2026, 1, 1), date(2026, 1, 31), True
    )
    cake = Facts("kue", "not_halal")
    for day, asked in (
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 1),
        (date(2026, 1, 31), 1),
        (date(2026, 2, 1), 0),
    ):
        assert len(duties.unmet([rule], cake, [], day)) == asked


def test_a_binding_rule_outweighs_advice_about_the_same_duty():
    advice = Rule("nib", frozenset({"kue"}), frozenset(), False, None, date(2020, 1, 1), None, False)
    law = replace(advice, from_on=date(2026, 3, 1), binding=True)
    (gap,) = duties.gaps([advice, law], Facts("kue", "not_halal"), [], date(2026, 2, 1))
    assert (gap.binding, gap.from_on) == (True, date(2026, 3, 1))


def test_every_template_is_told_which_permits_will_be_asked():
    asked = {
        row.key: duties.needed(
            known(),
            Facts(row.category, row.halal, row.special, row.packaging, row.shelf_life_days),
            HALAL_DAY,
        )
        for row in refdata.product_templates()
    }
    assert asked["keripik-singkong"] == ["nib", "pirt", "halal"]
    assert asked["nasi-bungkus"] == ["nib", "halal"]
    assert asked["makanan-beku"] == ["nib", "md", "halal"]
    assert asked["kerajinan"] == []
