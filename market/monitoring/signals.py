"""From events to a state: pure rules, so that the board, its tests and a what-if say the same.

A cooperative is alive when goods moved lately. Nobody fills in a form to be seen alive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from market.core.i18n import LazyText, lazy
from market.core.parameters import Parameter

DAYS = lazy("hari")
SLOWING_DAYS = Parameter(
    "board.slowing_days",
    14,
    "assumption, domain facts 12 I: 14 days without a move",
    *(1, 365, lazy("Meredup setelah barang tidak bergerak selama"), DAYS, "office"),
)
DORMANT_DAYS = Parameter(
    "board.dormant_days",
    30,
    "assumption, domain facts 12 I: 30 days without a move",
    *(1, 730, lazy("Padam setelah barang tidak bergerak selama"), DAYS, "office"),
)
LOW_CASH_RP = Parameter(
    "board.low_cash_rp",
    500_000,
    "assumption: less does not buy two sacks of rice",
    *(0, 10**9, lazy("Kas hampir kosong di bawah"), lazy("rupiah"), "office"),
)
QUIET_DAYS = Parameter(
    "board.quiet_days",
    14,
    "assumption: as long as slowing",
    *(1, 365, lazy("Tidak ada pengurus bila tidak masuk selama"), DAYS, "office"),
)
PARAMETERS = (SLOWING_DAYS, DORMANT_DAYS, LOW_CASH_RP, QUIET_DAYS)

STATES = ("alive", "slowing", "dormant", "not_started")

CAUSES: dict[str, LazyText] = {
    "": lazy("Barang bergerak."),
    "no_operator": lazy("Tidak ada pengurus yang mengerjakan apa pun akhir-akhir ini."),
    "no_cash": lazy("Kas hampir kosong, tidak bisa belanja."),
    "no_stock": lazy("Rak kosong, tidak ada yang bisa dijual."),
    "no_demand": lazy("Ada barang, tetapi tidak ada yang membeli."),
    "unmet": lazy("Kebutuhan belum mendapat pemasok."),
    "never": lazy("Belum pernah menerima atau menjual barang."),
}


MOVE_WORDS: dict[str, LazyText] = {
    "opening": lazy("Stok awal"),
    "receipt": lazy("Diterima"),
    "sale": lazy("Terjual"),
    "count": lazy("Selisih hitung"),
    "write_off": lazy("Dihapus"),
    "repack": lazy("Dikemas ulang"),
    "consign_in": lazy("Titipan masuk"),
    "consign_out": lazy("Titipan kembali"),
    "return_in": lazy("Kembali"),
    "return_out": lazy("Kembali ke pemasok"),
    "transfer_out": lazy("Dikirim ke koperasi lain"),
    "transfer_in": lazy("Dari koperasi lain"),
    "transfer_back": lazy("Kembali, tidak diterima"),
}


@dataclass(frozen=True)
class Events:
    """The newest event of each kind at one cooperative, and what it has now."""

    moved_at: datetime | None
    sold_at: datetime | None
    acted_at: datetime | None
    needs_at: datetime | None
    stock_rp: int
    money_rp: int
    open_needs: int


def _days(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else (now - since).days


def state_of(events: Events, now: datetime, limits: dict[str, int]) -> str:
    """alive, slowing, dormant or not_started, by the age of the newest move of goods."""
    age = _days(events.moved_at, now)
    if age is None:
        return "not_started"
    if age >= limits[DORMANT_DAYS.name]:
        return "dormant"
    return "slowing" if age >= limits[SLOWING_DAYS.name] else "alive"


def cause_of(state: str, events: Events, now: datetime, limits: dict[str, int]) -> str:
    """The likely cause in one word: the first that the events support, the most blocking first."""
    if state == "alive":
        return ""
    if state == "not_started" and events.needs_at is None:
        return "never"
    act_age = _days(events.acted_at, now)
    if act_age is None or act_age >= limits[QUIET_DAYS.name]:
        return "no_operator"
    if events.open_needs:
        return "unmet"
    if events.money_rp < limits[LOW_CASH_RP.name]:
        return "no_cash"
    return "no_stock" if events.stock_rp == 0 else "no_demand"
