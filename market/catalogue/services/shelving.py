"""Keeping the version of the shelf short: many small changes become one of the same sum."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from market.catalogue.models_finding import ShelfChange
from market.core import db

FEW = 200
"""So many rows are summed up in no time; fewer are left alone."""


def sum_up_shelf() -> int:
    """Replace the changes noted so far by one for each cooperative; the version stays. Returns how many."""
    last, noted = db.session.execute(select(func.max(ShelfChange.id), func.count(ShelfChange.id))).one()
    if noted < FEW:
        return 0
    gone = delete(ShelfChange).where(ShelfChange.id <= last)
    sums: dict[int, int] = {}
    count = 0
    for shop, moves in db.session.execute(gone.returning(ShelfChange.cooperative_id, ShelfChange.moves)):
        sums[shop] = sums.get(shop, 0) + moves
        count += 1
    rows = [{"cooperative_id": shop, "moves": moves} for shop, moves in sorted(sums.items())]
    if rows:
        db.session.execute(insert(ShelfChange), rows)
    return count


def moved_everywhere() -> None:
    """Note a change that no trigger sees: the day's new turns."""
    db.session.execute(insert(ShelfChange).values(cooperative_id=0, moves=1))
