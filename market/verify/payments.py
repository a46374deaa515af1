"""Payments over the internet: I11 to I14, and their part of I10."""

from __future__ import annotations

from market.ledger import chart
from market.verify import delivery, payouts, retail
from market.verify.base import Invariant

DOCUMENTS: dict[str, tuple[str, str, str]] = {
    "payment_effect": ("payment_effect", "d.amount_rp > 0", "d.amount_rp"),
    "payment_refund": ("payment_refund", "d.amount_rp > 0", "d.amount_rp"),
    "payment_refund_refused": ("payment_refund", "d.state IN ('refused')", "d.amount_rp"),
    "bill_income": (
        "payment",
        "d.purpose IN ('supplier_payment') AND d.used_rp > 0",
        "d.amount_rp",
    ),
    "bill_income_lost": ("payment", "1 = 0", "d.amount_rp"),
    "suspense_case": ("suspense_case", "d.state IN ('attributed')", "d.amount_rp"),
    "merchant_withdrawal": ("merchant_withdrawal", "d.amount_rp > 0", "d.amount_rp"),
    "fee_correction": ("fee_correction", "d.amount_rp <> 0", "abs(d.amount_rp)"),
    **payouts.DOCUMENTS,
}
"""Kind of source -> its table, when a row of it must have an entry, and the entry's debit side."""

HELD = """
        UNION ALL SELECT organization_id, 0, amount_rp FROM payment_effect
            WHERE kind = 'received' AND NOT suspense
        UNION ALL SELECT organization_id, 0, amount_rp FROM suspense_case WHERE state IN ('attributed')
        UNION ALL SELECT organization_id, 0, beyond_rp - amount_rp FROM payment_refund
            WHERE NOT suspense AND state NOT IN ('refused')
        UNION ALL SELECT organization_id, 0, -used_rp FROM payment
        UNION ALL SELECT organization_id, 0, -unused_rp FROM payment_effect
            WHERE NOT suspense AND NOT undone
"""
"""What payments hold of the customers' advances, as further sides of that comparison."""


def _booked(account: str) -> str:
    """Rupiah on an account as its own side shows them, but for what people wrote by hand."""
    return f"""
        SELECT p.organization_id, p.amount_rp AS booked_rp, 0 AS known_rp FROM posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.code = '{account}'
        JOIN journal_entry e ON e.id = p.entry_id
        LEFT JOIN journal_entry r ON r.id = e.reverses_id
        WHERE coalesce(r.source, e.source) NOT LIKE 'opening:%'
            AND coalesce(r.source, e.source) NOT LIKE 'journal_draft:%'
    """


def _same(account: str, known: str) -> str:
    return f"""
        SELECT organization_id, sum(booked_rp) AS books_rp, sum(known_rp) AS known_rp
        FROM ({_booked(account)} {known}) AS sides GROUP BY organization_id
        HAVING sum(booked_rp) <> sum(known_rp)
    """


CLEARING_AGAINST_EFFECTS = _same(
    chart.CLEARING,
    """
        UNION ALL SELECT organization_id, 0, amount_rp - fee_rp FROM payment_effect WHERE kind = 'received'
        UNION ALL SELECT organization_id, 0, fee_rp - amount_rp FROM payment_effect
            WHERE kind <> 'received' AND NOT undone
        UNION ALL SELECT organization_id, 0, -amount_rp FROM merchant_withdrawal
        UNION ALL SELECT organization_id, 0, -amount_rp FROM fee_correction
    """,
)
SUSPENSE_AGAINST_CASES = _same(
    chart.SUSPENSE,
    """
        UNION ALL SELECT organization_id, 0, -amount_rp FROM suspense_case WHERE state NOT IN ('attributed')
        UNION ALL SELECT organization_id, 0, amount_rp - beyond_rp FROM payment_refund
            WHERE suspense AND state NOT IN ('refused')
        UNION ALL SELECT organization_id, 0, unused_rp FROM payment_effect WHERE suspense AND NOT undone
    """,
)
REFUNDS_AGAINST_ROWS = _same(
    chart.REFUNDS_UNDER_WAY,
    f"""
        UNION ALL SELECT organization_id, 0, -amount_rp FROM payment_refund
            WHERE state IN ('asked', 'pending')
        {payouts.REFUNDS_IN_TRANSIT}
    """,
)
PAYOUTS_IN_TRANSIT = _same(chart.PAYOUTS_IN_TRANSIT, payouts.IN_TRANSIT)
DEPOSIT_AGAINST_PAYOUTS = _same(chart.PAYOUT_DEPOSIT, payouts.DEPOSIT)
OWN = """(NOT e.suspense OR EXISTS (
            SELECT 1 FROM suspense_case c WHERE c.effect_id = e.id AND c.state IN ('attributed')))"""
"""Money that is the payment's own: from the start, or since the treasurer found it to be."""
BELIEVED_TOO_OFTEN = """
    SELECT attempt_id, kind, reference, count(*) AS times FROM payment_effect
    GROUP BY attempt_id, kind, reference HAVING count(*) > 1
"""
RECEIVED_WITHOUT_SUCCESS = """
    SELECT a.organization_id, a.order_id, a.state FROM payment_attempt a
    WHERE (a.state IN ('succeeded', 'reversed')) <> EXISTS (
        SELECT 1 FROM payment_effect e WHERE e.attempt_id = a.id AND e.kind = 'received')
"""
MORE_BACK_THAN_CAME = """
    SELECT a.organization_id, a.order_id,
        sum(CASE WHEN e.kind = 'received' THEN e.amount_rp ELSE 0 END) AS came_rp,
        sum(CASE WHEN e.kind = 'received' THEN 0 ELSE e.amount_rp END) AS back_rp
    FROM payment_effect e JOIN payment_attempt a ON a.id = e.attempt_id WHERE NOT e.undone
    GROUP BY a.organization_id, a.order_id
    HAVING sum(CASE WHEN e.kind = 'received' THEN e.amount_rp ELSE -e.amount_rp END) < 0
"""
PAID_TWICE = f"""
    SELECT a.organization_id, a.payment_id, count(*) AS times FROM payment_effect e
    JOIN payment_attempt a ON a.id = e.attempt_id WHERE e.kind = 'received' AND {OWN}
    GROUP BY a.organization_id, a.payment_id HAVING count(*) > 1
"""
DISPUTED_OTHERWISE = """
    SELECT d.organization_id, d.id, d.state, d.amount_rp, coalesce(sum(e.amount_rp), 0) AS taken_rp
    FROM payment_dispute d LEFT JOIN payment_effect e ON e.dispute_id = d.id
    GROUP BY d.organization_id, d.id, d.state, d.amount_rp
    HAVING d.amount_rp <> coalesce(sum(e.amount_rp), 0)
        OR sum(CASE WHEN e.undone THEN 1 ELSE 0 END)
            <> CASE WHEN d.state IN ('won') THEN count(e.id) ELSE 0 END
"""
SETTLED_NOWHERE = """
    SELECT e.organization_id, e.id, e.amount_rp FROM payment_effect e
    WHERE e.kind = 'received'
        AND e.suspense <> EXISTS (SELECT 1 FROM suspense_case c WHERE c.effect_id = e.id)
"""
SUM_NOT_NAMED = """
    SELECT r.organization_id, r.id, r.provider_rp, r.ledger_rp, r.unexplained_rp FROM reconciliation r
    WHERE r.totals AND r.state <> 'running' AND (
        (r.unexplained_rp <> 0 AND r.state IN ('equal'))
        OR r.provider_rp <> r.ledger_rp + r.unexplained_rp + coalesce(
            (SELECT sum(i.amount_rp) FROM reconciliation_item i WHERE i.run_id = r.id), 0))
"""
COMPARED_WITH_OTHER_BOOKS = f"""
    SELECT r.organization_id, r.id, r.ledger_rp FROM reconciliation r
    WHERE r.id IN (SELECT max(id) FROM reconciliation WHERE totals GROUP BY account_id)
        AND r.ledger_rp <> (
            SELECT coalesce(sum(p.amount_rp), 0) FROM posting p
            JOIN ledger_account a ON a.id = p.account_id AND a.code = '{chart.CLEARING}'
            JOIN journal_entry e ON e.id = p.entry_id
            WHERE e.organization_id = r.organization_id AND e.seq <= r.ledger_seq)
"""
WITHDRAWN_OTHERWISE = """
    SELECT w.organization_id, w.id, w.amount_rp, m.amount_rp AS theirs_rp FROM merchant_withdrawal w
    JOIN provider_move m ON m.id = w.move_id WHERE w.amount_rp <> -m.amount_rp OR m.kind <> 'withdrawal'
"""
PAID_UNPROVED = f"""
    SELECT p.organization_id, p.number, p.state FROM payment p
    WHERE (p.state IN ('paid', 'refunded', 'reversed')) <> EXISTS (
        SELECT 1 FROM payment_effect e JOIN payment_attempt a ON a.id = e.attempt_id
        WHERE a.payment_id = p.id AND e.kind = 'received' AND e.amount_rp = p.received_rp AND {OWN})
"""

BILLS_UNPROVED = """
    SELECT s.organization_id, s.number, s.amount_rp FROM supplier_payment s
    WHERE s.account = 'online' AND s.state IN ('paid') AND NOT EXISTS (
        SELECT 1 FROM payment p WHERE p.purpose = 'supplier_payment' AND p.purpose_id = s.id
            AND p.organization_id = s.supplier_id AND p.received_rp = s.amount_rp
            AND p.used_rp = s.amount_rp)
"""
SHARES_UNPROVED = f"""
    SELECT s.organization_id, s.number, s.amount_rp FROM prepaid_share s
    WHERE s.account = '{chart.CLEARING}' AND s.state IN ('paid', 'ready', 'collected') AND NOT EXISTS (
        SELECT 1 FROM payment p WHERE p.purpose = 'prepaid_share' AND p.purpose_id = s.id
            AND p.organization_id = s.organization_id AND p.received_rp = s.amount_rp
            AND p.used_rp = CASE WHEN s.state IN ('collected') THEN s.amount_rp ELSE 0 END)
"""

INVARIANTS = (
    Invariant(
        "I11",
        "Each movement of money at a provider is believed once, for an attempt that succeeded.",
        (BELIEVED_TOO_OFTEN, RECEIVED_WITHOUT_SUCCESS),
    ),
    Invariant(
        "I12",
        "A payment is paid by one attempt at most; no more goes back than came, and a dispute once.",
        (
            *(PAID_TWICE, MORE_BACK_THAN_CAME, DISPUTED_OTHERWISE),
            *(payouts.REFUND_PAID_TWICE, payouts.REFUND_OTHERWISE),
            *(retail.ORDERS_AGAINST_LINES, retail.REFUSED_OTHERWISE, retail.KEPT_TOO_MUCH),
            *(*delivery.MONEY, *delivery.DEEDS),
        ),
    ),
    Invariant(
        "I13",
        "Everything a provider settled is the payment's or in suspense, the books say the same, and after a "
        "run its balance is theirs plus what the run named.",
        (
            SETTLED_NOWHERE,
            CLEARING_AGAINST_EFFECTS,
            SUSPENSE_AGAINST_CASES,
            REFUNDS_AGAINST_ROWS,
            SUM_NOT_NAMED,
            COMPARED_WITH_OTHER_BOOKS,
            WITHDRAWN_OTHERWISE,
            PAYOUTS_IN_TRANSIT,
            DEPOSIT_AGAINST_PAYOUTS,
            payouts.PAYABLE_AGAINST_SALES,
            payouts.REFUND_BY_NOBODY,
        ),
        note="as of each account's last comparison with its provider",
    ),
    Invariant(
        "I14",
        "A payment is paid only with a proved receipt of exactly its amount, and so is what it was for.",
        (PAID_UNPROVED, BILLS_UNPROVED, SHARES_UNPROVED),
        note="money that waits in suspense for longer than a day is a task on the treasurer's page",
    ),
)
