"""Serving: pages at once, the long work beside them, and both ending together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from market.core import db

pytestmark = [pytest.mark.sqlite, pytest.mark.timeout(180)]

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = """
import sys, time
from functools import partial
from pathlib import Path
from market import app, cli, config, server
from market.config import ConfigError

def beside(go: Path) -> None:
    while not go.exists():
        time.sleep(0.05)
    if go.read_text() == "fail":
        raise ConfigError("planted")
    print("told", flush=True)

settings = config.load()
app.configure(settings)
cli._migrate()
sys.exit(server.serve(settings, "127.0.0.1", int(sys.argv[1]), beside=partial(beside, Path(sys.argv[2]))))
"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    """A server on an empty database whose work beside it waits for a file: (process, port, file)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUMBUNG_")}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port), str(folder / "go")],
        cwd=ROOT,
        env={**clean, "LUMBUNG_ENV": "demo", "LUMBUNG_INSTANCE": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, port, folder / "go"
    finally:
        process.kill()
        process.communicate(timeout=60)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/hidup", timeout=20) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def until(fact: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in tasks.read_text().split()]


def running(pid: int) -> bool:
    """Alive, and no zombie that only waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_pages_are_served_while_the_round_is_still_being_solved(tmp_path):
    with serving(tmp_path) as (process, port, go):
        until(lambda: answers(port))
        assert not go.exists()
        go.touch()
        assert process.stdout is not None and process.stdout.readline() == "told\n"
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, ""), "stdout belongs to the command, the server's log to stderr"
    assert "Listening" in err


def test_what_fails_beside_the_server_stops_it_and_is_said_in_one_line(tmp_path):
    with serving(tmp_path) as (process, port, go):
        until(lambda: answers(port))
        go.write_text("fail")
        _out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "lumbung: planted" in err and "Traceback" not in err


def test_what_a_killed_server_had_started_ends_with_it(tmp_path):
    with serving(tmp_path) as (process, port, _go):
        until(lambda: answers(port))
        children = children_of(process.pid)
        assert len(children) == 2, "one serves, one works"
        process.kill()
        until(lambda: not any(running(child) for child in children), seconds=30)


def test_the_database_of_a_server_has_its_jobs_worked_off(tmp_path):
    with serving(tmp_path) as (_process, port, go):
        go.touch()
        db.configure(f"sqlite:///{tmp_path / 'lumbung.sqlite'}")

        def scheduled() -> bool:
            with db.transaction(read_only=True) as session:
                table = db.Base.metadata.tables["period"]
                return session.execute(table.select().limit(1)).first() is not None

        until(lambda: (tmp_path / "lumbung.sqlite").exists() and answers(port))
        until(scheduled)
        db.dispose()
