"""Money that leaves: its part of I10 and I13, and what sellers are owed."""

from __future__ import annotations

from market.ledger import chart
from market.verify import counter

APPROVED = "d.approved_by IS NOT NULL"
DOCUMENTS: dict[str, tuple[str, str, str]] = {
    "payout": ("payout", APPROVED, "d.amount_rp"),
    "payout_done": ("payout", "d.state IN ('completed')", "d.amount_rp + d.fee_rp"),
    "payout_back": ("payout", f"d.state IN ('failed', 'withdrawn') AND {APPROVED}", "d.amount_rp"),
    "payout_top_up": ("payout_top_up", "d.amount_rp > 0", "d.amount_rp"),
}
"""Kind of source -> its table, when a row of it must have an entry, and the entry's debit side."""

REFUNDS_IN_TRANSIT = """
        UNION ALL SELECT organization_id, 0, amount_rp FROM payout
            WHERE kind = 'refund' AND state IN ('approved', 'sending')
"""
"""What of the refunds under way is in transit already, as a further side of that comparison."""
IN_TRANSIT = """
        UNION ALL SELECT organization_id, 0, -amount_rp FROM payout WHERE state IN ('approved', 'sending')
"""
DEPOSIT = """
        UNION ALL SELECT organization_id, 0, amount_rp FROM payout_top_up
        UNION ALL SELECT organization_id, 0, -amount_rp - fee_rp FROM payout
            WHERE way = 'iris' AND state IN ('completed')
"""
PAYABLE_AGAINST_SALES = f"""
    SELECT organization_id, seller_id, sum(booked_rp) AS books_rp, sum(known_rp) AS known_rp FROM (
        SELECT p.organization_id, p.counterparty_id AS seller_id, p.amount_rp AS booked_rp, 0 AS known_rp
        FROM posting p JOIN ledger_account a ON a.id = p.account_id AND a.code = '{chart.PAYABLE_CONSIGNMENT}'
        JOIN journal_entry e ON e.id = p.entry_id
        LEFT JOIN journal_entry r ON r.id = e.reverses_id
        WHERE coalesce(r.source, e.source) NOT LIKE 'opening:%'
            AND coalesce(r.source, e.source) NOT LIKE 'journal_draft:%'
        UNION ALL SELECT l.organization_id, l.seller_id, 0, l.commission_rp - l.refused_commission_rp
                - (l.quantity - l.refused_pcs) * l.unit_price_rp
            FROM retail_order_line l JOIN retail_order o ON o.id = l.order_id
            WHERE o.state IN ('collected') AND l.seller_id <> l.organization_id
        {counter.CONSIGNED}
        UNION ALL SELECT b.organization_id, l.seller_id, 0, b.seller_rp
            FROM retail_return b JOIN retail_order_line l ON l.id = b.line_id
            WHERE l.seller_id <> l.organization_id
        UNION ALL SELECT organization_id, seller_id, 0, -seller_rp FROM retail_complaint
            WHERE state = 'replaced'
        UNION ALL SELECT organization_id, seller_id, 0, amount_rp FROM payout
            WHERE kind = 'seller' AND state IN ('approved', 'sending', 'completed')
    ) AS sides GROUP BY organization_id, seller_id HAVING sum(booked_rp) <> sum(known_rp)
"""
"""Each seller is owed what was sold of its goods, less what was paid out."""
REFUND_PAID_TWICE = """
    SELECT organization_id, refund_id, count(*) AS times FROM payout
    WHERE kind = 'refund' AND state IN ('proposed', 'approved', 'sending', 'completed')
    GROUP BY organization_id, refund_id HAVING count(*) > 1
"""
REFUND_OTHERWISE = """
    SELECT f.organization_id, f.id, f.state, p.state AS payout_state FROM payment_refund f
    JOIN payout p ON p.refund_id = f.id AND p.state IN ('approved', 'sending', 'completed')
    WHERE f.way <> 'hand' OR p.amount_rp <> f.amount_rp
        OR (p.state IN ('completed')) <> (f.state IN ('done'))
        OR (p.state IN ('approved', 'sending')) <> (f.state IN ('pending'))
"""
REFUND_BY_NOBODY = """
    SELECT f.organization_id, f.id, f.state FROM payment_refund f
    WHERE f.way = 'hand' AND f.state IN ('pending', 'done') AND NOT EXISTS (
        SELECT 1 FROM payout p WHERE p.refund_id = f.id AND p.state IN ('approved', 'sending', 'completed'))
"""
ONE_PERSON = """
    SELECT organization_id, number, proposed_by, approved_by FROM payout
    WHERE approved_by = proposed_by
        OR (state IN ('approved', 'sending', 'completed', 'failed') AND approved_by IS NULL)
    UNION ALL SELECT organization_id, 'payee_account:' || id, entered_by, confirmed_by FROM payee_account
    WHERE confirmed_by = entered_by OR (state IN ('active', 'ended') AND confirmed_by IS NULL)
"""
