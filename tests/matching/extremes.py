"""Random tiny problems in which some numbers are as large as they may be: sums just below 2^53.

What a person types as "no limit" (2^53 - 1), penalties that mean "at any price", units weighed in
tonnes: all of it is legal, and none of it may bend a bound, a plan or the order of fairness.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from matching.errors import ProblemError
from matching.problem import Problem
from tests.matching import instances

Row = dict[str, Any]
MOST = 2**53 - 1
# Where a large number may stand by itself; a `None` of the problem is left as it is half of the time.
FREE = {
    "buyers": ("cash_rp",),
    "suppliers": ("max_weight_g",),
    "needs": ("ceiling_rp", "max_suppliers", "min_fill", "weight", "order"),
    "offers": ("capacity", "min_per_need", "min_total"),
    "trips": ("capacity_g", "max_trips", "min_load_g"),
}
# What is multiplied and added up: as large as the sums allow.
SUMMED = {
    "needs": ("unmet_rp",),
    "offers": ("fixed_rp", "price_rp"),
    "lanes": ("freight_rp", "drop_rp"),
    "trips": ("cost_rp",),
}


def extreme(seed: int) -> Row:
    """A legal tiny problem document with up to four numbers that are very large."""
    dice = random.Random(f"extreme {seed}")
    document = instances.pressed(seed)
    for _ in range(dice.randint(1, 4)):
        dice.choice(_WAYS)(dice, document)
    return document


def _limit(dice: random.Random, document: Row) -> None:
    """One limit becomes as good as none, or just about what is needed at that size."""
    section = dice.choice([name for name in FREE if document[name]])
    row, key = dice.choice(document[section]), dice.choice(FREE[section])
    _try(document, row, key, dice.choice([MOST, MOST, MOST - 1, 2**52, 2**40, 2**31]))


def _sum(dice: random.Random, document: Row) -> None:
    """One amount becomes the largest that is still legal, or close to it."""
    section = dice.choice([name for name in SUMMED if document[name]])
    row, key = dice.choice(document[section]), dice.choice(SUMMED[section])
    if key == "price_rp":
        row = row["tiers"][0]
    _largest(dice, document, lambda value: row.__setitem__(key, value), row[key])


def _all_money(dice: random.Random, document: Row) -> None:
    """Every rupiah times a large number: ties and small differences stay what they were."""
    before = _money(document)
    _largest(dice, document, lambda value: _pay(before, value), 1)


def _all_units(dice: random.Random, document: Row) -> None:
    """Every quantity times a large number, lots too: as few plans as before."""
    rows: list[tuple[Row, str, int]] = []
    for section, keys in _UNITS.items():
        rows += [(row, key, row[key]) for row in document[section] for key in keys]
    rows += [(tier, "from", tier["from"]) for offer in document["offers"] for tier in offer["tiers"][1:]]

    def times(value: int) -> None:
        for row, key, old in rows:
            row[key] = old * value
        for row, key, old in grams:
            row[key] = old * value

    loads = [("suppliers", "max_weight_g"), ("trips", "capacity_g"), ("trips", "min_load_g")]
    grams = [(row, key, row[key]) for name, key in loads for row in document[name] if row[key] is not None]
    _largest(dice, document, times, 1)


def _all_grams(dice: random.Random, document: Row) -> None:
    """Every weight times a large number."""
    loads = [("suppliers", "max_weight_g"), ("trips", "capacity_g"), ("trips", "min_load_g")]
    rows = [(row, key, row[key]) for name, key in loads for row in document[name] if row[key] is not None]
    rows += [(row, "unit_g", row["unit_g"]) for row in document["commodities"]]

    def times(value: int) -> None:
        for row, key, old in rows:
            row[key] = old * value

    _largest(dice, document, times, 1)


_UNITS = {
    "needs": ("wanted", "at_most", "min_fill"),
    "offers": ("capacity", "lot", "min_per_need", "min_total"),
    "fixed": ("quantity",),
}
_WAYS: tuple[Callable[[random.Random, Row], None], ...] = (
    _limit, _limit, _limit, _sum, _sum, _sum, _all_money, _all_units, _all_grams,
)  # fmt: skip


def _money(document: Row) -> list[tuple[Row, str, int]]:
    keys = {
        "buyers": ("cash_rp",), "needs": ("ceiling_rp", "unmet_rp"), "offers": ("fixed_rp",),
        "lanes": ("freight_rp", "drop_rp"), "trips": ("cost_rp",), "fixed": ("price_rp",),
    }  # fmt: skip
    rows = [(row, key, row[key]) for name in keys for row in document[name] for key in keys[name]]
    rows += [(t, "price_rp", t["price_rp"]) for offer in document["offers"] for t in offer["tiers"]]
    return [row for row in rows if row[2] is not None]


def _pay(rows: list[tuple[Row, str, int]], times: int) -> None:
    for row, key, old in rows:
        row[key] = old * times


def _try(document: Row, row: Row, key: str, value: int) -> None:
    before = row[key]
    row[key] = value
    if not legal(document):
        row[key] = before


def _largest(dice: random.Random, document: Row, put: Callable[[int], None], old: int) -> None:
    """Put the largest power of two that is legal, or a little less; else the old value."""
    for power in range(52, 2, -1):
        put(2**power)
        if legal(document):
            break
    else:
        put(old)
        return
    put(2 ** max(1, power - dice.choice([0, 0, 1, 3, 8, 16])))
    if not legal(document):
        put(old)


def legal(document: Row) -> bool:
    """Is it a problem at all?"""
    try:
        Problem.from_document(document)
    except ProblemError:
        return False
    return True
