"""I15 to I18: nothing is done twice, and goods are where the moves say."""

from __future__ import annotations

from market.ledger import chart
from market.verify import advances, bills, counter, cylinders, delivery, inputs, neighbours, preorders, retail
from market.verify.base import Invariant

EFFECT_WITHOUT_REPLY = """
    SELECT key, created_at FROM idempotency_key WHERE status IS NULL OR status >= 400
"""

MOVES_AGAINST_COUNTERS = """
    SELECT i.organization_id, i.code, i.on_hand_base, i.value_rp,
        coalesce(sum(m.quantity_base), 0) AS moved_base, coalesce(sum(m.value_rp), 0) AS moved_rp
    FROM stock_item i LEFT JOIN stock_move m ON m.item_id = i.id
    GROUP BY i.id, i.organization_id, i.code, i.on_hand_base, i.value_rp
    HAVING i.on_hand_base <> coalesce(sum(m.quantity_base), 0) OR i.value_rp <> coalesce(sum(m.value_rp), 0)
"""

STOCK_AGAINST_BOOKS = f"""
    SELECT organization_id, sum(moved_rp) AS moves_rp, sum(booked_rp) AS books_rp FROM (
        SELECT organization_id, value_rp AS moved_rp, 0 AS booked_rp FROM stock_move WHERE kind <> 'opening'
        UNION ALL
        SELECT p.organization_id, 0, p.amount_rp FROM posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.code = '{chart.INVENTORY}'
        JOIN journal_entry e ON e.id = p.entry_id
        LEFT JOIN journal_entry r ON r.id = e.reverses_id
        WHERE coalesce(r.source, e.source) NOT LIKE 'opening:%'
            AND coalesce(r.source, e.source) NOT LIKE 'journal_draft:%'
    ) AS sides GROUP BY organization_id HAVING sum(moved_rp) <> sum(booked_rp)
"""

OUT_OF_BOUNDS = """
    SELECT organization_id, code, on_hand_base, reserved_base, value_rp FROM stock_item
    WHERE on_hand_base < 0 OR reserved_base < 0 OR reserved_base > on_hand_base OR value_rp < 0
        OR (on_hand_base = 0 AND value_rp <> 0) OR (value_rp <> 0 AND NOT owned)
"""

RESERVED_AGAINST_PROMISES = """
    SELECT i.organization_id, i.code, i.reserved_base, coalesce(sum(r.quantity_base), 0) AS promised_base
    FROM stock_item i
    LEFT JOIN reservation r ON r.item_id = i.id AND r.state IN ('held', 'releasing')
    GROUP BY i.id, i.organization_id, i.code, i.reserved_base
    HAVING i.reserved_base <> coalesce(sum(r.quantity_base), 0)
"""

PROMISES_AGAINST_ORDERS = """
    SELECT o.organization_id, o.number, o.state AS order_state, r.state AS reservation_state
    FROM retail_order_line l
    JOIN retail_order o ON o.id = l.order_id
    JOIN reservation r ON r.id = l.reservation_id
    WHERE (o.state IN ('placed', 'ready') AND l.refused_pcs < l.quantity)
            <> (r.state IN ('held', 'releasing'))
        OR (o.state IN ('collected') AND l.refused_pcs < l.quantity) <> (r.state IN ('posted'))
"""

PROMISES_AGAINST_TRANSFERS = """
    SELECT t.organization_id, t.number, t.state AS transfer_state, r.state AS reservation_state
    FROM stock_transfer t JOIN reservation r ON r.id = t.reservation_id
    WHERE (t.state IN ('accepted')) <> (r.state IN ('held', 'releasing'))
        OR (t.state IN ('sent', 'received', 'short', 'rejected', 'closed')) <> (r.state IN ('posted'))
"""
ENDLESS_PROMISES = """
    SELECT r.organization_id, r.id, r.source FROM reservation r
    WHERE r.state IN ('held') AND r.expires_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM retail_order_line l WHERE l.reservation_id = r.id)
        AND NOT EXISTS (SELECT 1 FROM counter_sale_line c WHERE c.reservation_id = r.id)
        AND NOT EXISTS (SELECT 1 FROM retail_complaint c WHERE c.reservation_id = r.id)
        AND NOT EXISTS (SELECT 1 FROM stock_transfer t WHERE t.reservation_id = r.id)
        AND NOT EXISTS (SELECT 1 FROM prepaid_share s WHERE s.reservation_id = r.id)
        AND NOT EXISTS (SELECT 1 FROM input_request q WHERE q.reservation_id = r.id)
        AND NOT EXISTS (SELECT 1 FROM preorder_wish w WHERE w.reservation_id = r.id)
"""

INVARIANTS = (
    Invariant(
        "I15",
        "One key, one effect: whatever a form did is stored with the reply it got.",
        (EFFECT_WITHOUT_REPLY,),
        note="two effects of one key are impossible by the key itself; sources are unique per document",
    ),
    Invariant(
        "I16",
        "Stock and containers are where the moves say, and the books say the same value.",
        (
            MOVES_AGAINST_COUNTERS,
            STOCK_AGAINST_BOOKS,
            neighbours.MOVES_AGAINST_LOTS,
            neighbours.MORE_THAN_SENT,
            inputs.SHARED_AGAINST_ARRIVED,
            inputs.MORE_THAN_RECEIVED,
            bills.MOVES_AGAINST_RETURNS,
            cylinders.HOLDINGS_AGAINST_MOVES,
            cylinders.HOLDINGS_AGAINST_SUPPLIERS,
            cylinders.MOVES_WITHOUT_HOLDING,
            cylinders.FULL_AGAINST_STOCK,
            cylinders.CONTAINERS_AGAINST_BOOKS,
        ),
        note="opening balances and entries by hand may differ from the moves: they are left out",
    ),
    Invariant(
        "I17",
        "Nothing on hand, free or reserved is below zero.",
        (OUT_OF_BOUNDS, cylinders.OWNED_OUT_OF_BOUNDS),
    ),
    Invariant(
        "I18",
        "What is reserved is the sum of open promises, each with an end and an open order.",
        (
            RESERVED_AGAINST_PROMISES,
            PROMISES_AGAINST_ORDERS,
            PROMISES_AGAINST_TRANSFERS,
            counter.PROMISES_AGAINST_SALES,
            advances.PROMISES_AGAINST_SHARES,
            inputs.PROMISES_AGAINST_REQUESTS,
            preorders.PROMISES_AGAINST_WISHES,
            ENDLESS_PROMISES,
            retail.PARTS_AGAINST_ORDERS,
            delivery.DELIVERIES_AGAINST_ORDERS,
            delivery.PROMISES_AGAINST_COMPLAINTS,
            retail.PARTS_AGAINST_LINES,
        ),
    ),
)
