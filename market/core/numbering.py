"""Document numbers without gaps: PO/2026/000123, one series per organization and year."""

from __future__ import annotations

from typing import cast

from sqlalchemy import String, Table, UniqueConstraint, bindparam, update
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock, db


class NumberSeries(db.Tenant, db.Base):
    """The last number given out in one series."""

    __tablename__ = "number_series"
    __table_args__ = db.tenant_args(UniqueConstraint("organization_id", "series", "year"))

    id: Mapped[int] = db.pk()
    series: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(db.Count, default=0)


_SERIES = cast("Table", NumberSeries.__table__)
_COUNT_UP = (
    update(_SERIES)
    .where(*(_SERIES.c[name] == bindparam(f"of_{name}") for name in ("organization_id", "series", "year")))
    .values(last=_SERIES.c.last + bindparam("many"))
    .returning(_SERIES.c.last)
)


def next_number(organization_id: int, series: str) -> str:
    """The next number of the series in the current year (Jakarta).

    Taken inside the caller's transaction: a rollback gives it back, and a second writer of the
    same series waits for the first, so no number is missing and none is given twice.
    """
    return next_numbers(organization_id, series, 1)[0]


def next_numbers(organization_id: int, series: str, many: int) -> list[str]:
    """As `next_number`, for several papers of one moment."""
    key = {"organization_id": organization_id, "series": series, "year": clock.today().year}
    last = _take(key, many)
    if last is None:
        db.session.execute(db.insert_ignore(NumberSeries.__table__), {**key, "last": 0})
        last = _take(key, many) or 0
    return [f"{series}/{key['year']}/{number:06d}" for number in range(last - many + 1, last + 1)]


def _take(key: dict[str, object], many: int) -> int | None:
    """Count up and read the last in the same statement; None while the series has no row."""
    given = {f"of_{name}": value for name, value in key.items()}
    taken: int | None = db.session.scalar(_COUNT_UP, {**given, "many": many})
    return taken
