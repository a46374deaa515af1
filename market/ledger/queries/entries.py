"""Entries and their lines, the general ledger of one account, and drafts that wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, literal, select
from sqlalchemy.orm import aliased

from market.core import clock, db
from market.core.approvals import LAPSES_AFTER_H, Approval, waiting
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization, User
from market.ledger.models import JournalDraft, JournalEntry, LedgerAccount, OpeningImport, Posting

Fields = Row[*tuple[Any, ...]]
"""A row of several columns, named by the function that selects them."""
Asked = Select[*tuple[Any, ...]]
"""A select that the caller narrows, pages or unites."""
DRAFT_KIND = "journal_draft"
"""The two-person act behind an entry written by hand."""


def entries(organization_id: int) -> Asked:
    """Entries with their total (`total_rp`), for a page by key `JournalEntry.seq`."""
    total = (
        select(func.sum(Posting.amount_rp))
        .where(Posting.entry_id == JournalEntry.id, Posting.amount_rp > 0)
        .correlate(JournalEntry)
        .scalar_subquery()
    )
    query = select(JournalEntry, total.label("total_rp"))
    return query.where(JournalEntry.organization_id == organization_id)


def latest_entries(organization_id: int, limit: int) -> Sequence[Fields]:
    """The last entries written, each with `total_rp`."""
    query = entries(organization_id).order_by(JournalEntry.seq.desc()).limit(limit)
    return db.session.execute(query).all()


def entries_of(source_prefix: str, organization_id: int | None = None) -> list[JournalEntry]:
    """Entries whose source begins with the prefix ("goods_receipt:"), oldest first."""
    query = select(JournalEntry).where(JournalEntry.source.startswith(source_prefix, autoescape=True))
    if organization_id is not None:
        query = query.where(JournalEntry.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(JournalEntry.id)))


def entry_by_source(organization_id: int, source: str) -> JournalEntry | None:
    """The entry that a document made, if it was posted."""
    query = select(JournalEntry).where(
        JournalEntry.organization_id == organization_id, JournalEntry.source == source
    )
    return db.session.scalar(query)


def entry_for(actor: Actor, entry_id: int) -> JournalEntry:
    """An entry of the actor's own books; raises NotFound."""
    found = db.session.get(JournalEntry, entry_id)
    if found is None or actor.organization_id != found.organization_id:
        raise NotFound(_("Jurnal tidak ditemukan."))
    return found


def entry_lines(entry_id: int) -> Sequence[Fields]:
    """Lines of an entry: account_id code name amount_rp memo counterparty_id counterparty."""
    query = (
        select(
            Posting.account_id,
            LedgerAccount.code,
            LedgerAccount.name,
            Posting.amount_rp,
            Posting.memo,
            Posting.counterparty_id,
            Organization.name.label("counterparty"),
        )
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .outerjoin(Organization, Organization.id == Posting.counterparty_id)
        .where(Posting.entry_id == entry_id)
        .order_by(Posting.line)
    )
    return db.session.execute(query).all()


def reversal_of(entry_id: int) -> JournalEntry | None:
    """The entry that reversed this one, if any."""
    return db.session.scalar(select(JournalEntry).where(JournalEntry.reverses_id == entry_id))


def poster_name(entry: JournalEntry) -> str:
    """Who posted; the product itself when no person did."""
    name = db.session.scalar(select(User.name).where(User.id == entry.posted_by))
    return name or _("Lumbung (otomatis)")


# --- one account ----------------------------------------------------------------------------------


def account_postings(organization_id: int, code: str) -> Asked:
    """Postings of one account with their entries, for a page by key `Posting.id`."""
    other = aliased(Organization)
    return (
        select(Posting, JournalEntry, other.name.label("counterparty"))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .outerjoin(other, other.id == Posting.counterparty_id)
        .where(LedgerAccount.organization_id == organization_id, LedgerAccount.code == code)
    )


@dataclass(frozen=True)
class AccountLine:
    """A posting on the page of its account; `after_rp` is the balance once it was written."""

    posting: Posting
    entry: JournalEntry
    counterparty: str | None
    after_rp: int


def account_page(rows: Sequence[Fields]) -> list[AccountLine]:
    """The rows of one page (newest first) with the balance after each, in the order of writing."""
    if not rows:
        return []
    newest: Posting = rows[0][0]
    query = select(func.sum(Posting.amount_rp)).where(
        Posting.account_id == newest.account_id, Posting.id <= newest.id
    )
    after = int(db.session.scalar(query) or 0)
    lines = []
    for row in rows:
        posting, entry, counterparty = row
        lines.append(AccountLine(posting, entry, counterparty, after))
        after -= posting.amount_rp
    return lines


def journal_lines(organization_id: int, since: date, until: date) -> Iterator[Fields]:
    """Every posting with effect in the given days, in the order of writing (for a sheet)."""
    query = (
        select(
            JournalEntry.number,
            JournalEntry.effective_on,
            JournalEntry.recorded_at,
            JournalEntry.source,
            JournalEntry.description,
            LedgerAccount.code,
            LedgerAccount.name,
            Posting.amount_rp,
            Posting.memo,
            Organization.name.label("counterparty"),
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .outerjoin(Organization, Organization.id == Posting.counterparty_id)
        .where(
            JournalEntry.organization_id == organization_id,
            JournalEntry.effective_on.between(since, until),
        )
        .order_by(JournalEntry.seq, Posting.line)
    )
    rows: Any = db.session.execute(query.execution_options(yield_per=2_000))
    yield from rows


# --- drafts ---------------------------------------------------------------------------------------


def drafts(organization_id: int, limit: int = 50) -> Sequence[JournalDraft]:
    """Entries written by hand that are not posted yet or were refused, newest first."""
    query = (
        select(JournalDraft)
        .where(JournalDraft.organization_id == organization_id, JournalDraft.state != "posted")
        .order_by(JournalDraft.id.desc())
        .limit(limit)
    )
    return db.session.scalars(query).all()


def draft_for(actor: Actor, draft_id: int) -> JournalDraft:
    """A draft of the actor's own books; raises NotFound."""
    found = db.session.get(JournalDraft, draft_id)
    if found is None or actor.organization_id != found.organization_id:
        raise NotFound(_("Jurnal tidak ditemukan."))
    return found


def stale_approvals(draft: JournalDraft) -> list[Approval]:
    """Proposals of the draft that lapsed and that nothing has closed yet."""
    query = select(Approval).where(
        Approval.kind == DRAFT_KIND,
        Approval.subject_id == draft.id,
        Approval.organization_id == draft.organization_id,
        Approval.state == "proposed",
        Approval.proposed_at <= clock.now() - timedelta(hours=LAPSES_AFTER_H),
    )
    return list(db.session.scalars(query))


def is_waiting(draft: JournalDraft) -> bool:
    """Whether somebody can still decide on the draft."""
    return draft.state == "proposed" and waiting(DRAFT_KIND, draft, draft.organization_id) is not None


def opening_for(actor: Actor, import_id: int) -> OpeningImport:
    """A sheet that was read for the actor's own books; raises NotFound."""
    found = db.session.get(OpeningImport, import_id)
    if found is None or found.organization_id != actor.organization_id:
        raise NotFound(_("Berkas saldo awal tidak ditemukan."))
    return found


def today(actor: Actor) -> Asked | None:
    """What waits for this person: entries by hand that somebody else wrote."""
    if actor.organization_id is None or not actor.may(Permission.BOOKS_APPROVE):
        return None
    return (
        select(
            literal("journal_draft").label("kind"),
            JournalDraft.id.label("subject_id"),
            Approval.proposed_at.label("since"),
            JournalDraft.description.label("detail"),
            JournalDraft.total_rp.label("amount"),
        )
        .join(Approval, Approval.subject_id == JournalDraft.id)
        .where(
            Approval.kind == DRAFT_KIND,
            Approval.state == "proposed",
            Approval.organization_id == actor.organization_id,
            Approval.proposed_by != actor.user_id,
            Approval.proposed_at > clock.now() - timedelta(hours=LAPSES_AFTER_H),
            JournalDraft.organization_id == actor.organization_id,
            JournalDraft.state == "proposed",
        )
    )
