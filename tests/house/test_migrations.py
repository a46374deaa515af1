"""The migrations build exactly what the models say, in one numbered line."""

from __future__ import annotations

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from market import migrations
from market.core import db
from market.migrations import FOLDER, head

UNSEEN = {"modify_default", "modify_comment"}


def test_migrations_are_numbered_without_gaps():
    names = sorted(path.name for path in (FOLDER / "versions").glob("0*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert names[-1].startswith(head())


def test_each_migration_follows_the_one_before():
    for path in sorted((FOLDER / "versions").glob("0*.py")):
        number = int(path.name[:4])
        down = re.search(r"^down_revision.*= (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert down is not None
        assert down.group(1) == ("None" if number == 1 else f'"{number - 1:04d}"'), path.name


def not_the_search_index(name, kind, _parents) -> bool:
    """FTS5 keeps tables of its own, PostgreSQL one: both follow `listing` by triggers and have no model."""
    return kind != "table" or not name.startswith("listing_search")


def test_the_migrated_schema_is_the_models_schema(database):
    with db.engine().connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "include_name": not_the_search_index}
        )
        differences = compare_metadata(context, db.Base.metadata)
    assert [d for d in differences if not (isinstance(d, tuple) and d[0] in UNSEEN)] == []


def rebuilt(tmp_path, change) -> list[tuple[int, int]]:
    """A child's rows after its parent was built anew, as SQLite alters a table, and `change` was made."""
    engine = db.make_engine(f"sqlite:///{tmp_path}/old.sqlite")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY, word TEXT)")
        connection.exec_driver_sql(
            "CREATE TABLE child (id INTEGER, parent_id INTEGER REFERENCES parent (id))"
        )
        connection.exec_driver_sql("INSERT INTO parent VALUES (1, 'a')")
        connection.exec_driver_sql("INSERT INTO child VALUES (7, 1)")
        connection.commit()
        with migrations.references_unchecked(connection):
            context = MigrationContext.configure(connection)
            with Operations(context).batch_alter_table("parent", recreate="always") as batch:
                batch.create_check_constraint("short", "length(word) < 5")
            change(connection)
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM child")]


def test_a_table_with_rows_that_others_refer_to_can_be_altered(tmp_path):
    assert rebuilt(tmp_path, lambda _connection: None) == [(7, 1)]


def test_a_change_that_breaks_a_reference_is_refused_and_taken_back(tmp_path):
    with pytest.raises(RuntimeError, match="breaks references"):
        rebuilt(tmp_path, lambda connection: connection.exec_driver_sql("DELETE FROM parent"))
    with db.make_engine(f"sqlite:///{tmp_path}/old.sqlite").connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM parent").scalar() == 1
