"""Peers that solve the same problem on the same machine, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.benchmarks.environments import python_of
from market.benchmarks.measure import measured
from market.benchmarks.textbook import Pair, Textbook

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PULP = "3.3.2"
NAMES = ("cpsat", "highs", "gscip", "pulp")
GRACE = 20
"""Times the limit (and 60 s) after which a peer that does not heed its limit is ended."""


@dataclass(frozen=True)
class Result:
    """What a method reached: cost and cleanliness by our judge, its own bound, wall and processor seconds."""

    method: str
    limit_s: float
    seconds: float
    cpu_s: float
    cost_rp: int | None
    bound_rp: float | None
    clean: bool | None
    trouble: str = ""


def pulp_python(folder: Path | None = None) -> Path:
    """The interpreter of an environment that has PuLP; made at the first call.

    Raises RuntimeError when the environment cannot be made.
    """
    return python_of(f"pulp-{PULP}", [f"pulp=={PULP}"], folder)


class Race:
    """One problem file, its textbook model, and the peers that try it."""

    def __init__(self, problem: Path, folder: Path) -> None:
        self.problem, self.folder = problem, folder
        self.book = Textbook(json.loads(problem.read_text(encoding="utf-8")))
        self.model = folder / "model.json"
        model = self.book.model
        self.model.write_text(json.dumps({"columns": model.columns, "rows": model.rows}), encoding="utf-8")

    def run(self, name: str, seconds: float) -> Result:
        """One peer within a limit of its own; its model is built within its process and counts."""
        try:
            done = measured(
                [*_command(name), str(self.model), str(seconds)], timeout=seconds * GRACE + 60, cwd=ROOT
            )
            answer = json.loads(done.stdout.splitlines()[-1])
        except (RuntimeError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
            return Result(name, seconds, 0.0, 0.0, None, None, None, str(error)[-200:])
        took, cpu, bound = done.wall_s, done.cpu_s, answer["bound"]
        if answer["values"] is None:
            return Result(name, seconds, took, cpu, None, bound, None, "no plan within the limit")
        said = self._judged(self.book.units(answer["values"]))
        return Result(name, seconds, took, cpu, said["cost_rp"], bound, said["clean"])

    def _judged(self, units: dict[Pair, int]) -> dict[str, Any]:
        file = self.folder / "units.json"
        file.write_text(json.dumps([[*pair, count] for pair, count in units.items()]), encoding="utf-8")
        command = [sys.executable, "-m", "market.benchmarks.judge", str(self.problem), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        said: dict[str, Any] = json.loads(done.stdout)
        return said


def _command(name: str) -> list[str]:
    if name == "pulp":
        return [str(pulp_python()), str(HERE / "peer_pulp.py")]
    return [sys.executable, "-m", "market.benchmarks.peer_ortools", name]


def as_row(result: Result, best_bound: float, ours: int) -> dict[str, Any]:
    """A result as it is printed: gap to the best bound that any method proved, cost over ours."""
    row: dict[str, Any] = {
        "method": result.method,
        "limit_s": result.limit_s,
        "seconds": round(result.seconds, 2),
        "cpu_s": round(result.cpu_s, 2),
        "cost_rp": result.cost_rp,
        "bound_rp": result.bound_rp,
        "clean": result.clean,
    }
    if result.cost_rp is not None:
        row["gap_to_best_bound"] = round((result.cost_rp - best_bound) / max(1, result.cost_rp), 6)
        row["cost_over_ours"] = round(result.cost_rp / max(1, ours), 6)
    return row | ({"trouble": result.trouble} if result.trouble else {})
