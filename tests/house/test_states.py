"""Allowed moves are data: every state table is whole, and the database knows the same states."""

from __future__ import annotations

import re

from market.core import db
from tests.house import source


def stateful():
    return [mapper.class_ for mapper in db.Base.registry.mappers if hasattr(mapper.class_, "STATES")]


def test_there_are_state_tables():
    assert len(stateful()) > 1


def test_every_state_can_be_reached():
    for model in stateful():
        assert model.STATES.states == model.STATES.reachable(), model.__name__


def test_every_model_starts_where_its_table_says():
    for model in stateful():
        default = model.__table__.c.state.default
        assert default is not None and default.arg == model.STATES.initial, model.__name__


def test_the_database_refuses_a_state_outside_the_table():
    for model in stateful():
        checks = [
            str(c.sqltext)
            for c in model.__table__.constraints
            if "state IN" in str(getattr(c, "sqltext", ""))
        ]
        assert len(checks) == 1, model.__name__
        assert set(re.findall(r"'(\w+)'", checks[0])) == model.STATES.states, model.__name__


def test_no_object_of_a_model_sets_its_state_by_hand():
    """`advance` is the only setter: an assignment to .state anywhere in the product is a fault."""
    assignment = re.compile(r"\.state\s*=[^=]")
    wrong = [
        f"{path.relative_to(source.ROOT)}:{number}"
        for path in source.python_files("market")
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if assignment.search(line)
    ]
    assert wrong == []
