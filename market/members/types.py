"""What a NIK and a family card's number are: checked here, shown masked everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from market.core import clock
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.parameters import Parameter

_DIGITS = re.compile(r"[1-9][0-9]{15}", re.ASCII)

MIN_AGE = Parameter(
    "members.min_age_years",
    17,
    "members are at least 17 years old (founding guide of the village cooperatives, 2025)",
    *(0, 100, lazy("Umur anggota paling sedikit"), lazy("tahun"), "cooperative"),
)

CONSENT = lazy(
    "Saya setuju NIK saya disimpan koperasi untuk daftar anggota, supaya satu orang tercatat satu kali. "
    "Disimpan terkunci, tampil tersamar, dan setiap kali dibuka tercatat siapa dan mengapa."
)
"""What an applicant agrees to; the words are kept with the day on which she did."""


@dataclass(frozen=True)
class Identity:
    """What somebody shows of herself: 16 digits, and whether staff compared the age with the card."""

    nik: str
    family: str = ""
    age_checked: bool = False


def parse_nik(typed: str) -> str:
    """The 16 digits of a NIK, however they are spaced. Raises Refused (field `nik`).

    Six digits of where it was first given (which says nothing of where the person lives now), the birthday
    with 40 added to a woman's day, the month, two digits of the year, a serial from 0001. There is no check
    digit (Permendagri 74/2022 names the parts).
    """
    digits = _plain(typed)
    if not _DIGITS.fullmatch(digits):
        raise Refused(_("NIK terdiri dari 16 angka, lihat KTP."), field="nik")
    day, month = int(digits[6:8]), int(digits[8:10])
    if not (1 <= day <= 31 or 41 <= day <= 71) or not 1 <= month <= 12 or digits[12:] == "0000":
        raise Refused(_("NIK ini tidak mungkin: periksa lagi angka tanggal lahirnya."), field="nik")
    return digits


def parse_family(typed: str) -> str:
    """The 16 digits of a family card. Raises Refused (field `family`)."""
    digits = _plain(typed)
    if not _DIGITS.fullmatch(digits):
        raise Refused(_("Nomor KK terdiri dari 16 angka."), field="family")
    return digits


def _plain(typed: str) -> str:
    return re.sub(r"[\s.-]", "", typed)[:40]


def age_by(nik: str, on: date | None = None) -> int:
    """Whole years by the two-digit year of the NIK, taken as the youngest possible: a guess to be checked."""
    on = on or clock.today()
    day, month, year = int(nik[6:8]) % 40, int(nik[8:10]), 2000 + int(nik[10:12])
    if (year, month, day) > (on.year, on.month, on.day):
        year -= 100
    return on.year - year - ((on.month, on.day) < (month, day))


def masked(number: str) -> str:
    """35xx********1234: enough to recognise the paper in the hand, not enough to use."""
    return f"{number[:2]}xx********{number[-4:]}"


def require_age(organization_id: int, identity: Identity) -> None:
    """Raises Refused for who seems too young, unless staff compared the card."""
    least, age = MIN_AGE.value(organization_id=organization_id), age_by(identity.nik)
    if age < least and not identity.age_checked:
        raise Refused(
            _(
                "Menurut NIK umurnya %(age)s tahun, sedangkan anggota paling muda %(least)s tahun. Bila KTP"
                " berkata lain, pengurus mencatatnya di gerai setelah melihat KTP.",
                age=age,
                least=least,
            ),
            field="nik",
        )
