"""The database: one declarative base, one ambient session, one transaction helper.

Services flush and never commit; the edge (a request, a job, a command) owns the transaction.
SQLite runs in WAL with `synchronous=FULL`, foreign keys on and BEGIN IMMEDIATE for writers, because
a deferred transaction that upgrades to a write fails at once instead of waiting. PostgreSQL gets the
organization and the clock offset of each transaction as settings local to it.
"""

from __future__ import annotations

import json
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, sessionmaker
from sqlalchemy.orm import scoped_session as make_scoped_session
from sqlalchemy.types import TypeDecorator

from market.core import clock, turns

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Rupiah = BigInteger
"""Whole rupiah."""
Count = BigInteger
"""A count of goods: packs, or the smallest unit of the commodity."""
BigKey = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only for INTEGER keys."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; SQLite drops the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """JSON kept as canonical text (sorted keys), so that a hash over the row never changes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """Every table's parent: constraint names follow one convention on both databases."""

    metadata = MetaData(naming_convention=NAMING)


def pk() -> Mapped[int]:
    """An integer key that both databases number by themselves."""
    return mapped_column(BigKey, primary_key=True)


class Tenant:
    """A row that belongs to one organization: its books, its stock, its needs."""

    @declared_attr
    def organization_id(cls) -> Mapped[int]:
        return mapped_column(BigKey, ForeignKey("organization.id"), index=True)


class Versioned:
    """Two people editing the same row: the second is told instead of overwriting the first."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def tenant_args(*args: Any) -> tuple[Any, ...]:
    """Table arguments of a tenant table: (id, organization_id) is what children refer to."""
    return (UniqueConstraint("id", "organization_id"), *args)


def tenant_fk(parent: str, column: str) -> ForeignKeyConstraint:
    """A reference that cannot leave the organization: (column, organization_id) -> parent."""
    return ForeignKeyConstraint([column, "organization_id"], [f"{parent}.id", f"{parent}.organization_id"])


def one_of(column: str, values: Iterator[str] | tuple[str, ...] | list[str]) -> CheckConstraint:
    """A CHECK that a text column holds one of the given words."""
    words = ", ".join(f"'{value}'" for value in sorted(values))
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


# --- connecting ----------------------------------------------------------------------------------


@dataclass
class _State:
    engine: Engine | None = None
    browsing: Engine | None = None
    generation: int = 0


_state = _State()
_factory = sessionmaker(expire_on_commit=False, autoflush=True)

session: make_scoped_session[Session] = make_scoped_session(_factory)
"""The ambient session of this thread."""


def configure(url: str, durable: bool = True, **options: Any) -> Engine:
    """Point the process at a database; an earlier engine is disposed of.

    `durable=False` is for an SQLite file that a power cut may spoil, because it is only being built:
    nothing waits for the disk.
    """
    dispose()
    _state.generation += 1
    _state.engine = make_engine(url, **options)
    _state.browsing = None if _state.engine.dialect.name == "sqlite" else _browsing_engine(url)
    if not durable:
        event.listen(_state.engine, "connect", _on_draft_connect)
    _factory.configure(bind=_state.engine)
    return _state.engine


def dispose() -> None:
    """Close the session of this thread and every pooled connection."""
    session.remove()
    for each in (_state.engine, _state.browsing):
        if each is not None:
            each.dispose()
    _state.engine = _state.browsing = None


def engine() -> Engine:
    """The configured engine; raises RuntimeError before `configure`."""
    if _state.engine is None:
        raise RuntimeError("the database is not configured: call db.configure(url) first")
    return _state.engine


def make_engine(url: str, **options: Any) -> Engine:
    """An engine with the settings that the measurements asked for (module docstring)."""
    made = create_engine(_with_driver(url), **options)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _on_sqlite_connect)
        event.listen(made, "begin", _on_sqlite_begin)
        event.listen(made, "checkin", _on_sqlite_checkin)
    else:
        event.listen(made, "checkout", _on_postgresql_checkout)
        event.listen(made, "begin", _on_postgresql_begin)
    return made


def _with_driver(url: str) -> str:
    if url.startswith("postgresql://"):
        return "postgresql+psycopg://" + url.removeprefix("postgresql://")
    return url


def _browsing_engine(url: str) -> Engine:
    """Connections on which each statement stands alone: what everybody may read needs no transaction.

    Every write is refused by the database. Statements that come again keep their plan: planning the list of
    the market took ten times as long as running it.
    """
    settings = "-c default_transaction_read_only=on -c plan_cache_mode=force_generic_plan -c jit=off"
    made = create_engine(_with_driver(url), isolation_level="AUTOCOMMIT", connect_args={"options": settings})
    event.listen(made, "checkout", _on_postgresql_checkout)
    return made


def _on_postgresql_checkout(connection: Any, _record: Any, _proxy: Any) -> None:
    """A connection that the server has ended is replaced; one that waits has nothing to read.

    Asking the server instead would cost every request a round trip.
    """
    if not connection.closed:
        waiting = select.poll()
        waiting.register(connection.pgconn.socket, select.POLLIN)
        if not waiting.poll(0):
            return
    raise DisconnectionError


def _ledger_now() -> str:
    return clock.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=10000")
    connection.create_function("ledger_now", 0, _ledger_now)


def _on_draft_connect(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _on_sqlite_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    # Before BEGIN: a connection that may not write refuses BEGIN IMMEDIATE itself.
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
    if not read_only:
        turns.begin(connection.engine.url.database, connection.info)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _on_sqlite_checkin(_connection: Any, record: Any) -> None:
    turns.over(record.info)


def _on_postgresql_begin(connection: Connection) -> None:
    """What a transaction is to know, in one round trip at most; none may be switched back to writing.

    Without an offset of the clock `ledger_now()` has nothing to add.
    """
    told: list[tuple[str, str]] = []
    if connection.get_execution_options().get("read_only", False):
        told.append(("transaction_read_only", "on"))
    if clock.offset_s():
        told.append(("lumbung.clock_offset_s", str(clock.offset_s())))
    if told:
        asked = ", ".join(f"set_config('{name}', %s, true)" for name, _value in told)
        connection.exec_driver_sql(f"SELECT {asked}", tuple(value for _name, value in told))


def engines() -> tuple[Engine, ...]:
    """Every engine of the process: the one of `engine()`, and the browsing one where there is one."""
    return tuple(each for each in (_state.engine, _state.browsing) if each is not None)


def is_sqlite() -> bool:
    """Whether the configured database is the embedded one."""
    return engine().dialect.name == "sqlite"


def insert_ignore(table: Any) -> Any:
    """INSERT that leaves an existing row alone: the race of two first writers ends in one row."""
    return _insert_ignore(table, is_sqlite())


@cache
def _insert_ignore(table: Any, sqlite: bool) -> Any:
    return (sqlite_insert if sqlite else postgresql_insert)(table).on_conflict_do_nothing()


@cache
def _insert(table: Any, numbered: bool) -> Any:
    statement = insert(table)
    return statement.returning(table.c.id, sort_by_parameter_order=True) if numbered else statement


def write(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of a model at once, past the session: for rows that nobody asks for again here."""
    if rows:
        session.execute(_insert(model.__table__, False), list(rows))


def write_numbered(model: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """As `write`; the ids of the rows in their order."""
    return list(session.scalars(_insert(model.__table__, True), list(rows))) if rows else []


def rows_changed(statement: Executable) -> int:
    """Execute an UPDATE or DELETE and count its rows: the heart of every compare-and-set."""
    options = {"synchronize_session": False}
    done = cast("CursorResult[Any]", session.execute(statement, execution_options=options))
    return done.rowcount


def set_organization(organization_id: int | None) -> None:
    """Tell PostgreSQL for whom this transaction runs (row-level security); SQLite has none."""
    if not is_sqlite():
        value = "all" if organization_id is None else str(organization_id)
        session.execute(text("SELECT set_config('lumbung.organization', :value, true)"), {"value": value})


def begin(read_only: bool = False) -> None:
    """Start the transaction of an edge; `read_only` makes the database refuse every write."""
    session.remove()
    session.connection(execution_options={"read_only": read_only})


def begin_browsing() -> bool:
    """Let the edge read without a transaction, where the database allows it; it refuses every write.

    Whether a transaction was begun all the same.
    """
    if _state.browsing is None:
        begin(read_only=True)
        return True
    session.remove()
    session(bind=_state.browsing)
    return False


@contextmanager
def browsing() -> Iterator[Connection]:
    """A connection for a few statements that only read, each for itself; touches no ambient session."""
    with (_state.browsing or engine()).connect().execution_options(read_only=True) as connection:
        yield connection


def generation() -> int:
    """A number for the database that the process is pointed at: what was kept of another is worth nothing."""
    return _state.generation


@contextmanager
def transaction(read_only: bool = False) -> Iterator[Session]:
    """One transaction: committed at the end, rolled back by any exception.

    For jobs, commands and tests; inside a request the edge owns the transaction. Raises
    RuntimeError when one is already open in this thread, because the inner commit would lie.
    """
    if session.registry.has() and session().in_transaction():
        raise RuntimeError("a transaction is already open; only the edge opens one")
    begin(read_only)
    try:
        yield session()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.remove()


def commit() -> None:
    """Commit the edge's transaction (called by web/requests only)."""
    session.commit()


def rollback() -> None:
    """Roll the edge's transaction back and let the connection go."""
    session.rollback()
    session.remove()
