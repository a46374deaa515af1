"""Answering without a password: a signed link to one assignment, and a short code beside it.

Link and code are keyed fingerprints of the assignment and its deadline: nothing is stored, each
serves one assignment of one round, and both end with the deadline. Wrong codes are counted.
"""

from __future__ import annotations

import hashlib
import re

from sqlalchemy import update

from market.core import clock, crypto, db, messages
from market.core.errors import NotFound, Refused
from market.core.i18n import _, format_datetime, stored
from market.core.permissions import Actor, Role
from market.identity import queries as identity
from market.rounds.models import Assignment
from market.rounds.models_answers import AnswerPass
from market.rounds.queries import proposals
from market.rounds.queries.rounds import MAX_ID

CODE_DIGITS = 6
SIGNATURE_CHARS = 40
"""160 bits: nobody guesses a link."""
_TOKEN = re.compile(r"([1-9][0-9]{0,18})-([0-9a-f]{40})", re.ASCII)
SELLERS = (Role.SUPPLIER_SALES.value,)


def _fingerprint(assignment: Assignment, purpose: str) -> str:
    due = assignment.due_at.isoformat() if assignment.due_at else ""
    return crypto.blind_index(f"{assignment.id} {due}", table="assignment", column=purpose)


def token_of(assignment: Assignment) -> str:
    """The secret part of the link to an assignment that was offered."""
    return f"{assignment.id}-{_fingerprint(assignment, 'answer_link')[:SIGNATURE_CHARS]}"


def link_of(assignment: Assignment) -> str:
    """The path of the link."""
    return f"/jawab/{token_of(assignment)}"


def code_of(assignment: Assignment) -> str:
    """The code that goes with the link, by another way than the link itself."""
    digest = hashlib.sha256(_fingerprint(assignment, "answer_code").encode()).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def assignment_of_token(token: str) -> Assignment:
    """The assignment behind a link; raises NotFound for a forged link and after the deadline."""
    parts = _TOKEN.fullmatch(token)
    found = None
    if parts is not None and int(parts.group(1)) <= MAX_ID:
        found = db.session.get(Assignment, int(parts.group(1)))
    if found is None or not crypto.same(token_of(found), token) or found.due_at is None:
        raise NotFound(_("Tautan ini tidak berlaku."))
    if found.state in ("proposed", "dropped") or found.due_at <= clock.now():
        raise NotFound(_("Tautan ini sudah berakhir."))
    return found


def answerer(assignment: Assignment) -> Actor:
    """Who answers behind a link: the supplier's sales, for this one assignment, under no person's name."""
    name = identity.names({assignment.organization_id})[assignment.organization_id]
    return Actor(
        None, assignment.organization_id, "supplier", name, Role.SUPPLIER_SALES, stored("Lewat tautan")
    )


def try_code(assignment: Assignment, typed: str) -> bool:
    """Whether the code is right. A wrong one is counted in this transaction, which must be committed.

    Raises Refused when too many wrong ones were typed: then the link is dead.
    """
    owner = {"organization_id": assignment.organization_id, "assignment_id": assignment.id}
    db.session.execute(db.insert_ignore(AnswerPass.__table__), {**owner, "tries": 0})
    counted = (
        update(AnswerPass)
        .where(AnswerPass.assignment_id == assignment.id, AnswerPass.tries < AnswerPass.MOST_TRIES)
        .values(tries=AnswerPass.tries + 1)
    )
    if db.rows_changed(counted) != 1:
        raise Refused(_("Terlalu sering salah. Masuk dengan kata sandi, atau hubungi dinas."), field="code")
    if not crypto.same(code_of(assignment), re.sub(r"\D", "", typed)):
        return False
    mine = AnswerPass.assignment_id == assignment.id
    db.session.execute(update(AnswerPass).where(mine).values(tries=AnswerPass.tries - 1))
    return True


def tries_left(assignment: Assignment) -> int:
    """How many wrong codes may still be typed."""
    return AnswerPass.MOST_TRIES - proposals.tries_of(assignment.id)


def letters(assignment_id: int) -> list[messages.Message]:
    """The link by mail and the code by telephone, for each of the supplier's sales people.

    Nothing for an assignment that does not wait any more. An address that is none is left out.
    """
    assignment = db.session.get_one(Assignment, assignment_id)
    if assignment.state != "offered" or assignment.due_at is None:
        return []
    due = format_datetime(assignment.due_at)
    link = messages.link(link_of(assignment))
    found: list[messages.Message] = []
    for user in identity.seat_holders(assignment.organization_id, SELLERS):
        text = _("Jawab tanpa kata sandi sampai %(due)s: %(link)s", due=due, link=link)
        more = _("Kodenya datang lewat telepon, atau tanyakan kepada dinas.")
        subject = _("Tautan untuk menjawab")
        _add(found, user.email, subject, f"{text}\n{more}\n", "mail", f"answer-{assignment.id}-{user.id}")
        code = _("Kode menjawab penugasan %(n)s: %(code)s", n=assignment.id, code=code_of(assignment))
        _add(found, user.phone, subject, code, "whatsapp", f"answer-code-{assignment.id}-{user.id}")
    return found


def _add(
    found: list[messages.Message],
    to: str | None,
    subject: str,
    text: str,
    channel: messages.Channel,
    key: str,
) -> None:
    try:
        address = messages.normal_phone(to or "") if channel == "whatsapp" else to or ""
        found.append(messages.Message(to=address, subject=subject, text=text, channel=channel, key=key))
    except (ValueError, Refused):
        return
