"""The command line as people and the worker use it: files in, files out, exit codes, no traceback ever."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matching.cli import main
from matching.files import load_plan, load_problem, save
from tests.matching.builders import RICE, plan, problem, rice

Run = subprocess.CompletedProcess[str]


def run(*arguments: object) -> Run:
    """`python -m matching ...` as a process of its own."""
    command = [sys.executable, "-m", "matching", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def quick(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any, str]:
    """The same within this process: exit code, what stdout says as JSON, and stderr."""
    code = main([str(argument) for argument in arguments])
    out, err = capfd.readouterr()
    return code, json.loads(out) if out else None, err


def test_solving_and_checking_the_rice_story(tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    solved = run("solve", RICE, "-o", target, "--seconds", 5, "--progress", tmp_path / "curve")
    assert solved.returncode == 0, solved.stderr
    assert solved.stdout == ""
    assert load_plan(target).cost_rp == 23_840_000
    steps = [json.loads(line) for line in solved.stderr.splitlines() if line.startswith("{")]
    assert steps
    assert set(steps[-1]) == {"bound_rp", "cost_rp", "gap", "seconds"}
    assert steps[-1]["cost_rp"] == 23_840_000
    assert len((tmp_path / "curve").read_text().splitlines()) == len(steps)
    checked = run("check", RICE, target)
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["clean"] is True


def test_without_a_file_the_plan_goes_to_stdout_and_nothing_else_does() -> None:
    solved = run("solve", RICE, "--work", 10)
    assert json.loads(solved.stdout)["cost_rp"] == 23_840_000


def test_a_wrong_plan_is_exit_code_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = problem(needs__0__at_most=40)
    save(found, tmp_path / "p.json")
    save(plan(found, n1_o1=41), tmp_path / "bad.json")
    code, verdict, _ = quick(capfd, "check", tmp_path / "p.json", tmp_path / "bad.json")
    assert code == 1
    assert verdict["clean"] is False
    assert verdict["cost_rp"] == load_plan(tmp_path / "bad.json").cost_rp
    assert [fault["rule"] for fault in verdict["faults"]] == ["rule_1_fill"]
    assert set(verdict["faults"][0]) == {"rule", "row", "text"}


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"[" * 100_000, b'{"format": "lumbung-problem/1"}', b"[1, 2]", b"NaN", b"9" * 6_000],
)
@pytest.mark.parametrize("command", ["solve", "greedy", "alone", "parts"])
def test_bad_input_is_exit_code_two_and_a_list(
    command: str, data: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(data)
    code, out, err = quick(capfd, command, file)
    assert (code, out) == (2, None)
    faults = json.loads(err)["faults"]
    assert faults
    assert all(set(fault) == {"row", "text"} for fault in faults)


def test_all_faults_of_a_file_are_listed_by_a_real_process(tmp_path: Path) -> None:
    document = rice()
    document["needs"][0]["wanted"] = 1.5
    document["offers"][1]["lot"] = 0
    (tmp_path / "bad.json").write_text(json.dumps(document))
    failed = run("solve", tmp_path / "bad.json", "-o", tmp_path / "plan.json")
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr
    rows = [fault["row"] for fault in json.loads(failed.stderr)["faults"]]
    assert sorted(rows) == ["needs[0].wanted", "offers[1].lot"]
    assert not (tmp_path / "plan.json").exists()


def test_a_plan_that_is_none_is_exit_code_two_and_not_clean(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, verdict, _ = quick(capfd, "check", RICE, RICE)
    assert code == 2
    assert verdict["clean"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "nowhere.json"],
        ["check", RICE, "nowhere.json"],
        ["solve", RICE, "--seconds", "-1"],
        ["solve", RICE, "--processes", "0"],
        ["solve", RICE, "--gap", "nan"],
        ["solve", RICE, "--work", "-1"],
        ["solve", RICE, "--seed", str(2**40)],
        ["generate", "--scale", "city", "--seed", "-1"],
    ],
)
def test_wrong_arguments_are_exit_code_two(arguments: list[Any], capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = quick(capfd, *arguments)
    assert code == 2
    assert json.loads(err)["faults"][0]["text"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["solve"],
        ["solve", RICE, "--seconds", "x"],
        ["solve", RICE, "--seconds", 1, "--work", 1],
    ],
)
def test_arguments_that_make_no_sense_are_exit_code_two(arguments: list[Any]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    assert stopped.value.code == 2


def test_the_yardsticks_and_what_they_print(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, officer, _ = quick(capfd, "greedy", RICE)
    assert code == 0
    assert officer["cost_rp"] == 23_840_000
    code, lone, _ = quick(capfd, "alone", RICE)
    assert lone == {
        "needs": [{"need": "beras-sri", "cost_rp": 23_840_000, "units": 80}],
        "cost_rp": 23_840_000,
        "infeasible": [],
    }
    assert quick(capfd, "greedy", RICE, "-o", tmp_path / "g.json")[:2] == (0, None)
    code, rows, _ = quick(capfd, "compare", RICE, tmp_path / "g.json", tmp_path / "g.json")
    assert [row["cost_rp"] for row in rows["plans"]] == [23_840_000, 23_840_000]
    code, said, _ = quick(capfd, "explain", RICE, tmp_path / "g.json")
    assert said["shortages"] == []
    code, found, _ = quick(capfd, "parts", RICE)
    assert found == {"parts": [{"needs": ["beras-sri"], "offers": ["lamongan-beras", "ngawi-beras"]}]}


@pytest.mark.parametrize("name", ["city.json", "city.npz"])
def test_a_generated_city_can_be_planned(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    city = tmp_path / name
    assert quick(capfd, "generate", "--scale", "city", "--seed", 2, "-o", city)[0] == 0
    assert quick(capfd, "greedy", city, "-o", tmp_path / "plan.json")[0] == 0
    code, verdict, _ = quick(capfd, "check", city, tmp_path / "plan.json")
    assert code == 0
    assert verdict["cost_rp"] == load_plan(tmp_path / "plan.json").cost_rp
    assert load_problem(city).n_needs == 918


def test_after_a_decline_the_accepted_lines_stay(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Lamongan accepts its 48 sacks, Ngawi delivers only 25: the problem says so, the plan follows."""
    before, now, after = tmp_path / "before.json", tmp_path / "now.json", tmp_path / "after.json"
    assert quick(capfd, "solve", RICE, "-o", before, "--work", 10)[0] == 0
    document = rice()
    accepted = {"need": "beras-sri", "offer": "lamongan-beras", "quantity": 48, "price_rp": 295_000}
    document["fixed"], document["offers"][1]["capacity"] = [accepted], 25
    now.write_text(json.dumps(document))
    assert quick(capfd, "resolve", now, before, "-o", after, "--work", 10)[0] == 0
    lines = [(line.offer, line.quantity) for line in load_plan(after).lines]
    assert lines == [("lamongan-beras", 48), ("ngawi-beras", 25)]
    assert quick(capfd, "check", now, after)[0] == 0


def test_the_same_work_gives_the_same_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2):
        assert (
            quick(capfd, "solve", RICE, "-o", tmp_path / f"{number}.json", "--work", 10, "--seed", 3)[0] == 0
        )
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()
