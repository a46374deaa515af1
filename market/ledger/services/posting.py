"""Writing entries: one at a time per organization, balanced, in order, for ever.

Callers post last in their transaction where they can: the head of the chain is held from the post
to the commit, so whoever posts early makes every other entry of the organization wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Table, bindparam, func, select, type_coerce, update

from market.core import clock, db, faults
from market.core.errors import Conflict, NotFound, Refused
from market.core.i18n import _, format_date, stored
from market.core.money import format_rp
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import queries
from market.ledger.chain import Leaf, LeafLine, fresh_salt, text_hash
from market.ledger.models import JournalEntry, LedgerAccount, LedgerHead, LedgerPeriod, Posting
from market.ledger.services.heads import HeldHead, hold_head
from market.ledger.types import EntryDraft, Line

SERIES = "JU"
HAND_MADE = ("journal_draft:", "opening:")
"""Sources that no other document stands behind: these a person may reverse by hand."""


class AlreadyPosted(Refused):
    """The document already has its entry; `detail["entry_id"]` names it."""


def post(actor: Actor, organization_id: int, draft: EntryDraft) -> JournalEntry:
    """Write the draft into the organization's books and return the entry, flushed and sealed.

    The calling service has checked who may do what; this one keeps the books right. The first
    entry opens them. Raises AlreadyPosted for a source that has its entry, Refused for no lines, an
    unknown account, a date in the future or in a closed period, and an account that would fall
    below zero; Conflict when the chain moved under the writer.
    """
    return _write(actor, hold_head(organization_id), draft)


def reverse(actor: Actor, entry_id: int, reason: str, on: date | None = None) -> JournalEntry:
    """Cancel an entry by its exact negation, dated `on` (today): once, and never a reversal.

    For services of other parts, which check the permission. Raises NotFound for an entry of other
    books, Refused when it was reversed already or the accounts no longer allow it.
    """
    entry = db.session.get(JournalEntry, entry_id)
    if entry is None or actor.organization_id not in (None, entry.organization_id):
        raise NotFound(_("Jurnal tidak ditemukan."))
    head = hold_head(entry.organization_id)
    _refuse_second_reversal(entry)
    draft = EntryDraft(
        source=f"reversal:{entry.id}",
        effective_on=on or clock.today(),
        description=stored(
            "Pembatalan %(number)s: %(reason)s", number=entry.number, reason=clean(reason, 250)
        ),
        lines=_negated(entry.id),
    )
    return _write(actor, head, draft, reverses_id=entry.id)


def reverse_by_hand(actor: Actor, entry_id: int, reason: str) -> JournalEntry:
    """A person cancels an entry that no document stands behind and that somebody else posted.

    Raises Forbidden, NotFound, Refused (also for an entry of a document: that is corrected there).
    """
    actor.require(Permission.BOOKS_REVERSE)
    entry = queries.entry_for(actor, entry_id)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    if not entry.source.startswith(HAND_MADE):
        raise Refused(_("Jurnal ini berasal dari dokumen. Batalkan dari dokumennya."))
    if entry.posted_by == actor.user_id:
        raise Refused(_("Jurnal yang Anda bukukan sendiri harus dibatalkan orang lain."))
    return reverse(actor, entry_id, reason)


def may_reverse_by_hand(actor: Actor, entry: JournalEntry) -> bool:
    """Whether `reverse_by_hand` would be worth offering to this person."""
    return (
        actor.may(Permission.BOOKS_REVERSE)
        and entry.source.startswith(HAND_MADE)
        and entry.posted_by != actor.user_id
        and queries.reversal_of(entry.id) is None
    )


def _refuse_second_reversal(entry: JournalEntry) -> None:
    if entry.reverses_id is not None:
        raise Refused(_("Jurnal pembatalan tidak bisa dibatalkan. Buat jurnal baru."))
    earlier = queries.reversal_of(entry.id)
    if earlier is not None:
        raise Refused(_("Sudah dibatalkan oleh %(number)s.", number=earlier.number), entry_id=earlier.id)


def _negated(entry_id: int) -> list[Line]:
    return [
        Line(row.code, -row.amount_rp, row.memo or "", row.counterparty_id)
        for row in queries.entry_lines(entry_id)
    ]


def check(organization_id: int, draft: EntryDraft) -> None:
    """Whether the draft could be posted now as it is.

    Raises Refused for no lines, an unknown account, a date in the future or in a closed period.
    """
    _refuse_draft(draft, queries.closed_until(organization_id))
    _accounts(organization_id, draft)


def _refuse_draft(draft: EntryDraft, closed: date | None) -> None:
    if not draft.lines:
        raise Refused(_("Jurnal tanpa jumlah tidak bisa dicatat."))
    if draft.effective_on > clock.today():
        raise Refused(_("Tanggal jurnal belum tiba."), field="effective_on")
    if closed is not None and draft.effective_on <= closed:
        raise Refused(
            _("Buku sudah ditutup sampai %(day)s. Pakai tanggal sesudahnya.", day=format_date(closed)),
            field="effective_on",
        )


# --- the writing itself ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Account:
    """An account as it stands while the head is held, and what the draft does to it."""

    id: int
    name: str
    non_negative: bool
    side: str
    balance_rp: int
    moved_rp: int

    @property
    def falls_below_zero(self) -> bool:
        after = self.balance_rp + self.moved_rp
        return self.non_negative and (after < 0 if self.side == "debit" else after > 0)


def _sums(draft: EntryDraft) -> dict[str, int]:
    """What the draft does to each account, by code."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in draft.lines:
        sums[line.account] += line.amount_rp
    return sums


_OF_ACCOUNT = (
    LedgerAccount.code,
    LedgerAccount.id,
    LedgerAccount.name,
    LedgerAccount.non_negative,
    LedgerAccount.side,
    LedgerAccount.balance_rp,
)
_ACCOUNTS = select(*_OF_ACCOUNT).where(
    LedgerAccount.organization_id == bindparam("organization"),
    LedgerAccount.code.in_(bindparam("codes", expanding=True)),
)


def _accounts(organization_id: int, draft: EntryDraft) -> dict[str, _Account]:
    """The draft's accounts by code. Raises Refused for one that is not in the chart."""
    sums = _sums(draft)
    asked = {"organization": organization_id, "codes": list(sums)}
    return _known(sums, db.session.execute(_ACCOUNTS, asked))


def _known(sums: dict[str, int], rows: Iterable[Any]) -> dict[str, _Account]:
    """Rows that begin as `_OF_ACCOUNT`: nothing is written before every one of the accounts is there."""
    found = {
        row[0]: _Account(row[1], row[2], row[3], row[4], row[5], sums[row[0]])
        for row in rows
        if row[0] is not None
    }
    unknown = sorted(sums.keys() - found.keys())
    if unknown:
        raise Refused(_("Akun %(code)s tidak ada dalam daftar akun.", code=unknown[0]))
    return found


def _refuse_negative(accounts: Iterable[_Account]) -> None:
    for account in accounts:
        if account.falls_below_zero:
            there = format_rp(abs(account.balance_rp))
            raise Refused(
                _("Saldo %(account)s tidak cukup: hanya %(rp)s.", account=_(account.name), rp=there),
                balance_rp=account.balance_rp,
            )


def _write(actor: Actor, head: HeldHead, draft: EntryDraft, reverses_id: int | None = None) -> JournalEntry:
    """Entry, postings, balances, head: four writes that only hold together."""
    recorded_at, accounts = _ready(head, draft)
    _refuse_negative(accounts.values())
    faults.point("ledger.before_entry")
    postings = [
        _posting(line, accounts[line.account].id, number) for number, line in enumerate(draft.lines, 1)
    ]
    entry = _entry(actor, head, draft, postings, recorded_at, reverses_id)
    db.session.add(entry)
    db.session.flush()
    for row in postings:
        row.update(organization_id=head.organization_id, entry_id=entry.id)
    db.write(Posting, postings)
    faults.point("ledger.after_postings")
    _move_balances(accounts.values())
    faults.point("ledger.before_head")
    _seal(head, entry)
    return entry


_READY = (
    select(
        *_OF_ACCOUNT,
        type_coerce(func.ledger_now(), db.UtcDateTime).label("now"),
        select(func.max(LedgerPeriod.ends_on))
        .where(LedgerPeriod.organization_id == bindparam("organization"), LedgerPeriod.state == "closed")
        .scalar_subquery()
        .label("closed_until"),
        JournalEntry.id.label("entry_id"),
        JournalEntry.number,
    )
    .select_from(LedgerHead)
    .outerjoin(
        JournalEntry,
        (JournalEntry.organization_id == bindparam("organization"))
        & (JournalEntry.source == bindparam("source")),
    )
    .outerjoin(
        LedgerAccount,
        (LedgerAccount.organization_id == bindparam("organization"))
        & LedgerAccount.code.in_(bindparam("codes", expanding=True)),
    )
    .where(LedgerHead.organization_id == bindparam("organization"))
)


def _ready(head: HeldHead, draft: EntryDraft) -> tuple[datetime, dict[str, _Account]]:
    """Refuse what cannot be posted; otherwise the database's own time and the accounts, in one question.

    The time is never before the entry before: a clock that was set back does not fold the chain.
    """
    sums = _sums(draft)
    asked = {"organization": head.organization_id, "source": draft.source, "codes": list(sums)}
    rows = db.session.execute(_READY, asked).all()
    seen = rows[0]
    if seen.entry_id is not None:
        text = _("Sudah dibukukan sebagai %(number)s.", number=seen.number)
        raise AlreadyPosted(text, entry_id=seen.entry_id)
    _refuse_draft(draft, seen.closed_until)
    now: datetime = seen.now
    return max(now, head.recorded_at or now), _known(sums, rows)


def _posting(line: Line, account_id: int, number: int) -> dict[str, Any]:
    salt = fresh_salt() if line.memo else None
    return {
        "line": number,
        "account_id": account_id,
        "amount_rp": line.amount_rp,
        "memo": line.memo or None,
        "memo_hash": text_hash(salt, line.memo),
        "salt": salt,
        "counterparty_id": line.counterparty_id,
    }


def _entry(
    actor: Actor,
    head: HeldHead,
    draft: EntryDraft,
    postings: list[dict[str, Any]],
    recorded_at: datetime,
    reverses_id: int | None,
) -> JournalEntry:
    salt = fresh_salt()
    leaf = Leaf(
        organization_id=head.organization_id,
        seq=head.seq + 1,
        number=next_number(head.organization_id, SERIES),
        source=draft.source,
        effective_on=draft.effective_on,
        recorded_at=recorded_at,
        description_hash=text_hash(salt, draft.description),
        posted_by=actor.user_id,
        reverses_id=reverses_id,
        lines=tuple(
            LeafLine(line.account, line.amount_rp, row["memo_hash"], line.counterparty_id)
            for line, row in zip(draft.lines, postings, strict=True)
        ),
    )
    return JournalEntry(
        organization_id=leaf.organization_id,
        seq=leaf.seq,
        number=leaf.number,
        source=leaf.source,
        effective_on=leaf.effective_on,
        recorded_at=leaf.recorded_at,
        description=draft.description,
        description_hash=leaf.description_hash,
        salt=salt,
        posted_by=leaf.posted_by,
        reverses_id=reverses_id,
        prev_hash=head.hash,
        hash=leaf.hash(head.hash),
    )


_BALANCE = cast("Table", LedgerAccount.__table__)
_MOVE = (
    update(_BALANCE)
    .where(_BALANCE.c.id == bindparam("account"))
    .values(balance_rp=_BALANCE.c.balance_rp + bindparam("moved", type_=_BALANCE.c.balance_rp.type))
)


def _move_balances(accounts: Collection[_Account]) -> None:
    """Keep each account's sum, all at once; the rows' own CHECK guards it once more."""
    moves = [{"account": account.id, "moved": account.moved_rp} for account in accounts]
    changed = cast("CursorResult[Any]", db.session.execute(_MOVE, moves)).rowcount
    assert changed == len(moves)


_CHAIN = cast("Table", LedgerHead.__table__)
_SEAL = (
    update(_CHAIN)
    .where(
        _CHAIN.c.organization_id == bindparam("organization"),
        _CHAIN.c.seq == bindparam("seen_seq"),
        _CHAIN.c.hash == bindparam("seen_hash"),
    )
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"), recorded_at=bindparam("to_at"))
)


def _seal(head: HeldHead, entry: JournalEntry) -> None:
    """Move the head onto the entry; the database checks that it is balanced (trigger)."""
    seen = {"organization": head.organization_id, "seen_seq": head.seq, "seen_hash": head.hash}
    to = {"to_seq": entry.seq, "to_hash": entry.hash, "to_at": entry.recorded_at}
    if cast("CursorResult[Any]", db.session.execute(_SEAL, seen | to)).rowcount != 1:
        raise Conflict(_("Orang lain baru saja membukukan. Coba lagi."))
