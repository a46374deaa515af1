"""What is asked of places: names, neighbours and distances."""

from __future__ import annotations

from datetime import date
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import func, select

from market import refdata
from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.places.models import Holiday, Place

EARTH_RADIUS_M = 6_371_000


def city_code(code: str) -> str:
    """The city of a district or village."""
    return code[:4]


def district_code(code: str) -> str:
    """The district (kecamatan) of a village."""
    return code[:6]


def village(code: str) -> Place:
    """The village with this code; raises NotFound."""
    found = db.session.get(Place, code)
    if found is None or found.kind != "village":
        raise NotFound(_("Kelurahan tidak ditemukan."))
    return found


def place(code: str) -> Place:
    """The place with this code; raises NotFound."""
    found = db.session.get(Place, code)
    if found is None:
        raise NotFound(_("Tempat tidak ditemukan."))
    return found


def _below(code: str, kind: str) -> list[Place]:
    query = select(Place).where(Place.kind == kind, Place.code.startswith(code, autoescape=True))
    return list(db.session.scalars(query.order_by(Place.code)))


def villages_of(code: str) -> list[Place]:
    """Every village below a city or district, by code."""
    return _below(code, "village")


def districts_of(code: str) -> list[Place]:
    """Every district below a city, by code."""
    return _below(code, "district")


def find_villages(words: str, limit: int = 60) -> list[Place]:
    """Villages whose name contains the words, spaces aside ("ngagel rejo" is Ngagelrejo), by code."""
    bare = words.replace(" ", "")
    query = select(Place).where(
        Place.kind == "village", func.replace(Place.name, " ", "").icontains(bare, autoescape=True)
    )
    return list(db.session.scalars(query.order_by(Place.code).limit(limit)))


def names(codes: set[str]) -> dict[str, str]:
    """Name of each code that exists."""
    rows = db.session.execute(select(Place.code, Place.name).where(Place.code.in_(codes)))
    return {row.code: row.name for row in rows}


def distance_m(code_a: str, code_b: str) -> int:
    """Metres between two places by the great circle; raises NotFound where one has no coordinates."""
    a, b = place(code_a), place(code_b)
    if None in (a.latitude, a.longitude, b.latitude, b.longitude):
        raise NotFound(_("Koordinat tempat belum ada."))
    return great_circle_m((a.latitude, a.longitude), (b.latitude, b.longitude))  # type: ignore[arg-type]


def great_circle_m(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Metres between two (latitude, longitude) points, by the haversine formula."""
    latitude_a, longitude_a, latitude_b, longitude_b = map(radians, (*a, *b))
    half = sin((latitude_b - latitude_a) / 2) ** 2
    half += cos(latitude_a) * cos(latitude_b) * sin((longitude_b - longitude_a) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(half)))


def holidays(first: date, last: date) -> dict[date, str]:
    """The public holidays between two days: those of every year, and those that were entered."""
    found = {}
    for year in range(first.year, last.year + 1):
        found.update({date(year, row.month, row.day): row.name for row in refdata.holidays()})
    entered = select(Holiday).where(Holiday.day_on.between(first, last))
    found.update({row.day_on: row.name for row in db.session.scalars(entered)})
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}
