"""Which tests run and in what order: quick ones first, and on each database what it concerns.

Register in conftest (`pytest_plugins`). Markers: `sqlite` and `postgresql` keep a test off the other
database (left out, not skipped: a skip means that something is missing); `database` says that a test
touches the database although it does not use one of its fixtures.
"""

from __future__ import annotations

import pytest

FIRST = ("house", "support", "core", "web")
LAST = ("contract", "journeys", "faults", "broken")
FIXTURES = frozenset({"database", "database_url", "template"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database",
        action="store_true",
        help="leave out the tests that do not touch the database (for the second database's pass)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    database = str(config.getoption("--db", "sqlite"))
    only_database = bool(config.getoption("--only-database"))
    kept = [item for item in items if belongs(item, database, only_database)]
    left_out = [item for item in items if item not in set(kept)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = sorted(kept, key=rank)  # stable: within a folder the files' own order stays


def belongs(item: pytest.Item, database: str, only_database: bool) -> bool:
    """Whether this pass is the one for this test."""
    marks = {mark.name for mark in item.iter_markers()}
    mine = marks & {"sqlite", "postgresql"}
    if mine and database not in mine:
        return False
    touches = bool(mine) or "database" in marks or not FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
    return touches or not only_database


def rank(item: pytest.Item) -> int:
    """Place of the test's folder under tests/: the house first, whole stories last."""
    parts = item.path.parts
    folder = parts[parts.index("tests") + 1] if "tests" in parts[:-1] else ""
    if folder in FIRST:
        return FIRST.index(folder) - len(FIRST)
    return 1 + LAST.index(folder) if folder in LAST else 0
