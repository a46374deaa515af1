"""Views that the edge noted become numbers by product and day."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import delete, select, update

from market.catalogue.models import Product
from market.core import clock, db, faults, spool
from market.sellers.models import ProductView, ViewBatch

KEEP = timedelta(days=7)
"""How long a counted file's name is remembered; the file itself is gone after the next run."""
MAX_ID = 2**63 - 1


def count_views() -> int:
    """Count every finished file once; returns how many views (a scheduled job)."""
    total = 0
    for batch in spool.finished():
        if db.session.get(ViewBatch, batch.name) is not None:
            spool.remove(batch.name)
            continue
        db.session.add(ViewBatch(name=batch.name, counted_at=clock.now()))
        db.session.flush()
        total += _count(batch)
    db.session.execute(delete(ViewBatch).where(ViewBatch.counted_at < clock.now() - KEEP))
    return total


def _count(batch: spool.Batch) -> int:
    seen = Counter(int(line) for line in batch.lines if line.isdecimal() and int(line) <= MAX_ID)
    known = set(db.session.scalars(select(Product.id).where(Product.id.in_(seen))))
    for product_id in sorted(known):
        _add(product_id, batch, seen[product_id])
    faults.point("views.counted")
    return sum(seen[product_id] for product_id in known)


def _add(product_id: int, batch: spool.Batch, views: int) -> None:
    same = (ProductView.product_id == product_id) & (ProductView.day_on == batch.day_on)
    change = update(ProductView).where(same).values(views=ProductView.views + views)
    if db.rows_changed(change) == 0:
        db.session.add(ProductView(product_id=product_id, day_on=batch.day_on, views=views))
        db.session.flush()
