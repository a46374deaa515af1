"""`lumbung import` and `lumbung export`: the same spreadsheets as on the pages, from the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from market.core import clock, db, sheets
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.core.sheets import Cell, Fault
from market.identity import services as identity
from market.members import services as members
from market.needs import queries as need_queries
from market.needs import services as needs
from market.needs.services.importing import ACCESS_LABELS, TERMS_LABELS
from market.offers import queries as offer_queries
from market.offers import services as offers

KINDS = ("needs", "offers", "members")
EXPORTS = ("needs", "needs-template", "offers", "offers-template", "members-template")
MOST_BYTES = 10_000_000

_SEATS = {"needs": "cooperative", "offers": "supplier", "members": "cooperative"}
_PREVIEW: dict[str, Callable[[Actor, bytes, str], Any]] = {
    "needs": needs.preview_import,
    "offers": offers.preview_import,
}
_CONFIRM: dict[str, Callable[[Actor, int], Sequence[object]]] = {
    "needs": needs.import_needs,
    "offers": offers.import_offers,
}
_TEMPLATES: dict[str, Callable[[], bytes]] = {
    "needs-template": needs.import_template,
    "offers-template": offers.import_template,
    "members-template": members.import_template,
}


def load(kind: str, path: Path, login: str) -> int:
    """Import a CSV or XLSX as this person: everything, or nothing and every fault with row and column.

    Returns the exit code: 0 imported, 1 faults. Raises NotFound for an unknown login, Refused for a
    file that is no table or was imported before.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Refused(_("Berkas terlalu besar."))
    if kind == "members":
        return _load_members(path, login)
    with db.transaction():
        actor = _actor(login, _SEATS[kind])
        read = _PREVIEW[kind](actor, path.read_bytes(), path.name)
        if not isinstance(read, list):
            made = _CONFIRM[kind](actor, read.id)
            print(f"{path.name}: {len(made)} {kind}")
            return 0
    _print_faults(path.name, read)
    return 1


def _load_members(path: Path, login: str) -> int:
    """Take the good rows into the register, where they wait for a second person; name the others."""
    with db.transaction():
        read = members.preview_import(_actor(login, "cooperative"), path.read_bytes(), path.name)
        faults = read if isinstance(read, list) else members.shown_rows(read)[1]
        if not isinstance(read, list):
            stored = members.store_import(_actor(login, "cooperative"), read.id)
            print(f"{path.name}: {stored.row_count} members, waiting for /anggota/impor/{stored.id}")
    _print_faults(path.name, faults)
    return 1 if faults else 0


def _actor(login: str, kind: str) -> Actor:
    """The person in a seat of an organization that has such rows."""
    user = identity.find_login(login)
    found = [seat for seat in identity.seats(user.id) if seat.organization_kind == kind] if user else []
    if user is None or not found:
        raise NotFound(_("Nama masuk %(login)s tidak bisa mengimpor ini.", login=login))
    return identity.actor_of(user, found[0])


def _print_faults(name: str, faults: Iterable[Fault]) -> None:
    for fault in faults:
        column = f" {fault.column}:" if fault.column else ""
        print(f"{name}:{fault.row}:{column} {fault.message}", file=sys.stderr)


def write(kind: str, path: Path) -> int:
    """Write a template or the list of open needs or live offers; ".csv" in the name chooses CSV."""
    with db.transaction(read_only=True):
        data = _TEMPLATES[kind]() if kind in _TEMPLATES else _list(kind, path)
    path.write_bytes(data)
    print(f"{path}: {len(data)} bytes")
    return 0


def _list(kind: str, path: Path) -> bytes:
    headers, rows = _needs() if kind == "needs" else _offers()
    if path.suffix.lower() == ".csv":
        return sheets.write_csv(headers, rows)
    return sheets.write_xlsx(kind, headers, rows)


def _needs() -> tuple[list[str], list[list[Cell]]]:
    headers = [
        *(_("Koperasi"), _("Barang"), _("Jumlah"), _("Paling banyak"), _("Paling lambat")),
        *(_("Harga tertinggi"), _("Kas"), _("Cara bayar"), _("Kendaraan terbesar"), _("Catatan")),
    ]
    found = need_queries.by_ids(need.id for need in need_queries.open_needs(""))
    rows: list[list[Cell]] = [
        [
            *(need.organization.name, need.pack.code, need.wanted_packs, need.at_most_packs),
            *(need.needed_by_on, need.ceiling_rp, need.cash_rp),
            *(str(TERMS_LABELS[need.terms]), str(ACCESS_LABELS[need.truck_access]), need.note),
        ]
        for need in found
    ]
    return headers, rows


def _offers() -> tuple[list[str], list[list[Cell]]]:
    headers = [
        *(_("Pemasok"), _("Barang"), _("Kapasitas"), _("Kelipatan"), _("Minimum per titik")),
        *(_("Minimum gabungan"), _("Harga"), _("Wilayah"), _("Cara bayar"), _("Berlaku sampai")),
    ]
    rows: list[list[Cell]] = [
        [
            *(offer.organization.name, offer.pack.code, offer.capacity_packs, offer.lot_packs),
            *(offer.min_per_drop_packs, offer.pooled_min_packs),
            "; ".join(f"{tier.from_packs}: {tier.price_rp}" for tier in offer.tiers),
            "; ".join(f"{zone.place_code}: {zone.freight_rp}" for zone in offer.zones),
            *(offer.terms, offer.valid_until_on),
        ]
        for offer in offer_queries.live_offers("", clock.today())
    ]
    return headers, rows
