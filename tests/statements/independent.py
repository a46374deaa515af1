"""Statements recomputed from raw postings: SQL for the rows, plain loops, nothing of the product.

Written from the rules on paper: assets are accounts 1-, debts 2-, equity 3-, income 4-, expenses 5- to 7-;
cash is 1-11xx and 1-12xx; an entry that touches 3-18xx closes or shares a surplus unless it is an opening.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from market.core import db

CASH = ("1-11", "1-12")
RESULT = ("4-", "5-", "6-", "7-")
SHARES = {"principal": "3-11", "mandatory": "3-12", "grants": "3-13", "reserves": "3-14"}


@dataclass(frozen=True)
class Raw:
    """One posting as it stands in the table."""

    entry: int
    on: date
    source: str
    reverses: int | None
    code: str
    rp: int


def raw(organization_id: int) -> list[Raw]:
    """Every posting of the organization."""
    rows = db.session.execute(
        text(
            "SELECT e.id, e.effective_on, e.source, e.reverses_id, a.code, p.amount_rp FROM posting p"
            " JOIN journal_entry e ON e.id = p.entry_id JOIN ledger_account a ON a.id = p.account_id"
            " WHERE e.organization_id = :o"
        ),
        {"o": organization_id},
    )
    return [Raw(r[0], date.fromisoformat(str(r[1])[:10]), r[2], r[3], r[4], int(r[5])) for r in rows]


class Papers:
    """The five papers of some days, by the slowest and plainest way there is."""

    def __init__(self, postings: list[Raw], since: date, until: date) -> None:
        self.since, self.until = since, until
        self.all = [p for p in postings if p.on <= until]
        self.days = [p for p in self.all if p.on >= since]
        openings = {p.entry for p in postings if p.source.startswith("opening:")}
        self.openings = openings | {p.entry for p in postings if p.reverses in openings}
        self.movers = {p.entry for p in postings if p.code.startswith("3-18")} - self.openings

    def total(self, prefixes: str | tuple[str, ...], postings: list[Raw] | None = None) -> int:
        chosen = self.all if postings is None else postings
        return sum(p.rp for p in chosen if p.code.startswith(prefixes))

    @property
    def assets(self) -> int:
        return self.total("1-")

    @property
    def liabilities(self) -> int:
        return -self.total("2-")

    @property
    def equity(self) -> int:
        return -self.total(("3-", *RESULT))

    @property
    def surplus(self) -> int:
        return -self.total(RESULT, [p for p in self.days if p.entry not in self.movers])

    @property
    def cash_end(self) -> int:
        return self.total(CASH)

    @property
    def cash_begin(self) -> int:
        return self.total(CASH, [p for p in self.all if p.on < self.since])

    @property
    def cash_opening(self) -> int:
        """Cash that was there when books were opened in the days."""
        return self.total(CASH, [p for p in self.days if p.entry in self.openings])

    def business(self, prefix: str) -> int:
        """What accounts added to the surplus of the days."""
        return -self.total(prefix, [p for p in self.days if p.entry not in self.movers])

    def cash_by_account(self) -> dict[str, int]:
        """Cash that came (positive) or went, by the account on the other side."""
        with_cash = {p.entry for p in self.days if p.code.startswith(CASH)} - self.openings
        found: defaultdict[str, int] = defaultdict(int)
        for p in self.days:
            if p.entry in with_cash and not p.code.startswith(CASH):
                found[p.code] -= p.rp
        return found

    def share(self, column: str, *, before: bool) -> int:
        """A kind of equity at the beginning or at the end of the days."""
        chosen = [p for p in self.all if p.on < self.since] if before else self.all
        return -self.total(SHARES[column], chosen)

    def savings(self, column: str) -> tuple[int, int]:
        """Paid in and paid out in the days, by ordinary entries."""
        plain = [
            p.rp
            for p in self.days
            if p.code.startswith(SHARES[column]) and p.entry not in self.movers | self.openings
        ]
        return -sum(rp for rp in plain if rp < 0), -sum(rp for rp in plain if rp > 0)
