"""The migrations build exactly what the models say, in one numbered line."""

from __future__ import annotations

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

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


def test_the_migrated_schema_is_the_models_schema(database):
    with db.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, db.Base.metadata)
    assert [d for d in differences if not (isinstance(d, tuple) and d[0] in UNSEEN)] == []
