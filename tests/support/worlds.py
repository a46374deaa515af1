"""What tests begin with, made once per worker and copied for each of them.

A world is a function without arguments that fills a fresh database, in transactions of its own, and returns
what the tests hold in their hands: the cast, a shop. The first test that begins with it pays for it; what it
returned is kept without its session and comes back with the objects of the test's own copy.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import inspect

from market.core import clock, db

World = Callable[[], Any]


@dataclass(frozen=True)
class Made:
    """The database to copy, and what the world returned."""

    source: Any
    pickled: bytes


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        """A row is kept as its class and key."""
        return (type(obj), inspect(obj).identity) if isinstance(obj, db.Base) else None


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> Any:
        return db.session.get_one(*pid)


def keep(result: Any) -> bytes:
    """What a world returned, without its session."""
    buffer = io.BytesIO()
    _Pickler(buffer).dump(result)
    return buffer.getvalue()


def recall(pickled: bytes) -> Any:
    """The same things out of the database at hand."""
    with db.transaction(read_only=True):
        return _Unpickler(io.BytesIO(pickled)).load()


class Atlas:
    """The worlds that were made; `copy_of(world)` must run it on a database that can be copied afterwards."""

    def __init__(self, make: Callable[[World], tuple[Any, Any]]) -> None:
        self._make = make
        self._made: dict[tuple[World, date], Made] = {}

    def of(self, world: World) -> Made:
        """A world belongs to the day that it was made on: most of what it holds is dated."""
        clock.reset()
        key = (world, clock.today())
        if key not in self._made:
            source, result = self._make(world)
            self._made[key] = Made(source, keep(result))
        return self._made[key]
