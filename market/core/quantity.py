"""Amounts of goods: whole numbers of the smallest unit, read from and written for people.

A base unit is "g", "ml" or "pcs". Reading is exact: what is not a whole number of base units is
refused, never rounded.
"""

import re

from market.core.errors import Refused
from market.core.i18n import _, lazy, ngettext
from market.core.money import group

MAX_BASE = 10**12  # a million tons in grams: more than any round moves, far below what a BIGINT holds
MAX_TYPED = 40

_SIZES: dict[str, dict[str, int]] = {
    "g": {
        **dict.fromkeys(("g", "gr", "gram"), 1),
        "ons": 100,
        **dict.fromkeys(("kg", "kilo", "kilogram"), 1_000),
        **dict.fromkeys(("kw", "kuintal", "kwintal"), 100_000),
        **dict.fromkeys(("t", "ton"), 1_000_000),
    },
    "ml": {
        **dict.fromkeys(("ml", "cc", "mililiter"), 1),
        **dict.fromkeys(("l", "lt", "ltr", "liter", "litre"), 1_000),
        **dict.fromkeys(("kl", "kiloliter"), 1_000_000),
    },
    "pcs": {
        **dict.fromkeys(("pcs", "pc", "buah", "bh", "biji", "butir", "unit"), 1),
        **dict.fromkeys(("lusin", "lsn"), 12),
        "kodi": 20,
        **dict.fromkeys(("gros", "gross"), 144),
    },
}
BASE_UNITS = tuple(_SIZES)
_BIG = {"g": (1_000, "kg"), "ml": (1_000, "L")}
_EXAMPLES = {
    "g": lazy("Tulis jumlah dengan satuannya, misalnya 25 kg, 1,5 kg atau 2 ton."),
    "ml": lazy("Tulis jumlah dengan satuannya, misalnya 10 liter atau 500 ml."),
    "pcs": lazy("Tulis jumlah bulat, misalnya 24 atau 2 lusin."),
}
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})
_QUANTITY = re.compile(
    r"(?P<whole>0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]*)(?:,(?P<part>[0-9]{1,6}))?"
    r" *(?P<unit>[a-z]*)\.?",
    re.IGNORECASE | re.ASCII,
)


def parse(text: str, base_unit: str, *, default_unit: str | None = None) -> int:
    """Base units from what a person typed: parse("2 ton", "g") == 2_000_000.

    A number without a unit counts in `default_unit` ("kg"); without one it is refused, except for
    pieces. Raises Refused, also for amounts that are not whole base units or exceed MAX_BASE, and
    KeyError for an unknown base or default unit (a mistake of ours).
    """
    sizes = _SIZES[base_unit]
    typed = text.translate(_SPACES).strip() if isinstance(text, str) else ""
    found = _QUANTITY.fullmatch(typed) if len(typed) <= MAX_TYPED else None
    unit = found["unit"].lower() if found else ""
    if not unit:
        unit = default_unit or ("pcs" if base_unit == "pcs" else "")
        size = sizes[unit] if unit else None
    else:
        size = sizes.get(unit)
    if found is None or size is None:
        raise Refused(str(_EXAMPLES[base_unit]))
    return _whole(found["whole"].replace(".", ""), found["part"] or "", size, base_unit)


def _whole(whole: str, part: str, size: int, base_unit: str) -> int:
    base, rest = divmod(int(whole + part) * size, int("1" + "0" * len(part)))
    if rest:
        raise Refused(_("Jumlah terlalu halus: paling kecil %(unit)s.", unit=format_base(1, base_unit)))
    if base > MAX_BASE:
        raise Refused(
            _("Jumlah terlalu besar. Paling banyak %(most)s.", most=format_base(MAX_BASE, base_unit))
        )
    return base


def format_base(quantity_base: int, base_unit: str) -> str:
    """1_250_000 g -> "1.250 kg"; below a kilo or a litre in the small unit; exact, nothing is rounded."""
    if base_unit == "pcs":
        return ngettext("%(n)s buah", "%(n)s buah", quantity_base)
    size, big = _BIG[base_unit]
    if 0 < abs(quantity_base) < size:
        return f"{group(quantity_base)} {base_unit}"
    whole, rest = divmod(abs(quantity_base), size)
    sign = "-" if quantity_base < 0 else ""
    part = f",{rest:03}".rstrip("0") if rest else ""
    return f"{sign}{group(whole)}{part} {big}"


def format_packs(packs: int, pack_base: int, base_unit: str, name: str = "") -> str:
    """80 packs of 25 kg -> "80 sak (2.000 kg)"; without a name of the pack "80 × 25 kg (2.000 kg)"."""
    total = format_base(packs * pack_base, base_unit)
    if name:
        return f"{group(packs)} {name} ({total})"
    return f"{group(packs)} × {format_base(pack_base, base_unit)} ({total})"


def whole_packs(quantity_base: int, pack_base: int, base_unit: str) -> int:
    """How many packs of `pack_base` make `quantity_base`. Raises Refused, naming the amounts that do."""
    packs, rest = divmod(quantity_base, pack_base)
    if not rest:
        return packs
    above = format_base((packs + 1) * pack_base, base_unit)
    size = format_base(pack_base, base_unit)
    if not packs:
        raise Refused(_("Harus kemasan utuh %(size)s: paling sedikit %(above)s.", size=size, above=above))
    below = format_base(packs * pack_base, base_unit)
    raise Refused(
        _("Harus kemasan utuh %(size)s: %(below)s atau %(above)s.", size=size, below=below, above=above)
    )
