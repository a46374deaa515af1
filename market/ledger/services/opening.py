"""Opening balances from a sheet: read, shown with what is wrong, posted once when confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from market.core import clock, db, sheets, states
from market.core.errors import Refused
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.permissions import Actor, Permission
from market.ledger import queries
from market.ledger.models import JournalEntry, OpeningImport
from market.ledger.services.books import own
from market.ledger.services.heads import hold_head
from market.ledger.services.posting import post
from market.ledger.types import EntryDraft, Line

OPENING_COLUMNS = (
    sheets.Column("account", lazy("Kode akun"), aliases=("kode", "akun", "no akun"), max_chars=10),
    sheets.Column("name", lazy("Nama akun"), required=False, aliases=("nama", "keterangan")),
    sheets.Column("debit", lazy("Debit"), "rupiah", required=False, aliases=("debet",)),
    sheets.Column("credit", lazy("Kredit"), "rupiah", required=False),
)


@dataclass(frozen=True)
class OpeningRow:
    """An account with its balance, debit positive; `note` becomes the line's memo."""

    account: str
    amount_rp: int
    note: str = ""


def import_opening(
    actor: Actor, rows: Sequence[OpeningRow], on: date, organization_id: int | None = None
) -> JournalEntry:
    """Post the opening balances of a day: one entry per organization and day.

    `organization_id` is for operators, who have no books of their own. Raises Forbidden, Refused
    (Unbalanced when debit and credit differ, AlreadyPosted for a second one of the same day).
    """
    actor.require(Permission.OPENING_IMPORT)
    target = organization_id if organization_id is not None and actor.organization_id is None else own(actor)
    draft = EntryDraft(
        source=f"opening:{on.isoformat()}",
        effective_on=on,
        description=stored("Saldo awal"),
        lines=[Line(row.account, row.amount_rp, row.note) for row in rows],
    )
    return post(actor, target, draft)


def preview_opening(actor: Actor, data: bytes, filename: str, on: date) -> OpeningImport:
    """Read a sheet and keep what it says for the confirmation; nothing is posted.

    A file that was read before is recognised by its digest and read anew. Raises Refused when it
    was posted already, when it is no table, and for a date in the future.
    """
    actor.require(Permission.OPENING_IMPORT)
    organization_id = own(actor)
    if on > clock.today():
        raise Refused(_("Tanggal saldo awal belum tiba."), field="effective_on")
    read = sheets.read(data, filename, OPENING_COLUMNS)
    staged = _staged(organization_id, read.digest) or OpeningImport(
        organization_id=organization_id, digest=read.digest
    )
    if staged.state == "posted":
        raise Refused(_("Berkas ini sudah dibukukan. Tidak ada yang dicatat dua kali."), field="sheet")
    hold_head(organization_id)
    rows, faults = _understood(organization_id, read)
    fresh = staged.id is None
    staged.filename = filename.replace("\\", "/").rpartition("/")[2][:80] or "?"
    staged.effective_on, staged.created_by, staged.created_at = on, actor.user_id or 0, clock.now()
    staged.rows = [[row.account, row.amount_rp, row.note] for row in rows]
    staged.faults = [[fault.row, fault.column, fault.message] for fault in faults]
    staged.difference_rp = sum(row.amount_rp for row in rows)
    db.session.add(staged)
    db.session.flush()
    if fresh:
        states.start(staged, actor)
    return staged


def _staged(organization_id: int, digest: str) -> OpeningImport | None:
    query = select(OpeningImport).where(
        OpeningImport.organization_id == organization_id, OpeningImport.digest == digest
    )
    return db.session.scalar(query)


def _understood(
    organization_id: int, read: sheets.SheetResult
) -> tuple[list[OpeningRow], list[sheets.Fault]]:
    """Rows that can be posted, and everything that is wrong, all at once."""
    known = {account.code for account in queries.accounts(organization_id)}
    faults, rows, seen = list(read.faults), [], set[str]()
    for number, cells in read.numbered():
        try:
            row = _row(cells, known, seen)
        except Refused as refusal:
            column = {"account": _("Kode akun"), "debit": _("Debit")}.get(refusal.field or "", "")
            faults.append(sheets.Fault(number, column, str(refusal)))
            continue
        seen.add(row.account)
        if row.amount_rp:
            rows.append(row)
    return rows, sorted(faults, key=lambda fault: fault.row)


def _row(cells: dict[str, Any], known: set[str], seen: set[str]) -> OpeningRow:
    code, debit_rp, credit_rp = str(cells["account"]), cells["debit"] or 0, cells["credit"] or 0
    if code not in known:
        raise Refused(_("Akun %(code)s tidak ada dalam daftar akun.", code=code), field="account")
    if code in seen:
        raise Refused(_("Akun %(code)s tertulis dua kali.", code=code), field="account")
    if debit_rp and credit_rp:
        raise Refused(_("Isi debit atau kredit, jangan keduanya."), field="debit")
    return OpeningRow(code, debit_rp - credit_rp)


def confirm_opening(actor: Actor, import_id: int) -> JournalEntry:
    """Post what was read and shown. Raises NotFound, Refused while something is wrong with it."""
    actor.require(Permission.OPENING_IMPORT)
    staged = queries.opening_for(actor, import_id)
    if staged.faults:
        raise Refused(_("Masih ada baris yang salah. Perbaiki berkasnya, lalu unggah lagi."))
    if staged.difference_rp:
        raise Refused(
            _("Debit dan kredit tidak sama. Selisih %(rp)s.", rp=format_rp(abs(staged.difference_rp)))
        )
    rows = [OpeningRow(*row) for row in staged.rows]
    entry = import_opening(actor, rows, staged.effective_on)
    staged.entry_id = entry.id
    states.advance(staged, "posted", actor)
    return entry
