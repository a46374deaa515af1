"""Statements compiled once for all databases of a test run.

Every test has a database of its own and so an engine of its own, and an engine begins with nothing compiled:
a quarter of the suite's processor time went into compiling the same statements again. Engines of one kind of
database share one dialect and one store here. What a statement compiles to hangs on these two alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import LRUCache

from market.core import db

ROOM = 6_000
SHAPES = frozenset({"isolation_level", "connect_args"})
"""Options that do not change what a statement compiles to; engines made with others keep their own."""

_models: dict[tuple[str, object], tuple[Any, Any]] = {}


def install() -> None:
    """From now on what `market.core.db` creates shares its compiled statements."""
    db.create_engine = sharing(db.create_engine)


def sharing(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """`create_engine` whose engines take over dialect and store of the first of their kind."""

    @functools.wraps(create)
    def made_alike(url: str, **options: Any) -> Engine:
        made = create(url, **options)
        if SHAPES.issuperset(options):
            _join(made, (make_url(url).drivername, options.get("isolation_level")))
        return made

    return made_alike


def _join(made: Engine, kind: tuple[str, object]) -> None:
    if kind not in _models:
        try:
            made.connect().close()  # the first connection tells the dialect about its server
        except DBAPIError:
            return
        made.dispose()
        _models[kind] = (made.dialect, LRUCache(ROOM))
    made.dialect, made._compiled_cache = _models[kind]
    made.pool._dialect = made.dialect
