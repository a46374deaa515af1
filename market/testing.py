"""`market test`: the suite on SQLite, then what touches the database again on a real PostgreSQL.

Ends with a summary that counts skips loudly: a skipped test has shown nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
SLOW_FOLDERS = ("tests/journeys", "tests/faults", "tests/broken")
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4_000_000_000
NO_TESTS = 5  # pytest's code for "nothing was collected"
INTERRUPTED = 2  # Ctrl-C, or files that cannot even be collected: the second pass would say the same


@dataclass(frozen=True)
class Options:
    """What to run; `pytest` is passed on unread."""

    databases: tuple[str, ...] = DATABASES
    quick: bool = False
    pytest: tuple[str, ...] = ()


@dataclass
class Result:
    """What one pass over the suite showed."""

    database: str
    code: int = 0
    seconds: float = 0.0
    tests: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def run(argv: Sequence[str]) -> int:
    """Runs the suite as asked; 0 only when everything that ran passed."""
    options = parse(argv)
    results: list[Result] = []
    for database in options.databases:
        result = one_pass(options, database, second=bool(results))
        results.append(result)
        if result.code == INTERRUPTED:
            break
    print("\n".join(["", *summary(results)]), flush=True)
    return verdict(results)


def parse(argv: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="lumbung test",
        description="Runs the tests on SQLite and on PostgreSQL. Other arguments go to pytest.",
    )
    parser.add_argument("--quick", action="store_true", help="units on SQLite only: no journeys, no faults")
    parser.add_argument("--db", choices=DATABASES, help="one database instead of both")
    known, rest = parser.parse_known_args(argv)
    databases = (known.db,) if known.db else ("sqlite",) if known.quick else DATABASES
    return Options(databases, known.quick, tuple(rest))


def command(options: Options, database: str, second: bool, report: Path) -> list[str]:
    """The pytest command of one pass; the second leaves out what the first has shown for both."""
    parts = [sys.executable, "-m", "pytest", f"--db={database}", f"--junit-xml={report}", "-ra"]
    parts += ["--numprocesses=logical", "--maxschedchunk=4"]  # in order; databases of their own
    parts.append(f"--basetemp={report.with_name('files')}")
    if second:
        parts.append("--only-database")
    if options.quick:
        parts += [f"--ignore={folder}" for folder in SLOW_FOLDERS]
    named = any(is_test_path(argument) for argument in options.pytest)
    return [*parts, *options.pytest, *([] if named else ["tests"])]


def is_test_path(argument: str) -> bool:
    path = argument.partition("::")[0]
    return path.startswith("tests") and (ROOT / path).exists()


def one_pass(options: Options, database: str, second: bool) -> Result:
    result = Result(database)
    began = time.monotonic()
    print(f"\n== Tests on {NAMES[database]}", flush=True)
    with tempfile.TemporaryDirectory(prefix="lumbung-test-", dir=scratch(MEMORY)) as folder:
        report = Path(folder) / "report.xml"
        result.code = pytest(command(options, database, second, report))
        read_report(report, result)
    result.seconds = time.monotonic() - began
    if second and result.code == NO_TESTS:
        result.code = 0  # what was asked for does not touch the database
    return result


def scratch(memory: Path) -> Path | None:
    """Where the tests keep their files: memory where there is plenty of it, else the system's own place.

    Every commit of an SQLite test waits for the disk, some 2 ms each; a test that passed leaves no files.
    """
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        return None
    state = os.statvfs(memory)
    runs_programs = not state.f_flag & os.ST_NOEXEC
    return memory if runs_programs and state.f_bavail * state.f_frsize > ROOM_BYTES else None


def pytest(parts: list[str]) -> int:
    process = subprocess.Popen(parts, cwd=ROOT, env=dict(os.environ, PYTHONUNBUFFERED="1"))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # pytest got the same Ctrl-C and is printing its own summary


def read_report(report: Path, result: Result) -> None:
    """Counts from pytest's JUnit file; a pass that died early has none."""
    if not report.exists():
        return
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        result.tests += 1
        result.failed += any(case.find(kind) is not None for kind in ("failure", "error"))
        skip = case.find("skipped")
        if skip is not None and skip.get("type") != "pytest.xfail":
            result.skipped[skip.get("message") or "no reason given"] += 1


def summary(results: Sequence[Result]) -> list[str]:
    """The closing lines: one per pass, then every reason for a skip."""
    lines = ["== Summary"]
    skipped: Counter[str] = Counter()
    for result in results:
        state = "passed" if result.code == 0 else f"FAILED (exit {result.code})"
        lines.append(
            f"{NAMES[result.database]}: {state}, {result.tests} tests, {result.failed} failed, "
            f"{result.skipped.total()} skipped, {result.seconds:.0f} s"
        )
        skipped.update(result.skipped)
    lines += [f"!! {times} skipped: {reason}" for reason, times in skipped.most_common()]
    return lines


def verdict(results: Sequence[Result]) -> int:
    """The first code that is not 0; a run without a single test proves nothing."""
    return next((result.code for result in results if result.code), 0) if results else NO_TESTS
