"""The command line: `python -m matching solve PROBLEM -o PLAN` and its siblings.

Results go to stdout or to the file named by -o, progress and complaints to stderr. Exit codes: 0 done
(for `check`: clean), 1 the plan is not clean, 2 bad input or arguments, 3 not enough memory.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from .alone import alone
from .check import check
from .compare import compare
from .errors import Fault, ProblemError
from .explain import explain
from .files import load_plan, load_problem, save
from .generate import SCALES, generate
from .greedy import greedy
from .merge import merge
from .options import Options, Progress
from .parts import parts
from .plan import Plan
from .resolve import resolve
from .solve import solve


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code and never raises for bad input."""
    asked = _parser().parse_args(arguments)
    try:
        with _only_results_on_stdout() as out:
            code: int = asked.run(asked, out)
        return code
    except ProblemError as error:
        faults = [fault._asdict() for fault in error.faults]
    except (OSError, ValueError) as error:
        faults = [Fault("", str(error))._asdict()]
    except MemoryError:
        _print(sys.stderr, {"faults": [Fault("", "memori tidak cukup")._asdict()]})
        return 3
    _print(sys.stderr, {"faults": faults})
    return 2


def _print(file: IO[str], document: object) -> None:
    # ASCII only: what is printed must not depend on the terminal's encoding.
    print(json.dumps(document), file=file, flush=True)


@contextlib.contextmanager
def _only_results_on_stdout() -> Iterator[IO[str]]:
    """Yield the real stdout; whatever libraries print to file descriptor 1 meanwhile goes to stderr."""
    try:
        sys.stdout.flush()
        real = os.dup(1)
        os.dup2(2, 1)
    except (OSError, ValueError):  # no real descriptors, as under a test's capture
        yield sys.stdout
        return
    try:
        with os.fdopen(os.dup(real), "w", encoding="utf-8") as out:
            yield out
    finally:
        os.dup2(real, 1)
        os.close(real)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m matching", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = _command(commands, "solve", _solve, "the cheapest plan", ["problem"], output=True)
    two = _command(
        commands, "resolve", _resolve, "least change after answers", ["problem", "plan"], output=True
    )
    for command in (one, two):
        _limits(command)
    _command(commands, "check", _check, "judge a plan", ["problem", "plan"])
    _command(commands, "greedy", _greedy, "the careful officer's plan", ["problem"], output=True)
    _command(commands, "alone", _alone, "what every need would pay alone", ["problem"])
    _command(commands, "explain", _explain, "why a plan is as it is", ["problem", "plan"])
    apart = _command(commands, "parts", _parts, "what can be solved by itself", ["problem"])
    apart.add_argument("--into", type=int, metavar="N", help="write at most N problems of their own")
    apart.add_argument("--folder", metavar="DIR", default=".", help="where to: part-1.json, part-2.json, ...")
    whole = _command(commands, "merge", _merge, "one plan from those of parts", ["problem"], output=True)
    whole.add_argument("--parts", nargs="+", metavar="PART", required=True, help="problems of `parts --into`")
    whole.add_argument("--plans", nargs="+", metavar="PLAN", required=True, help="their plans, in that order")
    side = _command(commands, "compare", _compare, "plans side by side", ["problem"])
    side.add_argument("plans", nargs="+", metavar="PLAN")
    made = _command(commands, "generate", _generate, "a made-up problem", [], output=True)
    made.add_argument("--scale", choices=sorted(SCALES), required=True)
    made.add_argument("--seed", type=int, default=0)
    return parser


def _command(
    commands: Any, name: str, run: Callable[..., int], text: str, files: list[str], output: bool = False
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, allow_abbrev=False)
    command.set_defaults(run=run)
    for file in files:
        command.add_argument(file, metavar=file.upper())
    if output:
        command.add_argument("-o", "--output", metavar="FILE", help="stdout where it is left out")
    return command


def _limits(command: argparse.ArgumentParser) -> None:
    usual = Options()
    command.add_argument("--gap", type=float, default=usual.gap, help="stop at this relative gap")
    limit = command.add_mutually_exclusive_group()
    limit.add_argument("--seconds", type=float, default=usual.seconds, help="wall limit")
    limit.add_argument("--work", type=int, help="reproducible limit")
    command.add_argument("--seed", type=int, default=usual.seed)
    command.add_argument("--processes", type=int, default=usual.processes)
    command.add_argument(
        "--progress", metavar="FILE", help="side file for the progress curve, one JSON a line"
    )


def _options(asked: argparse.Namespace) -> Options:
    return Options(asked.gap, asked.seconds, asked.work, asked.seed, asked.processes)


@contextlib.contextmanager
def _progress(asked: argparse.Namespace) -> Iterator[Callable[[Progress], None]]:
    """A listener that prints every step on stderr and, where asked, into the side file."""
    with contextlib.ExitStack() as stack:
        files = [sys.stderr]
        if asked.progress:
            files.append(stack.enter_context(Path(asked.progress).open("w", encoding="utf-8")))

        def tell(step: Progress) -> None:
            row = {"bound_rp": step.bound_rp, "cost_rp": step.cost_rp, "gap": step.gap}
            for file in files:
                _print(file, {**row, "seconds": round(step.seconds, 3)})

        yield tell


def _deliver(plan: Plan, asked: argparse.Namespace, out: IO[str]) -> int:
    if asked.output:
        save(plan, asked.output)
    else:
        _print(out, plan.to_document())
    return 0


def _solve(asked: argparse.Namespace, out: IO[str]) -> int:
    problem, options = load_problem(asked.problem), _options(asked)
    with _progress(asked) as tell:
        plan = solve(problem, options, tell)
    return _deliver(plan, asked, out)


def _resolve(asked: argparse.Namespace, out: IO[str]) -> int:
    problem, options = load_problem(asked.problem), _options(asked)
    with _progress(asked) as tell:
        plan = resolve(problem, load_plan(asked.plan), None, options, tell)
    return _deliver(plan, asked, out)


def _check(asked: argparse.Namespace, out: IO[str]) -> int:
    problem = load_problem(asked.problem)
    try:
        verdict = check(problem, load_plan(asked.plan))
    except ProblemError as error:
        faults = [{"rule": "format", **fault._asdict()} for fault in error.faults]
        _print(out, {"clean": False, "cost_rp": None, "certified_bound_rp": None, "faults": faults})
        raise
    _print(out, verdict.to_document())
    return 0 if verdict.clean else 1


def _greedy(asked: argparse.Namespace, out: IO[str]) -> int:
    return _deliver(greedy(load_problem(asked.problem)), asked, out)


def _alone(asked: argparse.Namespace, out: IO[str]) -> int:
    costs = alone(load_problem(asked.problem))
    rows = zip(costs.items(), costs.units.tolist(), strict=True)
    needs = [{"need": need, "cost_rp": cost, "units": units} for (need, cost), units in rows]
    _print(out, {"needs": needs, "cost_rp": costs.total_rp, "infeasible": costs.infeasible})
    return 0


def _explain(asked: argparse.Namespace, out: IO[str]) -> int:
    problem = load_problem(asked.problem)
    _print(out, explain(problem, load_plan(asked.plan)).to_document())
    return 0


def _compare(asked: argparse.Namespace, out: IO[str]) -> int:
    problem = load_problem(asked.problem)
    plans = [load_plan(path) for path in asked.plans]
    rows = compare(problem, plans)
    named = [{**row, "plan": path} for row, path in zip(rows, asked.plans, strict=True)]
    _print(out, {"plans": named})
    return 0


def _parts(asked: argparse.Namespace, out: IO[str]) -> int:
    found = parts(load_problem(asked.problem))
    if asked.into is not None:
        for number, part in enumerate(found.problems(asked.into), start=1):
            save(part, Path(asked.folder) / f"part-{number}.json")
    _print(out, {"parts": [{"needs": needs, "offers": offers} for needs, offers in found]})
    return 0


def _merge(asked: argparse.Namespace, out: IO[str]) -> int:
    if len(asked.parts) != len(asked.plans):
        raise ValueError("as many plans as parts, in the same order")
    problem = load_problem(asked.problem)
    rows = zip(asked.parts, asked.plans, strict=True)
    return _deliver(merge(problem, [(load_problem(a), load_plan(b)) for a, b in rows]), asked, out)


def _generate(asked: argparse.Namespace, out: IO[str]) -> int:
    if asked.seed < 0:
        raise ValueError("seed must not be negative")
    problem = generate(asked.scale, asked.seed)
    if asked.output:
        save(problem, asked.output)
    else:
        _print(out, problem.to_document())
    return 0
