"""What the prices of the bound tell a search: where units are well placed, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

from .highs import Floats
from .problem import Ints


@dataclass(frozen=True, slots=True)
class Guide:
    """`loss_rp`: per lane, what a full lane would lose. `toll_rp`: per offer, what a unit is worth beyond its
    price in whole rupiah, because there are fewer than wanted.
    """

    loss_rp: Floats
    toll_rp: Ints

    def of(self, lanes: Ints, offers: Ints) -> Guide:
        """The same for a part of the problem."""
        return Guide(self.loss_rp[lanes], self.toll_rp[offers])
