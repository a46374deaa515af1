"""I26 to I31: states, jobs, two persons, tenancy, personal data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ForeignKeyConstraint, String, Table, Text

from market.core import clock, db
from market.core.states import StateTable
from market.verify import bills, membership, neighbours, payouts
from market.verify.base import Invariant, Offender, every, select, wib_date


def machines() -> dict[str, StateTable]:
    """Table -> state table of every mapped class that has one."""
    mapped = (mapper.class_ for mapper in db.Base.registry.mappers)
    return {each.__tablename__: each.STATES for each in mapped if hasattr(each, "STATES")}


def unknown_states() -> Iterator[Offender]:
    """Rows in a state that their table does not have."""
    for table, states in sorted(machines().items()):
        known = ", ".join(f"'{state}'" for state in sorted(states.states))
        yield from select(f"SELECT '{table}' AS subject, id, state FROM {table} WHERE state NOT IN ({known})")


def illegal_moves() -> Iterator[Offender]:
    """Kinds of moves in the history that no state table has."""
    known = machines()
    for row in every("SELECT DISTINCT subject_table, from_state, to_state FROM state_change"):
        states = known.get(row["subject_table"])
        if states is None or not _allowed(states, row["from_state"], row["to_state"]):
            yield row


def _allowed(states: StateTable, source: str | None, target: str) -> bool:
    """A first state, a move of the table, or an edit that keeps the state and says what changed."""
    if source is None or source == target:
        return target in states.states
    return states.allows(source, target)


GAPS = """
    SELECT subject_table, subject_id, id, from_state, before_state FROM (
        SELECT subject_table, subject_id, id, from_state,
            lag(to_state) OVER (PARTITION BY subject_table, subject_id ORDER BY id) AS before_state,
            row_number() OVER (PARTITION BY subject_table, subject_id ORDER BY id) AS place
        FROM state_change
    ) AS ordered
    WHERE place > 1 AND (from_state IS NULL OR from_state <> before_state)
"""


def first_moves_from_nowhere() -> Iterator[Offender]:
    """Histories that do not begin at the beginning."""
    first = """
        SELECT c.subject_table, c.subject_id, c.from_state FROM state_change c WHERE c.from_state IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM state_change b WHERE b.subject_table = c.subject_table
                AND b.subject_id = c.subject_id AND b.id < c.id)
    """
    known = machines()
    for row in every(first):
        states = known.get(row["subject_table"])
        if states is None or row["from_state"] != states.initial:
            yield row


def rows_that_moved_unseen() -> Iterator[Offender]:
    """Objects whose state is not the last one of their history."""
    for table in sorted(machines()):
        yield from select(
            f"SELECT '{table}' AS subject, t.id, t.state, c.to_state AS recorded FROM {table} t"
            f" JOIN state_change c ON c.subject_table = '{table}' AND c.subject_id = t.id"
            f" WHERE c.to_state <> t.state AND NOT EXISTS (SELECT 1 FROM state_change d"
            f" WHERE d.subject_table = c.subject_table AND d.subject_id = c.subject_id AND d.id > c.id)"
        )


BORN_GROWN = {"price_rule": "the rules that come with the product are in force from the start"}
"""Tables whose rows may stand in a later state without a history, and why."""


def rows_without_history() -> Iterator[Offender]:
    """Objects that left their first state and nobody knows when."""
    for table, states in sorted(machines().items()):
        if table in BORN_GROWN:
            continue
        yield from select(
            f"SELECT '{table}' AS subject, t.id, t.state FROM {table} t WHERE t.state <> '{states.initial}'"
            f" AND NOT EXISTS (SELECT 1 FROM state_change c WHERE c.subject_table = '{table}'"
            f" AND c.subject_id = t.id)"
        )


# --- jobs -----------------------------------------------------------------------------------------

MINUTES_LATE = 5


def late_jobs() -> list[Offender]:
    """Jobs that are stuck, due for minutes, or held by nobody that lives."""
    return select(
        "SELECT id, kind, state, attempts, run_at FROM job WHERE state = 'stuck'"
        " OR (state = 'waiting' AND run_at < :late) OR (state = 'running' AND lease_until < :late)",
        late=clock.now() - timedelta(minutes=MINUTES_LATE),
    )


# --- two persons ----------------------------------------------------------------------------------

SAME_PERSON = """
    SELECT organization_id, kind, id, proposed_by, decided_by FROM approval
    WHERE decided_by = proposed_by OR (state = 'executed' AND decided_by IS NULL)
"""


def not_in_their_seat() -> Iterator[Offender]:
    """Proposers and deciders who had no seat in the organization on that day."""
    for who, at in (("proposed_by", "proposed_at"), ("decided_by", "decided_at")):
        on = wib_date(f"a.{at}")
        yield from select(
            f"SELECT a.organization_id, a.kind, a.id, a.{who} AS user_id FROM approval a"
            f" WHERE a.{who} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM role_grant g WHERE g.user_id = a.{who}"
            f" AND g.organization_id = a.organization_id AND g.granted_on <= {on}"
            f" AND (g.ended_on IS NULL OR g.ended_on >= {on}))"
        )


NEED_BY_ONE = """
    SELECT organization_id, id, created_by, submitted_by, approved_by FROM need
    WHERE approved_by = created_by OR approved_by = submitted_by
"""


# --- tenancy --------------------------------------------------------------------------------------


def references_out_of_the_organization() -> Iterator[Offender]:
    """Every reference between tenant tables of one organization, walked from the models' metadata."""
    for table in db.Base.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            if "organization_id" in constraint.column_keys and len(constraint.column_keys) == 2:
                yield from _crossings(table, constraint)


def _crossings(table: Table, constraint: ForeignKeyConstraint) -> list[Offender]:
    column = next(name for name in constraint.column_keys if name != "organization_id")
    parent = constraint.referred_table.name
    return select(
        f"SELECT '{table.name}.{column}' AS reference, c.id, c.organization_id,"
        f" p.organization_id AS of_another FROM {table.name} c"
        f" LEFT JOIN {parent} p ON p.id = c.{column}"
        f" WHERE c.{column} IS NOT NULL AND (p.id IS NULL OR p.organization_id <> c.organization_id)"
    )


# --- personal data --------------------------------------------------------------------------------

MACHINE_WRITTEN = {
    "job": ("payload", "last_error"),
    "idempotency_key": ("body",),
    "approval": ("payload",),
    "state_change": ("reason",),
    "notice": ("title", "body", "link"),
    "journal_entry": ("description",),
    "posting": ("memo",),
}
"""Columns that the product fills by itself: nobody's phone number belongs in them."""
NO_TEXT = re.compile(r"hash|salt|token|digest|sha256|password|key|problem_json|plan_json|solver")
NIK = re.compile(
    r"(?<![\d.,])[1-9]\d{5}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{2}(?!0000)\d{4}(?![\d.,]\d)(?!\d)"
)
"""Area, birthday (women's days plus 40), month, year, serial."""
PHONE = re.compile(r"(?<![\d.,A-Za-z/-])(?:\+?62|0)8\d{8,11}(?!\d)")


def plain_identity_numbers() -> Iterator[Offender]:
    """Sixteen digits that read as a NIK, in any text column of any table."""
    for table in db.Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, (String, Text)) and not NO_TEXT.search(column.name):
                yield from _matching(table.name, column.name, 16, NIK)


def plain_phones() -> Iterator[Offender]:
    """Telephone numbers in columns that the product writes by itself."""
    for table, columns in MACHINE_WRITTEN.items():
        for column in columns:
            yield from _matching(table, column, 10, PHONE)


def _matching(table: str, column: str, digits: int, pattern: re.Pattern[str]) -> Iterator[Offender]:
    """Rows with that many digits in a row, by the database, then read closely here."""
    if db.is_sqlite():
        like = f"GLOB '*{'[0-9]' * digits}*'"
    else:
        like = f"~ '[0-9]{{{digits}}}'"
    text = f'CAST("{column}" AS TEXT)'
    rows = every(f'SELECT {text} AS said FROM "{table}" WHERE {text} {like}')
    found: dict[str, Any] = defaultdict(int)
    for row in rows:
        found[f"{table}.{column}"] += bool(pattern.search(row["said"]))
    yield from ({"column": name, "rows": count} for name, count in found.items() if count)


INVARIANTS = (
    Invariant(
        "I26",
        "Every state is in its table, every recorded move is allowed, histories have no gap.",
        (
            unknown_states,
            illegal_moves,
            GAPS,
            first_moves_from_nowhere,
            rows_that_moved_unseen,
            rows_without_history,
        ),
    ),
    Invariant("I27", "No job is stuck, late by minutes, or held by a dead worker.", (late_jobs,)),
    Invariant(
        "I29",
        "Who decides is not who proposed, and both had a seat that day.",
        (
            SAME_PERSON,
            not_in_their_seat,
            NEED_BY_ONE,
            neighbours.LOSS_BY_ONE,
            *bills.PERSONS,
            payouts.ONE_PERSON,
        ),
    ),
    Invariant("I30", "No reference leaves its organization.", (references_out_of_the_organization,)),
    Invariant(
        "I31",
        "No NIK in plain text anywhere, no telephone number where the product writes.",
        (plain_identity_numbers, plain_phones, membership.sealed_identities),
        note="telephone numbers that people type into notes are not judged",
    ),
)
