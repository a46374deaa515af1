"""Inputs of UMKM: their part of I10 (entries and documents), I16 (goods) and I18 (promises)."""

from __future__ import annotations

from collections.abc import Iterator

from market.ledger import chart
from market.verify.base import Offender, number_of, select

KINDS = ("input_payment", "input_sale")
"""Kinds of source that inputs write."""

MOVED = "d.kind IN ('advance', 'settlement', 'refund')"
SOLD = "d.collected_on IS NOT NULL"


def entries_against_payments() -> Iterator[Offender]:
    """Money that moved without its entry, entries without their money, and other amounts."""
    yield from _both_ways("input_payment", "input_payment", MOVED, "d.amount_rp")


def entries_against_sales() -> Iterator[Offender]:
    """Goods that were collected without a sale, sales without goods, and other amounts."""
    yield from _both_ways("input_sale", "input_request", SOLD, "d.amount_rp + d.cost_rp")


def _both_ways(kind: str, table: str, when: str, amount: str) -> Iterator[Offender]:
    yield from select(
        f"SELECT d.organization_id, '{kind}' AS kind, d.id FROM {table} d WHERE {when} AND NOT EXISTS ("
        f"SELECT 1 FROM journal_entry e WHERE e.organization_id = d.organization_id"
        f" AND e.source = '{kind}:' || d.id)"
    )
    yield from select(
        f"SELECT e.organization_id, e.number, e.source FROM journal_entry e"
        f" WHERE e.source LIKE '{kind}:%' AND NOT EXISTS (SELECT 1 FROM {table} d"
        f" WHERE d.id = {number_of('e.source')} AND d.organization_id = e.organization_id AND {when})"
    )
    yield from select(
        f"SELECT e.organization_id, e.number, {amount} AS document_rp, sum(p.amount_rp) AS entry_rp"
        f" FROM {table} d JOIN journal_entry e ON e.organization_id = d.organization_id"
        f" AND e.source = '{kind}:' || d.id JOIN posting p ON p.entry_id = e.id AND p.amount_rp > 0"
        f" GROUP BY e.id, e.organization_id, e.number, {amount} HAVING sum(p.amount_rp) <> {amount}"
    )


def _sum_of(kinds: str, column: str = "request_id") -> str:
    return (
        f"(SELECT coalesce(sum(p.amount_rp), 0) FROM input_payment p"
        f" WHERE p.{column} = d.id AND p.kind IN ({kinds}))"
    )


COUNTERS_AGAINST_PAYMENTS = f"""
    SELECT d.organization_id, d.number, d.paid_rp, d.returned_rp, d.passed_rp, d.settled_rp
    FROM input_request d
    WHERE d.paid_rp <> {_sum_of("'advance', 'passed'")} OR d.returned_rp <> {_sum_of("'refund'")}
        OR d.settled_rp <> {_sum_of("'settlement'")}
        OR d.passed_rp <> {_sum_of("'passed'", "from_request_id")}
"""

RECEIVABLES_AGAINST_REQUESTS = f"""
    SELECT organization_id, sum(booked_rp) AS books_rp, sum(owed_rp) AS owed_rp FROM (
        SELECT p.organization_id, p.amount_rp AS booked_rp, 0 AS owed_rp FROM posting p
        JOIN ledger_account a ON a.id = p.account_id
            AND a.code IN ('{chart.RECEIVABLE_MEMBERS}', '{chart.RECEIVABLE_OTHERS}')
        JOIN journal_entry e ON e.id = p.entry_id
        WHERE e.source LIKE 'input_payment:%' OR e.source LIKE 'input_sale:%'
        UNION ALL SELECT organization_id, 0, amount_rp - used_rp - settled_rp FROM input_request
            WHERE collected_on IS NOT NULL
    ) AS sides GROUP BY organization_id HAVING sum(booked_rp) <> sum(owed_rp)
"""

SHARED_AGAINST_ARRIVED = """
    SELECT o.organization_id, o.need_id, o.arrived_base, o.own_base,
        coalesce(sum(q.given_base), 0) AS given_base
    FROM input_pool o LEFT JOIN input_request q ON q.need_id = o.need_id
    GROUP BY o.id, o.organization_id, o.need_id, o.arrived_base, o.own_base
    HAVING coalesce(o.arrived_base, 0) <> coalesce(o.own_base, 0) + coalesce(sum(q.given_base), 0)
"""

MORE_THAN_RECEIVED = """
    SELECT shared.organization_id, shared.pack_id, shared.arrived_base FROM (
        SELECT o.organization_id, n.pack_id, sum(o.arrived_base) AS arrived_base FROM input_pool o
        JOIN need n ON n.id = o.need_id WHERE o.arrived_base IS NOT NULL GROUP BY o.organization_id, n.pack_id
    ) AS shared WHERE shared.arrived_base > (
        SELECT coalesce(sum(m.quantity_base), 0) FROM stock_move m JOIN stock_item i ON i.id = m.item_id
        WHERE i.organization_id = shared.organization_id AND i.pack_id = shared.pack_id
            AND m.kind IN ('receipt', 'transfer_in')
    )
"""
"""No more is shared among buyers than was received of a good, so no more is collected either."""

PROMISES_AGAINST_REQUESTS = """
    SELECT q.organization_id, q.number, q.state AS request_state, r.state AS reservation_state
    FROM input_request q JOIN reservation r ON r.id = q.reservation_id
    WHERE (q.state IN ('ready')) <> (r.state IN ('held', 'releasing'))
        OR (q.collected_on IS NOT NULL) <> (r.state IN ('posted'))
        OR (r.state IN ('posted') AND r.quantity_base <> q.given_base)
"""
