"""The register as a sheet: NIK masked, or in full for who gave a reason that is written down."""

from __future__ import annotations

from collections.abc import Iterator

from market.core import clock, messages, sheets
from market.core.errors import NotFound
from market.core.i18n import _, lazy
from market.core.permissions import Actor, Permission
from market.core.sheets import Cell
from market.members import queries
from market.members.services.identities import OPEN_FOR
from market.members.types import masked

STATE_WORDS = {
    "asked": lazy("Menunggu jawaban"),
    "imported": lazy("Menunggu pemeriksaan"),
    "verified": lazy("Menunggu simpanan pokok"),
    "active": lazy("Anggota"),
    "left": lazy("Keluar"),
    "declined": lazy("Ditolak"),
}


def export_register(actor: Actor, kind: str) -> bytes:
    """Everybody in the register as "csv" or "xlsx", NIK masked. Raises Forbidden."""
    actor.require(Permission.MEMBERS_ADMIT)
    return _sheet(actor, kind, in_full=False)


def export_with_nik(actor: Actor, reveal_id: int, kind: str) -> bytes:
    """The same with whole NIKs, for five minutes after the reason was given. Raises Forbidden, NotFound."""
    actor.require(Permission.MEMBERS_REVEAL)
    if queries.reveal_for(actor, reveal_id, clock.now() - OPEN_FOR).member_id is not None:
        raise NotFound(_("Halaman ini tidak ada"))
    return _sheet(actor, kind, in_full=True)


def _sheet(actor: Actor, kind: str, in_full: bool) -> bytes:
    headers = [
        *(_("Nomor anggota"), _("Nama lengkap"), _("NIK"), _("Nomor HP")),
        *(_("Tanggal masuk"), _("Keadaan")),
    ]
    if kind == "csv":
        return sheets.write_csv(headers, _rows(actor, in_full))
    return sheets.write_xlsx(_("Daftar anggota"), headers, _rows(actor, in_full))


def _rows(actor: Actor, in_full: bool) -> Iterator[list[Cell]]:
    for member, kept in queries.register(actor):
        nik = queries.opened(kept).nik if kept else ""
        phone = messages.shown_phone(member.phone) if member.phone else ""
        yield [
            *(member.number or "", member.name, nik if in_full or not nik else masked(nik), phone),
            *(member.joined_on, str(STATE_WORDS[member.state])),
        ]
