"""Limits that people set: seen with their history, changed from a day on, each by its own kind of office."""

from __future__ import annotations

import ast
import re
from datetime import timedelta

import pytest

from market.core import clock, db, parameters
from market.cycles.services.inviting import REMIND_HOURS
from market.retail.services import HOLD_HOURS
from tests.house import source

REMIND, HOLD = "/pengaturan/cycles.remind_hours", "/pengaturan/retail.hold_hours"


def typed(**changes):
    return {
        "value": "36",
        "valid_from_on": clock.today().isoformat(),
        "source": "Rapat 20 November",
        **changes,
    }


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_an_office_changes_its_own_limit_and_sees_who_said_so(browsers, cast):
    ratna = browsers(cast.ratna)
    assert "24 jam" in text(ratna.get("/pengaturan"))
    assert ratna.post(REMIND, typed()).status_code == 303
    page = text(ratna.get(REMIND))
    assert "36 jam" in page and "Rapat 20 November" in page and "24 jam" in page
    with db.transaction(read_only=True):
        assert REMIND_HOURS.value(organization_id=cast.dinas.id) == 36
        assert REMIND_HOURS.value() == 24


def test_a_change_ahead_counts_from_its_day(browsers, cast):
    later = clock.today() + timedelta(days=3)
    assert browsers(cast.ratna).post(REMIND, typed(valid_from_on=later.isoformat())).status_code == 303
    with db.transaction(read_only=True):
        assert REMIND_HOURS.value(organization_id=cast.dinas.id) == 24
        assert REMIND_HOURS.value(later, cast.dinas.id) == 36


@pytest.mark.parametrize(
    "wrong",
    [{"value": "0"}, {"value": "169"}, {"value": "banyak"}, {"valid_from_on": "2020-01-01"}, {"source": ""}],
)
def test_a_wrong_value_is_said_and_changes_nothing(browsers, cast, wrong):
    answer = browsers(cast.ratna).post(REMIND, typed(**wrong))
    assert answer.status_code == 422
    with db.transaction(read_only=True):
        assert db.session.query(parameters.ParameterValue).count() == 0


def test_each_kind_of_organization_sees_only_its_own_limits(browsers, cast):
    office, chair = (
        text(browsers(cast.ratna).get("/pengaturan")),
        text(browsers(cast.hadi).get("/pengaturan")),
    )
    assert REMIND in office and REMIND not in chair
    assert HOLD in chair and HOLD not in office
    assert browsers(cast.hadi).get(REMIND).status_code == 404
    assert browsers(cast.hadi).post(REMIND, typed()).status_code == 404


def test_only_the_chair_sets_what_is_the_cooperatives(browsers, cast):
    assert browsers(cast.hadi).post(HOLD, typed()).status_code == 303
    with db.transaction(read_only=True):
        assert HOLD_HOURS.value(organization_id=cast.makmur.id) == 36
        assert HOLD_HOURS.value(organization_id=cast.tetangga.id) == 48
    for who in (cast.sri, cast.budi, cast.kasir, cast.joko):
        assert browsers(who).get("/pengaturan").status_code == 403


def test_every_limit_of_the_product_has_words_for_people():
    """One that is declared without a label could be changed by nobody but a programmer."""
    silent = []
    for path in source.python_files("market"):
        for node in ast.walk(source.tree(path)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "Parameter":
                continue
            if not any(re.fullmatch(_named(node.args[0]), name) for name in parameters.DECLARED):
                silent.append(f"{path.name}:{node.lineno} {ast.unparse(node.args[0])}")
    assert silent == []


def _named(node: ast.expr) -> str:
    """The names that an argument can stand for: one for each kind of container, say."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(
        ".+" if isinstance(each, ast.FormattedValue) else re.escape(ast.literal_eval(each)) for each in parts
    )


def test_who_may_set_a_limit_is_whose_value_is_asked_for(database):
    assert {each.by for each in parameters.DECLARED.values()} <= parameters.SETTERS.keys()
    assert all(each.least <= each.start <= each.most for each in parameters.DECLARED.values())
