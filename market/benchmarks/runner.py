"""`lumbung benchmark matching`: the matcher and its yardsticks in one run on this machine.

`--scale city|province|nation [--seed N] [--seconds S] [--processes N]` makes a problem up, solves it, has the
plan judged, and says how far it is below the careful officer. `--orlib DIR` solves the capacitated
warehouse files of the OR-Library found there and holds them against the optima in `bounds.txt`.
Every step is the matcher's own command in a process of its own, as the product uses it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from market.benchmarks import orlib

SCALES = ("city", "province", "nation")
SECONDS = {"city": 20.0, "province": 30.0, "nation": 600.0}
WITHIN = 0.0006
"""The published optima have three digits behind the point."""
Result = dict[str, Any]


def run(argv: Sequence[str]) -> int:
    """One JSON object per instance on stdout; 1 when a plan is not clean or misses its optimum."""
    asked = _parser().parse_args(list(argv))
    with tempfile.TemporaryDirectory(prefix="lumbung-benchmark-") as folder:
        if asked.orlib is not None:
            return _orlib(asked, Path(folder))
        return _scale(asked, Path(folder))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lumbung benchmark", description=__doc__)
    parser.add_argument("subject", choices=("matching",))
    parser.add_argument("--scale", choices=SCALES, default="city")
    parser.add_argument("--orlib", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--processes", type=int, default=1)
    return parser


def matching(*arguments: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Run one command of the matcher; seconds on the wall, and what it said. Raises on exit codes above 1."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "matching", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode > 1:
        raise RuntimeError(f"matching {arguments[0]}: {done.stderr[-400:]}")
    return time.monotonic() - began, done


def solve(problem: Path, plan: Path, gap: float, seconds: float, seed: int, processes: int) -> Result:
    """Solve and judge one problem file."""
    limits = (
        "--gap",
        str(gap),
        "--seconds",
        str(seconds),
        "--seed",
        str(seed),
        "--processes",
        str(processes),
    )
    took, _done = matching("solve", str(problem), "-o", str(plan), *limits)
    _took, judged = matching("check", str(problem), str(plan))
    made, verdict = json.loads(plan.read_text(encoding="utf-8")), json.loads(judged.stdout)
    certified = verdict.get("certified_bound_rp")
    return {
        "cost_rp": made["cost_rp"],
        "bound_rp": made["bound_rp"],
        "gap": made["gap"],
        "certified_gap": None if certified is None else 1 - certified / max(1, made["cost_rp"]),
        "seconds": round(took, 2),
        "clean": verdict["clean"],
    }


def _scale(asked: argparse.Namespace, folder: Path) -> int:
    problem, plan, greedy = folder / "problem.json", folder / "plan.json", folder / "greedy.json"
    matching("generate", "--scale", asked.scale, "--seed", str(asked.seed), "-o", str(problem))
    found = solve(problem, plan, 0.001, asked.seconds or SECONDS[asked.scale], asked.seed, asked.processes)
    took, _done = matching("greedy", str(problem), "-o", str(greedy))
    by_hand = json.loads(greedy.read_text(encoding="utf-8"))["cost_rp"]
    print(
        json.dumps(
            {
                "scale": asked.scale,
                "seed": asked.seed,
                **found,
                "greedy_cost_rp": by_hand,
                "greedy_seconds": round(took, 2),
                "greedy_above_plan": round(by_hand / max(1, found["cost_rp"]) - 1, 4),
            }
        ),
        flush=True,
    )
    return 0 if found["clean"] else 1


def _orlib(asked: argparse.Namespace, folder: Path) -> int:
    optima = orlib.optima(asked.orlib / "bounds.txt")
    wrong = 0
    for path in sorted(asked.orlib.glob("cap*")):
        if path.stem not in optima:
            continue
        problem, plan = folder / "problem.json", folder / "plan.json"
        document = orlib.problem(path.read_text(encoding="utf-8"))
        problem.write_text(json.dumps(document), encoding="utf-8")
        found = solve(problem, plan, 0.0, asked.seconds or 20.0, asked.seed, asked.processes)
        value = orlib.value(found["cost_rp"], document)
        reached = abs(value - optima[path.stem]) <= WITHIN
        wrong += not (reached and found["clean"])
        told = {"file": path.stem, "value": value, "published": optima[path.stem], "reached": reached}
        print(json.dumps({**told, **found}), flush=True)
    return 1 if wrong else 0
