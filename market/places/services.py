"""Loading the places of `market.refdata`: provinces, cities, districts and villages."""

from __future__ import annotations

from sqlalchemy import insert, select

from market import refdata
from market.core import db
from market.places.models import Place


def load_reference() -> int:
    """Load every place that is not there yet, parents first; returns how many were added."""
    known = set(db.session.scalars(select(Place.code)))
    rows = [
        {
            "code": row.code,
            "kind": row.kind,
            "name": row.name,
            "parent_code": row.parent_code or None,
            "postcode": row.postcode or None,
            "latitude": row.latitude,
            "longitude": row.longitude,
        }
        for row in refdata.places()
        if row.code not in known
    ]
    if rows:
        db.session.execute(insert(Place), rows)
    return len(rows)
