"""Needs from a spreadsheet: everything that is wrong at once, nothing stored until a person confirms."""

from __future__ import annotations

from datetime import date
from typing import Any

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.commodities.services import read_packs
from market.core import clock, db, faults, sheets, states
from market.core.errors import Refused
from market.core.i18n import _, format_datetime, lazy, ngettext
from market.core.permissions import Actor, Permission
from market.core.sheets import Column, Fault, SheetResult
from market.core.sheets.reading import clean_name
from market.needs import queries
from market.needs.models import Need, NeedImport
from market.needs.services.posting import post_need

TERMS_LABELS = {
    "prepaid": lazy("bayar di muka"),
    "cod": lazy("bayar saat datang"),
    "tempo": lazy("tempo"),
}
MAX_ROWS = 500
ACCESS_LABELS = {
    "any": lazy("truk besar"),
    "small": lazy("truk kecil"),
    "pickup": lazy("pikap"),
}


def import_columns() -> list[Column]:
    """The columns of a sheet of needs; goods are named by pack ("Beras premium, sak 25 kg") or code."""
    goods = {**{p.name: p.code for p in _packs()}, **{p.code: p.code for p in _packs()}}
    terms: dict[str, object] = {label: value for value, label in TERMS_LABELS.items()}
    access: dict[str, object] = {label: value for value, label in ACCESS_LABELS.items()}
    return [
        Column(
            "pack", lazy("Barang"), "choice", choices=goods, aliases=("kemasan", "kode"), help=_goods_help()
        ),
        Column(
            "wanted",
            lazy("Jumlah"),
            max_chars=40,
            help=_("Banyaknya kemasan, misalnya 40, atau beratnya, misalnya 1 ton."),
        ),
        Column(
            "at_most",
            lazy("Paling banyak"),
            required=False,
            max_chars=40,
            help=_("Boleh lebih sampai berapa, bila harganya turun."),
        ),
        Column("needed_by_on", lazy("Paling lambat"), "date", aliases=("tanggal", "butuh tanggal")),
        Column(
            "ceiling_rp",
            lazy("Harga tertinggi"),
            "rupiah",
            required=False,
            help=_("Rupiah per kemasan sampai di tempat Anda."),
        ),
        Column(
            "cash_rp",
            lazy("Kas"),
            "rupiah",
            required=False,
            help=_("Uang yang tersedia untuk kebutuhan ini."),
        ),
        Column("terms", lazy("Cara bayar"), "choice", required=False, choices=terms),
        Column("truck_access", lazy("Kendaraan terbesar"), "choice", required=False, choices=access),
        Column("note", lazy("Catatan"), required=False, max_chars=500),
    ]


def _packs() -> list[Pack]:
    return commodities.packs(bulk=True)


def _goods_help() -> str:
    return _("Nama atau kode: %(all)s.", all="; ".join(f"{pack.name} = {pack.code}" for pack in _packs()))


def import_template() -> bytes:
    """An empty XLSX to fill in, with a sheet that explains the columns."""
    example: list[sheets.Cell] = [
        _("Beras premium, sak 25 kg"),
        "40",
        "50",
        clock.today(),
        350_000,
        15_000_000,
        "",
        "",
        "",
    ]
    return sheets.template(import_columns(), [example])


def preview_import(actor: Actor, data: bytes, filename: str) -> NeedImport | list[Fault]:
    """Read a sheet. Without a fault: a stored import to look at and confirm; otherwise all its faults.

    Nothing becomes a need here. Raises Refused for a file that is no table, and for one that this
    cooperative has imported before, saying when.
    """
    actor.require(Permission.NEEDS_POST)
    columns = import_columns()
    read = sheets.read(data, filename, columns)
    if len(read.rows) > MAX_ROWS:
        raise Refused(
            _("Terlalu banyak baris. Paling banyak %(most)s per berkas.", most=MAX_ROWS), field="sheet"
        )
    earlier = queries.import_of(actor.organization_id, read.digest)
    if earlier is not None:
        return _again(earlier)
    whole = all(str(column.label) in read.headers for column in columns if column.required)
    rows, faults = _rows(read) if whole else ([], [])
    faults = [*read.faults, *(faults or _trial(actor, rows))]
    if faults:
        return sorted(faults, key=lambda fault: fault.row)
    return _store(actor, read, filename, rows)


def _store(actor: Actor, read: SheetResult, filename: str, rows: list[dict[str, Any]]) -> NeedImport:
    batch = NeedImport(
        organization_id=actor.organization_id,
        digest=read.digest,
        filename=clean_name(filename),
        rows=[{**row, "needed_by_on": row["needed_by_on"].isoformat()} for row in rows],
        ignored=read.ignored,
        state=NeedImport.STATES.initial,
        state_at=clock.now(),
        created_by=actor.user_id,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    states.start(batch, actor)
    return batch


def _again(earlier: NeedImport) -> NeedImport:
    if earlier.state == "imported":
        raise Refused(
            ngettext(
                "Berkas ini sudah diimpor %(when)s: %(n)s kebutuhan. Tidak ada yang disimpan lagi.",
                "Berkas ini sudah diimpor %(when)s: %(n)s kebutuhan. Tidak ada yang disimpan lagi.",
                len(earlier.rows),
                when=format_datetime(earlier.state_at),
            ),
            field="sheet",
        )
    return earlier


def _rows(read: SheetResult) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The good rows as arguments of `post_need` with their number, and the faults of amounts."""
    packs = {pack.code: pack for pack in _packs()}
    labels = {column.name: str(column.label) for column in import_columns()}
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for number, cells in read.numbered():
        pack, amounts = packs[str(cells["pack"])], {}
        for name in ("wanted", "at_most"):
            typed = cells[name]
            try:
                amounts[f"{name}_packs"] = None if typed is None else read_packs(pack, str(typed))
            except Refused as refusal:
                faults.append(Fault(number, labels[name], refusal.message))
        kept = ("needed_by_on", "ceiling_rp", "cash_rp")
        plain = {name: cells[name] for name in kept}
        words = {"terms": cells["terms"] or "cod", "truck_access": cells["truck_access"] or "any"}
        rows.append(
            {"row": number, "pack_id": pack.id, **amounts, **plain, **words, "note": cells["note"] or ""}
        )
    return rows, faults


def _trial(actor: Actor, rows: list[dict[str, Any]]) -> list[Fault]:
    """Post every row and take it back: the rules speak about the whole sheet, quotas included."""
    labels = {column.name: str(column.label) for column in import_columns()}
    found: list[Fault] = []
    trial = db.session.begin_nested()
    for row in rows:
        try:
            post_need(actor, **_arguments(row))
        except Refused as refusal:
            field = (refusal.field or "").removesuffix("_packs")
            name = {"pack_id": "pack"}.get(refusal.field or "", field)
            found.append(
                Fault(row["row"], labels.get(refusal.field or "", labels.get(name, "")), refusal.message)
            )
    trial.rollback()
    return found


def _arguments(row: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in row.items() if name != "row"}
    if isinstance(given["needed_by_on"], str):
        given["needed_by_on"] = date.fromisoformat(given["needed_by_on"])
    return given


def import_needs(actor: Actor, import_id: int) -> list[Need]:
    """Turn a looked-at import into submitted needs, all or none.

    Raises NotFound, IllegalMove when it was confirmed or thrown away before, and Refused with the row
    when a rule has come to say no since it was read.
    """
    batch = queries.import_for(actor, import_id)
    try:
        with db.session.begin_nested():
            states.advance(batch, "imported", actor)
            return [_one(actor, row) for row in batch.rows]
    except Refused:
        db.session.expire(batch)
        raise


def _one(actor: Actor, row: dict[str, Any]) -> Need:
    try:
        posted = post_need(actor, **_arguments(row))
    except Refused as refusal:
        raise Refused(_("Baris %(row)s: %(why)s", row=row["row"], why=refusal.message)) from refusal
    faults.point("needs.row_imported")
    return posted


def discard_import(actor: Actor, import_id: int) -> NeedImport:
    """Throw a preview away; the same file may be uploaded again."""
    batch = queries.import_for(actor, import_id)
    states.advance(batch, "discarded", actor)
    return batch
