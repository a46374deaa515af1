"""Who runs when and where, and what a skip costs, shown on a small suite of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CONFTEST = """
import pytest
def pytest_addoption(parser):
    parser.addoption("--db", default="sqlite")
@pytest.fixture
def database(): pass
@pytest.fixture
def app(database): pass
"""
SUITE = {
    "journeys/test_story.py": "def test_story(app): pass",
    "faults/test_kill.py": "def test_kill(): pass",
    "needs/test_forms.py": "def test_form(): pass\ndef test_post(database): pass",
    "house/test_layers.py": "def test_layers(): pass",
    "core/test_db.py": """
import pytest
@pytest.mark.sqlite
def test_wal(): pass
@pytest.mark.postgresql
def test_row_level_security(): pass
@pytest.mark.database
def test_command_line(): pass
""",
}
EVERYWHERE = ["test_command_line", "test_post", "test_story"]


def pytest_run(folder, *arguments, ci=""):
    environment = dict(os.environ, CI=ci, PYTHONPATH=str(ROOT), PYTEST_ADDOPTS="")
    plugins = ["-p", "tests.support.order", "-p", "tests.support.noskip", "-p", "no:cacheprovider"]
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "-c",
            os.devnull,
            "--rootdir",
            str(folder),
            *plugins,
            *arguments,
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    names = re.findall(r"::(test_\w+) (?:PASSED|FAILED|SKIPPED|XFAIL)", result.stdout)
    return result.returncode, names, result.stdout


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suite")
    for name, text in {"conftest.py": CONFTEST, **SUITE}.items():
        path = folder / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_the_house_comes_first_and_stories_last(suite):
    _, names, _ = pytest_run(suite)
    assert names == [
        "test_layers",
        "test_wal",
        "test_command_line",
        "test_form",
        "test_post",
        "test_story",
        "test_kill",
    ]


def test_the_second_pass_repeats_only_what_touches_the_database(suite):
    code, names, output = pytest_run(suite, "--db", "postgresql", "--only-database")
    assert code == 0
    assert sorted(names) == sorted([*EVERYWHERE, "test_row_level_security"])
    assert "skipped" not in output, "left out is not skipped"


SKIPS = {
    "in the test": "import pytest\ndef test_a(): pytest.skip('kamus hilang')",
    "by mark": "import pytest\n@pytest.mark.skip(reason='kamus hilang')\ndef test_a(): pass",
    "in a fixture": (
        "import pytest\n@pytest.fixture\ndef f(): pytest.skip('kamus hilang')\ndef test_a(f): pass"
    ),
    "a whole module": "import pytest\npytest.skip('kamus hilang', allow_module_level=True)",
    "a part of a test": (
        "import pytest\ndef test_a(subtests):\n    with subtests.test('x'): pytest.skip('kamus hilang')"
    ),
}


@pytest.mark.parametrize("text", SKIPS.values(), ids=SKIPS)
def test_a_skip_fails_the_build_and_only_the_build(tmp_path, text):
    (tmp_path / "test_x.py").write_text(text)
    (tmp_path / "test_y.py").write_text("def test_good(): pass")
    assert pytest_run(tmp_path)[0] == 0
    code, _, output = pytest_run(tmp_path, ci="true")
    assert code in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    assert "kamus hilang" in output


def test_an_expected_failure_is_no_skip(tmp_path):
    text = "import pytest\n@pytest.mark.xfail(reason='menunggu')\ndef test_a(): assert False\n"
    (tmp_path / "test_x.py").write_text(text)
    assert pytest_run(tmp_path, ci="true")[0] == 0
