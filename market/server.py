"""Serving: granian for the pages, and beside it one process that works off the jobs."""

from __future__ import annotations

import getpass
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from market import app as application
from market import config
from market.config import Settings
from market.core import db
from market.core.errors import LumbungError
from market.worker import Worker

Act = Callable[[], None]
WATCH_S = 2
ALONE_THREADS = 4
"""A process that is alone must not stand still for one slow page. Several do better with one thread each:
threads of one process fight over the interpreter, and the slowest answers took four times as long."""
LOGGING = {
    "handlers": {
        name: {"formatter": "generic", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
        for name in ("console", "access")
    }
}
"""stdout belongs to the command: a summary as JSON, for one."""


def from_environment() -> Flask:
    """The application of a serving process: settings from the environment (granian's target)."""
    settings = config.load()
    application.configure(settings)
    _end_with(os.getppid(), lambda: os._exit(0))
    return application.create_app(settings)


def environment(settings: Settings) -> dict[str, str]:
    """The variables under which child processes see the same settings."""
    return {
        **os.environ,
        "LUMBUNG_ENV": settings.env,
        "LUMBUNG_DATABASE_URL": settings.database_url,
        "LUMBUNG_SECRET_KEY": settings.secret_key,
        "LUMBUNG_INSTANCE": str(settings.instance_dir),
        "LUMBUNG_CLOCK_OFFSET_S": str(settings.clock_offset_s),
        "LUMBUNG_BASE_URL": settings.base_url,
        "LUMBUNG_PAYMENTS": settings.payments,
        "LUMBUNG_MIDTRANS_BASE_URL": settings.midtrans_base_url,
        "LUMBUNG_STRIPE_BASE_URL": settings.stripe_base_url,
    }


def serve(settings: Settings, host: str, port: int, beside: Act | None = None, *, processes: int = 1) -> int:
    """Serve until stopped; the process that works off the jobs lives and dies with this one.

    `beside` is done first by that process, while pages are served already; `processes` answer requests.
    """
    os.environ.update(environment(settings))
    worker = start_worker(settings, beside) if settings.embedded_worker or beside else None
    try:
        host_pages("market.server:from_environment", host, port, processes)
    finally:
        if worker is not None:
            worker.terminate()
            worker.join(timeout=15)
    failed = worker is not None and (worker.exitcode or 0) > 0
    return 1 if failed else 0


def host_pages(factory: str, host: str, port: int, processes: int) -> None:
    """Answer requests until stopped; `factory` is "module:function" that makes a WSGI application."""
    Granian(
        factory,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=processes,
        blocking_threads=ALONE_THREADS if processes == 1 else 1,
        log_access=False,
        log_dictconfig=LOGGING,
        websockets=False,
    ).serve()


def start_worker(settings: Settings, first: Act | None = None) -> BaseProcess:
    """A process that does `first` and then works off jobs.

    Where it is a fork, it needs no second import of everything; it starts before any thread does.
    """
    db.dispose()
    worker = multiprocessing.Process(target=_work, args=(settings, first, os.getpid()), daemon=True)
    worker.start()
    return worker


def _work(settings: Settings, first: Act | None, parent: int) -> None:
    """The worker's process; it ends with the server, and the server with it when `first` fails."""
    signal.signal(signal.SIGTERM, lambda *_given: sys.exit(0))
    worker = Worker()
    _end_with(parent, lambda: os.kill(os.getpid(), signal.SIGTERM))
    try:
        application.configure(settings)
        if first is not None:
            first()
        stop_on_signals(worker.stopping.set)
        if settings.embedded_worker:
            worker.run()
    except KeyboardInterrupt:
        return
    except Exception as error:
        os.kill(parent, signal.SIGTERM)
        if not isinstance(error, LumbungError | config.ConfigError):
            raise
        sys.exit(f"lumbung: {error}")


def _end_with(parent: int, end: Act) -> None:
    """End soon after the parent does, also when it was killed: the next start wants port and files."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_S)
        end()

    threading.Thread(target=watch, daemon=True).start()


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
