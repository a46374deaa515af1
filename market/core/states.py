"""Allowed moves are data: a state table beside each model, and one setter for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from sqlalchemy import CheckConstraint, update
from sqlalchemy.orm.attributes import set_committed_value

from market.core import clock, db, history
from market.core.errors import Conflict, IllegalMove
from market.core.i18n import _
from market.core.permissions import Actor


class StateTable:
    """The states of one kind of object and the moves between them.

    `edges` maps each state to the states it may move to; a state without an entry is an end.
    """

    def __init__(self, initial: str, edges: Mapping[str, set[str]]) -> None:
        self.initial = initial
        self.edges = {state: frozenset(targets) for state, targets in edges.items()}
        self.states = (
            frozenset(self.edges) | {t for targets in self.edges.values() for t in targets} | {initial}
        )

    def allows(self, source: str, target: str) -> bool:
        """Whether the move is in the table."""
        return target in self.edges.get(source, frozenset())

    def reachable(self) -> frozenset[str]:
        """Every state that some path from the initial one reaches."""
        seen, todo = {self.initial}, [self.initial]
        while todo:
            for target in self.edges.get(todo.pop(), frozenset()) - seen:
                seen.add(target)
                todo.append(target)
        return frozenset(seen)

    def check(self) -> CheckConstraint:
        """The CHECK that no row holds a state outside the table."""
        return db.one_of("state", sorted(self.states))


class Stateful(Protocol):
    """A mapped object with an id, a state and a state table."""

    STATES: ClassVar[StateTable]
    id: Any
    state: Any


def start(subject: Stateful, actor: Actor, reason: str = "") -> None:
    """Write the first line of the history of an object that was just flushed."""
    history.record(actor, subject, None, subject.state, reason)


def advance(
    subject: Stateful, target: str, actor: Actor, reason: str = "", also: Mapping[str, Any] | None = None
) -> None:
    """Move the object: the only setter of `state`.

    Compare-and-set on the state that was read, so that of two concurrent moves one wins and the
    other raises Conflict. `also` are columns that the move itself fills, in the same statement; they
    count as an edit of a versioned row. Raises IllegalMove when the table has no such edge.
    """
    source = subject.state
    if not subject.STATES.allows(source, target):
        raise IllegalMove(
            _("Langkah ini tidak bisa lagi: sekarang sudah %(state)s. Muat ulang halaman.", state=source)
        )
    db.session.flush()
    table = subject.__class__.__table__  # type: ignore[attr-defined]
    values: dict[str, Any] = {"state": target}
    if "state_at" in table.c:
        values["state_at"] = clock.now()
    if also:
        values |= also
        if isinstance(subject, db.Versioned):
            values["version"] = subject.version + 1
    change = update(table).where(table.c.id == subject.id, table.c.state == source).values(**values)
    if db.rows_changed(change) != 1:
        raise Conflict(_("Orang lain baru saja mengubah ini. Muat ulang halaman, lalu coba lagi."))
    for name, value in values.items():
        set_committed_value(subject, name, value)
    history.record(actor, subject, source, target, reason)
