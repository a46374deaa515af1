"""`lumbung benchmark members` in small: good rows arrive, bad ones are told, a bad sheet stops none."""

from __future__ import annotations

import json

from market.benchmarks import members
from market.benchmarks.members import Told
from market.cli import main


def test_registers_come_in_and_what_was_broken_is_told(capsys, monkeypatch):
    monkeypatch.setattr(members, "BROKEN_SHEET", 3)
    monkeypatch.setattr(members, "BROKEN_ROW", 20)
    assert main(["benchmark", "members", "--sqlite", "--members", "120", "--cooperatives", "4"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    figures = next(row for row in said if "rows" in row)
    assert figures["broken_sheets"] == 1 and figures["broken_rows"] == figures["faults_told"] > 0
    assert figures["active_in_register"] == figures["rows"] - figures["broken_rows"]
    assert {row["page"] for row in said if "page" in row} >= {"list", "search by name", "detail"}


def test_a_row_that_is_lost_without_a_word_fails_the_run():
    assert members._whole(Told(rows=10, broken=1, stored=9, active=9, faults=1))
    assert not members._whole(Told(rows=10, broken=1, stored=8, active=8, faults=1))
    assert not members._whole(Told(rows=10, broken=1, stored=9, active=9, faults=0))
