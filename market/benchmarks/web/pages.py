"""The pages of the product: against the raw page, at ten times the data, in statements and bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from market.benchmarks.web import hosting, promises, visit
from market.benchmarks.web.bars import Row
from market.benchmarks.web.client import ROOT
from market.benchmarks.web.hosting import Server
from market.benchmarks.web.speed import Effort, Entrant, Pace, race
from market.benchmarks.web.visitor import Visitor, expect, sign_in, with_basket
from market.benchmarks.web.world import World

BASKET = 3
ANONYMOUS = ("list", "shop", "detail", "search", "basket", "market")


@dataclass(frozen=True)
class Servers:
    """Everything of ours that serves at once; an idle one costs nothing."""

    ours: Server
    small: Server
    cold: Server
    raw: Server
    by_hand: Server


@contextmanager
def servers(world: World) -> Iterator[Servers]:
    """The product on both markets, without kept fragments, and both raw pages."""
    with ExitStack() as stack:

        def start(environment: Mapping[str, str], factory: str = "") -> Server:
            port = hosting.free_port()
            command = hosting.host(factory, port) if factory else hosting.serve(port)
            return stack.enter_context(hosting.running(command, port, environment))

        yield Servers(
            ours=start(world.large),
            small=start(world.small),
            cold=start(world.large, hosting.COLD),
            raw=start(world.large, hosting.RAW),
            by_hand=start(world.large, hosting.BY_HAND),
        )


def guest(world: World, at: Servers) -> Visitor:
    """A visitor with a form token and three products in the basket."""
    slug, ids = world.at_large.shops[0]
    return with_basket(at.ours.port, slug, list(ids[:BASKET]))


def limits(world: World, at: Servers, effort: Effort, cookie: str) -> tuple[list[Row], dict[str, Pace]]:
    """The list page, warm and cold, against the raw page; the one by hand is told beside them."""
    paths, headers = world.at_large.paths["list"], {"Cookie": cookie}
    found = race(
        [
            Entrant("raw", at.raw.port, ("/",)),
            Entrant("raw, by hand", at.by_hand.port, ("/",)),
            Entrant("list cold", at.cold.port, paths, headers),
            Entrant("list warm", at.ours.port, paths, headers),
        ],
        effort,
    )
    raw = found["raw"].rate
    return [
        Row(promises.COLD, 100 * found["list cold"].rate / raw),
        Row(promises.WARM, 100 * found["list warm"].rate / raw),
    ], found


def everyday(world: World, at: Servers, effort: Effort, cookie: str) -> tuple[list[Row], dict[str, Pace]]:
    """p50 and p99 of the public pages and of those of every role."""
    entrants = [
        Entrant(name, at.ours.port, world.at_large.paths[name], {"Cookie": cookie}) for name in ANONYMOUS
    ]
    entrants += [
        Entrant(name, at.ours.port, (path,), {"Cookie": seat})
        for name, path, seat in seats(world, at.ours.port)
    ]
    found = race(entrants, effort)
    rows = []
    for name, pace in found.items():
        slowest, spread = promises.p99(name)
        rows += [Row(slowest, pace.p99_ms), Row(spread, pace.p99_ms / pace.p50_ms)]
    return rows, found


def seats(world: World, port: int) -> list[tuple[str, str, str]]:
    """Name, path and cookie of each role's home, and of the board."""
    found = []
    for role, login in world.logins.items():
        cookie = sign_in(port, login, world.password).cookie
        found.append((f"home of {role}", "/hari-ini", cookie))
        if role == "office_officer":
            found.append(("board of 153", "/papan/", cookie))
    return found


def tenfold(world: World, at: Servers, effort: Effort) -> tuple[list[Row], dict[str, Pace]]:
    """The same pages on both markets, by turns."""
    names = ("list", "shop", "detail", "search", "market")
    entrants = []
    for name in names:
        entrants.append(Entrant(f"{name} small", at.small.port, world.at_small.paths[name]))
        entrants.append(Entrant(f"{name} large", at.ours.port, world.at_large.paths[name]))
    found = race(entrants, effort)
    rows = [
        Row(promises.tenfold(name), found[f"{name} large"].p50_ms / found[f"{name} small"].p50_ms)
        for name in names
    ]
    return rows, found


def statements(world: World, at: Servers, cookie: str) -> list[Row]:
    """What each page sends to the database, counted in the product's own application."""
    paths = world.at_large.paths
    asked = [[name, paths[name][0], cookie] for name in ("list", "detail", "search", "basket")]
    asked += [list(seat) for seat in seats(world, at.ours.port)]
    counted = _counted(asked, world.large)
    rows = []
    for name, said in counted.items():
        kind = "home" if name.startswith("home") else name.partition(" ")[0]
        sent = None if said["status"] != 200 else said["statements"]
        rows.append(
            Row(promises.statements(name, kind), sent, f"{said['settings']} of them set up the transaction")
        )
    return rows


def _counted(asked: list[list[str]], environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "market.benchmarks.web.statements"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=dict(environment),
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(f"nothing was counted: {done.stderr[-300:]}")
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def weight(world: World, at: Servers) -> tuple[list[Row], dict[str, int]]:
    """Bytes and files of a first visit to the list; the text of its parts in the second value."""
    found = visit.first(at.ours.port, world.at_large.paths["list"][0])
    rows = [
        Row(promises.TEXT, found.text_bytes / 1000),
        Row(promises.ALL, found.all_bytes / 1000),
        Row(promises.FILES, found.files),
    ]
    return rows, {**found.text, **found.rest}


def unchanged(world: World, at: Servers, effort: Effort, cold: float) -> list[Row]:
    """What a second visit costs: bytes, and the rate of "nothing has changed" against the list made anew.

    Not against the kept list: a page that costs next to nothing leaves nothing to spare.
    """
    path = world.at_large.paths["list"][0]
    visitor = Visitor(at.ours.port)
    visitor.get(path)  # the first answer sets the cookie that the tag depends on
    tag = expect(visitor.get(path), 200).headers.get("etag", "")
    if not tag:
        return [Row(promises.REPEAT, None, "no ETag"), Row(promises.UNCHANGED, None, "no ETag")]
    status, size = visit.again(at.ours.port, path, visitor.cookie, tag)
    headers = {"Cookie": visitor.cookie, "If-None-Match": tag}
    found = race([Entrant("304", at.ours.port, (path,), headers)], effort, wanted=str(status))
    note = "" if status == 304 else f"answers {status}"
    return [
        Row(promises.REPEAT, size / 1000, note),
        Row(promises.UNCHANGED, found["304"].rate / cold if status == 304 else None, note),
    ]


def start(at: Servers) -> list[Row]:
    """From the command to the first answer."""
    return [Row(promises.START, at.small.start_s)]
