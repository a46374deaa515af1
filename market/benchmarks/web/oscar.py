"""The peer: django-oscar as published, in an environment, a database and a server of its own."""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from psycopg.conninfo import conninfo_to_dict

from market.benchmarks.environments import python_of
from market.benchmarks.web import addresses, hosting, postgres, stall
from market.benchmarks.web.client import HOST, ROOT

VERSION = "4.2.1"
PACKAGES = (
    f"django-oscar=={VERSION}",
    "Django==5.2.19",
    "gunicorn==27.0.1",
    "psycopg[binary]==3.3.9",
    "redis==8.1.0",
)
DATABASE = "lumbung_bench_oscar"
SITE = "market.benchmarks.web.oscar_site"
_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
REDIS_S = 10
_PONG = b"+PONG"


@dataclass(frozen=True)
class Peer:
    """The peer as it serves: `paths` by kind of page, `cache` says where cache and sessions are."""

    port: int
    paths: Mapping[str, tuple[str, ...]]
    cache: str


@contextmanager
def serving(market: stall.Stall, folder: Path, server: str, seed: int = 1) -> Iterator[Peer]:
    """The peer with the goods of `market` on the PostgreSQL of `server`.

    Raises RuntimeError when its environment cannot be made or it does not start.
    """
    python = python_of(f"oscar-{VERSION}", PACKAGES)
    url = postgres.database(server, DATABASE)
    try:
        with _redis(folder) as cache:
            environment = _environment(url, cache)
            said = _filled(python, environment, market)
            port = hosting.free_port()
            with hosting.running(_command(python, port), port, environment, said["list"]):
                yield Peer(port, _paths(said, seed), "Redis" if cache else "memory of each process")
    finally:
        with postgres.connect(server) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


def _command(python: Path, port: int) -> list[str]:
    """Gunicorn as it is started everywhere, with as many processes as the product has."""
    return [
        *(str(python), "-m", "gunicorn", "--bind", f"{HOST}:{port}", "--workers", str(hosting.PROCESSES)),
        *("--log-level", "error", "--no-control-socket", "django.core.wsgi:get_wsgi_application()"),
    ]


def _environment(url: str, cache: str) -> dict[str, str]:
    given = conninfo_to_dict(postgres.libpq(url))
    database = {name: given[key] for key, name in _NAMES.items() if key in given}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUMBUNG_")}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": f"{SITE}.settings",
        "PEER_SECRET": secrets.token_urlsafe(48),
        "PEER_DATABASE": json.dumps(database),
        "PEER_REDIS": cache,
    }


def _filled(python: Path, environment: Mapping[str, str], market: stall.Stall) -> dict[str, Any]:
    goods = [[good.name, good.description, good.category, good.price_rp] for good in market.goods]
    done = subprocess.run(
        [str(python), "-W", "ignore", "-m", f"{SITE}.fill"],
        input=json.dumps(goods),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=dict(environment),
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(f"django-oscar was not filled: {done.stderr[-300:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def _paths(said: Mapping[str, Any], seed: int) -> dict[str, tuple[str, ...]]:
    details = [path for _id, path in said["products"]]
    drawn = random.Random(seed).sample(details, min(addresses.DETAILS, len(details)))
    return {
        "list": (said["list"],),
        "detail": tuple(drawn),
        "search": tuple(f"{said['search']}?q={quote_plus(words)}" for words in addresses.WORDS),
    }


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """The address of a Redis for this block; empty where this machine has none."""
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    path = folder / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield f"unix://{path}?db=0" if _answers(path, process) else ""
    finally:
        process.terminate()
        process.wait(15)


def _answers(path: Path, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + REDIS_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(1)
                probe.connect(str(path))
                probe.sendall(b"PING\r\n")
                if probe.recv(16).startswith(_PONG):
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False
