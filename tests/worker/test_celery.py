"""Production's form of the worker: a real broker, a real Celery worker, the same job table."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from market import server
from market.config import Settings
from market.core import db, jobs
from market.core.jobs import Job
from tests.faults import story

WAIT_S = 60


def wait_until(true, seconds: float = WAIT_S) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no Redis: sudo apt-get install redis-server")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    assert wait_until(lambda: listening(port), 10)
    yield f"redis://127.0.0.1:{port}/0"
    process.kill()
    process.wait()


def end(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker with its beat and its pool, as a machine that loses power does."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def start_worker(settings: Settings, broker: str, log: Path) -> subprocess.Popen[bytes]:
    environment = {**server.environment(settings), "LUMBUNG_BROKER_URL": broker, "LUMBUNG_MESSAGES": "memory"}
    options = [
        "--beat",
        "--pool=prefork",
        "--concurrency=1",
        "--queues=default,solver",
        f"--schedule={log.with_suffix('.beat')}",
    ]
    command = [sys.executable, "-m", "celery", "-A", "market.celery_app", "worker", *options, "-l", "warning"]
    with log.open("ab") as out:
        return subprocess.Popen(
            command, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )


def state_of_jobs() -> set[str]:
    with db.transaction(read_only=True):
        return {row.state for row in db.session.query(Job.state).filter(Job.kind == "goods_received")}


def test_celery_does_what_the_table_says_also_after_a_worker_was_killed(settings, database, broker, tmp_path):
    cast = story.begin()
    with db.transaction():
        order_id = story.order(cast)
        jobs.enqueue("goods_received", {"order_id": order_id, "receipt_id": 0})
    log = tmp_path / "celery.log"
    worker = start_worker(settings, broker, log)
    try:
        assert wait_until(lambda: state_of_jobs() == {"done"}), log.read_text()[-3000:]
        end(worker)
        with db.transaction():
            for n in range(5):
                jobs.enqueue(
                    "goods_received", {"order_id": order_id, "receipt_id": n}, unique_key=f"again:{n}"
                )
        worker = start_worker(settings, broker, log)
        assert wait_until(lambda: state_of_jobs() == {"done"}), log.read_text()[-3000:]
    finally:
        end(worker)
