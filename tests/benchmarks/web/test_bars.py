"""The judge: what holds is held, what does not is missed, and one miss is enough for the exit code."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest

from market.benchmarks.orders.clerks import Pace
from market.benchmarks.web import bars, promises, runner
from market.benchmarks.web.bars import Bar, Row
from market.benchmarks.web.runner import Report, _summary

AT_LEAST, AT_MOST = Bar("rate", "%", least=60), Bar("p99", "ms", most=50)


@pytest.mark.parametrize(
    ("bar", "measured", "held"),
    [
        (AT_LEAST, 60.0, True),
        (AT_LEAST, 59.99, False),
        (AT_MOST, 50.0, True),
        (AT_MOST, 50.01, False),
        (AT_MOST, None, None),
        (Bar("between", "", least=1, most=2), 3.0, False),
    ],
)
def test_a_promise_is_held_up_to_its_bar_and_no_further(bar, measured, held):
    assert Row(bar, measured).held is held


def test_a_planted_miss_is_told_and_fails_the_run(capsys):
    report = Report(as_json=True)
    report.add([Row(AT_LEAST, 80.0), Row(AT_MOST, 3_704.0, "the search")])
    _summary(report)
    good, bad, count = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (good["verdict"], bad["verdict"]) == ("held", "missed")
    assert bad == {
        "what": "p99",
        "measured": 3704.0,
        "unit": "ms",
        "bar": "<= 50 ms",
        "verdict": "missed",
        "note": "the search",
    }
    assert count == {"promises": 2, "held": 1, "missed": 1, "not measured": 0}
    assert bars.code(report.rows) == 1


def test_a_run_that_measured_nothing_is_no_success():
    assert bars.code([]) == 1
    assert bars.code([Row(AT_MOST, None)]) == 1
    assert bars.code([Row(AT_MOST, 1.0), Row(AT_LEAST, None)]) == 0


@pytest.mark.parametrize(
    ("only", "measured"),
    [
        ([], {"pages", "orders"}),
        (["--only", "weight"], {"pages"}),
        (["--only", "orders"], {"orders"}),
    ],
)
def test_a_whole_run_measures_pages_and_orders_and_a_part_only_what_it_names(
    monkeypatch, capsys, only, measured
):
    def pages(_place, _effort, _groups, report):
        report.add([Row(Bar("pages", "ms", most=50), 1.0)])

    def orders(*_):
        return [Row(Bar("orders", "%", least=70), 71.0)], {"raw": Pace(10.0, 1.0, 2.0, 3)}

    monkeypatch.setattr(runner.world, "made", lambda *_: nullcontext())
    monkeypatch.setattr(runner, "_pages", pages)
    monkeypatch.setattr(runner.orders, "measured", orders)
    assert runner.run(["--json", *only]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["what"] for line in told if "verdict" in line} == measured
    assert ({"work": "raw", "per_s": 10.0, "p50_ms": 1.0, "p99_ms": 2.0, "done": 3} in told) == (
        "orders" in measured
    )


def test_people_read_the_same_as_machines():
    text = Row(AT_LEAST, 42.0, "cold").as_text()
    assert text.startswith("missed") and "42 %" in text and ">= 60 %" in text and "(cold)" in text


def test_statements_are_allowed_those_around_the_page():
    assert promises.statements("list", "list").most == 4
    assert promises.statements("home of chair", "home").most == 8
    assert [bar.text() for bar in promises.p99("search")] == ["<= 50 ms", "<= 5 x"]
