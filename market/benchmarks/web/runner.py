"""`lumbung benchmark web`: the product's own server on PostgreSQL against its promises and its peers.

Makes a market of 20,000 products of 500 sellers (and one of 2,000) on a PostgreSQL of its own, serves it
with production's settings by two processes, and drives it with 8 kept connections from another process.
Rounds alternate between the product and the raw page (psycopg and Jinja alone); ratios of medians are what
counts. One row per promise: held, missed, or not measured yet. Exit code 1 when one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from market.benchmarks.measure import machine
from market.benchmarks.orders import runner as orders
from market.benchmarks.orders import shelf
from market.benchmarks.web import bars, pages, peer, speed, world
from market.benchmarks.web.bars import Row
from market.benchmarks.web.speed import Effort, Pace

GROUPS = ("limits", "everyday", "tenfold", "statements", "weight", "unchanged", "peer", "start", "orders")


class Report:
    """Prints what is known as soon as it is known, and keeps the rows for the exit code."""

    def __init__(self, as_json: bool) -> None:
        self.as_json, self.rows = as_json, list[Row]()

    def say(self, facts: Mapping[str, Any]) -> None:
        """Something that is no promise: the machine, a pace, a file."""
        text = json.dumps(facts) if self.as_json else "  ".join(f"{k} {v}" for k, v in facts.items())
        print(text, flush=True)

    def add(self, rows: Sequence[Row]) -> None:
        """Promises."""
        for row in rows:
            print(json.dumps(row.as_json()) if self.as_json else row.as_text(), flush=True)
        self.rows += rows

    def paces(self, found: Mapping[str, Pace]) -> None:
        """What each entrant did."""
        for name, pace in found.items():
            self.say({
                "page": name,
                "per_s": round(pace.rate, 1),
                "p50_ms": round(pace.p50_ms, 2),
                "p99_ms": round(pace.p99_ms, 2),
                "bytes": pace.bytes,
            })  # fmt: skip


def run(argv: Sequence[str]) -> int:
    """Measure what is asked for; 1 when a promise is missed."""
    asked = _parser().parse_args(list(argv))
    report = Report(asked.json)
    report.say(machine())
    effort = speed.QUICK if asked.quick else Effort(rounds=max(1, asked.rounds))
    size = world.QUICK if asked.quick else world.FULL
    groups = asked.only or GROUPS
    with tempfile.TemporaryDirectory(prefix="lumbung-benchmark-") as folder:
        if "orders" in groups:
            _orders(Path(folder), asked, report)
        if set(groups) - {"orders"}:
            with world.made(size, Path(folder), asked.database_url, asked.seed) as place:
                _pages(place, effort, groups, report)
    _summary(report)
    return bars.code(report.rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lumbung benchmark web",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="a small market, one short round: does it run?")
    parser.add_argument("--rounds", type=int, default=3, help="alternating rounds of each load")
    parser.add_argument("--only", nargs="*", choices=GROUPS, help="some of the groups of promises")
    parser.add_argument("--database-url", default="", help="a PostgreSQL in which databases may be made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    return parser


def _orders(folder: Path, asked: argparse.Namespace, report: Report) -> None:
    effort = orders.QUICK if asked.quick else orders.Effort(max(1, asked.rounds))
    size = shelf.QUICK if asked.quick else shelf.FULL
    report.say({"load": os.getloadavg()[0], "processors": os.cpu_count() or 0})
    rows, found = orders.measured(folder, effort, size, asked.database_url)
    for name, pace in found.items():
        facts = {
            "per_s": round(pace.rate, 1),
            "p50_ms": round(pace.p50_ms, 2),
            "p99_ms": round(pace.p99_ms, 2),
        }
        report.say({"work": name, **facts, "done": pace.pieces})
    report.add(rows)


def _pages(place: world.World, effort: Effort, groups: Sequence[str], report: Report) -> None:
    with pages.servers(place) as at:
        cookie, cold = pages.guest(place, at).cookie, 0.0
        if "statements" in groups:
            report.add(pages.statements(place, at, cookie))
        if "weight" in groups:
            rows, parts = pages.weight(place, at)
            report.add(rows)
            report.say({"first visit": parts})
        if "limits" in groups or "unchanged" in groups:
            rows, found = pages.limits(place, at, effort, cookie)
            cold = found["list cold"].rate
            report.paces(found)
            report.add(rows)
        if "unchanged" in groups:
            report.add(pages.unchanged(place, at, effort, cold))
        if "everyday" in groups:
            rows, found = pages.everyday(place, at, effort, cookie)
            report.paces(found)
            report.add(rows)
        if "tenfold" in groups:
            rows, found = pages.tenfold(place, at, effort)
            report.paces(found)
            report.add(rows)
        if "peer" in groups:
            rows, found, facts = peer.compared(place, at, effort)
            report.paces(found)
            for fact in facts:
                report.say(fact)
            report.add(rows)
        if "start" in groups:
            report.add(pages.start(at))


def _summary(report: Report) -> None:
    count = {word: sum(row.held is held for row in report.rows) for held, word in bars.WORDS.items()}
    report.say({"promises": len(report.rows), **count})
