"""A peer that lives in an environment of its own: `python peer_pulp.py MODEL SECONDS` with PuLP and its CBC.

Needs nothing but PuLP and the standard library; says what `peer_ortools` says. CBC tells no bound.
"""

import contextlib
import importlib
import json
import sys
import time
from pathlib import Path


def main(path: str, seconds: str) -> None:
    """Solve one model."""
    pulp = importlib.import_module("pulp")
    began = time.monotonic()
    model = json.loads(Path(path).read_text(encoding="utf-8"))
    reading = time.process_time()
    problem = pulp.LpProblem("textbook", pulp.LpMinimize)
    columns = [
        pulp.LpVariable(f"x{number}", low, high, pulp.LpInteger if whole else pulp.LpContinuous)
        for number, (low, high, _, whole) in enumerate(model["columns"])
    ]
    costs = zip(columns, model["columns"], strict=True)
    problem += pulp.lpSum(cost * column for column, (_, _, cost, _) in costs)
    for low, high, terms in model["rows"]:
        total = pulp.lpSum(factor * columns[column] for column, factor in terms)
        if low is not None:
            problem += total >= low
        if high is not None:
            problem += total <= high
    built = time.process_time() - reading
    with contextlib.redirect_stdout(sys.stderr):
        problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=float(seconds)))
    solved = problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    values = [column.varValue or 0.0 for column in columns] if solved else None
    told = {"values": values, "bound": None, "seconds": time.monotonic() - began}
    print(json.dumps({**told, "build_cpu_s": built}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
