"""What may be done with the statements: an account is given its line, and the notes are written."""

from __future__ import annotations

from datetime import date

from market.core import clock, db, faults
from market.core.errors import NotFound, Refused
from market.core.i18n import _, format_date
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import queries as ledger
from market.statements import chart, queries
from market.statements.models import StatementNote, StatementPlace

MAX_WORDS = 6_000


def place_account(
    actor: Actor, code: str, line: str, cash_line: str, valid_from_on: date, reason: str
) -> StatementPlace:
    """Show an account on another line from a day on; statements until the day before stay as they are.

    `cash_line` may be "" (as usual). Raises Forbidden, NotFound for an account of other books, Refused for
    a line of another group (an asset is no expense), no reason, a day in closed books or after today.
    """
    actor.require(Permission.BOOKS_POST)
    organization_id = _own(actor)
    account = ledger.account(organization_id, code)
    _refuse_line(account.kind, line, cash_line)
    _refuse_day(organization_id, valid_from_on)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    row = StatementPlace(
        organization_id=organization_id,
        code=code,
        line=line,
        cash_line=cash_line,
        valid_from_on=valid_from_on,
        reason=clean(reason, 300),
        entered_by=actor.user_id,
        entered_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    faults.point("statements.placed")
    return row


def _refuse_line(kind: str, line: str, cash_line: str) -> None:
    if line not in chart.PLACE_LINES:
        raise Refused(_("Pilih salah satu dari daftar."), field="line")
    if chart.PLACE_LINES[line].group != chart.GROUP_OF[kind]:
        raise Refused(
            _("Akun ini tidak bisa ditaruh di baris itu: jenisnya berbeda. Pilih baris yang sejenis."),
            field="line",
        )
    if cash_line and cash_line not in chart.CASH_LINES:
        raise Refused(_("Pilih salah satu dari daftar."), field="cash_line")


def _refuse_day(organization_id: int, valid_from_on: date) -> None:
    if valid_from_on > clock.today():
        raise Refused(_("Paling lambat hari ini."), field="valid_from_on")
    closed = ledger.closed_until(organization_id)
    if closed is not None and valid_from_on <= closed:
        raise Refused(
            _("Buku sudah ditutup sampai %(day)s. Pakai tanggal sesudahnya.", day=format_date(closed)),
            field="valid_from_on",
        )


def write_note(actor: Actor, year: int, key: str, words: str) -> StatementNote:
    """Write (or empty) the cooperative's own words under a heading of the notes of a book year.

    Raises Forbidden, NotFound for a heading that there is not, Refused for too long a text.
    """
    actor.require(Permission.BOOKS_POST)
    organization_id = _own(actor)
    if key not in queries.KEYS or not 2000 <= year <= 2200:
        raise NotFound(_("Catatan ini tidak ada."))
    cleaned = clean(words, MAX_WORDS, multiline=True)
    row = queries.note_of(organization_id, year, key, lock=True)
    if row is None:
        row = StatementNote(organization_id=organization_id, year=year, key=key, words=cleaned)
        db.session.add(row)
    row.words, row.written_by, row.written_at = cleaned, actor.user_id, clock.now()
    db.session.flush()
    faults.point("statements.noted")
    return row


def _own(actor: Actor) -> int:
    if actor.organization_id is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    return actor.organization_id
