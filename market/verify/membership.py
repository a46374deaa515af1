"""Members: their part of I10 (money, documents), I31 (sealed identities), I32 (who counts, who looked)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select as choose

from market.core import crypto, db
from market.members import queries
from market.members.models import MemberIdentity
from market.members.services.identities import nik_index
from market.verify.base import Invariant, Offender, number_of, select

KINDS = ("savings_receipt", "savings_repayment", "savings_repayment_paid")
"""Kinds of source that savings write."""

DOCUMENTS = (
    ("savings_receipt", "savings_receipt", "1 = 1"),
    ("savings_repayment", "savings_repayment", "d.state IN ('approved', 'paid')"),
    ("savings_repayment_paid", "savings_repayment", "d.state IN ('paid')"),
)


def entries_against_savings() -> Iterator[Offender]:
    """Money of members that moved without its entry, entries without their paper, and other amounts."""
    for kind, table, when in DOCUMENTS:
        yield from select(
            f"SELECT d.organization_id, d.number, d.amount_rp FROM {table} d WHERE {when} AND NOT EXISTS ("
            f"SELECT 1 FROM journal_entry e JOIN posting p ON p.entry_id = e.id AND p.amount_rp > 0"
            f" WHERE e.organization_id = d.organization_id AND e.source = '{kind}:' || d.id"
            f" GROUP BY e.id HAVING sum(p.amount_rp) = d.amount_rp)"
        )
        yield from select(
            f"SELECT e.organization_id, e.number, e.source FROM journal_entry e"
            f" WHERE e.source LIKE '{kind}:%' AND NOT EXISTS (SELECT 1 FROM {table} d"
            f" WHERE d.id = {number_of('e.source')} AND d.organization_id = e.organization_id AND {when})"
        )


CANCELLED_AGAINST_REVERSALS = """
    SELECT d.organization_id, d.number, d.state FROM savings_receipt d
    JOIN journal_entry e ON e.organization_id = d.organization_id AND e.source = 'savings_receipt:' || d.id
    WHERE (d.state IN ('cancelled')) <> EXISTS (SELECT 1 FROM journal_entry r WHERE r.reverses_id = e.id)
"""
"""A receipt that was cancelled while the books keep the money, or the other way round."""

REPAID_MORE_THAN_HELD = """
    SELECT m.organization_id, m.id, m.number FROM member m
    WHERE m.brought_rp
        + (SELECT coalesce(sum(r.amount_rp), 0) FROM savings_receipt r
           WHERE r.member_id = m.id AND r.state IN ('confirmed'))
        < (SELECT coalesce(sum(b.amount_rp), 0) FROM savings_repayment b
           WHERE b.member_id = m.id AND b.state <> 'rejected')
"""

MEMBERS_WITHOUT_THEIR_YES = """
    SELECT m.organization_id, m.id, m.number FROM member m
    WHERE m.state IN ('active')
        AND EXISTS (SELECT 1 FROM state_change c WHERE c.subject_table = 'member' AND c.subject_id = m.id
            AND c.to_state = 'active' AND c.from_state = 'verified')
        AND NOT EXISTS (SELECT 1 FROM savings_receipt r WHERE r.member_id = m.id AND r.state IN ('confirmed'))
    UNION ALL
    SELECT m.organization_id, m.id, m.number FROM member m JOIN member_import i ON i.id = m.import_id
    WHERE m.state NOT IN ('imported', 'declined') AND (i.state <> 'confirmed' OR i.decided_by = i.created_by)
"""
"""Somebody counts as a member without a payment that she confirmed, or a sheet that two people saw."""

NIK_OF_NOBODY = """
    SELECT m.organization_id, m.id, m.state FROM member m JOIN member_identity i ON i.member_id = m.id
    WHERE m.state IN ('declined')
"""
"""A NIK is kept of who is no member: no purpose is left."""

LOOKED_WITHOUT_A_REASON = """
    SELECT organization_id, id, revealed_by FROM identity_reveal WHERE trim(reason) = ''
"""


def sealed_identities() -> Iterator[Offender]:
    """Identities that do not open in their own row, or that their fingerprint would not find."""
    rows = db.session.scalars(choose(MemberIdentity).execution_options(yield_per=500))
    for kept in rows:
        try:
            plain = queries.opened(kept)
        except crypto.Unreadable:
            yield {"table": "member_identity", "id": kept.id, "wrong": "does not open"}
            continue
        if nik_index(plain.nik) != kept.nik_index:
            yield {"table": "member_identity", "id": kept.id, "wrong": "fingerprint"}


INVARIANTS = (
    Invariant(
        "I32",
        "Who counts as a member has paid and said so; nobody looks at a NIK without a reason on record.",
        (MEMBERS_WITHOUT_THEIR_YES, NIK_OF_NOBODY, LOOKED_WITHOUT_A_REASON, REPAID_MORE_THAN_HELD),
        note="that each opening of a NIK writes its row is shown by tests of the pages",
    ),
)
