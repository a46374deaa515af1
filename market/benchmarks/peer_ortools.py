"""A peer in a process of its own: `python -m market.benchmarks.peer_ortools NAME MODEL SECONDS`.

NAME is cpsat, highs, gscip or glop.

Reads a model (see `textbook.Linear`) from a file and prints values, bound and seconds as one JSON object.
Built term by term, as tutorials do.
"""

from __future__ import annotations

import datetime
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

Answer = dict[str, Any]


def cpsat(model: dict[str, Any], seconds: float) -> Answer:
    """CP-SAT with linear rows over integers, two workers."""
    m = cp_model.CpModel()
    columns = [m.new_int_var(low, high, "") for low, high, _, _ in model["columns"]]
    for low, high, terms in model["rows"]:
        total = sum(factor * columns[column] for column, factor in terms)
        if low is not None:
            m.add(total >= low)
        if high is not None:
            m.add(total <= high)
    m.minimize(sum(cost * column for column, (_, _, cost, _) in zip(columns, model["columns"], strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    solved = solver.solve(m)
    found = solved in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    values = [solver.value(column) for column in columns] if found else None
    return {"values": values, "bound": solver.best_objective_bound}


def through_mathopt(kind: mathopt.SolverType, model: dict[str, Any], seconds: float) -> Answer:
    """A solver behind MathOpt, GLOP for the linear programme alone; a limit of time is no failure."""
    m = mathopt.Model()
    whole = kind != mathopt.SolverType.GLOP
    columns = [
        m.add_variable(lb=low, ub=high, is_integer=own and whole) for low, high, _, own in model["columns"]
    ]
    for low, high, terms in model["rows"]:
        m.add_linear_constraint(
            expr=mathopt.fast_sum(factor * columns[column] for column, factor in terms),
            lb=-math.inf if low is None else low,
            ub=math.inf if high is None else high,
        )
    costs = [cost * column for column, (_, _, cost, _) in zip(columns, model["columns"], strict=True)]
    m.minimize(mathopt.fast_sum(costs))
    limits = mathopt.SolveParameters(time_limit=datetime.timedelta(seconds=seconds))
    began = time.process_time()
    result = mathopt.solve(m, kind, params=limits)
    took = time.process_time() - began
    values = result.variable_values(columns) if result.has_primal_feasible_solution() else None
    bound = result.termination.objective_bounds.dual_bound
    return {"values": values, "bound": bound if math.isfinite(bound) else None, "solve_cpu_s": took}


def main(arguments: list[str]) -> int:
    """Solve one model with one peer."""
    name, path, seconds = arguments
    began = time.monotonic()
    model = json.loads(Path(path).read_text(encoding="utf-8"))
    if name == "cpsat":
        answer = cpsat(model, float(seconds))
    else:
        kinds = mathopt.SolverType
        kind = {"highs": kinds.HIGHS, "gscip": kinds.GSCIP, "glop": kinds.GLOP}[name]
        answer = through_mathopt(kind, model, float(seconds))
    print(json.dumps({**answer, "seconds": time.monotonic() - began}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
