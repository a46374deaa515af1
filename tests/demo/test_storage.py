"""One file per city: replaced when the new one is whole, held by one demo at a time."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from market import demo
from market.config import ConfigError, Settings
from market.core import db
from market.demo import running, storage


def test_each_city_has_a_file_of_its_own(settings: Settings):
    files = {storage.path_of(demo.settings_for(city, settings)).name for city in demo.CITIES}
    assert files == {"surabaya.sqlite", "malang.sqlite", "probolinggo.sqlite"}
    assert demo.settings_for("malang", settings).env == "demo"


def test_each_city_keeps_its_photos_apart_so_that_no_sweep_takes_those_of_another(settings: Settings):
    chosen = [demo.settings_for(city, settings) for city in demo.CITIES]
    assert len({each.photos_dir for each in chosen}) == 3
    assert all(each.photos_dir.parent == settings.instance_dir for each in chosen)


def test_production_has_no_demo(settings: Settings):
    with pytest.raises(ConfigError, match="production"):
        demo.settings_for("malang", replace(settings, env="production"))


def test_the_new_story_takes_the_place_of_the_old_one_with_its_log(tmp_path: Path):
    path = tmp_path / "malang.sqlite"
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"malang.sqlite{suffix}").write_text("old")
    draft = storage.unfinished(path)
    draft.write_text("new")
    storage.put_in_place(draft, path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["malang.sqlite"]
    assert path.read_text() == "new"


def test_what_an_interrupted_start_left_is_thrown_away(tmp_path: Path):
    path = tmp_path / "malang.sqlite"
    storage.unfinished(path).write_text("half")
    assert not storage.unfinished(path).exists()


def test_only_a_story_that_is_being_written_does_not_wait_for_the_disk(tmp_path: Path):
    def waits() -> int:
        with db.transaction(read_only=True) as session:
            return int(session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one())

    try:
        db.configure(f"sqlite:///{tmp_path / 'draft.sqlite'}", durable=False)
        assert waits() == 0
        db.configure(f"sqlite:///{tmp_path / 'city.sqlite'}")
        assert waits() == 2, "FULL"
    finally:
        db.dispose()


HOLDING = """
import sys
from pathlib import Path
from market.demo import storage
print(storage.hold(Path(sys.argv[1])), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def another_demo(settings: Settings):
    """A process that holds the city's file."""
    path = storage.path_of(demo.settings_for("malang", settings))
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdout.readline() == "True\n"
    yield
    other.communicate("\n", timeout=20)


def test_a_file_that_another_demo_serves_is_neither_reset_nor_written(settings: Settings, another_demo):
    chosen = demo.settings_for("malang", settings)
    with pytest.raises(ConfigError, match="stop it before --reset"):
        running.run(chosen, "malang", reset=True, url="")
    with pytest.raises(ConfigError, match="another start"):
        running.run(chosen, "malang", reset=False, url="")
    assert not storage.path_of(chosen).exists()
