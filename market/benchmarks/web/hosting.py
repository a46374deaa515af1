"""Servers of the benchmark: started with production's settings, waited for, ended by their own process id."""

from __future__ import annotations

import base64
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from market.benchmarks.web.client import HOST, ROOT

PROCESSES = 2
START_S = 60
COLD = "market.benchmarks.web.cold:from_environment"
RAW = "market.benchmarks.web.raw_page:from_environment"
BY_HAND = "market.benchmarks.web.raw_page:by_hand"


def production(url: str, instance: Path) -> dict[str, str]:
    """The environment of a production process on that database; keys are made up anew."""

    def key() -> str:
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()

    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUMBUNG_")}
    return kept | {
        "LUMBUNG_ENV": "production",
        "LUMBUNG_DATABASE_URL": url,
        "LUMBUNG_INSTANCE": str(instance),
        "LUMBUNG_SECRET_KEY": secrets.token_urlsafe(48),
        "LUMBUNG_ENCRYPTION_KEYS": f"k1:{key()}",
        "LUMBUNG_INDEX_KEY": key(),
        "LUMBUNG_TRUSTED_HOSTS": HOST,
        "LUMBUNG_MESSAGES": "smtp",
        "LUMBUNG_SMTP_URL": f"smtp://{HOST}:9",
        "LUMBUNG_MAIL_FROM": "pasar@lumbung.example",
        "LUMBUNG_EMBEDDED_WORKER": "0",
        "PYTHONPATH": str(ROOT),
    }


def serve(port: int) -> list[str]:
    """The product's own command."""
    command = [sys.executable, "-m", "market", "serve", "--host", HOST, "--port", str(port)]
    return [*command, "--processes", str(PROCESSES)]


def host(factory: str, port: int) -> list[str]:
    """Another application on the same server with the same number of processes."""
    return [sys.executable, "-m", "market.benchmarks.web.host", factory, str(port), str(PROCESSES)]


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server: its port and the seconds from its start to its first answer."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], start_s: float) -> None:
        self.port, self.process, self.start_s = port, process, start_s

    def stop(self) -> None:
        """End it and its workers."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


@contextmanager
def running(
    command: Sequence[str], port: int, environment: Mapping[str, str], path: str = "/", folder: Path = ROOT
) -> Iterator[Server]:
    """The server behind this command, once `path` is answered. Raises RuntimeError with its last words."""
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        process = subprocess.Popen(
            list(command), env=dict(environment), cwd=folder, stdout=said, stderr=said, start_new_session=True
        )
        server = Server(port, process, 0.0)
        try:
            while not _answers(port, path):
                if process.poll() is not None or time.monotonic() - began > START_S:
                    said.seek(0)
                    words = said.read()[-1_500:].decode(errors="replace")
                    raise RuntimeError(f"{command[2]} does not answer {path}: {words}")
                time.sleep(0.01)
            server.start_s = time.monotonic() - began
            yield server
        finally:
            server.stop()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
