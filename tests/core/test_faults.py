"""Fault points: silent, deadly or loud, and never in production."""

import subprocess
import sys

import pytest

from market.core import faults
from market.core.faults import FaultInjected, point

PROGRAM = """
import pathlib, sys
from market.core import faults
faults._PACKAGE = pathlib.Path(sys.argv[1])
faults.configure(sys.argv[2])
for k in range(1, 5):
    print("pass", k, flush=True)
    faults.point("orders.issued")
    faults.point("orders.other")
"""


@pytest.fixture(autouse=True)
def _product(tmp_path, monkeypatch):
    (tmp_path / "services.py").write_text(
        'faults.point("orders.issued")\npoint("orders.other")\n', encoding="utf-8"
    )
    monkeypatch.setattr(faults, "_PACKAGE", tmp_path)
    faults.names.cache_clear()
    yield
    faults.configure(None)
    faults.names.cache_clear()


def run(folder, spec):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), spec],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_happens_when_no_point_is_armed():
    faults.configure("")
    point("orders.issued")


@pytest.mark.parametrize(("spec", "passes"), [("orders.issued", 1), ("orders.issued:3", 3)])
def test_the_process_dies_like_kill_nine_at_the_kth_pass(tmp_path, spec, passes):
    done = run(tmp_path, spec)
    assert done.returncode == faults.KILLED == 137
    assert done.stdout.splitlines() == [f"pass {k}" for k in range(1, passes + 1)]


def test_raising_leaves_the_process_alive():
    faults.configure("orders.issued:2:raise")
    point("orders.issued")
    point("orders.other")
    with pytest.raises(FaultInjected, match=r"orders\.issued"):
        point("orders.issued")
    point("orders.issued")


def test_the_first_pass_is_meant_when_none_is_named():
    faults.configure("orders.other:raise")
    with pytest.raises(FaultInjected):
        point("orders.other")


def test_production_refuses_every_fault_point():
    with pytest.raises(ValueError, match="production"):
        faults.configure("orders.issued", production=True)
    point("orders.issued")
    faults.configure("", production=True)


@pytest.mark.parametrize(
    "spec", ["orders.isued", "Orders", "orders.issued:0", "orders.issued:x", ":raise", "a b"]
)
def test_a_point_that_no_code_passes_is_refused_because_it_would_prove_nothing(spec):
    with pytest.raises(ValueError, match="fault point"):
        faults.configure(spec)
    point("orders.issued")


def test_the_points_are_read_from_the_source():
    assert faults.names() == {"orders.issued", "orders.other"}


def test_arming_ends_with_its_block():
    with faults.armed("orders.issued"), pytest.raises(FaultInjected):
        point("orders.issued")
    point("orders.issued")
