"""Offers from a spreadsheet, one row per offer; nothing is stored until a person confirms."""

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
from market.offers import queries
from market.offers.models import Offer, OfferImport
from market.offers.services.making import make_offer
from market.places import queries as places

TIER_ROWS = 4
ZONE_ROWS = 4
MAX_ROWS = 500
TERMS_LABELS = {
    "prepaid": lazy("bayar di muka"),
    "cod": lazy("bayar saat datang"),
    "tempo": lazy("tempo"),
}
_AMOUNTS = ("capacity", "lot", "min_per_drop", "pooled_min")


def place_choices() -> list[tuple[str, str]]:
    """(code, name) of every city and district that goods can be sent to, districts below their city."""
    districts = places.districts_of("")
    cities = places.names({places.city_code(each.code) for each in districts})
    found: list[tuple[str, str]] = []
    for code, name in sorted(cities.items()):
        below = [each for each in districts if places.city_code(each.code) == code]
        found.append((code, name))
        found.extend((each.code, f"{each.name}, {name}") for each in below)
    return found


def import_columns() -> list[Column]:
    """One row per offer: amounts, up to four prices, up to four areas, terms and dates."""
    return [*_goods_columns(), *_price_columns(), *_area_columns(), *_term_columns()]


def _goods_columns() -> list[Column]:
    packs = _packs()
    goods = {**{pack.name: pack.code for pack in packs}, **{pack.code: pack.code for pack in packs}}
    names = "; ".join(f"{pack.name} = {pack.code}" for pack in packs)
    amount = _("Banyaknya kemasan, misalnya 400, atau beratnya, misalnya 10 ton.")
    return [
        Column(
            "pack", lazy("Barang"), "choice", choices=goods, help=_("Nama atau kode: %(all)s.", all=names)
        ),
        Column("capacity", lazy("Kapasitas"), max_chars=40, help=amount),
        Column("lot", lazy("Kelipatan"), required=False, max_chars=40, help=amount),
        Column("min_per_drop", lazy("Minimum per titik"), required=False, max_chars=40, help=amount),
        Column("pooled_min", lazy("Minimum gabungan"), required=False, max_chars=40, help=amount),
    ]


def _price_columns() -> list[Column]:
    first = Column("price_1", lazy("Harga 1"), "rupiah", help=_("Rupiah per kemasan mulai dari 1."))
    more = []
    for row in range(2, TIER_ROWS + 1):
        start = Column(f"from_{row}", lazy("Mulai %(row)s", row=row), "packs", required=False)
        more += [start, Column(f"price_{row}", lazy("Harga %(row)s", row=row), "rupiah", required=False)]
    return [first, *more]


def _area_columns() -> list[Column]:
    pairs = place_choices()
    choices = {**{name: code for code, name in pairs}, **{code: code for code, _name in pairs}}
    columns = []
    for row in range(1, ZONE_ROWS + 1):
        help_text = _("Kota atau kecamatan, nama atau kode.")
        columns += [
            Column(
                f"place_{row}",
                lazy("Wilayah %(row)s", row=row),
                "choice",
                required=row == 1,
                choices=choices,
                help=help_text,
            ),
            Column(f"freight_{row}", lazy("Ongkos per kemasan %(row)s", row=row), "rupiah", required=False),
            Column(f"drop_{row}", lazy("Ongkos per titik %(row)s", row=row), "rupiah", required=False),
        ]
    return columns


def _term_columns() -> list[Column]:
    terms: dict[str, object] = {label: value for value, label in TERMS_LABELS.items()}
    return [
        Column("terms", lazy("Cara bayar"), "choice", required=False, choices=terms),
        Column(
            "credit_days",
            lazy("Tempo hari"),
            "packs",
            required=False,
            help=_("Hanya untuk cara bayar tempo."),
        ),
        Column("lead_days", lazy("Lama kirim hari"), "packs", required=False),
        Column("valid_until_on", lazy("Berlaku sampai"), "date"),
        Column("note", lazy("Catatan"), required=False, max_chars=500),
    ]


def _packs() -> list[Pack]:
    return commodities.packs(bulk=True)


def import_template() -> bytes:
    """An empty XLSX to fill in, with a sheet that explains the columns."""
    return sheets.template(import_columns())


def preview_import(actor: Actor, data: bytes, filename: str) -> OfferImport | list[Fault]:
    """Read a sheet. Without a fault: a stored import to look at and confirm; otherwise all its faults.

    Nothing becomes an offer here. Raises Refused for a file that is no table, too long a one, and one
    that this supplier has imported before, saying when.
    """
    actor.require(Permission.OFFERS_MAKE)
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


def _store(actor: Actor, read: SheetResult, filename: str, rows: list[dict[str, Any]]) -> OfferImport:
    batch = OfferImport(
        organization_id=actor.organization_id,
        digest=read.digest,
        filename=clean_name(filename),
        rows=[{**row, "valid_until_on": row["valid_until_on"].isoformat()} for row in rows],
        ignored=read.ignored,
        state=OfferImport.STATES.initial,
        state_at=clock.now(),
        created_by=actor.user_id,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    states.start(batch, actor)
    return batch


def _again(earlier: OfferImport) -> OfferImport:
    if earlier.state != "imported":
        return earlier
    text = ngettext(
        "Berkas ini sudah diimpor %(when)s: %(n)s penawaran. Tidak ada yang disimpan lagi.",
        "Berkas ini sudah diimpor %(when)s: %(n)s penawaran. Tidak ada yang disimpan lagi.",
        len(earlier.rows),
        when=format_datetime(earlier.state_at),
    )
    raise Refused(text, field="sheet")


def _rows(read: SheetResult) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The good rows as arguments of `make_offer` with their number, and faults of amounts and pairs."""
    packs = {pack.code: pack for pack in _packs()}
    labels = {column.name: str(column.label) for column in import_columns()}
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for number, cells in read.numbered():
        row: dict[str, Any] = {"row": number, "pack_id": packs[str(cells["pack"])].id}
        for name in _AMOUNTS:
            try:
                row.update(_amount(packs[str(cells["pack"])], name, cells[name]))
            except Refused as refusal:
                faults.append(Fault(number, labels[name], refusal.message))
        for name, needed in _lonely(cells):
            faults.append(
                Fault(number, labels[needed], _("Isi juga, karena %(other)s terisi.", other=labels[name]))
            )
        rows.append({**row, **_plain(cells)})
    return rows, faults


def _amount(pack: Pack, name: str, typed: object) -> dict[str, int]:
    return {} if typed is None else {f"{name}_packs": read_packs(pack, str(typed))}


def _lonely(cells: dict[str, object]) -> list[tuple[str, str]]:
    """(filled, missing) cells of pairs of which one half is empty."""
    pairs = [(f"from_{row}", f"price_{row}") for row in range(2, TIER_ROWS + 1)]
    found = [(a, b) for a, b in pairs if cells[a] is not None and cells[b] is None]
    found += [(b, a) for a, b in pairs if cells[a] is None and cells[b] is not None]
    for row in range(2, ZONE_ROWS + 1):
        costs = [name for name in (f"freight_{row}", f"drop_{row}") if cells[name] is not None]
        if costs and cells[f"place_{row}"] is None:
            found.append((costs[0], f"place_{row}"))
    return found


def _plain(cells: dict[str, object]) -> dict[str, Any]:
    rest = [(cells[f"from_{row}"], cells[f"price_{row}"]) for row in range(2, TIER_ROWS + 1)]
    areas = [
        (cells[f"place_{r}"], cells[f"freight_{r}"] or 0, cells[f"drop_{r}"] or 0)
        for r in range(1, ZONE_ROWS + 1)
    ]
    return {
        "tiers": [(1, cells["price_1"]), *(pair for pair in rest if None not in pair)],
        "zones": [area for area in areas if area[0] is not None],
        "terms": cells["terms"] or "cod",
        "credit_days": cells["credit_days"] or 0,
        "lead_days": cells["lead_days"] or 0,
        "valid_until_on": cells["valid_until_on"],
        "note": cells["note"] or "",
    }


def _trial(actor: Actor, rows: list[dict[str, Any]]) -> list[Fault]:
    """Make every offer and take it back, so that every rule has its say."""
    labels = {column.name: str(column.label) for column in import_columns()}
    found: list[Fault] = []
    trial = db.session.begin_nested()
    for row in rows:
        try:
            make_offer(actor, **_arguments(row))
        except Refused as refusal:
            found.append(Fault(row["row"], labels.get(_cell_name(refusal.field), ""), refusal.message))
    trial.rollback()
    return found


def _cell_name(field: str | None) -> str:
    """The column of a refusal: "tier_2_price" stands in "price_2", "capacity_packs" in "capacity"."""
    name = field or ""
    if name == "pack_id":
        return "pack"
    if name.startswith(("tier_", "zone_")):
        _table, row, column = name.split("_")
        return "price_1" if (column, row) == ("from", "1") else f"{column}_{row}"
    return name.removesuffix("_packs")


def _arguments(row: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in row.items() if name != "row"}
    if isinstance(given["valid_until_on"], str):
        given["valid_until_on"] = date.fromisoformat(given["valid_until_on"])
    given["tiers"] = [tuple(each) for each in given["tiers"]]
    given["zones"] = [tuple(each) for each in given["zones"]]
    return given


def import_offers(actor: Actor, import_id: int) -> list[Offer]:
    """Turn a looked-at import into live offers, all or none.

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


def _one(actor: Actor, row: dict[str, Any]) -> Offer:
    try:
        made = make_offer(actor, **_arguments(row))
    except Refused as refusal:
        raise Refused(_("Baris %(row)s: %(why)s", row=row["row"], why=refusal.message)) from refusal
    faults.point("offers.row_imported")
    return made


def discard_import(actor: Actor, import_id: int) -> OfferImport:
    """Throw a preview away; the same file may be uploaded again."""
    batch = queries.import_for(actor, import_id)
    states.advance(batch, "discarded", actor)
    return batch
