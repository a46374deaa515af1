"""Goals that are not a plan's gap: the bound against the exact linear programme, re-matching, building."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from market.benchmarks import peers
from market.benchmarks.measure import Measured, measured
from market.benchmarks.textbook import Textbook

Row = dict[str, Any]
Matching = Callable[..., Measured]
WITHIN = 1e-4  # of the linear programme's optimum: the least effort that comes so near is what counts
LARGE = 100_000  # lanes above which a textbook model would take minutes to write down


def bound(problem: Path, folder: Path) -> Row:
    """Our bound against GLOP on the same linear programme, and with whole trucks above the plain one."""
    model = folder / "linear.json"
    ours = _ours("plain", problem, model)
    exact = _glop(model)
    least = exact["bound"] * (1 - WITHIN)
    near = next((each for each in ours["tries"] if each["bound_rp"] >= least), ours["tries"][-1])
    row = {
        "method": "bound",
        "lanes": ours["lanes"],
        **near,
        "cpu_s": round(near["cpu_s"], 3),
        "lp_rp": round(exact["bound"]),
        "glop_cpu_s": round(exact["solve_cpu_s"], 3),
        "below_lp": round(1 - near["bound_rp"] / exact["bound"], 7),
        "times_glop": round(exact["solve_cpu_s"] / near["cpu_s"], 1),
    }
    document = json.loads(problem.read_text(encoding="utf-8"))
    if len(document["lanes"]) > LARGE:
        return row
    book = Textbook(document).model
    model.write_text(json.dumps({"columns": book.columns, "rows": book.rows}), encoding="utf-8")
    full, weak = _ours("full", problem)["tries"][-1], _glop(model)
    return row | {
        "with_trucks_rp": full["bound_rp"],
        "plain_lp_rp": round(weak["bound"]),
        "above_plain_lp": round(full["bound_rp"] / weak["bound"] - 1, 6),
    }


def rematch(matching: Matching, problem: Path, folder: Path, seconds: float, seed: int) -> Row:
    """What one decline costs: the largest line of a plan is refused, the rest is matched again."""
    plan, after, again = folder / "plan.json", folder / "declined.json", folder / "again.json"
    limits = ("--gap", "0.001", "--seconds", str(seconds), "--seed", str(seed))
    first = matching("solve", str(problem), "-o", str(plan), *limits)
    document = json.loads(problem.read_text(encoding="utf-8"))
    lines = json.loads(plan.read_text(encoding="utf-8"))["lines"]
    gone = max(lines, key=lambda line: (line["quantity"] * line["price_rp"], line["need"], line["offer"]))
    kept = [
        lane for lane in document["lanes"] if (lane["need"], lane["offer"]) != (gone["need"], gone["offer"])
    ]
    after.write_text(json.dumps({**document, "lanes": kept}), encoding="utf-8")
    second = matching("resolve", str(after), str(plan), "-o", str(again), *limits)
    judged = json.loads(matching("check", str(after), str(again)).stdout)
    old, new = (_units(json.loads(file.read_text(encoding="utf-8"))) for file in (plan, again))
    return {
        "method": "rematch",
        "first_s": round(first.wall_s, 2),
        "first_cpu_s": round(first.cpu_s, 2),
        "again_s": round(second.wall_s, 2),
        "again_cpu_s": round(second.cpu_s, 2),
        "share_of_time": round(second.wall_s / first.wall_s, 3),
        "share_of_cpu": round(second.cpu_s / first.cpu_s, 3),
        "lines": len(old),
        "lines_changed": sum(old.get(pair) != new.get(pair) for pair in old.keys() | new.keys()),
        "clean": judged["clean"],
    }


def build(problem: Path, folder: Path) -> Row:
    """Processor seconds for the compact model of everything, and for PuLP's textbook model of the same."""
    ours = _ours("build", problem)
    per_lane = ours["cpu_s"] / ours["lanes"]
    row = {"method": "build", "lanes": ours["lanes"], "ms_per_68000_lanes": round(per_lane * 68e6, 1)}
    race = peers.Race(problem, folder)
    command = [str(peers.pulp_python()), str(peers.HERE / "peer_pulp.py"), str(race.model), "0"]
    theirs = _last(measured(command, cwd=peers.ROOT))["build_cpu_s"]
    return row | {"pulp_build_cpu_s": round(theirs, 2), "times_pulp": round(theirs / ours["cpu_s"])}


def _units(plan: Row) -> dict[tuple[str, str], int]:
    units: dict[tuple[str, str], int] = {}
    for line in plan["lines"]:
        pair = (line["need"], line["offer"])
        units[pair] = units.get(pair, 0) + line["quantity"]
    return units


def _ours(kind: str, *files: Path) -> Row:
    names = [str(file) for file in files]
    return _last(measured([sys.executable, "-m", "market.benchmarks.bound", kind, *names], cwd=peers.ROOT))


def _glop(model: Path) -> Row:
    command = [sys.executable, "-m", "market.benchmarks.peer_ortools", "glop", str(model), "600"]
    return _last(measured(command, cwd=peers.ROOT))


def _last(done: Measured) -> Row:
    if done.code:
        raise RuntimeError(done.stderr[-400:])
    said: Row = json.loads(done.stdout.splitlines()[-1])
    return said
