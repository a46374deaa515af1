"""Several visitors at once who each buy something: a process of its own, bounded in time.

`python -m market.benchmarks.web.shoppers` reads a `Crowd` as JSON on stdin and prints what it saw as JSON.
Whoever is done is followed by the next visitor, who brings an empty browser. When the time is over a visit
that is under way counts by the share of its requests that are answered, so that slow visits lose nothing.
"""

from __future__ import annotations

import json
import selectors
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

from market.benchmarks.web.checkouts import STEPS, VISITS, Browser
from market.benchmarks.web.client import HOST, ROOT, STALLED_S, Broken, Connection


@dataclass(frozen=True)
class Crowd:
    """Who buys where: `shop` names the kind of visit, `places` where visits start, in turn."""

    shop: str
    port: int
    places: tuple[str, ...]
    seconds: float
    visitors: int = 8
    first: int = 0


@dataclass(frozen=True)
class Bought:
    """What they did: whole visits (those under way by their share), milliseconds of each whole one."""

    wall_s: float
    visits: float
    requests: int
    ms: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Visits a second."""
        return self.visits / self.wall_s if self.wall_s else 0.0


class _Shopper:
    """One of the visitors at a time, over one connection."""

    def __init__(self, crowd: Crowd, numbers: Iterator[int]) -> None:
        self.crowd, self.numbers = crowd, numbers
        self.connection = Connection(crowd.port)
        self.came()

    def came(self) -> None:
        """The next visitor."""
        number, places = next(self.numbers), self.crowd.places
        visit = VISITS[self.crowd.shop](places[number % len(places)], number)
        self.browser, self.began = Browser(visit, f"{HOST}:{self.crowd.port}"), time.perf_counter()

    def heard(self) -> bool:
        """Take a complete answer; True when the visit is over."""
        answer = self.connection.answer
        return self.browser.hear(
            answer.status, answer.data[: answer.head_end], answer.data[answer.head_end :]
        )


def drive(crowd: Crowd) -> Bought:
    """Buy until the time is over. Raises Broken, LookupError, RuntimeError."""
    numbers, took, requests, steps = count(crowd.first), list[float](), 0, STEPS[crowd.shop]
    shoppers = [_Shopper(crowd, numbers) for _ in range(crowd.visitors)]
    began = time.perf_counter()
    with selectors.DefaultSelector() as ready, ExitStack() as stack:
        owner = {id(each.connection): each for each in shoppers}
        for each in shoppers:
            stack.callback(each.connection.close)
            each.connection.ask(each.browser.request(), ready)
        busy = len(shoppers)
        while busy:
            events = ready.select(STALLED_S)
            if not events:
                raise Broken("no answer for half a minute")
            for key, _mask in events:
                shopper = owner[id(key.data)]
                if not shopper.connection.heard(ready):
                    continue
                over, now = shopper.heard(), time.perf_counter()
                if now - began >= crowd.seconds:
                    busy -= 1  # what was answered too late does not count
                    continue
                requests += 1
                if over:
                    if shopper.browser.steps != steps:
                        raise Broken(f"a visit took {shopper.browser.steps} requests, not {steps}")
                    took.append((now - shopper.began) * 1_000)
                    shopper.came()
                shopper.connection.ask(shopper.browser.request(), ready)
    return Bought(crowd.seconds, requests / steps, requests, tuple(took))


def run(crowd: Crowd) -> Bought:
    """`drive` in a process of its own. Raises RuntimeError with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "market.benchmarks.web.shoppers"],
        input=json.dumps(asdict(crowd)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=crowd.seconds + 3 * STALLED_S,
    )
    if done.returncode:
        raise RuntimeError(f"the visitors went home early: {done.stderr[-600:]}")
    said: dict[str, Any] = json.loads(done.stdout)
    return Bought(said["wall_s"], said["visits"], said["requests"], tuple(said["ms"]))


def median(rounds: Sequence[Bought]) -> float:
    """Visits a second, the median of the rounds."""
    return statistics.median(each.rate for each in rounds)


def main() -> int:
    """Drive the crowd that is described on stdin."""
    asked = json.load(sys.stdin)
    print(json.dumps(asdict(drive(Crowd(**{**asked, "places": tuple(asked["places"])})))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
