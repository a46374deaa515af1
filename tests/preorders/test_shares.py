"""The published rule of sharing, on thousands of random deliveries."""

from __future__ import annotations

import random

import pytest

from market.preorders.services import Claim, fair_shares, later_shares, lot


def claims(dice: random.Random) -> list[Claim]:
    found = []
    for number in range(dice.randint(1, 12)):
        wanted = dice.randint(1, 8)
        missed = dice.choice((0, 0, 0, 1, 3))
        found.append(Claim(wanted, wanted + dice.randint(0, 5), missed, lot("PRA/2026/000001", number)))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_every_share_is_fair_whatever_comes(seed):
    dice = random.Random(seed)
    for _ in range(50):
        asked = claims(dice)
        units = dice.randint(0, sum(claim.at_most for claim in asked) + 5)
        given = fair_shares(units, asked)
        assert sum(given) == min(units, sum(claim.at_most for claim in asked))
        for mine, claim in zip(given, asked, strict=True):
            assert 0 <= mine <= claim.at_most
            if mine < claim.wanted:  # who wants more envies nobody by more than one unit
                assert max(given) <= mine + 1
                assert all(got <= other.wanted for got, other in zip(given, asked, strict=True))
        order = list(range(len(asked)))
        dice.shuffle(order)
        again = fair_shares(units, [asked[at] for at in order])
        assert [again[order.index(at)] for at in range(len(asked))] == given  # order decides nothing


def test_the_last_unit_goes_to_who_went_without_last_time():
    asked = [Claim(1, 1, lot="a"), Claim(1, 1, missed=1, lot="b")]
    assert fair_shares(1, asked) == [0, 1]


def test_wanted_comes_before_the_most_of_anybody():
    assert fair_shares(6, [Claim(2, 9, lot="a"), Claim(4, 4, lot="b")]) == [2, 4]


def test_the_lot_can_be_computed_by_anybody():
    assert lot("PRA/2026/000001", 7) == lot("PRA/2026/000001", 7) != lot("PRA/2026/000002", 7)


@pytest.mark.parametrize("seed", range(20))
def test_two_deliveries_are_shared_as_if_all_had_come_at_once(seed):
    dice = random.Random(seed)
    for _ in range(50):
        asked = claims(dice)
        wanted = sum(claim.wanted for claim in asked)
        first, second = sorted(dice.randint(0, wanted) for _part in range(2))
        early = fair_shares(first, asked)
        more = later_shares(second - first, asked, early)
        assert [a + b for a, b in zip(early, more, strict=True)] == fair_shares(second, asked)


def test_later_goods_end_at_what_was_wanted():
    asked = [Claim(2, 9, lot="a"), Claim(4, 4, lot="b")]
    assert later_shares(99, asked, [1, 1]) == [1, 3]
