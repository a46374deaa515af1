"""The throw-away PostgreSQL itself."""

import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.support import postgres

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def server():
    try:
        started = postgres.start_server()
    except postgres.Unavailable as reason:
        pytest.skip(str(reason))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def template(server):
    return server.create_template(lambda url: run(url, "CREATE TABLE sack (weight_g bigint)"))


def run(url, *statements):
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        return results[-1].scalar() if results[-1].returns_rows else None


def test_two_clones_know_nothing_of_each_other(server, template):
    first, second = server.clone(template), server.clone(template)
    run(first, "INSERT INTO sack VALUES (25000)")
    assert run(first, "SELECT count(*) FROM sack") == 1
    assert run(second, "SELECT count(*) FROM sack") == 0
    assert run(server.clone(template), "SELECT count(*) FROM sack") == 0


def test_a_dropped_clone_is_gone_even_when_somebody_is_connected(server, template):
    url = server.clone(template)
    engine = create_engine(url, poolclass=NullPool)
    forgotten = engine.connect()
    server.drop(url)
    with pytest.raises(Exception, match="does not exist"):
        run(url, "SELECT 1")
    forgotten.invalidate()


def test_only_databases_made_here_can_be_dropped(server):
    with pytest.raises(ValueError, match="not one of"):
        server.drop(server.dsn)


def test_a_given_server_is_used_and_left_clean(server, template, monkeypatch):
    monkeypatch.setenv("LUMBUNG_TEST_DATABASE_URL", server.dsn.replace("+psycopg", ""))
    guest = postgres.start_server()
    assert guest.process is None
    guest._names = count(9000)  # the same process is host and guest here
    guest.clone(guest.create_template(lambda url: run(url, "SELECT 1")))
    guest.stop()
    assert run(server.dsn, "SELECT count(*) FROM pg_database WHERE datname LIKE '%\\_90__'") == 0
    assert run(server.dsn, "SELECT 1") == 1, "the host's server must live on"


def test_binaries_in_a_private_folder_are_copied(tmp_path, monkeypatch):
    if os.geteuid() != 0:
        return  # only root starts the server as somebody else
    source = postgres.find_binaries().parent
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    (private / source.name).symlink_to(source)
    monkeypatch.setenv("LUMBUNG_TEST_PG_BIN", str(private / source.name / "bin"))
    home = tmp_path / "home"
    home.mkdir()
    assert postgres._usable(postgres.find_binaries(), home) == home / "pg" / "bin"


STARTER = """
from tests.support import postgres
server = postgres.start_server()
print(server.process.pid, *server.folders, flush=True)
import time; time.sleep(60)
"""


def test_killing_the_test_run_leaves_no_server_and_the_next_one_no_files():
    root = Path(__file__).resolve().parents[2]
    starter = subprocess.Popen([sys.executable, "-c", STARTER], cwd=root, stdout=subprocess.PIPE, text=True)
    with starter:
        assert starter.stdout is not None
        pid, *folders = starter.stdout.readline().split()
        starter.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
    assert not [line for line in processes() if folders[0] in line]
    assert all(Path(folder).exists() for folder in folders), "kill -9 gives no time to tidy up"
    postgres._sweep()
    assert not any(Path(folder).exists() for folder in folders)


def processes():
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
