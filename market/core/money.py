"""Rupiah: whole numbers only, one place that reads, writes, rounds and splits them."""

import re
from collections.abc import Sequence

from market.core.errors import Refused
from market.core.i18n import _

MAX_RP = 10**12  # a thousand milliard: above any order of a cooperative, far below what a BIGINT holds
MAX_TYPED = 40

_AMOUNT = re.compile(
    r"(?P<sign>-?) *(?:Rp\.? *)?(?P<whole>0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]*)(?:,(?:0{1,2}|-))?",
    re.IGNORECASE | re.ASCII,
)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})

_ONES = (
    *("nol", "satu", "dua", "tiga", "empat", "lima"),
    *("enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"),
)
_GROUPS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"))


def parse_rp(text: str | int, *, negative: bool = False) -> int:
    """Whole rupiah from what a person typed: "12.500", "12500", "Rp 12.500", "12.500,00", "12.500,-".

    Raises Refused for anything that is not certain: cents, exponents, English commas, digits of
    other scripts, negatives (unless allowed), and amounts beyond MAX_RP.
    """
    value = text if isinstance(text, int) and not isinstance(text, bool) else _read(text)
    if value < 0 and not negative:
        raise Refused(_("Jumlah rupiah tidak boleh kurang dari nol."))
    if abs(value) > MAX_RP:
        raise Refused(_("Jumlah terlalu besar. Paling banyak %(most)s.", most=format_rp(MAX_RP)))
    return value


def _read(text: object) -> int:
    typed = text.translate(_SPACES).strip() if isinstance(text, str) else ""
    if isinstance(text, str) and not typed:
        raise Refused(_("Isi jumlah rupiah, misalnya 12.500."))
    found = _AMOUNT.fullmatch(typed) if len(typed) <= MAX_TYPED else None
    if found is None:
        raise Refused(_("Tulis rupiah bulat, misalnya 12.500 atau Rp12.500."))
    return int(found["sign"] + found["whole"].replace(".", ""))


def group(value: int) -> str:
    """Digits in threes the Indonesian way: 1250000 -> "1.250.000"."""
    return f"{value:,}".replace(",", ".")


def format_rp(value_rp: int) -> str:
    """ "Rp12.500"; negatives as "-Rp12.500"."""
    return f"{'-' if value_rp < 0 else ''}Rp{group(abs(value_rp))}"


def div_round(numerator: int, denominator: int) -> int:
    """The nearest whole number; halves go away from zero, so that a reversal cancels to the rupiah.

    Raises ZeroDivisionError.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -magnitude if numerator < 0 else magnitude


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Shares of `total` in proportion to `weights`, whole, summing exactly to `total`.

    Largest remainder; ties go to the earlier share, so the same input always gives the same shares.
    A negative total is the mirror of the positive one. Raises ValueError for negative weights, and
    for weights that are all zero (or absent) while there is something to share.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight below zero")
    if total < 0:
        return [-share for share in split(-total, weights)]
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nobody to share with: all weights are zero")
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def terbilang(value: int) -> str:
    """A whole number in Indonesian words, as written on receipts: 1250 -> "seribu dua ratus lima puluh".

    Always Indonesian: it is part of a document of law. Raises ValueError from 10**15 on.
    """
    if abs(value) >= 10**15:
        raise ValueError("too large for words")
    if value < 0:
        return "minus " + terbilang(-value)
    return _words(value) or _ONES[0]


def _words(value: int) -> str:
    for size, name in _GROUPS:
        if value >= size:
            head = "seribu" if 1000 <= value < 2000 else f"{_words(value // size)} {name}"
            return f"{head} {_words(value % size)}".strip()
    return _below_thousand(value)


def _below_thousand(value: int) -> str:
    if value >= 100:
        head = "seratus" if value < 200 else f"{_ONES[value // 100]} ratus"
        return f"{head} {_below_thousand(value % 100)}".strip()
    if value >= 20:
        return f"{_ONES[value // 10]} puluh {_below_thousand(value % 10)}".strip()
    if value >= 12:
        return f"{_ONES[value - 10]} belas"
    return _ONES[value] if value else ""
