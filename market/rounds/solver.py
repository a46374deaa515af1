"""The matcher as a limited child process: `python -m matching ...` with files in and files out.

The web process and the worker never load the solver; a crash, a hang or an appetite for memory in
the child is a failed round and nothing else. The child gets no settings and no secrets of ours.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND: tuple[str, ...] = (sys.executable, "-m", "matching")
"""How the matcher is started; tests put a stand-in here."""
MEMORY_BYTES = 6 * 1024**3
GRACE_S = 20.0
"""How much longer than its own time limit the child may live (start, reading, writing)."""
WORK_LIMIT_S = 600.0
"""For a search limited by work instead of seconds."""
QUICK_S = 120.0
"""For the commands that do not search: check, greedy, alone, explain."""
MAX_LINE = 20_000
MAX_RP = 2**53
ROOT = Path(__file__).resolve().parents[2]

OnProgress = Callable[[dict[str, Any]], None]
_SHAPE: dict[str, dict[str, type]] = {
    "lines": {"need": str, "offer": str, "quantity": int, "price_rp": int, "freight_rp": int},
    "offers": {"offer": str, "volume": int, "tier_from": int, "price_rp": int},
    "trips": {"supplier": str, "district": str, "trips": int},
    "shortages": {"need": str, "missing": int, "reason": str},
}


class SolverFailed(Exception):
    """The child failed, timed out or was refused; the message is for the round's page and the log."""


@dataclass(frozen=True)
class Limits:
    """How good and how long: stops at `gap` or after `seconds`; `work` makes it reproducible."""

    gap: float = 0.005
    seconds: float = 20
    seed: int = 0
    work: int | None = None

    @property
    def wall_s(self) -> float:
        """After this the child is ended whatever it says."""
        return self.seconds + GRACE_S if self.work is None else WORK_LIMIT_S


@contextmanager
def workplace(problem: dict[str, Any]) -> Iterator[Path]:
    """A folder with problem.json in it, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lumbung-round-") as folder:
        path = Path(folder)
        (path / "problem.json").write_text(json.dumps(problem), encoding="utf-8")
        yield path


def _environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LUMBUNG_")}
    return {**ours, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def _start(arguments: list[str], folder: Path, stdout: int) -> subprocess.Popen[bytes]:
    """Start the child in a group of its own, with a ceiling on memory and a lower priority."""
    child = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=_environment(),
        process_group=0,
    )
    try:
        # Set from outside: code between fork and exec is not safe in a process with threads.
        resource.prlimit(child.pid, resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        os.setpriority(os.PRIO_PROCESS, child.pid, 5)
    except (AttributeError, OSError):
        pass  # not Linux, or the child has ended already
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it has started."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def solve(folder: Path, limits: Limits, on_progress: OnProgress) -> dict[str, Any]:
    """Solve problem.json; reports each line of progress; returns the plan. Raises SolverFailed."""
    return _search(["solve", "problem.json", "-o", "plan.json"], folder, limits, on_progress)


def resolve(folder: Path, earlier: dict[str, Any], limits: Limits, on_progress: OnProgress) -> dict[str, Any]:
    """Solve again after answers, changing as little as possible. Raises SolverFailed."""
    (folder / "earlier.json").write_text(json.dumps(earlier), encoding="utf-8")
    arguments = ["resolve", "problem.json", "earlier.json", "-o", "plan.json"]
    return _search(arguments, folder, limits, on_progress)


def _search(arguments: list[str], folder: Path, limits: Limits, on_progress: OnProgress) -> dict[str, Any]:
    search = ["--work", str(limits.work)] if limits.work is not None else ["--seconds", str(limits.seconds)]
    options = ["--gap", str(limits.gap), *search, "--seed", str(limits.seed)]
    child = _start([*arguments, *options], folder, subprocess.DEVNULL)
    late = threading.Event()

    def stop() -> None:
        late.set()
        _end(child)

    watchdog = threading.Timer(limits.wall_s, stop)
    watchdog.start()
    try:
        said = _listen(child, on_progress)
        code = child.wait()
    finally:
        watchdog.cancel()
        _end(child)
    if late.is_set():
        raise SolverFailed(f"the solver did not stop within {limits.wall_s:g} seconds")
    if code != 0:
        raise SolverFailed(f"the solver ended with {code}: {' / '.join(said[-3:])}"[:500])
    return _plan(folder / "plan.json")


def _listen(child: subprocess.Popen[bytes], on_progress: OnProgress) -> list[str]:
    """Pass progress on until the child closes its stderr; returns the last of what was not progress."""
    said: list[str] = []
    assert child.stderr is not None
    with child.stderr as stream:
        while line := stream.readline(MAX_LINE):
            text = line.decode("utf-8", "replace")
            point = _progress_point(text)
            if point is None:
                said = [*said[-20:], text.strip()]
            else:
                on_progress(point)
    return said


def _progress_point(line: str) -> dict[str, Any] | None:
    """A line of progress as {seconds, bound_rp, cost_rp}; None for anything else the child says."""
    try:
        point = json.loads(line)
    except ValueError:
        return None
    if not isinstance(point, dict) or not isinstance(point.get("seconds"), int | float):
        return None
    amounts = {name: point.get(name) for name in ("bound_rp", "cost_rp")}
    for value in amounts.values():
        if value is not None and not (type(value) is int and abs(value) <= MAX_RP):
            return None
    return {"seconds": float(point["seconds"]), **amounts}


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SolverFailed(f"the solver left no readable plan: {error}") from error
    if not isinstance(found, dict):
        raise SolverFailed("the solver's plan is not an object")
    return found


def _plan(path: Path) -> dict[str, Any]:
    """A plan file with everything that will be read of it; raises SolverFailed."""
    found = _read(path)
    amounts = [found.get("cost_rp"), *([] if found.get("bound_rp") is None else [found["bound_rp"]])]
    if any(type(amount) is not int or abs(amount) > MAX_RP for amount in amounts):
        raise SolverFailed("the plan names no cost in whole rupiah")
    if not isinstance(found.get("problem_sha256"), str) or not isinstance(
        found.get("gap", 0.0), float | int | None
    ):
        raise SolverFailed("the plan does not say which problem it solves")
    for name, columns in _SHAPE.items():
        rows = found.get(name)
        if not isinstance(rows, list) or not all(_fits(row, columns) for row in rows):
            raise SolverFailed(f"the plan has no proper {name}")
    return found


def _fits(row: object, columns: Mapping[str, type]) -> bool:
    return isinstance(row, dict) and all(type(row.get(key)) is kind for key, kind in columns.items())


def keep(folder: Path, plan: dict[str, Any]) -> None:
    """Put a changed plan in the place of the solver's own: what follows judges and explains it."""
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")


def check(folder: Path) -> dict[str, Any]:
    """The independent verdict on plan.json; an unclean one is a result, not a failure."""
    return _ask(["check", "problem.json", "plan.json"], folder, accept=(0, 1))


def greedy(folder: Path) -> dict[str, Any]:
    """What a careful officer would do by hand: a plan."""
    _ask(["greedy", "problem.json", "-o", "greedy.json"], folder, reads=False)
    return _plan(folder / "greedy.json")


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
        raise SolverFailed(f"matching {arguments[0]} did not stop in time") from error
    finally:
        _end(child)
    if child.returncode not in accept:
        said = err[-300:].decode("utf-8", "replace")
        raise SolverFailed(f"matching {arguments[0]} ended with {child.returncode}: {said}")
    if not reads:
        return {}
    try:
        found = json.loads(out)
    except ValueError as error:
        raise SolverFailed(f"matching {arguments[0]} answered no JSON") from error
    return found if isinstance(found, dict) else {"rows": found}
