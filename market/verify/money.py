"""I1 to I10: the books."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from market.core import db
from market.core.money import MAX_RP
from market.ledger import chain, queries
from market.verify import (
    advances,
    bills,
    counter,
    cylinders,
    delivery,
    inputs,
    membership,
    neighbours,
    payments,
)
from market.verify.base import Invariant, Offender, every, number_of, select

UNBALANCED = """
    SELECT e.organization_id, e.number, sum(p.amount_rp) AS sum_rp, count(p.id) AS lines
    FROM journal_entry e LEFT JOIN posting p ON p.entry_id = e.id
    GROUP BY e.id, e.organization_id, e.number
    HAVING coalesce(sum(p.amount_rp), 0) <> 0 OR count(p.id) < 2
"""

ORGANIZATION_SUMS = """
    SELECT organization_id, sum(amount_rp) AS sum_rp FROM posting
    GROUP BY organization_id HAVING sum(amount_rp) <> 0
"""
GLOBAL_SUM = "SELECT sum(amount_rp) AS sum_rp FROM posting HAVING sum(amount_rp) <> 0"


def unfit_amounts() -> list[Offender]:
    """Zero, too large, or (SQLite keeps what it is given) no integer at all."""
    fits = f"amount_rp <> 0 AND amount_rp BETWEEN -{MAX_RP} AND {MAX_RP}"
    whole = " AND typeof(amount_rp) = 'integer'" if db.is_sqlite() else ""
    return select(f"SELECT organization_id, id, amount_rp FROM posting WHERE NOT ({fits}{whole})")


KEPT_BALANCES = """
    SELECT a.organization_id, a.code, a.balance_rp AS kept_rp, coalesce(sum(p.amount_rp), 0) AS summed_rp
    FROM ledger_account a LEFT JOIN posting p ON p.account_id = a.id
    GROUP BY a.id, a.organization_id, a.code, a.balance_rp
    HAVING a.balance_rp <> coalesce(sum(p.amount_rp), 0)
"""


def closed_balances() -> Iterator[Offender]:
    """What was kept when a period was closed, against the sums of today."""
    closed = every("SELECT organization_id, ends_on, balances FROM ledger_period WHERE state = 'closed'")
    periods = [(row["organization_id"], row["ends_on"], row["balances"]) for row in closed]
    for organization_id, ends_on, balances in periods:
        sums = queries.movements_rp(organization_id, until=_day(ends_on))
        kept = json.loads(balances or "{}")
        for code in sorted({*sums, *kept}):
            if sums.get(code, 0) != kept.get(code, 0):
                yield {"organization_id": organization_id, "ends_on": str(ends_on), "code": code}


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


BELOW_ZERO = """
    SELECT * FROM (
        SELECT a.organization_id, a.code, a.side, e.number,
            sum(sum(p.amount_rp)) OVER (PARTITION BY a.id ORDER BY e.seq) AS balance_rp
        FROM posting p
        JOIN ledger_account a ON a.id = p.account_id
        JOIN journal_entry e ON e.id = p.entry_id
        WHERE a.non_negative
        GROUP BY a.id, a.organization_id, a.code, a.side, e.id, e.seq, e.number
    ) AS running
    WHERE (side = 'debit' AND balance_rp < 0) OR (side = 'credit' AND balance_rp > 0)
"""

SQLITE_TRIGGERS = (
    *("journal_entry_no_update", "journal_entry_no_delete", "posting_no_update", "posting_no_delete"),
    *("journal_entry_insert", "posting_insert", "ledger_head_insert", "ledger_head_seal"),
    *("ledger_head_no_delete", "ledger_account_keep"),
)
POSTGRESQL_TRIGGERS = (
    *("journal_entry_no_change", "posting_no_change", "journal_entry_no_truncate", "posting_no_truncate"),
    *("journal_entry_insert", "posting_insert", "ledger_head_seal", "ledger_head_no_delete"),
    *("ledger_head_no_truncate", "journal_entry_complete", "ledger_account_keep"),
)


def guards_missing() -> Iterator[Offender]:
    """Triggers of the ledger that are gone or switched off."""
    if db.is_sqlite():
        found = every("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        found = every("SELECT tgname AS name FROM pg_trigger WHERE tgenabled IN ('O', 'A')")
    there = {row["name"] for row in found}
    wanted = SQLITE_TRIGGERS if db.is_sqlite() else POSTGRESQL_TRIGGERS
    yield from ({"missing_trigger": name} for name in sorted({*wanted} - there))


def rows_written_again() -> list[Offender]:
    """PostgreSQL only: a line and its entry that were not written by the same transaction.

    A bulk load (a restored backup) writes whole tables at once and proves nothing either way.
    """
    if db.is_sqlite():
        return []
    return select("""
        WITH entries AS (SELECT xmin::text AS x, count(*) AS n FROM journal_entry GROUP BY 1),
            lines AS (SELECT xmin::text AS x, count(*) AS n FROM posting GROUP BY 1)
        SELECT e.organization_id, e.number, p.line FROM journal_entry e
        JOIN posting p ON p.entry_id = e.id
        JOIN entries ON entries.x = e.xmin::text
        JOIN lines ON lines.x = p.xmin::text
        WHERE entries.x <> lines.x AND (entries.n = 1 OR lines.n = 1)
    """)


FEWER_THAN_SEALED = """
    SELECT h.organization_id, h.seq AS sealed, count(e.id) AS there
    FROM ledger_head h LEFT JOIN journal_entry e ON e.organization_id = h.organization_id
    GROUP BY h.id, h.organization_id, h.seq HAVING count(e.id) <> h.seq
"""


def broken_chains() -> Iterator[Offender]:
    """Every chain recomputed from its first entry."""
    found = every(
        "SELECT organization_id FROM ledger_head UNION SELECT organization_id FROM journal_entry ORDER BY 1"
    )
    for row in found:
        for each in chain.verify_chain(row["organization_id"]):
            yield {"organization_id": each.organization_id, "seq": each.seq, "why": each.why}


TIME_RUNS_BACK = """
    SELECT * FROM (
        SELECT organization_id, number, recorded_at,
            lag(recorded_at) OVER (PARTITION BY organization_id ORDER BY seq) AS before_at
        FROM journal_entry
    ) AS ordered WHERE recorded_at < before_at
"""
INTO_CLOSED = """
    SELECT e.organization_id, e.number, e.effective_on, p.ends_on
    FROM journal_entry e JOIN ledger_period p ON p.organization_id = e.organization_id
    WHERE p.state IN ('closed') AND e.effective_on <= p.ends_on AND e.seq > p.closed_seq
"""

NOT_THE_NEGATION = """
    SELECT r.organization_id, r.number, p.account_id, sum(p.amount_rp) AS rest_rp
    FROM journal_entry r JOIN posting p ON p.entry_id IN (r.id, r.reverses_id)
    WHERE r.reverses_id IS NOT NULL
    GROUP BY r.id, r.organization_id, r.number, p.account_id, p.counterparty_id
    HAVING sum(p.amount_rp) <> 0
"""
REVERSED_TWICE = """
    SELECT organization_id, reverses_id, count(*) AS times FROM journal_entry
    WHERE reverses_id IS NOT NULL GROUP BY organization_id, reverses_id HAVING count(*) > 1
"""
REVERSED_WRONGLY = """
    SELECT r.organization_id, r.number FROM journal_entry r
    LEFT JOIN journal_entry e ON e.id = r.reverses_id AND e.organization_id = r.organization_id
    WHERE r.reverses_id IS NOT NULL AND (e.id IS NULL OR e.seq >= r.seq OR e.reverses_id IS NOT NULL)
"""

DOCUMENTS: dict[str, tuple[str, str, str]] = {
    "goods_receipt": ("goods_receipt", "d.value_rp > 0", "d.value_rp"),
    **bills.DOCUMENTS,
    "supplier_payment": ("supplier_payment", "d.state IN ('paid', 'reversed')", "d.amount_rp"),
    "retail_order": ("retail_order", "d.state IN ('collected')", ""),
    "stock_move": ("stock_move", "d.kind IN ('count', 'write_off') AND d.value_rp <> 0", "abs(d.value_rp)"),
    "journal_draft": ("journal_draft", "d.state IN ('posted')", "d.total_rp"),
    **cylinders.DOCUMENTS,
    **counter.DOCUMENTS,
    **payments.DOCUMENTS,
    **delivery.DOCUMENTS,
}
"""Kind of source -> its table, when a row of it must have an entry, and the entry's debit side."""
PARTLY = {"advance_used": "used_rp", "advance_returned": "returned_rp"}
"""Kind of source of an advance -> the column that all its entries together explain."""
WITHOUT_DOCUMENT = ("opening", "reversal")


def unknown_sources() -> list[Offender]:
    """Entries of a kind that nobody has declared here."""
    kinds = (
        *DOCUMENTS,
        *PARTLY,
        *WITHOUT_DOCUMENT,
        *neighbours.KINDS,
        *advances.KINDS,
        *inputs.KINDS,
        *membership.KINDS,
    )
    unlike = " AND ".join(f"source NOT LIKE '{kind}:%'" for kind in kinds)
    return select(f"SELECT organization_id, number, source FROM journal_entry WHERE {unlike}")


REVERSAL_SOURCES = """
    SELECT organization_id, number, source FROM journal_entry
    WHERE (source LIKE 'reversal:%') <> (reverses_id IS NOT NULL)
        OR (reverses_id IS NOT NULL AND source <> 'reversal:' || reverses_id)
"""


def entries_without_document() -> Iterator[Offender]:
    """Entries that name a document that does not exist in the same books."""
    tables = {kind: table for kind, (table, _when, _rp) in DOCUMENTS.items()}
    tables |= dict.fromkeys(PARTLY, "supplier_payment")
    for kind, table in tables.items():
        yield from select(
            f"SELECT e.organization_id, e.number, e.source FROM journal_entry e LEFT JOIN {table} d"
            f" ON d.id = {number_of('e.source')} AND d.organization_id = e.organization_id"
            f" WHERE e.source LIKE '{kind}:%' AND d.id IS NULL"
        )


def documents_without_entry() -> Iterator[Offender]:
    """Finished documents without their entry, or whose entry says another amount."""
    for kind, (table, when, amount) in DOCUMENTS.items():
        yield from select(
            f"SELECT d.organization_id, '{kind}' AS kind, d.id FROM {table} d WHERE {when} AND NOT EXISTS ("
            f"SELECT 1 FROM journal_entry e WHERE e.organization_id = d.organization_id"
            f" AND e.source = '{kind}:' || d.id)"
        )
        if amount:
            yield from select(
                f"SELECT e.organization_id, e.number, e.source, sum(p.amount_rp) AS entry_rp,"
                f" {amount} AS document_rp FROM journal_entry e"
                f" JOIN {table} d ON d.id = {number_of('e.source')}"
                f" JOIN posting p ON p.entry_id = e.id AND p.amount_rp > 0"
                f" WHERE e.source LIKE '{kind}:%' AND d.organization_id = e.organization_id"
                f" GROUP BY e.id, e.organization_id, e.number, e.source, {amount}"
                f" HAVING sum(p.amount_rp) <> {amount}"
            )


def advances_unexplained() -> Iterator[Offender]:
    """Advances whose used or returned part is not what the entries say."""
    for kind, column in PARTLY.items():
        yield from select(
            f"SELECT d.organization_id, d.id, d.{column} AS document_rp,"
            f" coalesce(sum(p.amount_rp), 0) AS entries_rp FROM supplier_payment d"
            f" LEFT JOIN journal_entry e ON e.organization_id = d.organization_id"
            f" AND e.source LIKE '{kind}:%' AND {number_of('e.source')} = d.id"
            f" LEFT JOIN posting p ON p.entry_id = e.id AND p.amount_rp > 0"
            f" GROUP BY d.id, d.organization_id, d.{column}"
            f" HAVING d.{column} <> coalesce(sum(p.amount_rp), 0)"
        )


INVARIANTS = (
    Invariant("I1", "Every entry adds up to zero, from at least two lines.", (UNBALANCED,)),
    Invariant("I2", "The books of every organization add up to zero.", (ORGANIZATION_SUMS, GLOBAL_SUM)),
    Invariant("I3", "Amounts are whole rupiah, not zero, at most a thousand milliard.", (unfit_amounts,)),
    Invariant(
        "I4",
        "A kept balance is the sum of its lines, now and at the end of every closed period.",
        (KEPT_BALANCES, closed_balances),
    ),
    Invariant("I5", "Cash and savings were never below zero, after any entry.", (BELOW_ZERO,)),
    Invariant(
        "I6",
        "The ledger is append-only: its guards are in force and no sealed entry is gone.",
        (guards_missing, FEWER_THAN_SEALED, rows_written_again),
        note="row versions are compared on PostgreSQL only, and not across a restored backup",
    ),
    Invariant(
        "I7",
        "Every hash chain holds from its first entry to its head.",
        (broken_chains,),
        note="anchors kept outside are compared by ledger-verify",
    ),
    Invariant(
        "I8",
        "Entries were recorded in order, none into a period that was closed.",
        (TIME_RUNS_BACK, INTO_CLOSED),
    ),
    Invariant(
        "I9",
        "A reversal is the exact negation of one earlier entry, which is reversed once.",
        (NOT_THE_NEGATION, REVERSED_TWICE, REVERSED_WRONGLY),
    ),
    Invariant(
        "I10",
        "Every entry has its document, every finished document its entry, with the same amount.",
        (
            unknown_sources,
            REVERSAL_SOURCES,
            entries_without_document,
            documents_without_entry,
            advances_unexplained,
            neighbours.entries_against_lots,
            neighbours.entries_without_lot,
            neighbours.BALANCES_AGAINST_LOTS,
            advances.entries_against_shares,
            advances.ADVANCES_AGAINST_SHARES,
            membership.entries_against_savings,
            membership.CANCELLED_AGAINST_REVERSALS,
            inputs.entries_against_payments,
            inputs.entries_against_sales,
            inputs.COUNTERS_AGAINST_PAYMENTS,
            inputs.RECEIVABLES_AGAINST_REQUESTS,
            *bills.BOOKS,
            cylinders.LENT_AGAINST_DEPOSITS,
            cylinders.DEPOSITS_AGAINST_BOOKS,
        ),
    ),
)
