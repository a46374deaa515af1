"""I37: the statements tie. Asked of books that add up; those that do not are I1's and I2's to tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from market.core import clock
from market.statements import chart, queries
from market.statements.types import Pack, Period, compared
from market.verify.base import Invariant, Offender, every

SUMS = """
    SELECT e.organization_id, sum(p.amount_rp) AS whole_rp,
        sum(CASE WHEN a.kind = 'asset' THEN p.amount_rp ELSE 0 END) AS assets_rp,
        sum(CASE WHEN a.kind IN ('income', 'expense') AND e.effective_on >= :since
            AND NOT EXISTS (
                SELECT 1 FROM posting o JOIN ledger_account b ON b.id = o.account_id
                WHERE o.entry_id = e.id AND b.code LIKE '3-18%')
            THEN -p.amount_rp ELSE 0 END) AS surplus_rp
    FROM posting p JOIN journal_entry e ON e.id = p.entry_id JOIN ledger_account a ON a.id = p.account_id
    GROUP BY e.organization_id HAVING sum(p.amount_rp) = 0
"""
"""What the papers must come to, straight from the lines of the journal."""

PLACED = "SELECT DISTINCT organization_id FROM statement_place WHERE line = 'retained'"
OPENED = "SELECT DISTINCT organization_id FROM journal_entry WHERE source LIKE 'opening:%'"


def papers_that_do_not_tie() -> Iterator[Offender]:
    """Organizations whose statements of the running year disagree with each other or with the journal."""
    today = clock.today()
    period = Period(date(today.year, 1, 1), today)
    own_way = {row["organization_id"] for row in (*every(PLACED), *every(OPENED))}
    for row in every(SUMS, since=period.since):
        organization_id = row["organization_id"]
        papers = queries.pack(organization_id, period, compared(period, "tahun-lalu"))
        faults = [*papers.faults, *_against_journal(papers, row, surplus=organization_id not in own_way)]
        if faults:
            yield {"organization_id": organization_id, "faults": faults}


def _against_journal(papers: Pack, row: Offender, *, surplus: bool) -> list[str]:
    """Differences from the plain sums; the surplus is compared where no opening or placement touches it."""
    found = []
    if papers.position.rp("assets") != row["assets_rp"]:
        found.append(f"assets {papers.position.rp('assets')} <> {row['assets_rp']}")
    if surplus and papers.result.rp("surplus") != row["surplus_rp"]:
        found.append(f"surplus {papers.result.rp('surplus')} <> {row['surplus_rp']}")
    return found


def lines_of_another_kind() -> Iterator[Offender]:
    """Accounts that were put on a line where accounts of their kind cannot stand."""
    rows = every(
        "SELECT s.organization_id, s.code, s.line, a.kind FROM statement_place s JOIN ledger_account a"
        " ON a.organization_id = s.organization_id AND a.code = s.code"
    )
    for row in rows:
        line = chart.PLACE_LINES.get(row["line"])
        if line is None or line.group != chart.GROUP_OF[row["kind"]]:
            yield row


INVARIANTS = (
    Invariant(
        "I37",
        "The statements tie: position, result, cash flow and equity agree with each other and the journal.",
        (papers_that_do_not_tie, lines_of_another_kind),
        note="asked of the running year beside the last one",
    ),
)
