"""Places of the country as the ministry codes them: each code begins with its parent's."""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, String
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
