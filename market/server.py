"""Serving: granian for the pages, and beside it one process that works off the jobs."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from market import app as application
from market import config
from market.config import Settings


def from_environment() -> Flask:
    """The application of a serving process: settings from the environment (granian's target)."""
    settings = config.load()
    application.configure(settings)
    return application.create_app(settings)


def environment(settings: Settings) -> dict[str, str]:
    """The variables under which child processes see the same settings."""
    return {
        **os.environ,
        "LUMBUNG_ENV": settings.env,
        "LUMBUNG_DATABASE_URL": settings.database_url,
        "LUMBUNG_SECRET_KEY": settings.secret_key,
        "LUMBUNG_INSTANCE": str(settings.instance_dir),
    }


def serve(settings: Settings, host: str, port: int) -> int:
    """Serve until stopped; the worker process lives and dies with this one."""
    os.environ.update(environment(settings))
    worker = start_worker(settings) if settings.embedded_worker else None
    try:
        Granian(
            "market.server:from_environment",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            factory=True,
            workers=1,
            blocking_threads=4,
            log_access=False,
            websockets=False,
        ).serve()
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=15)
    return 0


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    """Start `lumbung work` as a child with the same settings."""
    return subprocess.Popen([sys.executable, "-m", "market", "work"], env=environment(settings))


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` at SIGTERM or SIGINT, so that the job at hand is finished first."""

    def handle(_number: int, _frame: Any) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def ask_password() -> str:
    """A password typed twice at the terminal."""
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise config.ConfigError("the two passwords differ")
    return first
