"""One cell becomes one value, or a Refused that says why not."""

import datetime as dt
from collections.abc import Callable

from market.core import money, quantity
from market.core.clock import wib
from market.core.errors import Refused
from market.core.i18n import _, in_every_language
from market.core.sheets.columns import Column, normal_header
from market.core.text import clean, parse_date, whole_number

MAX_PACKS = 10**9
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_FORMULA_ERRORS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)


def is_blank(raw: object) -> bool:
    """Nothing in it, or nothing but spaces."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def value_of(raw: object, column: Column) -> object:
    """What the cell means in this column. Raises Refused."""
    if isinstance(raw, str) and raw.strip() in _FORMULA_ERRORS:
        raise Refused(_("Rumus di sel ini gagal (%(what)s). Isi dengan nilainya.", what=raw.strip()))
    return _READERS[column.kind](raw, column)


def as_text(raw: object) -> str:
    """The cell as a person sees it; a guard apostrophe of our own exports is taken off."""
    if isinstance(raw, bool):
        return _("ya") if raw else _("tidak")
    if isinstance(raw, float):
        return f"{raw:.0f}" if raw.is_integer() and abs(raw) < 1e15 else f"{raw:.15g}".replace(".", ",")
    if isinstance(raw, dt.datetime):
        return f"{raw:%d/%m/%Y}" if raw.time() == dt.time() else f"{raw:%d/%m/%Y %H.%M}"
    if isinstance(raw, dt.date):
        return f"{raw:%d/%m/%Y}"
    text = str(raw)
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(FORMULA_STARTS) else text


def _text(raw: object, column: Column) -> str:
    return clean(as_text(raw), column.max_chars)


def _number(raw: object) -> int | None:
    """A number cell that is whole; None when it is no number cell at all."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    if isinstance(raw, float) and not raw.is_integer():  # inf and nan are no integers either
        raise Refused(_("Harus angka bulat, tanpa koma."))
    return int(raw)


def _rupiah(raw: object, _column: Column) -> int:
    number = _number(raw)
    return money.parse_rp(as_text(raw) if number is None else number)


def _packs(raw: object, _column: Column) -> int:
    number = _number(raw)
    return whole_number(as_text(raw) if number is None else str(number), most=MAX_PACKS)


def _date(raw: object, _column: Column) -> dt.date:
    if isinstance(raw, dt.datetime):
        return wib(raw).date() if raw.tzinfo else raw.date()
    return raw if isinstance(raw, dt.date) else parse_date(as_text(raw))


def _choice(raw: object, column: Column) -> object:
    wanted = normal_header(_text(raw, column))
    for typed, value in column.choices.items():
        if wanted in {normal_header(word) for word in in_every_language(typed)}:
            return value
    known = ", ".join(str(typed) for typed in list(column.choices)[:12])
    if len(column.choices) > 12:
        return _unknown(_("Tidak ada dalam daftar. Contoh: %(known)s.", known=known))
    return _unknown(_("Pilih salah satu: %(known)s.", known=known))


def _unknown(message: str) -> object:
    raise Refused(message)


def _quantity(raw: object, column: Column) -> int:
    return quantity.parse(clean(as_text(raw), 60), column.base_unit, default_unit=column.unit)


_READERS: dict[str, Callable[[object, Column], object]] = {
    "text": _text,
    "rupiah": _rupiah,
    "packs": _packs,
    "date": _date,
    "choice": _choice,
    "quantity": _quantity,
}
