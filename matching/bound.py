"""A lower bound from prices: found in floating point, smoothed, and then proved in integers.

The relaxation is the one of `frame`: every need buys at prices, every offer, truck and supplier earns
by them. Its best prices are the maximum of a concave function with few kinks, so the minima in it are
softened, the softness is lowered step by step, and each step is climbed by L-BFGS
with a measure of its own for each kind of variable. The cost of a truck
and the fixed cost of an offer are shared out between weight and single lanes by weights that always add
up to one, so that every step is a valid set of prices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .ascent import climb
from .dual import Dual
from .frame import CertificateError, Frame, Prices, safe_scale
from .guide import Guide
from .highs import Floats
from .prices import FAR
from .problem import Problem
from .split import Piece
from .tally import Ints

# Softness and steps, stage after stage: quickly near, and then closer.
QUICK = ((0.003, 25), (0.001, 50), (0.0003, 50))
CLOSER = ((0.0003, 60), (0.0001, 80))


class Bound(NamedTuple):
    """The proven bound in whole rupiah, its integer prices, and what else the prices tell.

    `terms` are the bound's shares of every need, offer, trip group and supplier in 1 / scale rupiah.
    Per lane, `flow` is how much it carries in the relaxation, `loss_rp` what it would lose there if it
    carried all it can (infinite where it cannot carry anything).
    """

    bound_rp: int
    prices: Prices
    terms: tuple[Ints, Ints, Ints, Ints]
    flow: Floats
    loss_rp: Floats

    def guide(self, problem: Problem) -> Guide:
        """What a search for plans can learn from the prices."""
        last = problem.tier_start[1:] - 1
        above = self.prices.pi[last] // self.prices.scale - problem.tier_price_rp[last]
        return Guide(self.loss_rp, np.maximum(above, 0))

    def of(self, piece: Piece) -> Bound:
        """The same for one piece of the problem."""
        needs, offers, trips, suppliers = self.terms
        sellers = np.unique(piece.problem.offer_supplier)
        terms = (needs[piece.needs], offers[piece.offers], trips[piece.trips], suppliers[sellers])
        least = -(-sum(int(term.sum()) for term in terms) // self.prices.scale)
        return Bound(least, self.prices, terms, self.flow[piece.lanes], self.loss_rp[piece.lanes])


def bound(problem: Problem, fills: Ints | None = None, effort: float = 1.0) -> Bound:
    """The best bound that all stages find; `fills` where commodities are rationed.

    `effort` scales the number of steps. Raises CertificateError where no scale keeps the sums exact.
    """
    pursuit = Pursuit(problem, fills)
    for softness, steps in (*QUICK, *CLOSER):
        pursuit.climb(softness, max(1, round(steps * effort)))
    return pursuit.bound()


class Pursuit:
    """The search for the best prices, which can be looked at and gone on with."""

    def __init__(self, problem: Problem, fills: Ints | None = None) -> None:
        self.problem = problem
        self.dual = Dual(Frame(problem, fills=fills))
        self.z = self.dual.start() if self.dual.lane.size else np.zeros(0)

    def climb(self, softness: float, steps: int, enough: Callable[[], bool] = lambda: False) -> None:
        """So many more steps at one softness, fewer where `enough` says so."""
        if self.z.size:
            cuts = self.dual.cuts.tolist()
            self.z = climb(lambda z: self.dual.value(z, softness), self.z, steps, cuts, enough)

    def bound(self) -> Bound:
        """What the prices prove as they are. Raises CertificateError where the sums would not be exact."""
        scale = safe_scale(self.problem)
        # A certificate begins with the offers' own prices, which must fit as well.
        while scale > 1 and int(self.problem.tier_price_rp.max(initial=0)) * scale > FAR:
            scale //= 10
        while True:
            try:
                prices = spare(self.dual.frame, self.dual.integers(self.z, scale))
                terms = self.dual.frame.terms(prices)
                break
            except CertificateError:
                # Grams by the shipload: coarser prices have smaller products.
                if scale == 1:
                    raise
                scale //= 10
        least = -(-sum(int(term.sum()) for term in terms) // scale)
        return Bound(least, prices, terms, *self.dual.guesses(self.z, CLOSER[-1][0]))


def spare(frame: Frame, prices: Prices) -> Prices:
    """The same prices without the shares of openings that lanes do not need to stay dear enough.

    The bound is the same or better, and the certificate much shorter.
    """
    p = frame.p
    if prices.truck_opening is None and prices.opening is None:
        return prices
    unit = frame.unit_rp(prices, frame.lane_rp(prices), frame.cheapest_pi(prices.pi))
    least = np.where(frame.y_held < 0, prices.scale * p.unmet_rp, FAR)
    np.minimum.at(least, p.lane_need, unit)
    # What is carried in any case pays its shares in full.
    too_dear = np.where((frame.forced > 0) | (unit >= FAR), 0, np.maximum(0, unit - least[p.lane_need]))
    shares = []
    for share in (prices.truck_opening, prices.opening):
        cut = 0 if share is None else np.minimum(share, too_dear)
        too_dear = too_dear - cut
        shares.append(None if share is None else share - cut)
    return replace(prices, truck_opening=shares[0], opening=shares[1])
