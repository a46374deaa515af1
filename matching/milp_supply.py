"""The supply side of the compact model: tiers, openings, trucks, suppliers' weight and buyers' cash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .problem import Problem
from .scope import Scope
from .tally import Bools, Ints, Tally, any_by, sum_by, up

if TYPE_CHECKING:
    from .milp import Compact


class Prices:
    """Which tiers each offer of the model can reach.

    `reachable` flags tier rows; `low` and `high` are the volumes at which a tier row holds; offers with
    one reachable tier are `plain`: their price stands on the lanes (`plain_rp`, 0 elsewhere).
    """

    def __init__(self, problem: Problem, scope: Scope) -> None:
        p, s = problem, scope
        self.base = s.base.volume
        self.here = any_by(s.offer, np.ones(s.offer.size, np.bool_), p.n_offers)
        self.most = np.minimum(p.capacity, self.base + sum_by(s.offer, s.room, p.n_offers))
        owner = p.tier_offer
        self.ordinal = np.arange(owner.size, dtype=np.int64) - p.tier_start[owner]
        # The least total binds from the first new unit on; it cuts tiers off unless fixed units may stand alone.
        bound = np.where((self.base == 0) | s.offer_taken, p.min_total, 0)
        self.low = np.maximum(np.maximum(p.tier_from, bound[owner]), self.base[owner])
        self.high = np.minimum(p.tier_last, self.most[owner])
        self.reachable = self.here[owner] & (self.low <= self.high) & (self.ordinal >= self._held()[owner])
        tiers = sum_by(owner, self.reachable.astype(np.int64), p.n_offers)
        self.first = np.full(p.n_offers, np.iinfo(np.int64).max)
        np.minimum.at(self.first, owner[self.reachable], self.ordinal[self.reachable])
        last = np.full(p.n_offers, -1, dtype=np.int64)
        np.maximum.at(last, owner[self.reachable], self.ordinal[self.reachable])
        self.plain = tiers == 1
        self.rich = np.flatnonzero(tiers > 1)
        rows = np.minimum(p.tier_start[:-1] + np.maximum(last, 0), max(owner.size - 1, 0))
        self.plain_rp = np.where(self.plain, p.tier_price_rp[rows], 0) if p.n_offers else rows
        self.usable = s.bar <= last[s.offer]

    def __len__(self) -> int:
        return self.rich.size

    def _held(self) -> Ints:
        return self._held_tiers

    _held_tiers: Ints
