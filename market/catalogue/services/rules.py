"""What a product must be like, whoever lists it."""

from __future__ import annotations

import re

from market.catalogue.models import HALAL_STATES
from market.core import clock, files
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.money import format_rp

PIRT = re.compile(r"[0-9]{13}-[0-9]{2}")
"""P-IRT number: 13 digits, a dash, the last two digits of the year it ends (domain facts 6.1)."""
PIRT_YEARS = 5
"""A P-IRT number is given for at most five years."""
MAX_PRICE_RP = 100_000_000
"""Above any basket of a kelurahan's shop: a slip of the finger, not a price."""
PHOTO_SIZES = (176, 320, 480, 640)
"""Longest sides in pixels: beside the name, in a grid of cards, alone on a phone, alone on a desk."""
MAX_NET = 1_000_000
"""A ton or a thousand litres, in grams and millilitres."""


def price(price_rp: int) -> int:
    """The price if it is one; raises Refused."""
    if price_rp <= 0:
        raise Refused(_("Harga harus lebih dari nol."), field="price_rp")
    if price_rp > MAX_PRICE_RP:
        raise Refused(_("Harga paling tinggi %(most)s.", most=format_rp(MAX_PRICE_RP)), field="price_rp")
    return price_rp


def pirt(number: str | None) -> str:
    """A well-formed P-IRT number that has not ended, or nothing; raises Refused.

    Whether the number was given to this seller is for people to check: the office has the register.
    """
    if not number:
        return ""
    if not PIRT.fullmatch(number):
        raise Refused(_("Nomor P-IRT ditulis seperti 1234567890123-28."), field="pirt")
    ends, this_year = 2000 + int(number[-2:]), clock.today().year
    if ends < this_year:
        raise Refused(_("P-IRT ini berakhir tahun %(year)s. Perpanjang dahulu.", year=ends), field="pirt")
    if ends > this_year + PIRT_YEARS:
        raise Refused(
            _("Dua angka terakhir P-IRT adalah tahun berakhirnya, paling lama 5 tahun."), field="pirt"
        )
    return number


def halal(state: str) -> str:
    """A known halal statement; raises Refused."""
    if state not in HALAL_STATES:
        raise Refused(_("Pilih status halal."), field="halal")
    return state


def net(net_weight_g: int | None, net_volume_ml: int | None) -> dict[str, int | None]:
    """Weight or volume of one sold unit, not both; raises Refused."""
    given = [each for each in (net_weight_g, net_volume_ml) if each is not None]
    if len(given) > 1 or any(not 0 < each <= MAX_NET for each in given):
        raise Refused(_("Isi bersih tidak masuk akal. Tulis misalnya 250 g atau 500 ml."), field="net")
    return {"net_weight_g": net_weight_g, "net_volume_ml": net_volume_ml}


def photo(data: bytes) -> str:
    """Keep the photo and return its name; raises Refused at the field for what is no photo."""
    try:
        return files.store_photo(data, PHOTO_SIZES).name
    except Refused as refusal:
        raise Refused(refusal.message, field="photo", **refusal.detail) from refusal


def unchanged(version: int, seen: int | None) -> None:
    """Raise Conflict when the person looked at another version than the one they decide on."""
    if seen is not None and seen != version:
        raise Conflict(_("Produk ini baru saja diubah. Baca lagi isinya, lalu putuskan."))
