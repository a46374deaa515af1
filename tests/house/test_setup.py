"""The set-up stays possible: locks, the bootstrap's independence, one way to start."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from market import __main__ as bootstrap

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "market").glob("*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.M)


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "market" / lock).read_text("utf-8")
    return {bootstrap.canonical(name): version for name, version in PIN.findall(text)}


def names(requirements: list[str]) -> set[str]:
    return {bootstrap.canonical(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_address_and_no_folder(lock):
    assert not re.search(r"://|file:|^-|/home/|/tmp/", lock.read_text("utf-8"), re.M)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_a_hash(lock):
    entries = re.split(r"^(?=[A-Za-z0-9])", lock.read_text("utf-8"), flags=re.M)
    bare = [entry.split()[0] for entry in entries if PIN.match(entry) and "--hash=sha256:" not in entry]
    loose = [
        line
        for line in lock.read_text("utf-8").splitlines()
        if re.match(r"[A-Za-z]", line) and "==" not in line
    ]
    assert not bare + loose


def test_there_are_the_three_locks():
    assert [lock.name for lock in LOCKS] == ["bootstrap.lock", "requirements-dev.lock", "requirements.lock"]
    assert list(pins("bootstrap.lock")) == ["uv"]


def test_tests_run_on_the_versions_that_people_run():
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run


def test_every_wanted_package_is_locked():
    extras = PROJECT["project"]["optional-dependencies"]
    assert names(PROJECT["project"]["dependencies"]) <= pins("requirements.lock").keys()
    wanted = names(extras["dev"]) | names(extras["production"])
    assert wanted - {"lumbung"} <= pins("requirements-dev.lock").keys()


def test_running_needs_no_test_tool():
    assert not pins("requirements.lock").keys() & {"pytest", "playwright", "mypy", "ruff", "celery", "uv"}


def test_the_bootstrap_imports_the_standard_library_alone():
    tree = ast.parse((ROOT / "market" / "__main__.py").read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or "").partition(".")[0])
    assert found <= sys.stdlib_module_names


def test_an_old_python_can_read_the_bootstrap_far_enough_to_say_so():
    ast.parse((ROOT / "market" / "__main__.py").read_text("utf-8"), feature_version=(3, 7))


def test_the_package_is_importable_before_anything_is_installed():
    assert not (ROOT / "market" / "__init__.py").read_text("utf-8").strip()


def test_bootstrap_and_project_file_want_the_same_python():
    oldest, newest = bootstrap.OLDEST, bootstrap.NEWEST
    wanted = f">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"
    assert PROJECT["project"]["requires-python"] == wanted


def test_the_licence_is_the_whole_apache_licence():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
