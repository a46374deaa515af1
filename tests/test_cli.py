"""The command line on the database that is there: its own, the last demo's, or a word on what to run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from market import cli
from market.core import db
from tests import factories


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance folder of its own; nothing said about a database."""
    for name in ("LUMBUNG_DATABASE_URL", "LUMBUNG_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LUMBUNG_INSTANCE", str(tmp_path))
    monkeypatch.setenv("LUMBUNG_ENV", "development")
    yield tmp_path
    db.dispose()


def seed(place: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("LUMBUNG_DATABASE_URL", f"sqlite:///{place / name}")
        assert cli.main(["seed", "--scenario", "small"]) == 0
    db.dispose()


@pytest.mark.sqlite
class TestAtHand:
    def test_without_any_database_the_command_says_what_to_run_and_makes_none(self, place, capsys):
        assert cli.main(["verify"]) == 2
        assert "lumbung migrate" in capsys.readouterr().err

    def test_after_a_demo_its_database_is_verified_and_named(self, place, capsys, monkeypatch):
        seed(place, "malang.sqlite", monkeypatch)
        capsys.readouterr()
        assert cli.main(["verify", "--json"]) == 0
        said = capsys.readouterr()
        assert "malang.sqlite" in said.err
        found = json.loads(said.out)
        assert len(found) > 10
        assert all(each["ok"] for each in found), found

    def test_a_story_being_written_is_not_taken(self, place, capsys, monkeypatch):
        seed(place, "malang.unfinished.sqlite", monkeypatch)
        assert cli.main(["verify"]) == 2

    def test_its_own_database_comes_first(self, place, capsys, monkeypatch):
        seed(place, "lumbung.sqlite", monkeypatch)
        seed(place, "malang.sqlite", monkeypatch)
        capsys.readouterr()
        assert cli.main(["verify"]) == 0
        assert "malang" not in capsys.readouterr().err

    def test_a_person_is_added_to_the_story_and_signs_in(self, place, capsys, monkeypatch):
        seed(place, "malang.sqlite", monkeypatch)
        monkeypatch.setenv("LUMBUNG_NEW_PASSWORD", factories.PASSWORD)
        assert cli.main(["create-user", "bu-sri", "Bu Sri"]) == 0
        with db.transaction(read_only=True):
            names = list(db.session.scalars(db.session.query(factories.User.login).statement))
        assert "bu-sri" in names


@pytest.mark.sqlite
def test_anchors_written_down_hold_and_a_cut_tail_is_found(place, capsys, monkeypatch, tmp_path):
    seed(place, "lumbung.sqlite", monkeypatch)
    capsys.readouterr()
    assert cli.main(["ledger-anchor"]) == 0
    written = tmp_path / "anchors.json"
    written.write_text(capsys.readouterr().out, encoding="utf-8")
    assert cli.main(["ledger-verify", "--anchors", str(written)]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "faults": []}
    later = json.loads(written.read_text(encoding="utf-8"))
    assert later, "the scenario has books"
    for head in later if isinstance(later, list) else later.values():
        head["seq"] += 1
    written.write_text(json.dumps(later), encoding="utf-8")
    assert cli.main(["ledger-verify", "--anchors", str(written)]) == 1


def test_an_unknown_setting_is_one_line_and_no_traceback(monkeypatch, capsys):
    monkeypatch.setenv("LUMBUNG_ENV", "moon")
    assert cli.main(["verify"]) == 2
    said = capsys.readouterr().err
    assert "LUMBUNG_ENV" in said
    assert len(said.splitlines()) == 1
