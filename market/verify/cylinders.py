"""Containers that go back: their part of I10 (deposits), I16 (places, goods, books) and I17 (bounds)."""

from __future__ import annotations

from market.empties.types import CONTAINERS, MOVES
from market.ledger import chart

_COLUMNS = {"full": "full_count", "empty": "empty_count", "lent": "lent_count", "supplier": "at_supplier"}


def _into(place: str) -> str:
    """SQL for what the moves brought to a place, less what they took from it."""
    came = ", ".join(f"'{kind}'" for kind, (_start, end) in MOVES.items() if end == place)
    went = ", ".join(f"'{kind}'" for kind, (start, _end) in MOVES.items() if start == place)
    return (
        f"coalesce(sum(CASE WHEN m.kind IN ({came}) THEN m.count WHEN m.kind IN ({went}) THEN -m.count"
        " ELSE 0 END), 0)"
    )


_DIFFERS = " OR ".join(f"h.{column} <> {_into(place)}" for place, column in _COLUMNS.items())

HOLDINGS_AGAINST_MOVES = f"""
    SELECT h.organization_id, h.container, h.full_count, h.empty_count, h.lent_count, h.at_supplier,
        h.value_rp, coalesce(sum(m.value_rp), 0) AS moved_rp
    FROM container_holding h
    LEFT JOIN container_move m ON m.organization_id = h.organization_id AND m.container = h.container
    GROUP BY h.id, h.organization_id, h.container, h.full_count, h.empty_count, h.lent_count, h.at_supplier,
        h.owned, h.value_rp
    HAVING {_DIFFERS} OR h.value_rp <> coalesce(sum(m.value_rp), 0) OR h.owned <> -({_into("outside")})
"""

HOLDINGS_AGAINST_SUPPLIERS = f"""
    SELECT h.organization_id, h.container, h.at_supplier, {_into("supplier")} AS of_suppliers
    FROM container_holding h
    LEFT JOIN container_move m ON m.organization_id = h.organization_id AND m.container = h.container
        AND m.supplier_id IS NOT NULL
    GROUP BY h.id, h.organization_id, h.container, h.at_supplier
    HAVING h.at_supplier <> {_into("supplier")}
"""
"""What the accounts of named suppliers come to is what lies with, or is owed to, all of them."""

MOVES_WITHOUT_HOLDING = """
    SELECT m.organization_id, m.container, m.id FROM container_move m WHERE NOT EXISTS (
        SELECT 1 FROM container_holding h
        WHERE h.organization_id = m.organization_id AND h.container = m.container)
"""

_ITEMS = " UNION ALL ".join(
    f"SELECT '{each.item_code}' AS item, '{each.code}' AS container" for each in CONTAINERS.values()
)
FULL_AGAINST_STOCK = f"""
    SELECT i.organization_id, i.code, i.on_hand_base, coalesce(h.full_count, 0) AS full_count
    FROM stock_item i JOIN ({_ITEMS}) AS kept ON kept.item = i.code
    LEFT JOIN container_holding h ON h.organization_id = i.organization_id AND h.container = kept.container
    WHERE i.on_hand_base <> coalesce(h.full_count, 0) * i.pack_base
"""

OWNED_OUT_OF_BOUNDS = """
    SELECT organization_id, container, full_count, empty_count, lent_count, at_supplier, owned, value_rp
    FROM container_holding
    WHERE full_count < 0 OR empty_count < 0 OR lent_count < 0 OR value_rp < 0
        OR owned <> full_count + empty_count + lent_count + at_supplier OR (owned <= 0 AND value_rp <> 0)
"""

LENT_AGAINST_DEPOSITS = """
    SELECT organization_id, container, sum(lent) AS lent, sum(promised) AS on_deposit FROM (
        SELECT organization_id, container, lent_count AS lent, 0 AS promised FROM container_holding
        UNION ALL
        SELECT organization_id, container, 0, count - returned - kept FROM container_deposit
    ) AS sides GROUP BY organization_id, container HAVING sum(lent) <> sum(promised)
"""


def _books(account: str, sign: str) -> str:
    """SQL for what the books say of an account, but for opening balances and entries by hand."""
    return f"""
        SELECT p.organization_id, {sign}p.amount_rp AS booked_rp, 0 AS kept_rp FROM posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.code = '{account}'
        JOIN journal_entry e ON e.id = p.entry_id
        LEFT JOIN journal_entry r ON r.id = e.reverses_id
        WHERE coalesce(r.source, e.source) NOT LIKE 'opening:%'
            AND coalesce(r.source, e.source) NOT LIKE 'journal_draft:%'
    """


CONTAINERS_AGAINST_BOOKS = f"""
    SELECT organization_id, sum(booked_rp) AS books_rp, sum(kept_rp) AS containers_rp FROM (
        {_books(chart.CYLINDERS, "")} UNION ALL SELECT organization_id, 0, value_rp FROM container_holding
    ) AS sides GROUP BY organization_id HAVING sum(booked_rp) <> sum(kept_rp)
"""

DEPOSITS_AGAINST_BOOKS = f"""
    SELECT organization_id, sum(booked_rp) AS books_rp, sum(kept_rp) AS deposits_rp FROM (
        {_books(chart.CONTAINER_DEPOSITS, "-")}
        UNION ALL SELECT organization_id, 0, (count - returned - kept) * unit_rp FROM container_deposit
    ) AS sides GROUP BY organization_id HAVING sum(booked_rp) <> sum(kept_rp)
"""

DOCUMENTS = {
    "container_move": ("container_move", "d.booked_rp > 0", "d.booked_rp"),
    "container_purchase": ("container_purchase", "d.state IN ('done')", "d.amount_rp"),
    "refill_sale": ("refill_sale", "d.receipt IN ('')", "d.amount_rp + d.deposit_rp + d.cost_rp"),
}
"""Kind of source -> its table, when a row of it must have an entry, and the entry's debit side."""
