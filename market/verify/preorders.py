"""Pre-orders: their part of I9 (what is asked of needs) and I18 (promises)."""

from __future__ import annotations

SUM_AGAINST_WISHES = """
    SELECT p.organization_id, p.number, p.wanted_units, p.at_most_units
    FROM preorder p
    WHERE p.state IN ('closed', 'ready') AND (
        p.wanted_units <> (SELECT coalesce(sum(w.wanted), 0) FROM preorder_wish w
            WHERE w.preorder_id = p.id AND w.state <> 'withdrawn')
        OR p.at_most_units <> (SELECT coalesce(sum(w.at_most), 0) FROM preorder_wish w
            WHERE w.preorder_id = p.id AND w.state <> 'withdrawn'))
"""
"""A closed pre-order says another sum than its households."""

NEED_AGAINST_SUM = """
    SELECT p.organization_id, p.number, p.wanted_units, p.need_packs
    FROM preorder p
    JOIN pack u ON u.id = p.pack_id
    JOIN pack b ON b.id = p.bulk_pack_id
    WHERE p.need_id IS NOT NULL AND (
        (p.need_packs - 1) * b.size_base >= p.wanted_units * u.size_base
        OR (p.cut_reason = '' AND p.need_packs * b.size_base < p.wanted_units * u.size_base))
"""
"""What went into the need is more or less than the whole packs that hold the sum, without a reason."""

NEED_OF_ANOTHER_GOOD = """
    SELECT p.organization_id, p.number, n.pack_id FROM preorder p JOIN need n ON n.id = p.need_id
    WHERE n.pack_id <> p.bulk_pack_id OR n.organization_id <> p.organization_id
"""

DRAFT_AGAINST_PARTS = """
    SELECT n.organization_id, n.id, n.wanted_packs, sum(p.need_packs) AS parts
    FROM need n JOIN preorder p ON p.need_id = n.id
    WHERE n.state IN ('draft') AND n.version = 1
    GROUP BY n.organization_id, n.id, n.wanted_packs HAVING n.wanted_packs <> sum(p.need_packs)
"""
"""A draft that nobody has changed since is the sum of the pre-orders in it."""

GIVEN_AGAINST_SHARES = """
    SELECT p.organization_id, p.number, p.given_units FROM preorder p
    WHERE p.state IN ('ready') AND p.given_units <> (SELECT coalesce(sum(w.given), 0) FROM preorder_wish w
        WHERE w.preorder_id = p.id)
"""

ORDERS_AGAINST_SHARES = """
    SELECT w.organization_id, w.id, w.given, l.quantity FROM preorder_wish w
    JOIN preorder p ON p.id = w.preorder_id
    LEFT JOIN retail_order_line l ON l.order_id = w.order_id
    WHERE w.order_id IS NOT NULL AND (l.id IS NULL OR l.quantity <> w.given OR l.unit_price_rp > p.price_rp)
"""
"""The order of a share holds another amount, or costs more than was promised."""

SHARED_UNFAIRLY = """
    SELECT a.organization_id, a.preorder_id, a.id, a.given, b.id AS other_id, b.given AS other_given
    FROM preorder_wish a JOIN preorder_wish b ON b.preorder_id = a.preorder_id AND b.given > a.given + 1
    JOIN preorder p ON p.id = a.preorder_id
    WHERE p.state IN ('ready') AND a.state <> 'withdrawn' AND a.given < a.wanted
"""
"""Somebody wanted more and has less than another by more than one unit."""

LATER_AGAINST_FIRST = """
    SELECT f.organization_id, f.number, w.id, w.given FROM preorder f
    JOIN preorder_wish w ON w.preorder_id = f.id
    LEFT JOIN preorder_wish a ON a.preorder_id = f.follows_id AND a.phone = w.phone AND a.state <> 'withdrawn'
    WHERE f.follows_id IS NOT NULL AND (a.id IS NULL OR a.wanted < (
        SELECT sum(x.given) FROM preorder_wish x JOIN preorder p ON p.id = x.preorder_id
        WHERE x.phone = w.phone AND (p.id = f.follows_id OR p.follows_id = f.follows_id)))
"""
"""A later share went to somebody who asked for nothing, or above what was wanted."""

PROMISES_AGAINST_WISHES = """
    SELECT w.organization_id, w.id, w.state AS wish_state, r.state AS reservation_state
    FROM preorder_wish w JOIN reservation r ON r.id = w.reservation_id
    WHERE (w.state IN ('ready')) <> (r.state IN ('held', 'releasing'))
"""

CHECKS = (
    SUM_AGAINST_WISHES,
    NEED_AGAINST_SUM,
    NEED_OF_ANOTHER_GOOD,
    DRAFT_AGAINST_PARTS,
    GIVEN_AGAINST_SHARES,
    ORDERS_AGAINST_SHARES,
    SHARED_UNFAIRLY,
    LATER_AGAINST_FIRST,
)
