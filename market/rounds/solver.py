"""The matcher as a limited child process: `python -m matching ...` with files in and files out.

The web process and the worker never load the solver; a crash, a hang or an appetite for memory in
the child is a failed round and nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEMORY_BYTES = 6 * 1024**3
GRACE_S = 20
"""How much longer than its own time limit the child may live (start, reading, writing)."""
QUICK_S = 120
"""For the commands that do not search: check, greedy, alone, explain."""

OnProgress = Callable[[dict[str, Any]], None]


class SolverFailed(Exception):
    """The child failed, timed out or was refused; the message is for the round's page and the log."""


@dataclass(frozen=True)
class Limits:
    """How good and how long: stops at `gap` or after `seconds`; `work` makes it reproducible."""

    gap: float = 0.005
    seconds: int = 20
    seed: int = 0
    work: int | None = None


@contextmanager
def workplace(problem: dict[str, Any]) -> Iterator[Path]:
    """A folder with problem.json in it, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lumbung-round-") as folder:
        path = Path(folder)
        (path / "problem.json").write_text(json.dumps(problem), encoding="utf-8")
        yield path


def _limited() -> None:
    """In the child, before it becomes the solver: a ceiling on memory, and a lower priority."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.nice(5)


def _start(arguments: list[str], folder: Path, errors: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "matching", *arguments]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env=environment,
        preexec_fn=_limited,
    )


def solve(folder: Path, limits: Limits, on_progress: OnProgress) -> dict[str, Any]:
    """Solve problem.json; reports each line of progress; returns the plan. Raises SolverFailed."""
    return _search(["solve", "problem.json", "-o", "plan.json"], folder, limits, on_progress)


def resolve(folder: Path, earlier: dict[str, Any], limits: Limits, on_progress: OnProgress) -> dict[str, Any]:
    """Solve again after answers, changing as little as possible. Raises SolverFailed."""
    (folder / "earlier.json").write_text(json.dumps(earlier), encoding="utf-8")
    return _search(
        ["resolve", "problem.json", "earlier.json", "-o", "plan.json"], folder, limits, on_progress
    )


def _search(arguments: list[str], folder: Path, limits: Limits, on_progress: OnProgress) -> dict[str, Any]:
    search = ["--work", str(limits.work)] if limits.work is not None else ["--seconds", str(limits.seconds)]
    options = ["--gap", str(limits.gap), *search, "--seed", str(limits.seed)]
    child = _start([*arguments, *options], folder, subprocess.PIPE)
    watchdog = threading.Timer(limits.seconds + GRACE_S, child.kill)
    watchdog.start()
    try:
        said = _listen(child, on_progress)
        code = child.wait()
    finally:
        watchdog.cancel()
        child.kill()
    if code != 0:
        raise SolverFailed(f"the solver ended with {code}: {' / '.join(said[-3:])}"[:500])
    return _read(folder / "plan.json")


def _listen(child: subprocess.Popen[str], on_progress: OnProgress) -> list[str]:
    """Pass progress on until the child closes its stderr; returns the last of what was not progress."""
    said: list[str] = []
    assert child.stderr is not None
    for line in child.stderr:
        point = _progress_point(line)
        if point is None:
            said = [*said[-20:], line.rstrip()]
        else:
            on_progress(point)
    return said


def _progress_point(line: str) -> dict[str, Any] | None:
    try:
        point = json.loads(line)
    except ValueError:
        return None
    return point if isinstance(point, dict) and "seconds" in point else None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SolverFailed(f"the solver left no readable plan: {error}") from error
    if not isinstance(found, dict):
        raise SolverFailed("the solver's plan is not an object")
    return found


def check(folder: Path) -> dict[str, Any]:
    """The independent verdict on plan.json; an unclean one is a result, not a failure."""
    return _ask(["check", "problem.json", "plan.json"], folder, accept=(0, 1))


def greedy(folder: Path) -> dict[str, Any]:
    """What a careful officer would do by hand: a plan."""
    _ask(["greedy", "problem.json", "-o", "greedy.json"], folder, reads=False)
    return _read(folder / "greedy.json")


def alone(folder: Path) -> dict[str, Any]:
    """What each need would cost bought alone."""
    return _ask(["alone", "problem.json"], folder)


def explain(folder: Path) -> dict[str, Any]:
    """Why each need got less than it wanted, and what would help."""
    return _ask(["explain", "problem.json", "plan.json"], folder)


def _ask(
    arguments: list[str], folder: Path, accept: tuple[int, ...] = (0,), reads: bool = True
) -> dict[str, Any]:
    child = _start(arguments, folder, subprocess.PIPE)
    try:
        out, err = child.communicate(timeout=QUICK_S)
    except subprocess.TimeoutExpired as error:
        child.kill()
        child.communicate()
        raise SolverFailed(f"matching {arguments[0]} did not stop in time") from error
    if child.returncode not in accept:
        raise SolverFailed(f"matching {arguments[0]} ended with {child.returncode}: {err[-300:]}")
    if not reads:
        return {}
    try:
        found = json.loads(out)
    except ValueError as error:
        raise SolverFailed(f"matching {arguments[0]} answered no JSON") from error
    return found if isinstance(found, dict) else {"rows": found}
