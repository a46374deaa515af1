"""The databases that are measured: the story of a city, and on top of it a small and a large market."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market import app as application
from market import config, demo, migrations
from market.benchmarks.web import hosting, photos, postgres, stall
from market.benchmarks.web.addresses import Addresses, drawn
from market.core import db

NAMES = ("lumbung_bench_base", "lumbung_bench_small", "lumbung_bench_large")


@dataclass(frozen=True)
class Size:
    """How large the markets are; `story` has the city's people and past in the database too."""

    sellers: int
    small: int
    large: int
    story: bool


FULL = Size(500, 2_000, 20_000, story=True)
QUICK = Size(40, 200, 2_000, story=False)


@dataclass(frozen=True)
class World:
    """What the measurements need: environments of servers, addresses, passwords."""

    folder: Path
    small: Mapping[str, str]
    large: Mapping[str, str]
    at_small: Addresses
    at_large: Addresses
    logins: Mapping[str, str]
    password: str
    size: Size
    seed: int


@contextmanager
def made(size: Size, folder: Path, given: str = "", seed: int = 1) -> Iterator[World]:
    """The world on a server of its own, or on `given`, where databases of its own are made and dropped."""
    if given:
        try:
            yield _filled(size, folder, given, seed)
        finally:
            with postgres.connect(given) as admin:
                for name in NAMES:
                    admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        return
    with postgres.server() as url:
        yield _filled(size, folder, url, seed)


def _filled(size: Size, folder: Path, server: str, seed: int) -> World:
    environment = hosting.production(server, folder / "instance")
    logins, password = _base(
        size, {**environment, "LUMBUNG_DATABASE_URL": postgres.database(server, NAMES[0])}
    )
    kept = photos.store()
    found = []
    for name, products in ((NAMES[1], size.small), (NAMES[2], size.large)):
        mine = {**environment, "LUMBUNG_DATABASE_URL": postgres.database(server, name, template=NAMES[0])}
        found.append((mine, _stocked(mine, stall.draw(size.sellers, products, 153, seed), kept)))
    (small, at_small), (large, at_large) = found
    return World(folder, small, large, at_small, at_large, logins, password, size, seed)


def _base(size: Size, environment: Mapping[str, str]) -> tuple[Mapping[str, str], str]:
    """Schema and story; settings of a demo, because the story walks through the past."""
    began = time.monotonic()
    application.configure(config.load({**environment, "LUMBUNG_ENV": "demo", "LUMBUNG_MESSAGES": "memory"}))
    with db.engine().connect() as connection:
        migrations.upgrade(connection)
        connection.commit()
    said: dict[str, Any] = demo.seed("city153", 0) if size.story else {"logins": {}, "password": ""}
    stall.prepare()
    db.dispose()
    _say(f"schema{' and story' if size.story else ''}", began)
    return said["logins"], said["password"]


def _stocked(environment: Mapping[str, str], market: stall.Stall, kept: list[str]) -> Addresses:
    began, url = time.monotonic(), environment["LUMBUNG_DATABASE_URL"]
    db.configure(url)
    stall.fill(market, kept)
    db.dispose()
    with postgres.connect(url) as connection:
        connection.execute("VACUUM ANALYZE")
        found = drawn(connection, stall.HEADS)
    _say(f"{len(market.goods)} products of {len(market.sellers)} sellers, indexed", began)
    return found


def _say(text: str, began: float) -> None:
    print(f"{time.monotonic() - began:6.1f} s  {text}", file=sys.stderr, flush=True)
