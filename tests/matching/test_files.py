"""What is written can be read again; what is broken is refused, whatever its bytes are."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.errors import ProblemError
from matching.files import load, load_plan, load_problem, plan_from_document, replacing, save
from matching.plan import Plan
from matching.problem import Problem
from tests.matching.builders import RICE, plan, problem
from tests.matching.instances import tiny


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("name", ["problem.json", "problem.npz"])
def test_a_problem_comes_back_as_it_was(seed: int, name: str, tmp_path: Path) -> None:
    before = Problem.from_document(tiny(seed, ration=seed % 3 == 0))
    save(before, tmp_path / name)
    after = load(tmp_path / name)
    assert isinstance(after, Problem)
    assert after.sha256 == before.sha256
    assert after.to_document() == before.to_document()


def test_a_problem_file_is_the_canonical_json_itself(tmp_path: Path) -> None:
    before = load_problem(RICE)
    save(before, tmp_path / "rice.json")
    assert hashlib.sha256((tmp_path / "rice.json").read_bytes()).hexdigest() == before.sha256


def test_a_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    before = plan(problem(), n1_o1=40, n2_o2=10)
    save(before, tmp_path / "plan.json")
    after = load_plan(tmp_path / "plan.json")
    assert after.to_document() == before.to_document()
    assert isinstance(after, Plan)


def test_names_in_any_script_survive(tmp_path: Path) -> None:
    before = problem(buyers=[{"id": "k1"}, {"id": "k2"}, {"id": "Koperasi Ibu Kartini — 🌾 稲"}])
    for name in ("p.json", "p.npz"):
        save(before, tmp_path / name)
        assert load_problem(tmp_path / name).buyer_id == before.buyer_id


def test_a_problem_is_no_plan_and_a_plan_no_problem(tmp_path: Path) -> None:
    save(plan(problem()), tmp_path / "plan.json")
    with pytest.raises(ProblemError):
        load_problem(tmp_path / "plan.json")
    with pytest.raises(ProblemError):
        load_plan(RICE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"not json",
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"9" * 10_000,
        b'{"format": NaN}',
        b"Infinity",
        b'{"format": 1, "format": 2}',
        b"PK\x03\x04 not a zip",
        "﻿{}".encode(),
    ],
)
def test_bytes_that_are_no_file_of_ours_are_refused(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(data)
    with pytest.raises(ProblemError) as caught:
        load(file)
    assert caught.value.faults


def test_lone_surrogates_in_json_are_refused(tmp_path: Path) -> None:
    document = json.loads(RICE.read_text())
    document["buyers"][0]["id"] = document["needs"][0]["buyer"] = "\ud800"
    (tmp_path / "p.json").write_text(json.dumps(document))
    with pytest.raises(ProblemError):
        load(tmp_path / "p.json")


def archive(**columns: Any) -> bytes:
    """An .npz file of these arrays."""
    buffer = io.BytesIO()
    np.savez(buffer, **columns)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        archive(),
        archive(format=np.array("lumbung-problem/1"), colour=np.array([1])),
        archive(format=np.array("lumbung-problem/2")),
        archive(format=np.array(["lumbung-problem/1"])),
        archive(format=np.array("lumbung-problem/1"), commodity_id=np.array(["c"])),
    ],
)
def test_an_archive_with_other_arrays_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "p.npz").write_bytes(data)
    with pytest.raises(ProblemError):
        load(tmp_path / "p.npz")


def test_an_archive_never_runs_code(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.npz", "w") as file:
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
        file.writestr("wanted.npy", buffer.getvalue())
    with pytest.raises(ProblemError):
        load(tmp_path / "p.npz")


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    save(problem(), tmp_path / "p.npz")
    data = (tmp_path / "p.npz").read_bytes()
    for size in (4, 100, len(data) // 2, len(data) - 10):
        (tmp_path / "cut.npz").write_bytes(data[:size])
        with pytest.raises(ProblemError):
            load(tmp_path / "cut.npz")


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing.json")


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    target.write_text("old")

    def write_and_fail() -> None:
        with replacing(target) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fail()
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
    assert target.read_text() == "old"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("cost_rp", "1"),
        ("cost_rp", None),
        ("cost_rp", 1.5),
        ("cost_rp", 2**60),
        ("bound_rp", True),
        ("gap", "x"),
        ("gap", float("inf")),
        ("seed", 1.0),
        ("problem_sha256", 5),
        ("certificate", []),
        ("lines", None),
        ("lines", [5]),
        ("lines", [{"need": "n1"}]),
        ("offers", [{"offer": "o1", "volume": 1.0, "tier_from": 1, "price_rp": 1}]),
        ("shortages", [{"need": "n1", "missing": 1, "reason": ""}]),
        ("trips", [{"supplier": "s1", "district": None, "trips": 1}]),
        ("extra", 1),
        ("format", "lumbung-plan/2"),
    ],
)
def test_a_plan_file_of_another_form_is_refused(path: str, value: Any, tmp_path: Path) -> None:
    document = {**plan(problem(), n1_o1=4).to_document(), path: value}
    (tmp_path / "plan.json").write_text(json.dumps(document))
    with pytest.raises(ProblemError):
        load_plan(tmp_path / "plan.json")


def test_a_plan_without_one_of_its_keys_is_refused() -> None:
    document = plan(problem()).to_document()
    for key in document:
        short = {k: v for k, v in document.items() if k != key}
        with pytest.raises(ProblemError):
            plan_from_document(short)
