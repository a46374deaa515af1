"""What the chain is checked against, and which days are closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from market.core import db
from market.ledger.models import GENESIS, JournalEntry, LedgerAccount, LedgerHead, LedgerPeriod, Posting

BATCH = 2_000


@dataclass(frozen=True)
class ChainLine:
    """A posting with everything that the chain covers."""

    account: str
    amount_rp: int
    memo: str | None
    memo_hash: str
    salt: str | None
    counterparty_id: int | None


@dataclass(frozen=True)
class ChainEntry:
    """An entry with everything that the chain covers."""

    organization_id: int
    seq: int
    number: str
    source: str
    effective_on: date
    recorded_at: datetime
    description: str | None
    description_hash: str
    salt: str | None
    posted_by: int | None
    reverses_id: int | None
    prev_hash: str
    hash: str
    lines: Sequence[ChainLine]


_ENTRY = (
    JournalEntry.organization_id,
    JournalEntry.seq,
    JournalEntry.number,
    JournalEntry.source,
    JournalEntry.effective_on,
    JournalEntry.recorded_at,
    JournalEntry.description,
    JournalEntry.description_hash,
    JournalEntry.salt,
    JournalEntry.posted_by,
    JournalEntry.reverses_id,
    JournalEntry.prev_hash,
    JournalEntry.hash,
)
_FACTS = tuple(column.key for column in _ENTRY)
_LINE = (
    LedgerAccount.code,
    Posting.amount_rp,
    Posting.memo,
    Posting.memo_hash,
    Posting.salt,
    Posting.counterparty_id,
)


def chain(organization_id: int) -> Iterator[ChainEntry]:
    """Every entry of the organization in order, with its lines; read in batches."""
    query = (
        select(*_ENTRY, *_LINE)
        .outerjoin(Posting, Posting.entry_id == JournalEntry.id)
        .outerjoin(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(JournalEntry.organization_id == organization_id)
        .order_by(JournalEntry.seq, Posting.line)
    )
    rows: Any = db.session.execute(query.execution_options(yield_per=BATCH))
    for _seq, group in groupby(rows, key=lambda row: row[1]):
        yield _chain_entry(list(group))


def _chain_entry(rows: list[Any]) -> ChainEntry:
    width = len(_ENTRY)
    lines = tuple(ChainLine(*row[width:]) for row in rows if row[width] is not None)
    facts: dict[str, Any] = dict(zip(_FACTS, rows[0][:width], strict=True))
    return ChainEntry(**facts, lines=lines)


@dataclass(frozen=True)
class Head:
    """The end of a chain."""

    organization_id: int
    seq: int
    hash: str


def head(organization_id: int) -> Head:
    """The end of the organization's chain; seq 0 for books that were never opened."""
    query = select(LedgerHead.seq, LedgerHead.hash).where(LedgerHead.organization_id == organization_id)
    found = db.session.execute(query).one_or_none()
    return Head(organization_id, found.seq, found.hash) if found else Head(organization_id, 0, GENESIS)


def heads() -> list[Head]:
    """The end of every chain, by organization."""
    query = select(LedgerHead.organization_id, LedgerHead.seq, LedgerHead.hash)
    rows = db.session.execute(query.order_by(LedgerHead.organization_id))
    return [Head(*row) for row in rows]


def link(organization_id: int, seq: int) -> str | None:
    """The hash of one entry, None when there is no such entry."""
    query = select(JournalEntry.hash).where(
        JournalEntry.organization_id == organization_id, JournalEntry.seq == seq
    )
    return db.session.scalar(query)


def closed_until(organization_id: int) -> date | None:
    """The last day of the closed books; None while nothing is closed."""
    query = select(func.max(LedgerPeriod.ends_on)).where(
        LedgerPeriod.organization_id == organization_id, LedgerPeriod.state == "closed"
    )
    return db.session.scalar(query)


def periods(organization_id: int) -> list[LedgerPeriod]:
    """Periods that were closed at least once, newest first."""
    query = select(LedgerPeriod).where(LedgerPeriod.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(LedgerPeriod.ends_on.desc())))
