"""An honest database passes, in the forms that people and machines read."""

from __future__ import annotations

import json

import pytest

from market import verify
from market.core import clock, db
from market.core.errors import Refused
from market.ledger import chart
from market.ledger import services as ledger
from tests.verify.conftest import failing


def test_an_empty_database_keeps_every_promise(database):
    assert failing() == set()


def test_a_database_that_was_lived_in_keeps_every_promise(lived):
    assert failing() == set()


def test_it_still_does_after_a_month_was_closed_and_reopened(lived):
    clock.travel(40 * 86400)
    closing = clock.today().replace(day=1) - clock.dt.timedelta(days=1)
    with db.transaction():
        period = ledger.close_period(lived.cast.budi, closing)
    with db.transaction():
        ledger.reopen_period(lived.cast.hadi, period.id, "lupa satu nota")
        ledger.close_period(lived.cast.budi, closing)
    assert failing() == set()


def test_the_list_has_each_id_once_and_says_what_is_not_asked():
    ids = [invariant.id for invariant in verify.INVARIANTS]
    assert len(ids) == len(set(ids))
    assert {*ids, *verify.LATER} == {f"I{number}" for number in range(1, 38)}
    assert not {*ids} & {*verify.LATER}


def test_only_some_can_be_asked(lived):
    with db.transaction(read_only=True):
        assert [result.id for result in verify.run(["I7", "I1"])] == ["I1", "I7"]
        with pytest.raises(Refused):
            verify.run(["I99"])


def test_the_json_form_has_the_agreed_keys(lived):
    with db.transaction(read_only=True):
        document = json.loads(verify.as_json(verify.run()))
    assert len(document) == len(verify.INVARIANTS)
    assert all({"id", "ok", "offenders", "ms"} <= each.keys() and each["ok"] for each in document)


def test_the_text_form_names_a_broken_promise_with_its_rows(lived):
    with db.transaction():
        ledger.import_opening(lived.cast.budi, _rows(), clock.today())
        db.session.connection().exec_driver_sql(
            "UPDATE ledger_account SET balance_rp = 7 WHERE code = '1-2100'"
        )
        text = verify.as_text(verify.run())
        db.session.rollback()
    assert "FAIL I4" in text and '"1-2100"' in text


def _rows():
    return [ledger.OpeningRow(chart.FIXED_ASSETS, 5), ledger.OpeningRow(chart.GRANTS, -5)]


def test_it_runs_in_a_transaction_that_cannot_write(lived):
    """`failing` asks in a read-only one: a question that writes would be an error."""
    assert failing() == set()
