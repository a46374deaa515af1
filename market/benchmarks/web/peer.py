"""The product against django-oscar by turns: list, detail, search, a whole guest checkout."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from market.benchmarks.web import oscar, promises, shoppers, stall
from market.benchmarks.web.bars import Row
from market.benchmarks.web.oscar import Peer
from market.benchmarks.web.pages import Servers
from market.benchmarks.web.shoppers import Bought, Crowd
from market.benchmarks.web.speed import Effort, Entrant, Pace, race
from market.benchmarks.web.world import World

PAGES = ("list", "detail", "search")
SHOPS = 20
"""Shops in which our guests buy; the peer has one shop, and they start from as many products of it."""
LONGER = 3
"""A round of checkouts is so much longer than one of a page."""
WARM_S = 3.0


def compared(world: World, at: Servers, effort: Effort) -> tuple[list[Row], dict[str, Pace], list[Any]]:
    """Rows, paces of the pages, and what the buyers did. Without the peer every row says why."""
    size = world.size
    market = stall.draw(size.sellers, size.small, 153, world.seed)
    with ExitStack() as stack:
        serving = oscar.serving(market, world.folder, world.small["LUMBUNG_DATABASE_URL"], world.seed)
        try:
            peer = stack.enter_context(serving)
        except RuntimeError as error:
            why = str(error).strip().splitlines()[-1]
            return [Row(bar, None, why) for bar in promises.PEER.values()], {}, []
        rows, paces = _pages(world, at, peer, effort)
        row, facts = _checkouts(world, at, peer, effort)
        return [*rows, row], paces, [{"django-oscar": oscar.VERSION, "cache": peer.cache}, *facts]


def _pages(world: World, at: Servers, peer: Peer, effort: Effort) -> tuple[list[Row], dict[str, Pace]]:
    entrants = []
    for name in PAGES:
        entrants.append(Entrant(f"{name} of django-oscar", peer.port, peer.paths[name]))
        entrants.append(Entrant(f"{name} of ours", at.small.port, world.at_small.paths[name]))
    found = race(entrants, effort)
    rows = [
        Row(promises.PEER[name], found[f"{name} of ours"].rate / found[f"{name} of django-oscar"].rate)
        for name in PAGES
    ]
    return rows, found


def _checkouts(world: World, at: Servers, peer: Peer, effort: Effort) -> tuple[Row, list[Mapping[str, Any]]]:
    seconds = effort.seconds * LONGER
    sides = {
        "oscar": (peer.port, peer.paths["detail"][:SHOPS]),
        "lumbung": (at.small.port, world.at_small.paths["shop"][:SHOPS]),
    }
    rounds: dict[str, list[Bought]] = {name: [] for name in sides}
    for turn in range(effort.rounds + 1):  # the first round only warms up
        for name, (port, places) in sides.items():
            lasts = seconds if turn else min(seconds, WARM_S)
            crowd = Crowd(name, port, tuple(places), lasts, effort.connections, first=turn * 100_000)
            bought = shoppers.run(crowd)
            if turn:
                rounds[name].append(bought)
    ratio = shoppers.median(rounds["lumbung"]) / shoppers.median(rounds["oscar"])
    return Row(promises.PEER["checkout"], ratio), [_told(name, each) for name, each in rounds.items()]


def _told(name: str, rounds: Sequence[Bought]) -> Mapping[str, Any]:
    ms = [took for each in rounds for took in each.ms]
    return {
        "guest checkout": name,
        "per_s": round(shoppers.median(rounds), 2),
        "p50_ms": round(statistics.median(ms), 1) if ms else None,
        "requests": sum(each.requests for each in rounds),
    }
