"""What one database's statements compiled to serves the next database of its kind, and no other kind."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import OperationalError

from market.core import db
from market.places.models import Place
from tests.support import compiled


@pytest.fixture
def create(monkeypatch):
    """`create_engine` as the suite has it, with nothing kept of other tests."""
    monkeypatch.setattr(compiled, "_models", {})
    return compiled.sharing(create_engine)


def kept(engine: Engine) -> int:
    assert engine._compiled_cache is not None
    return len(engine._compiled_cache)


def ask(engine: Engine, number: int) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(text(f"{number}"))).scalar_one())


def test_the_second_database_compiles_nothing_anew(create, tmp_path):
    first, second = (create(f"sqlite:///{tmp_path}/{name}") for name in ("a", "b"))
    assert ask(first, 7) == 7
    before = kept(second)
    assert before > 0
    assert ask(second, 7) == 7
    assert kept(second) == before


def test_each_asks_its_own_file(create, tmp_path):
    engines = [create(f"sqlite:///{tmp_path}/{name}") for name in ("a", "b")]
    for number, engine in enumerate(engines):
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE mill (n integer)"))
            connection.execute(text("INSERT INTO mill VALUES (:n)"), {"n": number})
    for number, engine in enumerate(engines):
        with engine.connect() as connection:
            assert connection.execute(text("SELECT n FROM mill")).scalar_one() == number


def test_an_engine_with_rules_of_its_own_shares_nothing(create):
    assert create("sqlite://")._compiled_cache is not create("sqlite://", query_cache_size=9)._compiled_cache


def test_a_server_that_does_not_answer_is_nobodys_model(create):
    dead = create("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(OperationalError):
        dead.connect()
    assert compiled._models == {}


def test_the_suite_itself_shares(database):
    assert db.engine()._compiled_cache in [store for _dialect, store in compiled._models.values()]
    before = kept(db.engine())
    for _again in range(2):
        with db.transaction(read_only=True):
            db.session.scalars(select(Place).where(Place.code == "35.78").limit(3)).all()
    assert kept(db.engine()) <= before + 1
