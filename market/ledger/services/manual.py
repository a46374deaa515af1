"""Entries written by hand: one person proposes, another decides, and only then are they posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from market.core import approvals, clock, db, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.ledger import queries
from market.ledger.models import JournalDraft, JournalEntry
from market.ledger.queries.entries import DRAFT_KIND
from market.ledger.services.books import own
from market.ledger.services.heads import hold_head
from market.ledger.services.posting import check, post
from market.ledger.types import MAX_DESCRIPTION, EntryDraft, Line


def post_manual(actor: Actor, *, effective_on: date, description: str, lines: Sequence[Line]) -> JournalDraft:
    """Write an entry by hand; it waits for another person of the cooperative.

    Raises Refused (Unbalanced) when it could not be posted as it is: sides differ, fewer than two
    lines, unknown account, no description, a date in the future or in a closed period.
    """
    actor.require(Permission.BOOKS_POST)
    organization_id = own(actor)
    hold_head(organization_id)
    checked = _checked(organization_id, effective_on, description, lines)
    draft = JournalDraft(
        organization_id=organization_id,
        effective_on=effective_on,
        description=checked.description,
        lines=[[line.account, line.amount_rp, line.memo] for line in checked.lines],
        total_rp=checked.total_rp,
        created_by=actor.user_id,
        created_name=actor.name,
        created_at=clock.now(),
    )
    db.session.add(draft)
    db.session.flush()
    states.start(draft, actor)
    approvals.propose(actor, DRAFT_KIND, draft)
    return draft


def _checked(organization_id: int, effective_on: date, description: str, lines: Sequence[Line]) -> EntryDraft:
    described = clean(description, MAX_DESCRIPTION)
    if not described:
        raise Refused(_("Tulis untuk apa jurnal ini."), field="description")
    draft = EntryDraft("journal_draft:0", effective_on, described, lines)
    if len(draft.lines) < 2:
        raise Refused(_("Isi paling sedikit dua baris: satu debit dan satu kredit."))
    check(organization_id, draft)
    return draft


def decide_manual(actor: Actor, draft_id: int, approve: bool, reason: str = "") -> JournalEntry | None:
    """Another person posts the draft, or refuses it with a reason; returns the entry if posted.

    Raises Forbidden, NotFound, Refused for the proposer's own, one that lapsed, a refusal without
    reason, or when the books no longer take it (cash spent meanwhile, period closed).
    """
    actor.require(Permission.BOOKS_APPROVE)
    draft = queries.draft_for(actor, draft_id)
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    approvals.decide(actor, _waiting(draft).id, approve, clean(reason, 300))
    if not approve:
        states.advance(draft, "rejected", actor, clean(reason, 300))
        return None
    entry = post(actor, draft.organization_id, _draft_of(draft))
    draft.entry_id = entry.id
    states.advance(draft, "posted", actor)
    return entry


def _draft_of(draft: JournalDraft) -> EntryDraft:
    lines = [Line(code, amount_rp, memo) for code, amount_rp, memo in draft.lines]
    return EntryDraft(f"journal_draft:{draft.id}", draft.effective_on, draft.description, lines)


def _waiting(draft: JournalDraft) -> approvals.Approval:
    found = approvals.waiting(DRAFT_KIND, draft, draft.organization_id)
    if found is None or draft.state != "proposed":
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    return found


def renew_manual(actor: Actor, draft_id: int) -> JournalDraft:
    """Propose a draft again that nobody decided on within three days."""
    actor.require(Permission.BOOKS_POST)
    draft = queries.draft_for(actor, draft_id)
    if draft.state != "proposed":
        raise Refused(_("Jurnal ini sudah diputuskan."))
    for stale in queries.stale_approvals(draft):
        states.advance(stale, "lapsed", SYSTEM, stored("lewat 72 jam"))
    approvals.propose(actor, DRAFT_KIND, draft)
    return draft


def withdraw_manual(actor: Actor, draft_id: int) -> JournalDraft:
    """The person who wrote the draft takes it back. Raises NotFound for somebody else's."""
    actor.require(Permission.BOOKS_POST)
    draft = queries.draft_for(actor, draft_id)
    if draft.created_by != actor.user_id:
        raise NotFound(_("Jurnal tidak ditemukan."))
    waiting = approvals.waiting(DRAFT_KIND, draft, draft.organization_id)
    if waiting is not None:
        states.advance(waiting, "lapsed", actor, stored("ditarik pengusul"))
    states.advance(draft, "withdrawn", actor)
    return draft
