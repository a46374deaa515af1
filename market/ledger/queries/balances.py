"""Balances of accounts: kept ones for today, summed ones for any other day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Function, func, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.ledger.models import JournalEntry, LedgerAccount, Posting


@dataclass(frozen=True)
class TrialRow:
    """An account and its balance in whole rupiah, debit positive."""

    code: str
    name: str
    kind: str
    side: str
    balance_rp: int

    @property
    def debit_rp(self) -> int:
        """The balance when it stands on the debit side, else 0."""
        return max(self.balance_rp, 0)

    @property
    def credit_rp(self) -> int:
        """The balance when it stands on the credit side, else 0."""
        return max(-self.balance_rp, 0)

    @property
    def natural_rp(self) -> int:
        """The balance as people say it: positive on the account's own side."""
        return self.balance_rp if self.side == "debit" else -self.balance_rp


@dataclass(frozen=True)
class TrialBalance:
    """Every account that moved, and the two totals, which are equal or something is very wrong."""

    on: date | None
    rows: Sequence[TrialRow]

    @property
    def debit_rp(self) -> int:
        return sum(row.debit_rp for row in self.rows)

    @property
    def credit_rp(self) -> int:
        return sum(row.credit_rp for row in self.rows)

    @property
    def balanced(self) -> bool:
        return self.debit_rp == self.credit_rp


def accounts(organization_id: int) -> list[LedgerAccount]:
    """The chart of the organization, by code."""
    query = select(LedgerAccount).where(LedgerAccount.organization_id == organization_id)
    return list(
        db.session.scalars(query.order_by(LedgerAccount.code).execution_options(populate_existing=True))
    )


def account(organization_id: int, code: str) -> LedgerAccount:
    """One account of the organization; raises NotFound."""
    query = select(LedgerAccount).where(
        LedgerAccount.organization_id == organization_id, LedgerAccount.code == code
    )
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_("Akun %(code)s tidak ditemukan.", code=code))
    return found


def balance_rp(organization_id: int, code: str, on: date | None = None) -> int:
    """Balance of an account in whole rupiah, debit positive; at the end of the day `on`, or now.

    An account that does not exist (books not opened yet) has the balance 0.
    """
    if on is None:
        return db.session.scalar(select(balance_of(organization_id, code))) or 0
    return movements_rp(organization_id, until=on).get(code, 0)


def balance_of(organization_id: int, code: str) -> Function[int]:
    """The balance of now as a column of another question; 0 for an account that does not exist."""
    kept = select(LedgerAccount.balance_rp).where(
        LedgerAccount.organization_id == organization_id, LedgerAccount.code == code
    )
    return func.coalesce(kept.scalar_subquery(), 0)


def movements_rp(
    organization_id: int, since: date | None = None, until: date | None = None
) -> dict[str, int]:
    """Sum of the postings per account code with effect from `since` to `until`, both included."""
    query = (
        select(LedgerAccount.code, func.sum(Posting.amount_rp))
        .join(Posting, Posting.account_id == LedgerAccount.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.organization_id == organization_id)
        .group_by(LedgerAccount.code)
    )
    if since is not None:
        query = query.where(JournalEntry.effective_on >= since)
    if until is not None:
        query = query.where(JournalEntry.effective_on <= until)
    return {code: int(total) for code, total in db.session.execute(query)}


def trial_balance(organization_id: int, on: date | None = None) -> TrialBalance:
    """Accounts with a balance at the end of the day `on`, or now, by code."""
    chart = accounts(organization_id)
    if on is None:
        balances = {each.code: each.balance_rp for each in chart}
    else:
        balances = movements_rp(organization_id, until=on)
    rows = [
        TrialRow(each.code, each.name, each.kind, each.side, balances[each.code])
        for each in chart
        if balances.get(each.code)
    ]
    return TrialBalance(on, rows)
