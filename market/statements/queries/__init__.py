"""What is asked of the statements: the papers, what stands behind a figure, the notes, what waits."""

from market.statements.queries.behind import (
    VIEWS,
    Behind,
    LedgerSums,
    View,
    account_on,
    behind,
    entries_in_view,
    ledger_lines,
    ledger_sums,
    whole_ledger,
)
from market.statements.queries.notes import HEADINGS, KEYS, Detail, Note, note_of, notes
from market.statements.queries.papers import TRIAL_COLUMNS, TrialLine, pack, trial
from market.statements.queries.places import history, today
from market.statements.queries.sums import Account, Books, accounts_on, books, places_on

__all__ = [
    "HEADINGS",
    "KEYS",
    "TRIAL_COLUMNS",
    "VIEWS",
    "Account",
    "Behind",
    "Books",
    "Detail",
    "LedgerSums",
    "Note",
    "TrialLine",
    "View",
    "account_on",
    "accounts_on",
    "behind",
    "books",
    "entries_in_view",
    "history",
    "ledger_lines",
    "ledger_sums",
    "note_of",
    "notes",
    "pack",
    "places_on",
    "today",
    "trial",
    "whole_ledger",
]
