"""Places of the country as the ministry codes them, each code begins with its parent's; its holidays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db

KINDS = ("province", "city", "district", "village")
"""A regency is a city here; a desa and a kelurahan are villages."""


class Place(db.Base):
    """A place; `code` is 2, 4, 6 or 10 digits (province, city, district, village)."""

    __tablename__ = "place"
    __table_args__ = (db.one_of("kind", KINDS),)

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), index=True)
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(String(10), ForeignKey("place.code"), index=True)
    postcode: Mapped[str | None] = mapped_column(String(5))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)


class Holiday(db.Base):
    """A public holiday of the country: no working day; the fixed ones stand in data/holidays.csv."""

    __tablename__ = "holiday"

    day_on: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
