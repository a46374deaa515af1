"""Prepaid buying: its part of I10 (entries and documents) and I18 (promises)."""

from __future__ import annotations

from collections.abc import Iterator

from market.ledger import chart
from market.verify import payments
from market.verify.base import Offender, number_of, select

KINDS = ("prepaid_share", "prepaid_refund", "prepaid_collected")
"""Kinds of source that prepaid buying writes."""

BY_HAND = f"t.account <> '{chart.CLEARING}'"
"""Paid over the internet, the money's entries are those of the payment."""
DUE = (
    (
        "prepaid_share",
        f"t.state IN ('paid', 'ready', 'collected', 'refund_pending', 'refunded') AND {BY_HAND}",
        "t.amount_rp",
    ),
    (
        "prepaid_refund",
        f"t.state IN ('refunded') AND t.refund_account <> '{chart.CLEARING}'",
        "t.amount_rp",
    ),
    ("prepaid_collected", "t.state IN ('collected')", "t.amount_rp + t.cost_rp"),
)
"""Kind of source, when a share must have its entry, and the entry's debit side."""


def entries_against_shares() -> Iterator[Offender]:
    """Shares without their entry, entries without their share, and those that say another amount."""
    for kind, when, amount in DUE:
        yield from select(
            f"SELECT t.organization_id, '{kind}' AS kind, t.id FROM prepaid_share t WHERE {when}"
            f" AND NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.organization_id = t.organization_id"
            f" AND e.source = '{kind}:' || t.id)"
        )
        yield from select(
            f"SELECT e.organization_id, e.number, e.source FROM journal_entry e"
            f" WHERE e.source LIKE '{kind}:%' AND NOT EXISTS (SELECT 1 FROM prepaid_share t"
            f" WHERE t.id = {number_of('e.source')} AND t.organization_id = e.organization_id AND {when})"
        )
        yield from select(
            f"SELECT e.organization_id, e.number, {amount} AS document_rp, sum(p.amount_rp) AS entry_rp"
            f" FROM prepaid_share t JOIN journal_entry e ON e.organization_id = t.organization_id"
            f" AND e.source = '{kind}:' || t.id JOIN posting p ON p.entry_id = e.id AND p.amount_rp > 0"
            f" GROUP BY e.id, e.organization_id, e.number, {amount} HAVING sum(p.amount_rp) <> {amount}"
        )


ADVANCES_AGAINST_SHARES = f"""
    SELECT organization_id, sum(booked_rp) AS books_rp, sum(held_rp) AS held_rp FROM (
        SELECT p.organization_id, -p.amount_rp AS booked_rp, 0 AS held_rp FROM posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.code = '{chart.CUSTOMER_ADVANCES}'
        JOIN journal_entry e ON e.id = p.entry_id
        LEFT JOIN journal_entry r ON r.id = e.reverses_id
        WHERE coalesce(r.source, e.source) NOT LIKE 'opening:%'
            AND coalesce(r.source, e.source) NOT LIKE 'journal_draft:%'
        UNION ALL SELECT organization_id, 0, amount_rp FROM prepaid_share
            WHERE state IN ('paid', 'ready', 'refund_pending') AND account <> '{chart.CLEARING}'
        UNION ALL SELECT organization_id, 0, paid_rp - used_rp - returned_rp - passed_rp FROM input_request
        {payments.HELD}
    ) AS sides GROUP BY organization_id HAVING sum(booked_rp) <> sum(held_rp)
"""

PROMISES_AGAINST_SHARES = """
    SELECT s.organization_id, s.number, s.state AS share_state, r.state AS reservation_state
    FROM prepaid_share s JOIN reservation r ON r.id = s.reservation_id
    WHERE (s.state IN ('ready')) <> (r.state IN ('held', 'releasing'))
        OR (s.state IN ('collected')) <> (r.state IN ('posted'))
"""
