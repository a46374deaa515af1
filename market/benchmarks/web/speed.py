"""How fast the pages are: alternating rounds of the same load on every server, medians of the rounds."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from market.benchmarks.web import client
from market.benchmarks.web.client import Load, Seen


@dataclass(frozen=True)
class Effort:
    """How much is asked in a round, and how often."""

    rounds: int = 3
    count: int = 1_500
    seconds: float = 4.0
    connections: int = 8


QUICK = Effort(rounds=1, count=60, seconds=2.0)


@dataclass(frozen=True)
class Entrant:
    """One page of one server; several run by turns."""

    name: str
    port: int
    paths: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """Medians over the rounds: answers a second, milliseconds, body bytes; by status."""

    rate: float
    p50_ms: float
    p99_ms: float
    bytes: int
    statuses: Mapping[str, int]


def race(entrants: Sequence[Entrant], effort: Effort, wanted: str = "200") -> dict[str, Pace]:
    """Everybody in turn, as many rounds as asked. Raises RuntimeError for another status than `wanted`."""
    rounds: dict[str, list[Seen]] = {each.name: [] for each in entrants}
    for each in entrants:
        client.run(_load(each, Effort(1, max(8, len(each.paths)), effort.seconds, effort.connections)))
    for _ in range(effort.rounds):
        for each in entrants:
            seen = client.run(_load(each, effort))
            if set(seen.statuses) != {wanted}:
                raise RuntimeError(f"{each.name} answered {seen.statuses}, not {wanted} alone")
            rounds[each.name].append(seen)
    return {name: _pace(seen) for name, seen in rounds.items()}


def _load(entrant: Entrant, effort: Effort) -> Load:
    return Load(
        entrant.port, entrant.paths, effort.count, effort.connections, effort.seconds, dict(entrant.headers)
    )


def _pace(rounds: Sequence[Seen]) -> Pace:
    statuses: dict[str, int] = {}
    for seen in rounds:
        for status, count in seen.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return Pace(
        statistics.median(seen.rate for seen in rounds),
        statistics.median(seen.percentile(0.5) for seen in rounds),
        statistics.median(seen.percentile(0.99) for seen in rounds),
        rounds[-1].bytes,
        statuses,
    )
