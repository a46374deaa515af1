"""`lumbung benchmark matching`: the matcher, its yardstick and its peers in one run on this machine.

(`lumbung benchmark web` measures the pages: see `market/benchmarks/web`; `lumbung benchmark members` brings
a province's registers of members in.)


`--scale city|province|nation` makes a problem up, solves it, has the plan judged and says how far it is
below the careful officer. Peers (by default for a city) get the same problem as a textbook model:
CP-SAT, HiGHS and GSCIP of OR-Tools, and PuLP with CBC in an environment of its own; what they reach within
each limit is printed as a ratio to ours, and with `--svg` drawn. `--goal bound|rematch|build` measures one of
the other goals on such a problem (see `goals`). `--orlib DIR` solves the capacitated
warehouse files of the OR-Library found there and holds them against the optima in `bounds.txt`.
Every step is a process of its own, as the product uses the matcher.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from market.benchmarks import curves, goals, members, orlib, peers
from market.benchmarks.measure import Measured, machine, measured
from market.benchmarks.web import runner as web

SCALES = ("city", "province", "nation")
SECONDS = {"city": 20.0, "province": 30.0, "nation": 600.0}
PEERS = {"city": peers.NAMES, "province": (), "nation": ()}
TITLES = {"cpsat": "CP-SAT", "highs": "HiGHS", "gscip": "GSCIP", "pulp": "PuLP + CBC"}
WITHIN = 0.0006
"""The published optima have three digits behind the point."""
Result = dict[str, Any]


def run(argv: Sequence[str]) -> int:
    """One JSON object per line on stdout; 1 when a plan of ours is not clean or misses its optimum."""
    if list(argv[:1]) == ["web"]:
        return web.run(argv[1:])
    if list(argv[:1]) == ["members"]:
        return members.run(argv[1:])
    asked = _parser().parse_args(list(argv))
    _say({**machine(), "ortools": version("ortools")})
    with tempfile.TemporaryDirectory(prefix="lumbung-benchmark-") as folder:
        if asked.orlib is not None:
            return _orlib(asked, Path(folder))
        if asked.goal is not None:
            return _goal(asked, Path(folder))
        return _scale(asked, Path(folder))


def _say(row: Result) -> None:
    print(json.dumps(row), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lumbung benchmark", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("subject", choices=("matching",))
    parser.add_argument("--scale", choices=SCALES, default="city")
    parser.add_argument("--goal", choices=("bound", "rematch", "build"), help="one of the other goals")
    parser.add_argument("--orlib", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, help="limit of our solver, and of the peers")
    parser.add_argument(
        "--work", type=int, help="counted work for our solver: the same plan on a busy machine"
    )
    parser.add_argument("--at", type=float, nargs="*", default=[], help="further limits for the peers")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--peers", nargs="*", choices=peers.NAMES, help="none: officer and matcher only")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw gap over time")
    return parser


def matching(*arguments: str) -> Measured:
    """Run one command of the matcher. Raises RuntimeError on exit codes above 1."""
    done = measured([sys.executable, "-m", "matching", *arguments])
    if not 0 <= done.code <= 1:
        raise RuntimeError(f"matching {arguments[0]}: {done.stderr[-400:]}")
    return done


def solve(
    problem: Path, plan: Path, gap: float, seconds: float, seed: int, processes: int, work: int | None = None
) -> Result:
    """Solve and judge one problem file; `curve` are the steps of progress. `work` takes the place of time."""
    curve = plan.with_suffix(".curve")
    wishes = {"gap": gap, "seconds": seconds, "seed": seed, "processes": processes, "progress": curve}
    if work is not None:
        wishes = {**wishes, "work": work}
        del wishes["seconds"]
    limits = [text for name, value in wishes.items() for text in (f"--{name}", str(value))]
    took = matching("solve", str(problem), "-o", str(plan), *limits)
    judged = matching("check", str(problem), str(plan))
    made, verdict = json.loads(plan.read_text(encoding="utf-8")), json.loads(judged.stdout)
    cost, certified = made["cost_rp"], verdict.get("certified_bound_rp")
    return {
        "cost_rp": cost,
        "bound_rp": made["bound_rp"],
        "gap": made["gap"],
        "certified_gap": None if certified is None else (cost - certified) / max(1, cost),
        "seconds": round(took.wall_s, 2),
        "cpu_s": round(took.cpu_s, 2),
        "peak_mb": round(took.peak_mb),
        "clean": verdict["clean"],
        "curve": [json.loads(line) for line in curve.read_text(encoding="utf-8").splitlines()],
    }


def _scale(asked: argparse.Namespace, folder: Path) -> int:
    problem, plan, greedy = folder / "problem.json", folder / "plan.json", folder / "greedy.json"
    seconds = asked.seconds or SECONDS[asked.scale]
    matching("generate", "--scale", asked.scale, "--seed", str(asked.seed), "-o", str(problem))
    found = solve(problem, plan, 0.001, seconds, asked.seed, asked.processes, asked.work)
    curve = found.pop("curve")
    took = matching("greedy", str(problem), "-o", str(greedy))
    by_hand = json.loads(greedy.read_text(encoding="utf-8"))["cost_rp"]
    head = {"scale": asked.scale, "seed": asked.seed, "limit_s": seconds, "method": "matching"}
    if asked.work is not None:
        head = {**head, "limit_s": None, "work": asked.work}
    _say({
        **head,
        **found,
        "greedy_cost_rp": by_hand,
        "greedy_seconds": round(took.wall_s, 2),
        "greedy_above_plan": round(by_hand / max(1, found["cost_rp"]) - 1, 4),
    })  # fmt: skip
    names = PEERS[asked.scale] if asked.peers is None else tuple(asked.peers)
    rivals = _peers(names, problem, folder, sorted({*asked.at, seconds}))
    bounds = [b for b in (found["bound_rp"], *(rival.bound_rp for rival in rivals)) if b is not None]
    best = max(bounds, default=0)
    for rival in rivals:
        _say(peers.as_row(rival, best, found["cost_rp"]))
    if asked.svg:
        drawn = {"matching": _steps(curve, best), "greedy": [(took.wall_s, _gap(by_hand, best))]}
        drawing = curves.svg(_title(asked), drawn | _ends(rivals, best))
        asked.svg.write_text(drawing, encoding="utf-8")
    return 0 if found["clean"] else 1


def _goal(asked: argparse.Namespace, folder: Path) -> int:
    problem = folder / "problem.json"
    matching("generate", "--scale", asked.scale, "--seed", str(asked.seed), "-o", str(problem))
    seconds = asked.seconds or SECONDS[asked.scale]
    if asked.goal == "bound":
        found = goals.bound(problem, folder)
    elif asked.goal == "build":
        found = goals.build(problem, folder)
    else:
        found = goals.rematch(matching, problem, folder, seconds, asked.seed)
    _say({"scale": asked.scale, "seed": asked.seed, **found})
    return 0 if found.get("clean", True) else 1


def _title(asked: argparse.Namespace) -> str:
    return f"Gap to the best bound over time: {asked.scale}, seed {asked.seed}"


def _peers(names: Sequence[str], problem: Path, folder: Path, limits: list[float]) -> list[peers.Result]:
    if not names:
        return []
    race = peers.Race(problem, folder)
    return [race.run(name, limit) for name in names for limit in limits]


def _gap(cost: int, bound: float) -> float:
    return (cost - bound) / max(1, cost)


def _steps(curve: list[Result], best: float) -> list[curves.Point]:
    """Cost over time against the best bound that the run proved by any method."""
    return [(step["seconds"], _gap(step["cost_rp"], best)) for step in curve]


def _ends(rivals: list[peers.Result], best: float) -> dict[str, list[curves.Point]]:
    """What each peer reached within its limits; a plan that is not clean is none."""
    found: dict[str, list[curves.Point]] = {}
    for rival in rivals:
        if rival.cost_rp is not None and rival.clean:
            point = (rival.seconds, _gap(rival.cost_rp, best))
            found.setdefault(TITLES[rival.method], []).append(point)
    return found


def _orlib(asked: argparse.Namespace, folder: Path) -> int:
    optima = orlib.optima(asked.orlib / "bounds.txt")
    wrong, seconds, count = 0, 0.0, 0
    for path in sorted(asked.orlib.glob("cap*")):
        if path.stem not in optima:
            continue
        problem, plan = folder / "problem.json", folder / "plan.json"
        document = orlib.problem(path.read_text(encoding="utf-8"))
        problem.write_text(json.dumps(document), encoding="utf-8")
        found = solve(problem, plan, 0.0, asked.seconds or 20.0, asked.seed, asked.processes)
        del found["curve"]
        value = orlib.value(found["cost_rp"], document)
        reached = abs(value - optima[path.stem]) <= WITHIN
        wrong += not (reached and found["clean"])
        seconds, count = seconds + found["seconds"], count + 1
        told = {"file": path.stem, "value": value, "published": optima[path.stem], "reached": reached}
        _say({**told, **found})
        for rival in _peers(asked.peers or (), problem, folder, [asked.seconds or 20.0]):
            _say({"file": path.stem, **peers.as_row(rival, found["bound_rp"] or 0, found["cost_rp"])})
    _say({"files": count, "reached": count - wrong, "seconds": round(seconds, 2)})
    return 1 if wrong or not count else 0
