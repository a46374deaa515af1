"""The published rule by which goods are shared among households. Pure functions."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """What one household wants; `missed` is what it went without last time, `lot` its lot in the draw."""

    wanted: int
    at_most: int
    missed: int = 0
    lot: str = ""


def fair_shares(units: int, claims: Sequence[Claim]) -> list[int]:
    """What each household gets of `units`, in the order of `claims`, which itself decides nothing.

    Everybody is given one after the other, round by round, until what they want is reached; only then the
    rest goes the same way up to their most. When the last round does not reach all, those come first who
    went without last time, then the lot decides. So nobody who wants more has less than another by more
    than one unit.
    """
    turn = _turn(claims)
    given = [0] * len(claims)
    left = _fill(units, given, [claim.wanted for claim in claims], turn)
    _fill(left, given, [claim.at_most for claim in claims], turn)
    return given


def later_shares(units: int, claims: Sequence[Claim], given: Sequence[int]) -> list[int]:
    """What each household gets of later `units` beside what it was `given`, up to what it wanted.

    Who has least comes first, then the turn of the first share: together it is as if all had come at once.
    """
    place = {at: number for number, at in enumerate(_turn(claims))}
    waiting = [(given[at], place[at], at) for at in range(len(claims)) if given[at] < claims[at].wanted]
    heapq.heapify(waiting)
    more = [0] * len(claims)
    while units > 0 and waiting:
        level, number, at = heapq.heappop(waiting)
        more[at] += 1
        units -= 1
        if level + 1 < claims[at].wanted:
            heapq.heappush(waiting, (level + 1, number, at))
    return more


def _turn(claims: Sequence[Claim]) -> list[int]:
    """Who comes first when a round does not reach all."""
    return sorted(range(len(claims)), key=lambda at: (-claims[at].missed, claims[at].lot))


def _fill(units: int, given: list[int], limits: Sequence[int], turn: Sequence[int]) -> int:
    """Give round by round up to the limits; returns what is left."""
    while units > 0:
        open_ones = [at for at in turn if given[at] < limits[at]]
        if not open_ones:
            return units
        rounds = min(units // len(open_ones), min(limits[at] - given[at] for at in open_ones))
        served = open_ones if rounds else open_ones[:units]
        for at in served:
            given[at] += rounds or 1
        units -= len(served) * (rounds or 1)
    return units


def lot(number: str, wish_id: int) -> str:
    """The lot of a household in the draw of a pre-order: everybody can compute it again."""
    return hashlib.sha256(f"{number}:{wish_id}".encode()).hexdigest()
