"""The rows of a sheet of members: each is right by itself, unlike the others, and new to the register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from market.core.errors import Refused
from market.core.i18n import _
from market.core.messages import normal_phone
from market.core.sheets import Column, Fault, SheetResult
from market.members import queries
from market.members.models import Member, MemberIdentity
from market.members.services.identities import nik_index
from market.members.types import MIN_AGE, age_by, parse_family, parse_nik

OWN_SERIES = "AGT/"
MOST_RP = 1_000_000_000

Row = dict[str, Any]


def check_rows(
    organization_id: int, read: SheetResult, columns: Sequence[Column], again: list[Row] | None = None
) -> tuple[list[Row], list[Fault]]:
    """The good rows as plain values with their row number, and the faults of the others.

    `again` are rows that were good when they were read: only the register is asked about them.
    """
    labels = {column.name: str(column.label) for column in columns}
    faults: list[Fault] = []
    rows: list[Row] = again or []
    if again is None:
        least = MIN_AGE.value(organization_id=organization_id)
        for number, cells in read.numbered():
            row = _plain(number, cells, labels, least, faults)
            if row is not None:
                rows.append(row)
        rows = _alike(rows, labels, faults)
    return _known(organization_id, rows, labels, faults), faults


def _plain(number: int, cells: Row, labels: dict[str, str], least: int, faults: list[Fault]) -> Row | None:
    row: Row = {
        "row": number,
        "name": cells["name"],
        "number": cells["number"] or "",
        "joined_on": cells["joined_on"].isoformat() if cells["joined_on"] else "",
        "brought_rp": cells["brought_rp"] or 0,
    }
    before = len(faults)
    parsers: dict[str, Callable[[str], str]] = {
        "nik": parse_nik,
        "family": parse_family,
        "phone": normal_phone,
    }
    for name, parse in parsers.items():
        try:
            row[name] = parse(cells[name]) if cells[name] else ""
        except Refused as refusal:
            faults.append(Fault(number, labels[name], refusal.message))
    faults += [Fault(number, labels[name], message) for name, message in _doubts(row, least)]
    return row if len(faults) == before else None


def _doubts(row: Row, least: int) -> Iterable[tuple[str, str]]:
    if row.get("nik") and age_by(row["nik"]) < least:
        yield (
            "nik",
            _(
                "Menurut NIK umurnya di bawah %(least)s tahun. Catat di gerai setelah melihat KTP.",
                least=least,
            ),
        )
    if row.get("family") and not row.get("nik"):
        yield "family", _("Nomor KK hanya disimpan bersama NIK.")
    if row["number"].upper().startswith(OWN_SERIES):
        yield "number", _("Nomor yang berawalan AGT/ dibuat oleh Lumbung. Kosongkan.")
    if not 0 <= row["brought_rp"] <= MOST_RP:
        yield "brought_rp", _("Jumlah tidak masuk akal.")


def _alike(rows: list[Row], labels: dict[str, str], faults: list[Fault]) -> list[Row]:
    """The first of rows with the same NIK, number or phone stays."""
    seen: dict[tuple[str, str], int] = {}
    good: list[Row] = []
    for row in rows:
        keys = [(name, str(row[name])) for name in ("nik", "number", "phone") if row[name]]
        double = next((key for key in keys if key in seen), None)
        if double is not None:
            faults.append(
                Fault(row["row"], labels[double[0]], _("Sama dengan baris %(row)s.", row=seen[double]))
            )
            continue
        good.append(row)
        seen.update((key, int(row["row"])) for key in keys)
    return good


def _known(organization_id: int, rows: list[Row], labels: dict[str, str], faults: list[Fault]) -> list[Row]:
    """Without whom the register has already, by fingerprint of the NIK, by number, by phone."""
    index = {row["row"]: nik_index(row["nik"]) for row in rows if row["nik"]}
    taken = {
        "nik": queries.taken(organization_id, MemberIdentity.nik_index, index.values()),
        "number": queries.taken(organization_id, Member.number, (r["number"] for r in rows if r["number"])),
        "phone": queries.taken(organization_id, Member.phone, (r["phone"] for r in rows if r["phone"])),
    }
    good: list[Row] = []
    for row in rows:
        value = {"nik": index.get(row["row"]), "number": row["number"], "phone": row["phone"]}
        known = next((name for name in taken if value[name] and value[name] in taken[name]), None)
        if known is None:
            good.append(row)
        else:
            faults.append(Fault(row["row"], labels[known], _("Sudah terdaftar di koperasi ini.")))
    return good
