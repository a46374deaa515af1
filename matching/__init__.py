"""Matching pooled needs with offers at least cost: a library on OR-Tools, NumPy and the standard library.

    problem = matching.load("problem.json")
    plan = matching.solve(problem, matching.Options(seconds=20))
    assert matching.check(problem, plan).clean

Importing it loads no OR-Tools: `solve`, `resolve`, `alone` and `explain` do so when they need it.
Reading order: problem, plan, rules, check, frame (why a certificate is a bound), greedy, solve.
"""

from . import _threads as _threads  # isort: skip  (before NumPy)
from .alone import Alone, alone
from .check import Verdict, check
from .compare import compare
from .errors import Fault, ProblemError
from .explain import Explanations, explain
from .files import load, save
from .generate import generate
from .greedy import greedy
from .merge import merge
from .options import Options, Progress
from .parts import Parts, parts
from .plan import Plan
from .problem import Problem
from .resolve import resolve
from .solve import solve

__all__ = [
    "Alone",
    "Explanations",
    "Fault",
    "Options",
    "Parts",
    "Plan",
    "Problem",
    "ProblemError",
    "Progress",
    "Verdict",
    "alone",
    "check",
    "compare",
    "explain",
    "generate",
    "greedy",
    "load",
    "merge",
    "parts",
    "resolve",
    "save",
    "solve",
]
