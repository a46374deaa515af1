"""The counter: its part of I10 and I18, and I33: receipt, goods, drawer and books agree."""

from __future__ import annotations

from market.ledger import chart
from market.verify.base import Invariant, Offender, number_of, select

DOCUMENTS: dict[str, tuple[str, str, str]] = {
    "counter_sale": ("counter_sale", "d.state IN ('done')", ""),
    "counter_return": ("counter_return", "d.amount_rp > 0", ""),
    "counter_cash_move": ("counter_cash_move", "d.amount_rp <> 0", "abs(d.amount_rp)"),
    "counter_shift": (
        "counter_shift",
        "d.state IN ('closed') AND d.difference_rp <> 0",
        "abs(d.difference_rp)",
    ),
}
"""Kind of source -> its table, when a row of it must have an entry, and the entry's debit side."""

CONSIGNED = """
        UNION ALL SELECT l.organization_id, l.seller_id, 0, l.commission_rp - l.amount_rp
            FROM counter_sale_line l JOIN counter_sale s ON s.id = l.sale_id
            WHERE s.state IN ('done') AND l.seller_id <> l.organization_id
        UNION ALL SELECT r.organization_id, l.seller_id, 0, r.amount_rp - r.commission_rp
            FROM counter_return_line r JOIN counter_sale_line l ON l.id = r.line_id
            WHERE l.seller_id <> l.organization_id
"""
"""What each seller is owed by sales at the counter, as further sides of that comparison (I13)."""

PROMISES_AGAINST_SALES = """
    SELECT s.organization_id, s.id, s.state AS sale_state, r.state AS reservation_state
    FROM counter_sale_line l
    JOIN counter_sale s ON s.id = l.sale_id
    JOIN reservation r ON r.id = l.reservation_id
    WHERE (s.state IN ('waiting')) <> (r.state IN ('held', 'releasing'))
        OR (s.state IN ('done')) <> (r.state IN ('posted'))
"""

SALES_AGAINST_LINES = """
    SELECT s.organization_id, s.id, s.total_rp, s.deposit_rp, coalesce(sum(l.amount_rp), 0) AS lines_rp
    FROM counter_sale s LEFT JOIN counter_sale_line l ON l.sale_id = s.id
    WHERE s.state IN ('done', 'waiting', 'differs')
    GROUP BY s.id, s.organization_id, s.total_rp, s.deposit_rp
    HAVING s.total_rp <> s.deposit_rp + coalesce(sum(l.amount_rp), 0)
"""
RETURNS_AGAINST_LINES = """
    SELECT r.organization_id, r.id, r.amount_rp, sum(l.amount_rp) AS lines_rp
    FROM counter_return r JOIN counter_return_line l ON l.return_id = r.id
    GROUP BY r.id, r.organization_id, r.amount_rp, r.deposit_rp
    HAVING r.amount_rp <> r.deposit_rp + sum(l.amount_rp)
"""
RETURNED_AGAINST_RETURNS = """
    SELECT l.organization_id, l.id, l.returned, coalesce(sum(r.quantity), 0) AS came_back
    FROM counter_sale_line l LEFT JOIN counter_return_line r ON r.line_id = l.id
    GROUP BY l.id, l.organization_id, l.returned HAVING l.returned <> coalesce(sum(r.quantity), 0)
"""


def _cash_of(kind: str) -> str:
    return f"""
        SELECT e.organization_id, {number_of("e.source")} AS document_id, sum(p.amount_rp) AS cash_rp
        FROM journal_entry e JOIN posting p ON p.entry_id = e.id
        JOIN ledger_account a ON a.id = p.account_id AND a.code = '{chart.CASH}'
        WHERE e.source LIKE '{kind}:%' GROUP BY e.organization_id, e.source
    """


def cash_against_books() -> list[Offender]:
    """Cash of receipts and returns against the cash lines of their entries."""
    found: list[Offender] = []
    for kind, amount in (("counter_sale", "d.cash_rp"), ("counter_return", "-d.amount_rp")):
        wanted = "d.state IN ('done')" if kind == "counter_sale" else "1 = 1"
        found += select(
            f"SELECT d.organization_id, d.id, {amount} AS paper_rp, coalesce(b.cash_rp, 0) AS books_rp"
            f" FROM {kind} d LEFT JOIN ({_cash_of(kind)}) AS b ON b.document_id = d.id"
            f" AND b.organization_id = d.organization_id"
            f" WHERE {wanted} AND {amount} <> coalesce(b.cash_rp, 0)"
        )
    return found


def _moved(source: str, sign: str) -> str:
    return f"""
        SELECT l.organization_id, l.id FROM counter_sale_line l
        JOIN counter_sale s ON s.id = l.sale_id
        LEFT JOIN stock_move m ON m.organization_id = l.organization_id AND m.source = {source}
        LEFT JOIN pack k ON k.id = l.pack_id
        WHERE s.state IN ('done') AND l.refill_id {sign} NULL
            AND (m.id IS NULL OR m.value_rp <> -l.cost_rp
                OR m.quantity_base <> -l.quantity * coalesce(k.size_base, 1))
    """


GOODS_AGAINST_MOVES = _moved("'counter_sale:' || s.id || ':' || l.id", "IS")
REFILLS_AGAINST_MOVES = _moved("'refill_sale:' || l.refill_id", "IS NOT")

SHIFTS_AGAINST_PAPERS = """
    SELECT h.organization_id, h.id, h.expected_rp, h.opening_rp + coalesce(s.rp, 0) - coalesce(r.rp, 0)
        + coalesce(c.rp, 0) AS papers_rp
    FROM counter_shift h
    LEFT JOIN (SELECT shift_id, sum(cash_rp) AS rp FROM counter_sale WHERE state IN ('done')
        GROUP BY shift_id) AS s ON s.shift_id = h.id
    LEFT JOIN (SELECT shift_id, sum(amount_rp) AS rp FROM counter_return GROUP BY shift_id) AS r
        ON r.shift_id = h.id
    LEFT JOIN (SELECT shift_id, sum(amount_rp) AS rp FROM counter_cash_move GROUP BY shift_id) AS c
        ON c.shift_id = h.id
    WHERE h.expected_rp IS NOT NULL
        AND h.expected_rp <> h.opening_rp + coalesce(s.rp, 0) - coalesce(r.rp, 0) + coalesce(c.rp, 0)
"""

NUMBERS_MISSING = """
    SELECT organization_id, max(substr(number, 4, 4)) AS year, count(*) AS receipts,
        max(CAST(substr(number, 9) AS integer)) AS highest
    FROM counter_sale WHERE number IS NOT NULL GROUP BY organization_id, substr(number, 1, 7)
    HAVING count(*) <> max(CAST(substr(number, 9) AS integer))
"""

INVARIANTS = (
    Invariant(
        "I33",
        "A receipt is its lines, its goods, its entry and its part of the drawer; no number is missing.",
        (
            SALES_AGAINST_LINES,
            RETURNS_AGAINST_LINES,
            RETURNED_AGAINST_RETURNS,
            cash_against_books,
            GOODS_AGAINST_MOVES,
            REFILLS_AGAINST_MOVES,
            SHIFTS_AGAINST_PAPERS,
            NUMBERS_MISSING,
        ),
    ),
)
