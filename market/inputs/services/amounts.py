"""The arithmetic of inputs: packs of a need, prices, and who gets what when goods came. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from market.commodities.models import Pack
from market.core import money
from market.purchasing.services import share_out

BP = 10_000


class Asked(Protocol):
    """Somebody who asks for base units."""

    wanted_base: int
    at_most_base: int


def packs_of(pack: Pack, own: int, own_at_most: int, asked: Sequence[Asked]) -> tuple[int, int]:
    """(wanted, at most) packs that hold the own packs and what others ask for together.

    Wanted is rounded up to whole packs: the rest of the last one is the cooperative's. At most is rounded
    down, never below wanted.
    """
    wanted = own + -(-sum(each.wanted_base for each in asked) // pack.size_base)
    most = own_at_most + sum(each.at_most_base for each in asked) // pack.size_base
    return wanted, max(wanted, most)


def shares(arrived: int, own: tuple[int, int], asked: Sequence[tuple[int, int]]) -> tuple[list[int], int]:
    """What each of `asked` (wanted, at most) gets of `arrived` units, and what stays for the cooperative.

    Too little: in proportion to what was wanted, by largest remainder, equal remainders to whoever asked
    first, the cooperative (`own`) last: the rule by which a short truck is shared. Enough: everybody gets
    what was wanted; what is over goes in proportion to the room up to at most, the rest to the shelf.
    """
    wants = [wanted for wanted, _most in asked] + ([own[0]] if own[0] else [])
    if arrived <= sum(wants):
        parts = share_out(arrived, wants)
    else:
        rooms = [most - wanted for wanted, most in asked]
        over = arrived - sum(wants)
        extra = money.split(min(over, sum(rooms) + own[1] - own[0]), [*rooms, own[1] - own[0]])
        parts = [wanted + more for wanted, more in zip(wants, extra, strict=False)]
    given = parts[: len(asked)]
    return given, arrived - sum(given)


def affordable_rp(quote_rp: int, margin_bp: int, units_per_pack: int) -> int:
    """The most a pack may cost at the door so that `quote_rp` per unit still holds the margin."""
    return quote_rp * units_per_pack * BP // (BP + margin_bp)


def price_rp(cost_rp: int, units: int, margin_bp: int, *limits: int | None) -> int:
    """Cost per unit with the margin on top, rounded up to a rupiah, never above any of `limits`."""
    asked = -(-cost_rp * (BP + margin_bp) // (BP * units))
    return max(1, min([asked, *(limit for limit in limits if limit is not None)]))
