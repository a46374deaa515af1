"""The wiring is tested, not only the code: every kind of job that is written has a reader."""

from __future__ import annotations

import ast

from market import wiring
from tests.house import source


def enqueued_kinds() -> dict[str, str]:
    """Kind of job -> where it is written; a kind that is not a literal is a fault."""
    found = {}
    for path in source.python_files("market"):
        for node in ast.walk(source.tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr != "enqueue":
                continue
            kind = node.args[0]
            where = f"{path.relative_to(source.ROOT)}:{node.lineno}"
            assert isinstance(kind, ast.Constant), f"{where}: the kind of a job is a literal"
            found[str(kind.value)] = where
    return found


def test_every_job_that_is_written_has_a_handler():
    missing = {kind: where for kind, where in enqueued_kinds().items() if kind not in wiring.HANDLERS}
    assert missing == {}


def test_no_handler_waits_for_a_job_that_nobody_writes():
    assert wiring.HANDLERS.keys() - enqueued_kinds().keys() == set()


def test_schedules_have_names_of_their_own():
    names = [schedule.name for schedule in wiring.SCHEDULES]
    assert len(names) == len(set(names))
    assert all(schedule.every_s >= 5 for schedule in wiring.SCHEDULES)
