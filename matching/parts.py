"""Parts of a problem that have nothing to do with each other: each can be solved by itself.

Two rows belong together when a lane joins them, when they share a trip group or a rationed commodity,
or when a supplier's weight limit or a buyer's cash couples them. `Parts.problems` gives workers elsewhere
what they need, `merge` makes one plan of theirs.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .problem import Ints, Problem
from .restrict import restrict


@dataclass(frozen=True, eq=False)
class Parts:
    """Part number of every need and offer; parts are numbered by their first need, then first offer."""

    problem: Problem
    count: int
    need_part: Ints
    offer_part: Ints

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[tuple[list[str], list[str]]]:
        """Need ids and offer ids of one part after the other."""
        needs: list[list[str]] = [[] for _ in range(self.count)]
        offers: list[list[str]] = [[] for _ in range(self.count)]
        for name, part in zip(self.problem.need_id, self.need_part.tolist(), strict=True):
            needs[part].append(name)
        for name, part in zip(self.problem.offer_id, self.offer_part.tolist(), strict=True):
            offers[part].append(name)
        return iter(zip(needs, offers, strict=True))

    def packets(self, count: int) -> list[Ints]:
        """Part numbers in at most `count` packets of about the same number of lanes; no packet is empty.

        The largest parts first, each into the packet that has least so far. ValueError for a count below 1.
        """
        if count < 1:
            raise ValueError("count must be at least 1")
        lanes = np.bincount(self.need_part[self.problem.lane_need], minlength=self.count)
        heap = [(0, number) for number in range(min(count, self.count))]
        packet = np.zeros(self.count, dtype=np.int64)
        for part in np.argsort(-lanes, kind="stable").tolist():
            load, number = heapq.heappop(heap)
            packet[part] = number
            # A part without lanes still counts: as one.
            heapq.heappush(heap, (load + max(1, int(lanes[part])), number))
        return [np.flatnonzero(packet == number) for number in range(min(count, self.count))]

    def problems(self, count: int) -> Iterator[Problem]:
        """The parts as problems of their own, in at most `count` packets; every need is in exactly one.

        Offers without a lane are left out: they are in no plan.
        """
        for packet in self.packets(count):
            chosen = np.zeros(self.count, dtype=np.bool_)
            chosen[packet] = True
            needs = chosen[self.need_part]
            if needs.any():
                yield restrict(self.problem, needs).problem


def parts(problem: Problem) -> Parts:
    """The independent parts; a need or offer without any lane is one by itself unless coupled."""
    p = problem
    sizes = [p.n_needs, p.n_offers, p.n_trips, p.n_suppliers, p.n_buyers, p.n_commodities]
    need, offer, trip, supplier, buyer, commodity = np.concatenate(([0], np.cumsum(sizes)[:-1])).tolist()
    grouped = p.lane_trip >= 0
    needs, offers = np.arange(p.n_needs), np.arange(p.n_offers)
    heavy = p.max_weight_g[p.offer_supplier] >= 0
    cash = p.cash_rp[p.need_buyer] >= 0
    shared = p.ration[p.offer_commodity]
    edges = (
        (need + p.lane_need, offer + p.lane_offer),
        (need + p.lane_need[grouped], trip + p.lane_trip[grouped]),
        (offer + offers[heavy], supplier + p.offer_supplier[heavy]),
        (need + needs[cash], buyer + p.need_buyer[cash]),
        (need + needs[p.rationed], commodity + p.need_commodity[p.rationed]),
        (offer + offers[shared], commodity + p.offer_commodity[shared]),
    )
    first, second = (np.concatenate(column) for column in zip(*edges, strict=True))
    label = components(sum(sizes), first, second)[: p.n_needs + p.n_offers]
    names, part = np.unique(label, return_inverse=True)
    return Parts(problem, names.size, part[: p.n_needs].astype(np.int64), part[p.n_needs :].astype(np.int64))


def components(size: int, first: Ints, second: Ints) -> Ints:
    """Per node the least node it is connected with, over the edges first[k] - second[k]."""
    label = np.arange(size, dtype=np.int64)
    while True:
        a, b = label[first], label[second]
        if np.array_equal(a, b):
            return label
        low = np.minimum(a, b)
        np.minimum.at(label, a, low)
        np.minimum.at(label, b, low)
        jumped = label[label]
        while not np.array_equal(jumped, label):
            label, jumped = jumped, jumped[jumped]
