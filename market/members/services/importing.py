"""Members from a spreadsheet: what is wrong is said row by row, what is right waits for two people.

Who uploads takes the good rows into the register as `imported`; they count for nothing until a second
person of the board has held them against the paper register.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, update

from market.core import clock, crypto, db, faults, history, sheets, states
from market.core.errors import Refused
from market.core.i18n import _, format_datetime, lazy
from market.core.numbering import next_numbers
from market.core.permissions import Actor, Permission
from market.core.sheets import Column, Fault
from market.core.sheets.reading import clean_name
from market.members import queries
from market.members.models import Member, MemberIdentity, MemberImport
from market.members.services.identities import sealed_columns
from market.members.services.sheet_rows import check_rows
from market.members.types import Identity, masked

TABLE = "member_import"
CONSENT_ON_PAPER = lazy(
    "Diimpor dari buku anggota. Persetujuan anggota ada di buku itu dan diperiksa orang kedua."
)
SIMKOPDES_ONLY = {"jeniskelamin", "statusanggota", "statuskeanggotaan", "pekerjaan", "tempatlahir"}
"""Assumption: headers by which an export of SIMKOPDES is recognised, which publishes no layout. They are
read by nobody here: what the register does not need is not kept."""


def import_columns() -> list[Column]:
    """The columns of a sheet of members, ours and (as aliases, an assumption) those of SIMKOPDES."""
    return [
        Column(
            "number",
            lazy("Nomor anggota"),
            required=False,
            max_chars=30,
            aliases=("no anggota", "no. anggota", "nomor", "nia", "nomor induk anggota"),
            help=_("Nomor di buku anggota. Kosong: nomor baru dibuatkan."),
        ),
        Column("name", lazy("Nama lengkap"), max_chars=80, aliases=("nama", "nama anggota")),
        Column(
            "nik",
            lazy("NIK"),
            required=False,
            max_chars=40,
            aliases=("no ktp", "nomor ktp", "nik ktp", "no. nik"),
            help=_("16 angka. Simpan kolom ini sebagai teks supaya angkanya utuh."),
        ),
        Column("family", lazy("Nomor KK"), required=False, max_chars=40, aliases=("no kk", "kk")),
        Column(
            "phone",
            lazy("Nomor HP"),
            required=False,
            max_chars=40,
            aliases=("no hp", "hp", "no telepon", "telepon", "whatsapp", "no hp/wa", "no whatsapp"),
        ),
        Column(
            "joined_on",
            lazy("Tanggal masuk"),
            "date",
            required=False,
            aliases=("tanggal bergabung", "tanggal daftar", "tgl bergabung", "tgl masuk"),
        ),
        Column(
            "brought_rp",
            lazy("Simpanan pokok dibayar"),
            "rupiah",
            required=False,
            aliases=("simpanan pokok", "pokok"),
            help=_("Yang sudah dibayar menurut buku. Kosong: ia membayar dahulu, lalu menjadi anggota."),
        ),
    ]


def import_template() -> bytes:
    """An empty XLSX to fill in, with a sheet that explains the columns."""
    return sheets.template(
        import_columns(), [["A-017", "Siti Aminah", "", "", "0812-0000-0000", date(2025, 8, 1), 50_000]]
    )


def preview_import(actor: Actor, data: bytes, filename: str) -> MemberImport | list[Fault]:
    """Read a sheet: a preview of its good rows with every fault of the others, or the faults alone.

    Nobody becomes a member here. Raises Forbidden, Refused for a file that is no table, and for one that is
    in the register already, saying since when.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    read = sheets.read(data, filename, import_columns())
    earlier = queries.import_of(actor.organization_id, read.digest)
    if earlier is not None:
        return _again(earlier)
    if not any(column == str(lazy("Nama lengkap")) for column in read.headers):
        return read.faults
    rows, faults = check_rows(actor.organization_id or 0, read, import_columns())
    faults = sorted([*read.faults, *faults], key=lambda fault: fault.row)
    if not rows:
        return faults
    strange = {"".join(char for char in name.casefold() if char.isalnum()) for name in read.ignored}
    batch = MemberImport(
        organization_id=actor.organization_id,
        digest=read.digest,
        filename=clean_name(filename),
        layout="simkopdes" if strange & SIMKOPDES_ONLY else "lumbung",
        row_count=len(rows),
        rows_sealed="",
        ignored=read.ignored,
        state=MemberImport.STATES.initial,
        state_at=clock.now(),
        created_by=actor.user_id,
    )
    db.session.add(batch)
    db.session.flush()
    states.start(batch, actor)
    content = {"rows": rows, "faults": [[f.row, f.column, f.message] for f in faults]}
    batch.rows_sealed = crypto.seal(json.dumps(content), table=TABLE, column="rows_sealed", row=batch.id)
    db.session.flush()
    return batch


def _again(earlier: MemberImport) -> MemberImport:
    if earlier.state == "preview":
        return earlier
    raise Refused(
        _(
            "Berkas ini sudah dibaca %(when)s: %(n)s anggota. Tidak ada yang disimpan lagi.",
            n=earlier.row_count,
            when=format_datetime(earlier.state_at),
        ),
        field="sheet",
    )


def _content(batch: MemberImport) -> dict[str, Any]:
    plain = crypto.unseal(batch.rows_sealed, table=TABLE, column="rows_sealed", row=batch.id)
    found: dict[str, Any] = json.loads(plain)
    return found


def shown_rows(batch: MemberImport) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The rows of a preview for a page, NIK and family card masked, and the faults of the other rows."""
    if not batch.rows_sealed:
        return [], []
    content = _content(batch)
    rows = [
        {**row, "nik": masked(row["nik"]) if row["nik"] else "", "family": "", "joined_on": _day(row)}
        for row in content["rows"]
    ]
    return rows, [Fault(*fault) for fault in content["faults"]]


def _day(row: dict[str, Any]) -> date | None:
    return date.fromisoformat(row["joined_on"]) if row["joined_on"] else None


def store_import(actor: Actor, import_id: int) -> MemberImport:
    """Take the good rows of a preview into the register, where they count for nothing yet.

    Raises Forbidden, NotFound, IllegalMove, and Refused with the row where somebody has entered the same
    person since the file was read.
    """
    actor.require(Permission.MEMBERS_ADMIT)
    batch = queries.import_for(actor, import_id, lock=True)
    if batch.state != "preview":
        states.advance(batch, "stored", actor)  # says why not
    rows = _content(batch)["rows"]
    _refuse_newer(batch.organization_id, rows)
    states.advance(batch, "stored", actor, also={"rows_sealed": ""})
    now = clock.now()
    ids = db.write_numbered(Member, [_member_row(batch, row, now) for row in rows])
    faults.point("members.rows_stored")
    db.write(
        MemberIdentity,
        [
            _identity_row(actor, batch, member_id, row, now)
            for member_id, row in zip(ids, rows, strict=True)
            if row["nik"]
        ],
    )
    steps = (history.Step("member", each, batch.organization_id, "imported", "asked") for each in ids)
    history.record_all(actor, steps)
    return batch


def _refuse_newer(organization_id: int, rows: list[dict[str, Any]]) -> None:
    """The register may have grown since the file was read."""
    from_sheet = sheets.SheetResult([], [], [], "", [], [])
    _good, found = check_rows(organization_id, from_sheet, import_columns(), again=rows)
    if found:
        first = found[0]
        raise Refused(_("Baris %(row)s: %(why)s Unggah lagi berkasnya.", row=first.row, why=first.message))


def _member_row(batch: MemberImport, row: dict[str, Any], now: Any) -> dict[str, Any]:
    return {
        "organization_id": batch.organization_id,
        "number": row["number"] or None,
        "name": row["name"],
        "phone": row["phone"],
        "card_token": crypto.token(),
        "import_id": batch.id,
        "brought_rp": row["brought_rp"],
        "state": "imported",
        "state_at": now,
        "joined_on": _day(row),
    }


def _identity_row(
    actor: Actor, batch: MemberImport, member_id: int, row: dict[str, Any], now: Any
) -> dict[str, Any]:
    return {
        "organization_id": batch.organization_id,
        "member_id": member_id,
        "age_checked": False,
        "consent": str(CONSENT_ON_PAPER),
        "consent_at": now,
        "entered_by": actor.user_id,
        "entered_at": now,
        **sealed_columns(member_id, Identity(row["nik"], row["family"])),
    }


def confirm_import(actor: Actor, import_id: int) -> tuple[int, int]:
    """A second person has held the rows against the paper register: how many are members, how many pay first.

    Who has paid the principal savings according to the book is a member from now on; the others wait for
    it. Raises Forbidden, NotFound, IllegalMove, Refused for who stored the sheet.
    """
    batch = _decided(actor, import_id, "confirmed")
    waiting = queries.of_import(batch.id, lock=True)
    paid = [member for member in waiting if member.brought_rp > 0]
    unnumbered = sum(member.number is None for member in paid)
    fresh = iter(next_numbers(batch.organization_id, "AGT", unnumbered) if unnumbered else [])
    today = clock.today()
    _move(actor, batch, [(m, "active", m.number or next(fresh), m.joined_on or today) for m in paid])
    unpaid = [member for member in waiting if member.brought_rp == 0]
    _move(actor, batch, [(m, "verified", m.number, m.joined_on) for m in unpaid])
    faults.point("members.import_confirmed")
    return len(paid), len(unpaid)


def _decided(actor: Actor, import_id: int, state: str) -> MemberImport:
    actor.require(Permission.MEMBERS_ADMIT)
    batch = queries.import_for(actor, import_id, lock=True)
    if batch.created_by == actor.user_id:
        raise Refused(_("Yang mengunggah tidak memeriksa sendiri. Minta pengurus lain mencocokkannya."))
    states.advance(batch, state, actor, also={"decided_by": actor.user_id})
    return batch


Move = tuple[Member, str, str | None, date | None]


def _move(actor: Actor, batch: MemberImport, moves: list[Move]) -> None:
    """Many members at once, as `advance` moves one: only who still waits, each with its history."""
    if not moves:
        return
    table = cast("Table", Member.__table__)
    change = (
        update(table)
        .where(table.c.id == bindparam("of_id"), table.c.state == "imported")
        .values(
            state=bindparam("to_state"),
            number=bindparam("to_number"),
            joined_on=bindparam("to_day"),
            state_at=clock.now(),
        )
    )
    values = [
        {"of_id": member.id, "to_state": state, "to_number": number, "to_day": day}
        for member, state, number, day in moves
    ]
    db.session.execute(change, values)
    history.record_all(
        actor,
        (
            history.Step("member", member.id, batch.organization_id, state, "imported")
            for member, state, _number, _day in moves
        ),
    )
    for member, *_rest in moves:
        db.session.expire(member)


def reject_import(actor: Actor, import_id: int, reason: str) -> MemberImport:
    """A second person says that the paper says otherwise: its rows are declined, their NIK forgotten."""
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    batch = _decided(actor, import_id, "rejected")
    waiting = queries.of_import(batch.id, lock=True)
    _move(actor, batch, [(member, "declined", None, None) for member in waiting])
    ids = [member.id for member in waiting]
    db.session.execute(delete(MemberIdentity).where(MemberIdentity.member_id.in_(ids)))
    return batch


def discard_import(actor: Actor, import_id: int) -> MemberImport:
    """Throw a preview away; the same file may be uploaded again."""
    actor.require(Permission.MEMBERS_ADMIT)
    batch = queries.import_for(actor, import_id, lock=True)
    states.advance(batch, "discarded", actor, also={"rows_sealed": ""})
    return batch
