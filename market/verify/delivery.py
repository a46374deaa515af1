"""Deliveries, couriers' cash, vouchers, complaints and returns: what adds up, which state goes with which."""

from __future__ import annotations

from market.ledger import chart

DOCUMENTS: dict[str, tuple[str, str, str]] = {
    "cash_hand_in": ("cash_hand_in", "d.amount_rp > 0", "d.amount_rp"),
    "retail_return": ("retail_return", "d.refund_rp > 0", "d.refund_rp + d.discount_rp + d.cost_rp"),
    "retail_return_paid": ("retail_return", "d.way = 'cash' AND d.state IN ('paid')", "d.refund_rp"),
    "retail_complaint": (
        "retail_complaint",
        "d.state IN ('replaced') AND d.cost_rp + d.seller_rp > 0",
        "d.cost_rp + d.seller_rp",
    ),
}
"""Kind of source -> its table, when a row of it must have an entry, and the entry's debit side."""

SOURCE = "coalesce(r.source, e.source)"
NOT_BY_HAND = f"{SOURCE} NOT LIKE 'opening:%' AND {SOURCE} NOT LIKE 'journal_draft:%'"


def _same(account: str, known: str) -> str:
    """Books where an account is not the sum of what is known."""
    return f"""
        SELECT organization_id, sum(booked_rp) AS books_rp, sum(known_rp) AS known_rp FROM (
            SELECT p.organization_id, p.amount_rp AS booked_rp, 0 AS known_rp FROM posting p
            JOIN ledger_account a ON a.id = p.account_id AND a.code = '{account}'
            JOIN journal_entry e ON e.id = p.entry_id
            LEFT JOIN journal_entry r ON r.id = e.reverses_id
            WHERE {NOT_BY_HAND}
            UNION ALL {known}) AS sides
        GROUP BY organization_id HAVING sum(booked_rp) <> sum(known_rp)
    """


COURIERS_CASH = _same(
    chart.COURIER_CASH,
    "SELECT organization_id, 0, cash_rp FROM retail_delivery WHERE state IN ('delivered')"
    " UNION ALL SELECT organization_id, 0, -amount_rp FROM cash_hand_in",
)
RETURNS_DUE = _same(
    chart.RETURNS_DUE,
    "SELECT organization_id, 0, -refund_rp FROM retail_return WHERE way = 'cash' AND state IN ('due')",
)
DISCOUNTS_GIVEN = _same(
    chart.DISCOUNTS,
    "SELECT l.organization_id, 0, (l.quantity - l.refused_pcs) * l.unit_price_rp"
    " - (l.amount_rp - l.discount_rp - l.refused_rp)"
    " FROM retail_order_line l JOIN retail_order o ON o.id = l.order_id WHERE o.state IN ('collected')"
    " UNION ALL SELECT organization_id, 0, -discount_rp FROM retail_return",
)
DELIVERY_EARNED = _same(
    chart.DELIVERY_INCOME,
    "SELECT o.organization_id, 0, -o.delivery_rp FROM retail_order o WHERE o.state IN ('collected')"
    " AND NOT EXISTS (SELECT 1 FROM retail_delivery d WHERE d.order_id = o.id AND d.state IN ('cancelled')"
    " AND d.failed_why = '')",
)

MORE_HANDED_IN = """
    SELECT h.organization_id, h.run_id, sum(h.amount_rp) AS brought_rp FROM cash_hand_in h
    GROUP BY h.organization_id, h.run_id
    HAVING sum(h.amount_rp) > (SELECT coalesce(sum(d.cash_rp), 0) FROM retail_delivery d
        WHERE d.run_id = h.run_id AND d.state IN ('delivered'))
"""
DELIVERIES_AGAINST_ORDERS = """
    SELECT d.organization_id, o.number, o.state AS order_state, d.state FROM retail_delivery d
    JOIN retail_order o ON o.id = d.order_id
    WHERE (d.state IN ('delivered') AND o.state NOT IN ('collected'))
        OR (d.state IN ('waiting', 'on_the_way', 'failed', 'returned') AND o.state NOT IN ('placed', 'ready'))
        OR (d.state IN ('delivered') AND d.cash_rp <> o.total_rp - o.refused_rp - o.online_rp)
        OR (d.state IN ('on_the_way', 'delivered', 'failed') AND d.run_id IS NULL)
    UNION ALL SELECT o.organization_id, o.number, o.state, '' FROM retail_order o
    WHERE o.delivery_rp > 0 AND NOT EXISTS (SELECT 1 FROM retail_delivery d WHERE d.order_id = o.id)
"""
"""What is being brought belongs to an order that lives, and what was brought was handed over."""

VOUCHERS_AGAINST_USES = """
    SELECT v.organization_id, v.code, v.used, count(u.id) AS uses FROM voucher v
    LEFT JOIN voucher_use u ON u.voucher_id = v.id AND u.state IN ('used')
    GROUP BY v.id, v.organization_id, v.code, v.used, v.most_uses
    HAVING v.used <> count(u.id) OR v.used > v.most_uses
    UNION ALL SELECT u.organization_id, v.code, v.used, count(*) FROM voucher_use u
    JOIN voucher v ON v.id = u.voucher_id WHERE u.state IN ('used')
    GROUP BY u.organization_id, v.id, v.code, v.used, v.most_per_phone, u.phone
    HAVING count(*) > v.most_per_phone
"""
USES_AGAINST_ORDERS = """
    SELECT o.organization_id, o.number, o.state, u.state AS use_state, u.amount_rp,
        sum(l.discount_rp) AS discounts_rp
    FROM retail_order o JOIN retail_order_line l ON l.order_id = o.id
    LEFT JOIN voucher_use u ON u.order_id = o.id
    GROUP BY o.id, o.organization_id, o.number, o.state, u.id, u.state, u.amount_rp
    HAVING sum(l.discount_rp) <> coalesce(u.amount_rp, 0)
        OR (u.state IN ('used') AND o.state IN ('cancelled', 'expired'))
        OR (u.state IN ('released') AND o.state NOT IN ('cancelled', 'expired'))
"""
"""The lines' discounts are the order's one voucher, which an order that came to nothing has given back."""

MORE_RETURNED = """
    SELECT l.organization_id, l.order_id, l.id, sum(b.refund_rp) AS back_rp, sum(b.quantity) AS pieces
    FROM retail_return b JOIN retail_order_line l ON l.id = b.line_id JOIN retail_order o ON o.id = l.order_id
    GROUP BY l.id, l.organization_id, l.order_id, l.amount_rp, l.discount_rp, l.refused_rp, l.quantity,
        l.refused_pcs, l.unit_price_rp, o.state
    HAVING sum(b.refund_rp) > l.amount_rp - l.discount_rp - l.refused_rp
        OR sum(b.quantity) > l.quantity - l.refused_pcs
        OR sum(b.refund_rp + b.discount_rp) > (l.quantity - l.refused_pcs) * l.unit_price_rp
        OR o.state NOT IN ('collected')
"""
RETURNS_AGAINST_COMPLAINTS = """
    SELECT c.organization_id, c.id, c.state FROM retail_complaint c
    LEFT JOIN retail_return b ON b.complaint_id = c.id
    WHERE (c.state IN ('refunded')) <> (b.id IS NOT NULL)
    UNION ALL SELECT b.organization_id, b.complaint_id, b.state FROM retail_return b
    JOIN retail_complaint c ON c.id = b.complaint_id
    WHERE b.order_id <> c.order_id OR b.line_id <> c.line_id OR b.quantity > c.quantity
"""
PROMISES_AGAINST_COMPLAINTS = """
    SELECT c.organization_id, c.id, c.state, r.state AS reservation_state FROM retail_complaint c
    JOIN reservation r ON r.id = c.reservation_id
    WHERE (c.state IN ('promised')) <> (r.state IN ('held', 'releasing'))
        OR (c.state IN ('replaced')) <> (r.state IN ('posted'))
"""
MONEY = (COURIERS_CASH, RETURNS_DUE, DISCOUNTS_GIVEN, DELIVERY_EARNED, MORE_HANDED_IN)
DEEDS = (VOUCHERS_AGAINST_USES, USES_AGAINST_ORDERS, MORE_RETURNED, RETURNS_AGAINST_COMPLAINTS)
