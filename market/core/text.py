"""What a person typed, made safe to store: normal form, nothing hidden, limits in characters and bytes."""

import datetime as dt
import re
import unicodedata
from itertools import groupby

from market.core.errors import Refused
from market.core.i18n import _
from market.core.money import group

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_MAX_MARKS = 8  # accents on one letter: real writing stays far below, "zalgo" text far above
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]*)", re.ASCII)
_DATE_YMD = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_DATE_DMY = re.compile(r"([0-9]{1,2})[ /.-]([0-9]{1,2}|[a-z]{3,9})[ /.-]([0-9]{4})", re.ASCII)
_MONTHS = (
    *(("januari", 1), ("january", 1), ("februari", 2), ("february", 2), ("pebruari", 2), ("maret", 3)),
    *(("march", 3), ("april", 4), ("mei", 5), ("may", 5), ("juni", 6), ("june", 6), ("juli", 7), ("july", 7)),
    *(("agustus", 8), ("august", 8), ("agt", 8), ("ags", 8), ("september", 9), ("oktober", 10)),
    *(("october", 10), ("november", 11), ("nopember", 11), ("desember", 12), ("december", 12)),
)


def clean(text: str, max_chars: int = 200, max_bytes: int | None = None, *, multiline: bool = False) -> str:
    """`text` in normal form C, without invisible characters and with single spaces.

    Lines survive only with `multiline`. Limits count code points and UTF-8 bytes (default four per
    character) of the result. Raises Refused for NUL and other controls, broken characters, writing
    direction overrides, piled-up accents, and text beyond the limits.
    """
    if len(text) > 8 * max_chars + 1_000:  # far too long whatever is stripped: do not even look
        raise _too_long(max_chars)
    plain = unicodedata.normalize("NFC", _visible(_LINE_ENDS.sub("\n", text)))
    plain = _tidy_lines(plain) if multiline else " ".join(plain.split())
    _refuse_piled_marks(plain)
    if len(plain) > max_chars or len(plain.encode()) > (max_bytes or 4 * max_chars):
        raise _too_long(max_chars)
    return plain


def _too_long(max_chars: int) -> Refused:
    return Refused(_("Terlalu panjang. Paling banyak %(most)s huruf.", most=group(max_chars)))


def _visible(text: str) -> str:
    return "".join(map(_seen, text)) if not text.isascii() or not text.isprintable() else text


def _seen(char: str) -> str:
    """`char` as it may be stored: itself, a space, or nothing."""
    category = unicodedata.category(char)
    if char in "\n":
        return char
    if char == "\t" or category in ("Zs", "Zl", "Zp"):
        return " "
    if char in _BIDI_OVERRIDES or category in ("Cc", "Cs") or _is_noncharacter(ord(char)):
        raise Refused(_("Ada huruf tersembunyi atau rusak dalam tulisan ini. Ketik ulang tanpa menempel."))
    return "" if category == "Cf" else char


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _tidy_lines(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _refuse_piled_marks(text: str) -> None:
    if text.isascii():
        return
    for is_mark, run in groupby(text, lambda char: unicodedata.category(char) in ("Mn", "Me")):
        if is_mark and sum(1 for _char in run) > _MAX_MARKS:
            raise Refused(_("Terlalu banyak tanda bertumpuk pada satu huruf."))


def whole_number(text: str, *, least: int = 0, most: int = 10**9) -> int:
    """A whole number as typed ("1.250" or "1250"), between `least` and `most`. Raises Refused."""
    typed = text.strip() if len(text) <= 40 else ""
    if not _WHOLE.fullmatch(typed):
        raise Refused(_("Tulis angka bulat, misalnya 1.250."))
    value = int(typed.replace(".", ""))
    if value < least:
        raise Refused(_("Paling sedikit %(least)s.", least=group(least)))
    if value > most:
        raise Refused(_("Paling banyak %(most)s.", most=group(most)))
    return value


def parse_date(text: str) -> dt.date:
    """A date as people write it: "22/11/2026", "22-11-2026", "22 Nov 2026", or "2026-11-22" from a browser.

    Day before month, always; four digits of year, between 1900 and 2199. Raises Refused.
    """
    typed = " ".join(text.lower().split()) if len(text) <= 40 else ""
    try:
        year, month, day = _date_parts(typed)
        if not 1900 <= year <= 2199:
            raise ValueError(year)
        return dt.date(year, month, day)
    except ValueError:
        raise Refused(_("Tanggal tidak dikenal. Tulis hari, bulan, tahun, misalnya 22/11/2026.")) from None


def _date_parts(typed: str) -> tuple[int, int, int]:
    if found := _DATE_YMD.fullmatch(typed):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DATE_DMY.fullmatch(typed):
        return int(found[3]), _month(found[2]), int(found[1])
    raise ValueError(typed)


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    return next((number for full, number in _MONTHS if full.startswith(name)), 0)  # 0 is no month: refused
