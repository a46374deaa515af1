"""Stock between cooperatives: its part of I10 (entries and documents), I16 (goods) and I29 (two persons)."""

from __future__ import annotations

from collections.abc import Iterator

from market.ledger import chart
from market.verify.base import Offender, number_of, select

KINDS = ("transfer_sent", "transfer_received", "transfer_cleared", "transfer_payment", "transfer_money")
"""Kinds of source that stock between cooperatives writes."""

GONE = "t.state IN ('sent', 'received', 'short', 'rejected', 'closed')"
DUE: tuple[tuple[str, str, str, str, str], ...] = (
    ("transfer_sent", "stock_transfer", "organization_id", GONE, "t.cost_rp"),
    ("transfer_received", "stock_transfer", "organization_id", "t.owed_rp > 0", ""),
    ("transfer_received", "stock_transfer", "receiver_id", "t.owed_rp > 0", "t.owed_rp"),
    ("transfer_cleared", "stock_transfer", "organization_id", "t.state IN ('closed')", ""),
    (
        "transfer_payment",
        "transfer_payment",
        "organization_id",
        "t.state IN ('paid', 'confirmed')",
        "t.amount_rp",
    ),
    ("transfer_money", "transfer_payment", "giver_id", "t.state IN ('confirmed')", "t.amount_rp"),
)
"""Kind of source, its table, in whose books, when a row must have an entry, and the entry's debit side."""


def entries_against_lots() -> Iterator[Offender]:
    """Lots and payments without their entry in the right books, or whose entry says another amount."""
    for kind, table, whose, when, amount in DUE:
        yield from select(
            f"SELECT t.{whose} AS organization_id, '{kind}' AS kind, t.id FROM {table} t WHERE {when}"
            f" AND NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.organization_id = t.{whose}"
            f" AND e.source = '{kind}:' || t.id)"
        )
        if amount:
            yield from select(
                f"SELECT e.organization_id, e.number, {amount} AS document_rp, sum(p.amount_rp) AS entry_rp"
                f" FROM {table} t JOIN journal_entry e ON e.organization_id = t.{whose}"
                f" AND e.source = '{kind}:' || t.id JOIN posting p ON p.entry_id = e.id AND p.amount_rp > 0"
                f" GROUP BY e.id, e.organization_id, e.number, {amount} HAVING sum(p.amount_rp) <> {amount}"
            )


def entries_without_lot() -> Iterator[Offender]:
    """Entries that name a lot or payment of somebody else, or none, or one that is not so far."""
    for kind in KINDS:
        owners = [(table, whose, when) for name, table, whose, when, _rp in DUE if name == kind]
        known = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} t WHERE t.id = {number_of('e.source')}"
            f" AND t.{whose} = e.organization_id AND {when})"
            for table, whose, when in owners
        )
        yield from select(
            f"SELECT e.organization_id, e.number, e.source FROM journal_entry e"
            f" WHERE e.source LIKE '{kind}:%' AND NOT ({known})"
        )


BALANCES_AGAINST_LOTS = f"""
    SELECT organization_id, code, sum(booked_rp) AS books_rp, sum(due_rp) AS lots_rp FROM (
        SELECT p.organization_id, a.code, p.amount_rp AS booked_rp, 0 AS due_rp FROM posting p
        JOIN ledger_account a ON a.id = p.account_id
            AND a.code IN ('{chart.RECEIVABLE_COOPERATIVES}', '{chart.PAYABLE_COOPERATIVES}')
        JOIN journal_entry e ON e.id = p.entry_id
        LEFT JOIN journal_entry r ON r.id = e.reverses_id
        WHERE coalesce(r.source, e.source) NOT LIKE 'opening:%'
            AND coalesce(r.source, e.source) NOT LIKE 'journal_draft:%'
        UNION ALL SELECT organization_id, '{chart.RECEIVABLE_COOPERATIVES}', 0, owed_rp FROM stock_transfer
        UNION ALL SELECT giver_id, '{chart.RECEIVABLE_COOPERATIVES}', 0, -amount_rp FROM transfer_payment
            WHERE state IN ('confirmed')
        UNION ALL SELECT receiver_id, '{chart.PAYABLE_COOPERATIVES}', 0, -owed_rp FROM stock_transfer
            WHERE receiver_id IS NOT NULL
        UNION ALL SELECT organization_id, '{chart.PAYABLE_COOPERATIVES}', 0, amount_rp FROM transfer_payment
            WHERE state IN ('paid', 'confirmed')
    ) AS sides GROUP BY organization_id, code HAVING sum(booked_rp) <> sum(due_rp)
"""

MORE_THAN_SENT = """
    SELECT organization_id, number, packs, received_packs, returned_packs, lost_packs, amount_rp, owed_rp
    FROM stock_transfer
    WHERE received_packs + returned_packs + lost_packs > packs OR amount_rp > cost_rp OR owed_rp > amount_rp
        OR (state IN ('received', 'closed') AND received_packs + returned_packs + lost_packs <> packs)
"""

MOVES_AGAINST_LOTS = """
    SELECT t.organization_id, t.number, t.state FROM stock_transfer t JOIN pack k ON k.id = t.pack_id
    WHERE t.state IN ('sent', 'received', 'short', 'rejected', 'closed') AND (
        t.packs * k.size_base <> (SELECT coalesce(-sum(m.quantity_base), 0) FROM stock_move m
            WHERE m.organization_id = t.organization_id AND m.source = 'transfer_sent:' || t.id)
        OR t.received_packs * k.size_base <> (SELECT coalesce(sum(m.quantity_base), 0) FROM stock_move m
            WHERE m.organization_id = t.receiver_id AND m.source = 'transfer_received:' || t.id)
        OR t.returned_packs * k.size_base <> (SELECT coalesce(sum(m.quantity_base), 0) FROM stock_move m
            WHERE m.organization_id = t.organization_id AND m.source = 'transfer_cleared:' || t.id))
"""

LOSS_BY_ONE = """
    SELECT organization_id, number, sent_by, cleared_by FROM stock_transfer
    WHERE lost_packs > 0 AND (cleared_by IS NULL OR cleared_by = sent_by)
"""
