"""A weighed sample against what the law lets a pack weigh less (BDKT): pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """What a sample says, in grams: a pack below `limit_g` is lighter than the law allows."""

    weighed: int
    lightest_g: int
    average_g: int
    limit_g: int
    light_packs: int

    @property
    def within(self) -> bool:
        """No weighed pack is below the limit."""
        return self.light_packs == 0


def judge(limit_g: int, weights_g: Sequence[int]) -> Verdict:
    """The verdict on at least one weighed pack; a pack of exactly the limit is within it.

    Raises ValueError without a weight.
    """
    if not weights_g:
        raise ValueError("a verdict needs a weighed pack")
    light = sum(weight < limit_g for weight in weights_g)
    return Verdict(len(weights_g), min(weights_g), sum(weights_g) // len(weights_g), limit_g, light)
