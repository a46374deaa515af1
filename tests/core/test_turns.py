"""Writers of one SQLite file stand in a queue; nobody is kept out by one that has gone."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from market.core import db, turns


@pytest.fixture
def queue(tmp_path: Path) -> str:
    return str(tmp_path / "turn")


def test_the_next_one_comes_when_the_one_before_has_ended(queue):
    first, came = turns.wait(queue), threading.Event()
    assert first is not None and first.lasts

    def second() -> None:
        turn = turns.wait(queue)
        assert turn is not None
        came.set()
        turn.end()

    waiting = threading.Thread(target=second)
    waiting.start()
    assert not came.wait(0.05)
    first.end()
    waiting.join()
    assert came.is_set() and not first.lasts


def test_whoever_waits_in_vain_goes_on_and_leaves_the_queue(queue):
    first = turns.wait(queue)
    assert first is not None
    assert turns.wait(queue, patience_s=0.02) is None
    first.end()
    third = turns.wait(queue)
    assert third is not None
    third.end()
    third.end()


def test_a_folder_that_cannot_be_written_has_no_queue(tmp_path):
    assert turns.wait(str(tmp_path / "missing" / "turn")) is None


def test_a_dead_process_holds_nobody_up(queue):
    child = os.fork()
    if child == 0:
        turns.wait(queue)
        os._exit(os.EX_OK)
    os.waitpid(child, 0)
    turn = turns.wait(queue, patience_s=5)
    assert turn is not None
    turn.end()


def turn_of(database: str) -> turns.Turn | None:
    """Whether somebody else could write now."""
    return turns.wait(f"{database.removeprefix('sqlite:///')}-turn", patience_s=0.02)


def test_a_writer_has_its_turn_until_the_commit_and_a_reader_needs_none(database):
    if not db.is_sqlite():
        assert db.engine().dialect.name == "postgresql"  # writers of rows wait for rows there
        return
    with db.transaction(read_only=True):
        free = turn_of(database)
        assert free is not None
        free.end()
    with db.transaction():
        assert turn_of(database) is None
    free = turn_of(database)
    assert free is not None
    free.end()


def test_a_second_connection_of_the_same_thread_does_not_wait_for_itself(database):
    if not db.is_sqlite():
        return
    kept: dict[str, object] = {}
    with db.transaction():
        turns.begin(db.engine().url.database, kept)
        assert kept == {}
