"""Amounts of goods as people type them for a pack."""

from __future__ import annotations

import re

from market.commodities.models import Pack
from market.core import quantity
from market.core.errors import Refused
from market.core.i18n import _
from market.core.text import whole_number

MAX_PACKS = 10_000_000
_COUNT = re.compile(r"(?P<number>[0-9][0-9.]*)\s*(?P<word>[a-z]*)", re.IGNORECASE | re.ASCII)


def read_packs(pack: Pack, typed: str, field: str | None = None) -> int:
    """Whole packs from what a person typed: "40", "40 sak", "1 ton", "120 liter".

    Raises Refused at `field`; an amount between two packs names the two nearest that are whole.
    """
    try:
        found = _COUNT.fullmatch(typed.strip()) if len(typed) <= quantity.MAX_TYPED else None
        if found and found["word"].lower() in ("", pack.unit_word.lower(), "kemasan", "pak"):
            return whole_number(found["number"], least=1, most=MAX_PACKS)
        base = quantity.parse(typed, pack.commodity.base_unit)
        return quantity.whole_packs(base, pack.size_base, pack.commodity.base_unit)
    except Refused as refusal:
        raise Refused(_amount_hint(refusal, pack, typed), field=field) from refusal


def _amount_hint(refusal: Refused, pack: Pack, typed: str) -> str:
    """The kernel's words where they name amounts, otherwise what may be typed for this pack."""
    if any(sign.isdigit() for sign in typed) and len(typed) <= quantity.MAX_TYPED:
        return refusal.message
    return _("Tulis jumlah %(word)s, misalnya 40, atau beratnya, misalnya 2 ton.", word=pack.unit_word)
