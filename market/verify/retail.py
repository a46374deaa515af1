"""Residents' orders and their sellers' parts: what adds up, and which state goes with which."""

from __future__ import annotations

ORDERS_AGAINST_LINES = """
    SELECT o.organization_id, o.number, o.total_rp, o.refused_rp,
        sum(l.amount_rp - l.discount_rp) AS asked_rp, sum(l.refused_rp) AS lines_refused_rp
    FROM retail_order o JOIN retail_order_line l ON l.order_id = o.id
    GROUP BY o.id, o.organization_id, o.number, o.total_rp, o.refused_rp, o.delivery_rp, o.online_rp, o.state
    HAVING o.total_rp <> sum(l.amount_rp - l.discount_rp) + o.delivery_rp
        OR o.online_rp > o.total_rp - o.refused_rp
        OR o.refused_rp <> sum(l.refused_rp) + CASE
            WHEN sum(l.quantity) = sum(l.refused_pcs) OR (o.state IN ('collected') AND EXISTS (
                SELECT 1 FROM retail_delivery d WHERE d.order_id = o.id AND d.state IN ('cancelled')
                    AND d.failed_why = '')) THEN o.delivery_rp ELSE 0 END
        OR (sum(l.quantity) = sum(l.refused_pcs) AND o.state NOT IN ('cancelled'))
"""
"""The lines and the delivery are the order; what was refused of them is what it is cheaper by.

Whoever collects goods with which nobody came to the door owes no delivery.
"""

REFUSED_OTHERWISE = """
    SELECT l.organization_id, l.order_id, l.id, l.quantity, l.refused_pcs, l.refused_rp
    FROM retail_order_line l
    WHERE (l.refused_pcs = 0 AND (l.refused_rp <> 0 OR l.refused_commission_rp <> 0))
        OR (l.refused_pcs = l.quantity AND (l.refused_rp <> l.amount_rp - l.discount_rp
            OR l.refused_commission_rp <> l.commission_rp))
        OR abs(l.refused_rp * l.quantity - (l.amount_rp - l.discount_rp) * l.refused_pcs) >= l.quantity
"""
"""A line's refused money is the share of its refused pieces, to the rupiah."""

PARTS_AGAINST_ORDERS = """
    SELECT p.organization_id, o.number, o.state AS order_state, p.id, p.state FROM retail_part p
    JOIN retail_order o ON o.id = p.order_id
    WHERE (o.state IN ('placed', 'ready')) < (p.state IN ('waiting', 'accepted', 'packed', 'ready'))
        OR (o.state IN ('collected') AND p.state NOT IN ('handed_over', 'refused', 'lapsed'))
        OR (p.state IN ('handed_over') AND o.state NOT IN ('collected'))
        OR (o.state IN ('ready') AND p.state IN ('waiting', 'accepted', 'packed'))
        OR (p.state IN ('waiting') AND p.answer_by IS NULL AND o.released_at IS NOT NULL)
"""
"""A live part has a live order, and a ready order has nothing that is still to come."""

PARTS_AGAINST_LINES = """
    SELECT p.organization_id, p.order_id, p.id, p.state FROM retail_part p
    JOIN retail_order_line l ON l.part_id = p.id
    GROUP BY p.id, p.organization_id, p.order_id, p.state, p.seller_id
    HAVING (p.state IN ('refused', 'lapsed')) <> (sum(l.quantity) = sum(l.refused_pcs))
        OR min(l.seller_id) <> p.seller_id OR max(l.seller_id) <> p.seller_id
        OR min(l.order_id) <> p.order_id OR max(l.order_id) <> p.order_id
    UNION ALL SELECT p.organization_id, p.order_id, p.id, p.state FROM retail_part p
    WHERE NOT EXISTS (SELECT 1 FROM retail_order_line l WHERE l.part_id = p.id)
"""
"""A part holds its seller's lines; a refused one has nothing left, any other something."""

KEPT_TOO_MUCH = """
    SELECT p.organization_id, o.number, p.number AS payment, p.received_rp, p.used_rp,
        o.total_rp - o.refused_rp AS due_rp
    FROM payment p JOIN retail_order o ON o.id = p.purpose_id
    WHERE p.purpose = 'retail_order' AND p.state IN ('paid')
        AND NOT EXISTS (SELECT 1 FROM job j WHERE j.unique_key = 'payment_paid:' || p.id
            AND j.state NOT IN ('done'))
        AND NOT EXISTS (SELECT 1 FROM payment_attempt a JOIN payment_refund f ON f.attempt_id = a.id
            WHERE a.payment_id = p.id AND f.state IN ('refused'))
        AND p.received_rp - p.used_rp
            - coalesce((SELECT sum(f.amount_rp) FROM payment_attempt a JOIN payment_refund f
                ON f.attempt_id = a.id WHERE a.payment_id = p.id AND NOT f.suspense), 0)
            - coalesce((SELECT sum(e.amount_rp) FROM payment_attempt a JOIN payment_effect e
                ON e.attempt_id = a.id WHERE a.payment_id = p.id AND e.kind = 'disputed' AND NOT e.undone), 0)
            > CASE WHEN o.state IN ('placed', 'ready') THEN o.total_rp - o.refused_rp ELSE 0 END
"""
"""What was paid and is not needed any more is on its way back, unless the bank has refused that."""
