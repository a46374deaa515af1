"""Bills and what follows them: their part of I10 (entries), I16 (goods), I24 (papers) and I29 (persons)."""

from __future__ import annotations

from market.ledger import chart

DOCUMENTS: dict[str, tuple[str, str, str]] = {
    "supplier_bill": (
        "supplier_bill",
        "d.amount_rp > 0",
        "d.amount_rp - CASE WHEN d.difference_rp < 0 THEN d.difference_rp ELSE 0 END",
    ),
    "credit_note": ("credit_note", "1 = 1", "d.amount_rp"),
    "credit_money": ("credit_use", "d.bill_id IS NULL", "d.amount_rp"),
    "supplier_return": (
        "supplier_return",
        "1 = 1",
        "CASE WHEN d.cost_rp > d.amount_rp THEN d.cost_rp ELSE d.amount_rp END",
    ),
    "return_dropped": ("supplier_return", "d.state IN ('dropped')", "d.amount_rp"),
}
"""Kind of source -> its table, when a row of it must have an entry, and the entry's debit side."""

VOID_AND_STILL_OWED = """
    SELECT b.organization_id, b.number FROM supplier_bill b WHERE b.state IN ('void') AND NOT EXISTS (
        SELECT 1 FROM journal_entry e JOIN journal_entry r ON r.reverses_id = e.id
        WHERE e.organization_id = b.organization_id AND e.source = 'supplier_bill:' || b.id)
"""

_REVERSED = """
    SELECT 1 FROM journal_entry e JOIN journal_entry r ON r.reverses_id = e.id
    WHERE e.organization_id = d.organization_id AND e.source = '{kind}:' || d.{key}
"""
UNDONE_AND_STILL_BOOKED = f"""
    SELECT d.organization_id, d.number FROM supplier_return d
    WHERE (d.state IN ('undone')) <> EXISTS ({_REVERSED.format(kind="supplier_return", key="id")})
    UNION ALL
    SELECT d.organization_id, d.number FROM credit_note d
    WHERE EXISTS (SELECT 1 FROM credit_undo u WHERE u.note_id = d.id)
        <> EXISTS ({_REVERSED.format(kind="credit_note", key="id")})
"""
"""A return or a credit note that was taken back has its entry reversed, and only then."""
_STANDS = "NOT EXISTS (SELECT 1 FROM credit_undo u WHERE u.note_id = n.id)"

_BY_DOCUMENTS = """
    JOIN journal_entry e ON e.id = p.entry_id
    LEFT JOIN journal_entry r ON r.id = e.reverses_id
    WHERE coalesce(r.source, e.source) NOT LIKE 'opening:%'
        AND coalesce(r.source, e.source) NOT LIKE 'journal_draft:%'
"""

PAYABLES_AGAINST_BILLS = f"""
    SELECT organization_id, supplier_id, sum(booked_rp) AS books_rp, sum(open_rp) AS bills_rp FROM (
        SELECT p.organization_id, p.counterparty_id AS supplier_id, -p.amount_rp AS booked_rp, 0 AS open_rp
        FROM posting p JOIN ledger_account a ON a.id = p.account_id AND a.code = '{chart.PAYABLE_SUPPLIERS}'
        {_BY_DOCUMENTS}
        UNION ALL SELECT organization_id, supplier_id, 0, amount_rp - paid_rp FROM supplier_bill
            WHERE state IN ('recorded', 'disputed', 'paid')
        UNION ALL SELECT n.organization_id, n.supplier_id, 0, -n.amount_rp FROM credit_note n WHERE {_STANDS}
        UNION ALL SELECT c.organization_id, n.supplier_id, 0, c.amount_rp FROM credit_use c
            JOIN credit_note n ON n.id = c.note_id WHERE {_STANDS}
    ) AS sides GROUP BY organization_id, supplier_id HAVING sum(booked_rp) <> sum(open_rp)
"""

UNBILLED_AGAINST_RECEIPTS = f"""
    SELECT organization_id, supplier_id, sum(booked_rp) AS books_rp, sum(due_rp) AS papers_rp FROM (
        SELECT p.organization_id, p.counterparty_id AS supplier_id, -p.amount_rp AS booked_rp, 0 AS due_rp
        FROM posting p JOIN ledger_account a ON a.id = p.account_id AND a.code = '{chart.RECEIVED_NOT_BILLED}'
        {_BY_DOCUMENTS}
        UNION ALL SELECT g.organization_id, o.supplier_id, 0, g.value_rp FROM goods_receipt g
            JOIN purchase_order o ON o.id = g.order_id
        UNION ALL SELECT b.organization_id, b.supplier_id, 0, -l.amount_rp FROM supplier_bill_line l
            JOIN supplier_bill b ON b.id = l.bill_id WHERE b.state <> 'void'
        UNION ALL SELECT organization_id, supplier_id, 0, -amount_rp FROM supplier_return WHERE state = 'sent'
    ) AS sides GROUP BY organization_id, supplier_id HAVING sum(booked_rp) <> sum(due_rp)
"""


PAID_AGAINST_MONEY = f"""
    SELECT * FROM (
        SELECT b.organization_id, b.number, b.paid_rp,
            coalesce((SELECT sum(p.amount_rp) FROM supplier_payment p
                WHERE p.bill_id = b.id AND p.state IN ('paid')), 0)
            + coalesce((SELECT sum(c.amount_rp) FROM credit_use c JOIN credit_note n ON n.id = c.note_id
                WHERE c.bill_id = b.id AND {_STANDS}), 0)
            + coalesce((SELECT sum(l.amount_rp) FROM supplier_payment a
                JOIN journal_entry e ON e.organization_id = a.organization_id
                    AND e.source = 'advance_used:' || a.id || ':' || b.id
                JOIN posting l ON l.entry_id = e.id AND l.amount_rp > 0
                WHERE a.order_id = b.order_id), 0) AS given_rp
        FROM supplier_bill b
    ) AS both_sides WHERE paid_rp <> given_rp
"""
"""A bill's paid part is what payments, advances and credit notes gave it."""

DISPUTED_WITHOUT_CASE = """
    SELECT b.organization_id, b.number, b.state AS bill_state, c.state AS case_state
    FROM supplier_bill b LEFT JOIN bill_case c ON c.bill_id = b.id
    WHERE (b.state IN ('disputed')) <> (c.state IS NOT NULL AND c.state IN ('open'))
        OR (b.state IN ('void')) <> (c.state IS NOT NULL AND c.state IN ('rejected', 'corrected'))
        OR (c.state IS NOT NULL AND (c.difference_rp <> b.difference_rp OR c.supplier_id <> b.supplier_id))
"""
_CREDITED = f"SELECT sum(n.amount_rp) FROM credit_note n WHERE n.bill_id = b.id AND {_STANDS}"
MORE_CREDITED_THAN_BILLED = f"""
    SELECT b.organization_id, o.number, sum(b.amount_rp) AS amount_rp,
        sum(coalesce(({_CREDITED}), 0)) AS credited_rp
    FROM supplier_bill b JOIN purchase_order o ON o.id = b.order_id WHERE b.state <> 'void'
    GROUP BY o.id, b.organization_id, o.number
    HAVING sum(b.amount_rp) < sum(coalesce(({_CREDITED}), 0))
    UNION ALL
    SELECT n.organization_id, n.number, n.amount_rp, sum(u.amount_rp)
    FROM credit_note n JOIN credit_use u ON u.note_id = n.id
    GROUP BY n.id, n.organization_id, n.number, n.amount_rp HAVING sum(u.amount_rp) > n.amount_rp
"""
CREDIT_OF_ANOTHER = """
    SELECT u.organization_id, u.id, n.number FROM credit_use u
    JOIN credit_note n ON n.id = u.note_id JOIN supplier_bill b ON b.id = u.bill_id
    WHERE b.supplier_id <> n.supplier_id
"""
RETURNS_AGAINST_LINES = """
    SELECT t.organization_id, t.number, t.amount_rp, t.cost_rp FROM supplier_return t
    LEFT JOIN supplier_return_line l ON l.return_id = t.id
    GROUP BY t.id, t.organization_id, t.number, t.amount_rp, t.cost_rp
    HAVING t.amount_rp <> coalesce(sum(l.amount_rp), 0) OR t.cost_rp <> coalesce(sum(l.cost_rp), 0)
"""
MORE_RETURNED_THAN_CAME = """
    SELECT l.organization_id, l.id AS order_line_id, l.received_packs, sum(b.packs) AS returned_packs
    FROM purchase_order_line l JOIN supplier_return_line b ON b.order_line_id = l.id
    JOIN supplier_return t ON t.id = b.return_id AND t.state <> 'undone'
    GROUP BY l.id, l.organization_id, l.received_packs HAVING sum(b.packs) > l.received_packs
"""
CREDITED_WITHOUT_PAPER = f"""
    SELECT t.organization_id, t.number, t.state FROM supplier_return t
    LEFT JOIN credit_note n ON n.return_id = t.id AND {_STANDS}
    LEFT JOIN supplier_bill b ON b.id = t.bill_id AND b.state <> 'void'
    WHERE (t.state IN ('credited')) <> (n.id IS NOT NULL OR b.id IS NOT NULL)
        OR (n.id IS NOT NULL AND (b.id IS NOT NULL OR n.amount_rp <> t.amount_rp))
"""
RETURNED_IN_BILLS = """
    SELECT b.organization_id, b.number, b.returned_rp, coalesce(sum(t.amount_rp), 0) AS summed_rp
    FROM supplier_bill b LEFT JOIN supplier_return t ON t.bill_id = b.id WHERE b.state <> 'void'
    GROUP BY b.id, b.organization_id, b.number, b.returned_rp
    HAVING b.returned_rp <> coalesce(sum(t.amount_rp), 0)
"""
RUNS_AGAINST_PAYMENTS = """
    SELECT r.organization_id, r.number, r.state, r.total_rp, coalesce(sum(p.amount_rp), 0) AS summed_rp
    FROM payment_run r LEFT JOIN supplier_payment p ON p.run_id = r.id
    GROUP BY r.id, r.organization_id, r.number, r.state, r.total_rp
    HAVING r.total_rp <> coalesce(sum(p.amount_rp), 0)
"""
RUNS_HALF_PAID = """
    SELECT r.organization_id, r.number, r.state, p.number AS payment, p.state AS payment_state
    FROM payment_run r JOIN supplier_payment p ON p.run_id = r.id
    WHERE (r.state IN ('paid')) <> (p.state IN ('paid'))
        OR (r.state IN ('proposed', 'approved')) <> (p.state IN ('proposed'))
        OR (p.state IN ('paid') AND p.paid_on <> r.paid_on)
"""
ACCOUNT_OF_ANOTHER = """
    SELECT p.organization_id, p.number FROM supplier_payment p
    LEFT JOIN supplier_account a ON a.id = p.to_account_id
    WHERE p.run_id IS NOT NULL AND (a.id IS NULL OR a.organization_id <> p.supplier_id)
"""
MOVES_AGAINST_RETURNS = """
    SELECT l.organization_id, l.return_id, l.packs, l.cost_rp FROM supplier_return_line l
    JOIN purchase_order_line o ON o.id = l.order_line_id JOIN pack k ON k.id = o.pack_id
    LEFT JOIN stock_move m ON m.organization_id = l.organization_id
        AND m.source = 'supplier_return:' || l.return_id || ':' || l.order_line_id
    WHERE m.id IS NULL OR m.quantity_base <> -l.packs * k.size_base OR m.value_rp <> -l.cost_rp
    UNION ALL
    SELECT l.organization_id, l.return_id, l.packs, l.cost_rp FROM supplier_return_line l
    JOIN supplier_return t ON t.id = l.return_id
    LEFT JOIN stock_move m ON m.organization_id = l.organization_id AND m.value_rp = l.cost_rp
        AND m.source = 'return_undone:' || l.return_id || ':' || l.order_line_id
    WHERE (m.id IS NULL) <> (t.state <> 'undone')
"""
RUN_BY_ONE = """
    SELECT r.organization_id, r.number, r.state, r.proposed_by FROM payment_run r
    WHERE r.state IN ('approved', 'paid') AND NOT EXISTS (
        SELECT 1 FROM approval a WHERE a.kind = 'payment_run' AND a.subject_table = 'payment_run'
            AND a.subject_id = r.id AND a.state IN ('executed') AND a.proposed_by = r.proposed_by
            AND a.decided_by <> r.proposed_by)
"""
DIFFERENCE_BY_ONE = """
    SELECT organization_id, bill_id, opened_by, decided_by FROM bill_case
    WHERE state IN ('accepted') AND (decided_by IS NULL OR decided_by = opened_by)
"""

BOOKS = (VOID_AND_STILL_OWED, UNDONE_AND_STILL_BOOKED, PAYABLES_AGAINST_BILLS, UNBILLED_AGAINST_RECEIPTS)
"""What I10 asks here."""
PAPERS = (
    *(PAID_AGAINST_MONEY, DISPUTED_WITHOUT_CASE, MORE_CREDITED_THAN_BILLED, CREDIT_OF_ANOTHER),
    *(RETURNS_AGAINST_LINES, MORE_RETURNED_THAN_CAME, CREDITED_WITHOUT_PAPER, RETURNED_IN_BILLS),
    *(RUNS_AGAINST_PAYMENTS, RUNS_HALF_PAID, ACCOUNT_OF_ANOTHER),
)
"""What I24 asks here."""
PERSONS = (RUN_BY_ONE, DIFFERENCE_BY_ONE)
"""What I29 asks here."""
