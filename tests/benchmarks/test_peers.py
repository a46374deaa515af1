"""The peers are no straw men: their model has the same optimum as ours, and our judge believes nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from market.benchmarks import judge, peer_ortools, peers
from market.benchmarks.textbook import Textbook
from matching.files import save
from matching.problem import Problem
from tests.matching.builders import problem as stage
from tests.matching.every_plan import EveryPlan
from tests.matching.instances import pressed, tiny

Document = dict[str, Any]


def plain(document: Document) -> Document:
    """The same problem with nothing rationed or fixed."""
    document = Problem.from_document(document).to_document()
    for row in document["commodities"]:
        row["ration"] = None
    return {**document, "fixed": []}


def as_file(book: Textbook) -> Document:
    """The model as the peers read it."""
    text = json.dumps({"columns": book.model.columns, "rows": book.model.rows})
    document: Document = json.loads(text)
    return document


@pytest.mark.parametrize("kind", [pressed, tiny])
def test_the_textbook_model_has_the_optimum_of_all_plans(kind: Any) -> None:
    for seed in range(40):
        document = plain(kind(seed))
        book = Textbook(document)
        answer = peer_ortools.cpsat(as_file(book), 20.0)
        units = book.units(answer["values"])
        found = Problem.from_document(document)
        said = judge.judged(found, [(*pair, count) for pair, count in units.items()])
        least = EveryPlan(document, beyond=0).least()
        assert said == {"cost_rp": least, "clean": True}, seed
        assert round(answer["bound"]) == least, seed


@pytest.mark.parametrize("name", ["highs", "gscip"])
def test_every_solver_of_ortools_gives_the_same_answer(name: str, tmp_path: Path) -> None:
    document = plain(tiny(5))
    book = Textbook(document)
    (tmp_path / "model.json").write_text(json.dumps(as_file(book)))
    command = [
        sys.executable,
        "-m",
        "market.benchmarks.peer_ortools",
        name,
        str(tmp_path / "model.json"),
        "10",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    answer = json.loads(done.stdout.splitlines()[-1])
    units = book.units(answer["values"])
    rows = [(*pair, count) for pair, count in units.items()]
    assert judge.judged(Problem.from_document(document), rows)["cost_rp"] == EveryPlan(document).least()
    assert answer["seconds"] > 0


def test_what_the_model_lacks_is_refused() -> None:
    document = plain(tiny(1))
    with pytest.raises(ValueError):
        Textbook({**document, "fixed": [{"need": "n0"}]})
    with pytest.raises(ValueError):
        Textbook({**document, "commodities": [{"id": "c", "unit_g": 1, "ration": "max_min"}]})


def test_the_judge_of_peers_sees_a_broken_rule_and_an_unknown_lane(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = stage()
    save(found, tmp_path / "problem.json")
    (tmp_path / "units.json").write_text('[["n1", "o1", 41]]')
    assert judge.main([str(tmp_path / "problem.json"), str(tmp_path / "units.json")]) == 0
    assert json.loads(capsys.readouterr().out)["clean"] is False
    with pytest.raises(KeyError):
        judge.judged(found, [("n1", "o9", 1)])


@pytest.fixture
def race(tmp_path: Path) -> peers.Race:
    save(stage(), tmp_path / "problem.json")
    return peers.Race(tmp_path / "problem.json", tmp_path)


def test_a_race_reports_cost_bound_and_time(race: peers.Race) -> None:
    result = race.run("cpsat", 10.0)
    # 70 of o1 at 290,000 + 1,000, a drop of 20,000 and two trucks cost less than any mix with o2
    assert (result.cost_rp, result.clean, result.trouble) == (20_590_000, True, "")
    assert result.bound_rp == pytest.approx(20_590_000)
    assert min(result.cpu_s, result.seconds) > 0
    row = peers.as_row(result, 20_384_100, 20_590_000)
    assert (row["gap_to_best_bound"], row["cost_over_ours"]) == (0.01, 1.0)


def answering(race: peers.Race, monkeypatch: pytest.MonkeyPatch, code: str) -> peers.Result:
    """What a race says of a peer that is this piece of Python."""
    monkeypatch.setattr(peers, "_command", lambda _: [sys.executable, "-c", code])
    return race.run("cpsat", 1.0)


def test_a_peer_without_a_plan_is_reported_as_such(race: peers.Race, monkeypatch: pytest.MonkeyPatch) -> None:
    result = answering(race, monkeypatch, 'print(\'{"values": null, "bound": 5.0}\')')
    assert (result.cost_rp, result.bound_rp, result.trouble) == (None, 5.0, "no plan within the limit")
    assert "gap_to_best_bound" not in peers.as_row(result, 1.0, 1)


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "print('nonsense')", "import time; time.sleep(9)"])
def test_a_peer_that_fails_or_hangs_does_not_end_the_race(
    race: peers.Race, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(peers, "GRACE", -58)
    result = answering(race, monkeypatch, code)
    assert (result.cost_rp, result.clean) == (None, None)
    assert result.trouble


def test_the_environment_of_pulp_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        tmp_path.joinpath("home").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    for _ in range(2):
        assert peers.pulp_python(tmp_path / "home") == tmp_path / "home" / "bin" / "python"
    assert [command[1:3] for command in asked] == [["-m", "venv"], ["-m", "pip"]]


def test_without_the_environment_of_pulp_the_reason_is_told(
    race: peers.Race, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    refused = subprocess.CompletedProcess([], 1, "", "no network")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: refused)
    assert race.run("pulp", 1.0).trouble.endswith("no network")
