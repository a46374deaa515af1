"""Rows in a database that has not come to today's schema yet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, column, insert, inspect, table

from market.core import db


def put(connection: Connection, model: type[db.Base], **values: Any) -> None:
    """A row with today's starting values, in the columns that the table had then."""
    then = {each["name"] for each in inspect(connection).get_columns(model.__tablename__)}
    columns = [each for each in model.__table__.c if each.name in then]
    starts = {each.name: each.default.arg for each in columns if each.default is not None}  # type: ignore[attr-defined]
    row = table(model.__tablename__, *(column(each.name, each.type) for each in columns))
    connection.execute(insert(row).values({**starts, **values}))
