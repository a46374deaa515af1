"""Pages of a list by key, never by OFFSET: the hundredth page costs what the first does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select

from market.core import db

T = TypeVar("T")
PAGE_SIZE = 24


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and the key after which the next page begins (None at the end)."""

    rows: list[T]
    after: str | None


def keyset(query: Select[Any], key: Any, size: int = PAGE_SIZE, descending: bool = True) -> Page[Any]:
    """Rows of `query` ordered by the unique integer column `key`, from ?sesudah= on."""
    given = request.args.get("sesudah", "")
    if given.isdecimal() and len(given) < 19:
        query = query.where(key < int(given) if descending else key > int(given))
    query = query.order_by(key.desc() if descending else key.asc()).limit(size + 1)
    rows = list(db.session.execute(query))
    more = len(rows) > size
    rows = rows[:size]
    last = getattr(rows[-1], key.key, None) if rows and more else None
    if rows and more and last is None:
        last = getattr(rows[-1][0], key.key)
    return Page(rows, str(last) if more else None)
