"""`market test`: what is run, what is counted, what fails."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from market import testing
from market.testing import NO_TESTS, Options, Result

REPORT = Path("report.xml")


def test_both_databases_unless_one_is_named():
    assert testing.parse([]).databases == ("sqlite", "postgresql")
    assert testing.parse(["--db", "postgresql"]).databases == ("postgresql",)
    assert testing.parse(["--quick"]).databases == ("sqlite",)
    assert testing.parse(["-x", "--quick", "-k", "rice"]).pytest == ("-x", "-k", "rice")


def test_the_second_pass_leaves_out_what_the_first_has_shown():
    first, second = (testing.command(Options(), "sqlite", second, REPORT) for second in (False, True))
    assert first[:3] == [sys.executable, "-m", "pytest"]
    assert first[-1] == "tests"
    assert "--only-database" in second
    assert "--only-database" not in first


def test_every_core_works_and_who_says_otherwise_has_the_last_word():
    command = testing.command(Options(pytest=("-n", "0")), "sqlite", False, REPORT)
    assert command.index("--numprocesses=logical") < command.index("-n")


def test_files_of_tests_lie_beside_the_report_in_memory_if_there_is_plenty(tmp_path, monkeypatch):
    command = testing.command(Options(), "sqlite", False, Path("/dev/shm/x/report.xml"))
    assert "--basetemp=/dev/shm/x/files" in command
    assert testing.scratch(tmp_path / "no such folder") is None
    monkeypatch.setattr(testing, "ROOM_BYTES", 0)
    assert testing.scratch(tmp_path) == tmp_path
    monkeypatch.setattr(testing, "ROOM_BYTES", 10**18)
    assert testing.scratch(tmp_path) is None, "a small memory is for something else"


def test_quick_leaves_out_the_slow_folders():
    command = testing.command(Options(quick=True), "sqlite", False, REPORT)
    assert "--ignore=tests/journeys" in command
    assert "--ignore=tests/faults" in command


def test_named_tests_replace_the_whole_suite():
    command = testing.command(
        Options(pytest=("tests/test_testing.py::test_x", "-q")), "sqlite", False, REPORT
    )
    assert command[-2:] == ["tests/test_testing.py::test_x", "-q"]
    command = testing.command(Options(pytest=("-k", "testsuite")), "sqlite", False, REPORT)
    assert command[-1] == "tests"


def test_the_report_is_counted_and_expected_failures_are_no_skips(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(
        """<testsuites><testsuite>
        <testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><error/></testcase>
        <testcase name="d"><skipped type="pytest.skip" message="Chromium missing"/></testcase>
        <testcase name="e"><skipped type="pytest.xfail" message="later"/></testcase>
        </testsuite></testsuites>"""
    )
    result = Result("sqlite")
    testing.read_report(path, result)
    assert (result.tests, result.failed, result.skipped) == (5, 2, Counter({"Chromium missing": 1}))
    testing.read_report(tmp_path / "none.xml", result)


def test_skips_are_summed_up_with_their_reasons():
    passes = [
        Result("sqlite", 0, 61.2, 40, 0, Counter({"Chromium missing: apt": 3})),
        Result("postgresql", 1, 5, 30, 2, Counter({"Chromium missing: apt": 2})),
    ]
    assert testing.summary(passes) == [
        "== Summary",
        "SQLite: passed, 40 tests, 0 failed, 3 skipped, 61 s",
        "PostgreSQL: FAILED (exit 1), 30 tests, 2 failed, 2 skipped, 5 s",
        "!! 5 skipped: Chromium missing: apt",
    ]
    assert testing.verdict(passes) == 1


def passes(monkeypatch, *codes):
    left = list(codes)
    seen = []

    def pretend(command):
        seen.append(command)
        return left.pop(0)

    monkeypatch.setattr(testing, "pytest", pretend)
    return testing.run([]), seen


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [((0, 0), 0), ((0, NO_TESTS), 0), ((NO_TESTS, NO_TESTS), NO_TESTS), ((1, 0), 1), ((0, 3), 3)],
)
def test_one_failing_pass_fails_the_whole(monkeypatch, capsys, codes, verdict):
    code, seen = passes(monkeypatch, *codes)
    assert code == verdict
    assert [command[3] for command in seen] == ["--db=sqlite", "--db=postgresql"]
    assert "== Summary" in capsys.readouterr().out


def test_ctrl_c_ends_both_passes(monkeypatch):
    assert passes(monkeypatch, testing.INTERRUPTED)[0] == testing.INTERRUPTED


def test_a_real_run_ends_with_the_summary(capfd):
    chosen = ["tests/house/test_setup.py", "-k", "licence", "-p", "no:cacheprovider"]
    assert testing.run(["--db", "sqlite", *chosen]) == 0
    assert "SQLite: passed, 1 tests, 0 failed, 0 skipped" in capfd.readouterr().out
