"""`lumbung benchmark matching` as people call it: rows of JSON, exit codes, a drawing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from market.benchmarks import curves, orlib, peers, runner
from market.cli import main
from matching.files import load_problem
from matching.problem import Problem
from tests.matching.builders import RICE
from tests.matching.orlib import DATA, OPTIMA

Row = dict[str, Any]


def rows(capsys: pytest.CaptureFixture[str]) -> list[Row]:
    """What was printed, line by line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rice story instead of a city."""
    honest = runner.matching

    def matching(*arguments: str) -> Any:
        if arguments[0] == "generate":
            Path(arguments[-1]).write_bytes(RICE.read_bytes())
            return None
        return honest(*arguments)

    monkeypatch.setattr(runner, "matching", matching)


@pytest.mark.usefixtures("small")
def test_a_scale_is_solved_judged_and_held_against_officer_and_peers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    drawing = tmp_path / "curve.svg"
    asked = ["--seconds", "5", "--at", "1", "--peers", "highs", "--svg", str(drawing)]
    assert main(["benchmark", "matching", "--scale", "city", *asked]) == 0
    machine, ours, early, late = rows(capsys)
    assert set(machine) == {"machine", "cores", "load", "python", "ortools"}
    assert (ours["cost_rp"], ours["bound_rp"], ours["clean"]) == (23_840_000, 23_840_000, True)
    assert ours["cpu_s"] > 0 and 20 < ours["peak_mb"] < 2_000
    assert (ours["greedy_cost_rp"], ours["greedy_above_plan"]) == (23_840_000, 0.0)
    assert [early["limit_s"], late["limit_s"]] == [1.0, 5.0]
    assert (late["cost_over_ours"], late["gap_to_best_bound"], late["clean"]) == (1.0, 0.0, True)
    assert ElementTree.fromstring(drawing.read_text()).tag.endswith("svg")
    assert all(name in drawing.read_text() for name in ("matching", "greedy", "HiGHS"))


@pytest.mark.usefixtures("small")
def test_without_peers_only_the_officer_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.run(["matching", "--scale", "province", "--seconds", "2"]) == 0
    assert len(rows(capsys)) == 2


@pytest.mark.usefixtures("small")
def test_a_plan_that_is_not_clean_is_exit_code_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = runner.matching

    def matching(*arguments: str) -> Any:
        done = honest(*arguments)
        if arguments[0] != "check":
            return done
        return replace(done, stdout=done.stdout.replace("true", "false"))

    monkeypatch.setattr(runner, "matching", matching)
    assert runner.run(["matching", "--seconds", "1", "--peers"]) == 1
    assert rows(capsys)[1]["clean"] is False


def library(folder: Path, published: float) -> Path:
    """A folder like the OR-Library's with one file and its published optimum."""
    (folder / "cap41.txt").write_text((DATA / "cap41.txt").read_text())
    (folder / "cap999.txt").write_text("not in the list of optima")
    (folder / "bounds.txt").write_text(f"# published\ncap41 {published}\n")
    return folder


@pytest.mark.parametrize(("published", "code"), [(OPTIMA["cap41"], 0), (OPTIMA["cap41"] - 0.01, 1)])
def test_published_files_are_held_against_their_optima(
    published: float, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = library(tmp_path, published)
    assert runner.run(["matching", "--orlib", str(folder), "--seconds", "20"]) == code
    _, told, summary = rows(capsys)
    assert (told["file"], told["published"], told["reached"]) == ("cap41", published, code == 0)
    assert told["value"] == pytest.approx(OPTIMA["cap41"], abs=6e-4)
    assert (summary["files"], summary["reached"]) == (1, 1 - code)


def test_a_folder_without_files_proves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bounds.txt").write_text("")
    assert runner.run(["matching", "--orlib", str(tmp_path)]) == 1
    assert rows(capsys)[-1]["files"] == 0


def test_a_warehouse_file_becomes_the_same_problem_in_both_readings() -> None:
    document = orlib.problem((DATA / "cap41.txt").read_text())
    problem = Problem.from_document(document)
    assert (problem.n_needs, problem.n_offers, problem.n_lanes) == (50, 16, 800)
    assert orlib.value(sum(n["wanted"] for n in document["needs"]) + 5 * orlib.SCALE, document) == 5.0


def test_a_command_of_the_matcher_that_fails_is_told() -> None:
    with pytest.raises(RuntimeError, match="matching check"):
        runner.matching("check", str(RICE), str(RICE))
    assert load_problem(RICE).n_needs == 1


def test_peers_without_a_clean_plan_are_not_drawn() -> None:
    good = peers.Result("highs", 5.0, 6.0, 6.0, 120, 100.0, True)
    broken = peers.Result("pulp", 5.0, 6.0, 6.0, 90, None, False)
    none = peers.Result("cpsat", 5.0, 6.0, 6.0, None, 1.0, None, "no plan")
    assert runner._ends([good, broken, none], 100.0) == {"HiGHS": [(6.0, pytest.approx(1 / 6))]}


def test_a_drawing_names_every_line_and_escapes_it() -> None:
    drawn = curves.svg("a < b", {"x & y": [(0.5, 0.1), (2.0, 0.01)], "nobody": [], "z": [(3.0, 0.0)]})
    tree = ElementTree.fromstring(drawn)
    texts = [element.text for element in tree.iter() if element.tag.endswith("text")]
    assert {"a < b", "x & y", "z"} <= set(texts) and "nobody" not in texts
    lines = [e.get("d", "") for e in tree.iter() if e.tag.endswith("path") and e.get("fill") == "none"]
    assert len(lines) == 2 and "H" in lines[0] and "V" in lines[0]


def test_a_better_gap_lies_lower_and_a_later_one_further_right() -> None:
    axes = curves._Axes([(0.1, 0.5), (20.0, 0.001)])
    assert axes.x(0.1) < axes.x(1.0) < axes.x(20.0)
    assert axes.y(0.5) < axes.y(0.05) < axes.y(0.001)
    with pytest.raises(ValueError):
        curves.svg("nothing", {"x": []})


@pytest.mark.usefixtures("small")
def test_counted_work_takes_the_place_of_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "matching", "--work", "1", "--peers"]) == 0
    ours = rows(capsys)[1]
    assert (ours["limit_s"], ours["work"]) == (None, 1)
    assert ours["cost_rp"] == 23_840_000
