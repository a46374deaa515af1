"""Trips: their part of I24, that a shared truck is paid for exactly once and by nobody more than agreed."""

from __future__ import annotations

SHARES_AGAINST_TRIP = """
    SELECT t.organization_id, t.number, t.before_rp, t.after_rp, t.cost_rp,
        sum(o.before_rp) AS shares_before_rp, sum(o.after_rp) AS shares_after_rp
    FROM delivery_trip t JOIN trip_stop s ON s.trip_id = t.id JOIN trip_order o ON o.stop_id = s.id
    WHERE t.departed_at IS NOT NULL
    GROUP BY t.id, t.organization_id, t.number, t.before_rp, t.after_rp, t.cost_rp
    HAVING sum(o.after_rp) <> t.after_rp OR sum(o.before_rp) <> t.before_rp OR t.after_rp > t.before_rp
"""
LINES_AGAINST_SHARES = """
    SELECT o.organization_id, t.number, o.order_id, o.after_rp, l.amount_rp
    FROM trip_order o JOIN trip_stop s ON s.id = o.stop_id JOIN delivery_trip t ON t.id = s.trip_id
    JOIN purchase_order_line l ON l.order_id = o.order_id AND l.kind = 'truck'
    WHERE t.departed_at IS NOT NULL AND o.live AND l.amount_rp > o.after_rp
"""

CHECKS = (SHARES_AGAINST_TRIP, LINES_AGAINST_SHARES)
