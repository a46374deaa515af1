"""Plain values of rations: rules about scarce goods by date, and an identity that is not kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from market import refdata
from market.core import clock, crypto
from market.core.errors import Refused
from market.core.i18n import LazyText, _, lazy
from market.refdata.rows import CounterRuleRow

CATEGORIES: dict[str, LazyText] = {
    "RT": lazy("Rumah tangga"),
    "UM": lazy("Usaha mikro"),
    "petani": lazy("Petani sasaran"),
    "nelayan": lazy("Nelayan sasaran"),
}
"""Who a buyer of subsidised goods is, as the registers name them."""

_FINGERPRINT = {"table": "counter_ration", "column": "buyer_index"}
"""What the fingerprint is keyed for. The table has another name by now; who bought before stays the same."""


def rule_of(commodity_code: str, on: date) -> CounterRuleRow | None:
    """What the sale of a commodity to a person asks for on a day; None for goods without such a rule."""
    for row in refdata.counter_rules():
        begun = row.commodity == commodity_code and row.valid_from <= on
        if begun and (row.valid_to is None or on <= row.valid_to):
            return row
    return None


_NIK = re.compile(r"[0-9]{16}", re.ASCII)
_NIB = re.compile(r"[0-9]{13}", re.ASCII)


@dataclass(frozen=True)
class Shown:
    """What a buyer showed at the hand-over, as it was typed."""

    nik: str = ""
    category: str = "RT"
    nib: str = ""


@dataclass(frozen=True)
class Buyer:
    """What is kept of somebody who showed an identity card: no number, only what cannot be read back."""

    index: str
    last4: str
    category: str


@dataclass(frozen=True)
class Part:
    """Whole packs that a document (`source`, such as `counter_line:7`) takes of a ration."""

    source: str
    pack_id: int
    name: str
    quantity: int


def buyer_of(organization_id: int, nik: str, category: str, nib: str = "") -> Buyer:
    """Check a NIK (and a business number) and forget it: a fingerprint keyed for this cooperative is left.

    Another cooperative gets another fingerprint of the same person. Raises Refused at the wrong field.
    """
    digits = re.sub(r"[\s.-]", "", nik)[:40]
    if not _NIK.fullmatch(digits):
        raise Refused(_("NIK terdiri dari 16 angka."), field="nik")
    day, month = int(digits[6:8]) % 40, int(digits[8:10])
    if int(digits[6:8]) > 71 or not 1 <= day <= 31 or not 1 <= month <= 12 or digits[12:] == "0000":
        raise Refused(_("NIK ini tidak mungkin: periksa lagi angka tanggal lahirnya."), field="nik")
    if category not in CATEGORIES:
        raise Refused(_("Pilih salah satu dari daftar."), field="category")
    if category == "UM" and not _NIB.fullmatch(re.sub(r"[\s.-]", "", nib)[:40]):
        raise Refused(_("Usaha mikro menunjukkan NIB, 13 angka."), field="nib")
    index = crypto.blind_index(f"{organization_id}:{digits}", **_FINGERPRINT)
    return Buyer(index, digits[-4:], category)


def period_of(days: int, on: date | None = None) -> str:
    """The name of the period in which a cap counts: the day, the month (28 days and more), or n days."""
    on = on or clock.today()
    if days == 1:
        return on.isoformat()
    if days >= 28:
        return on.isoformat()[:7]
    return f"{days}d:{on.toordinal() // days}"
